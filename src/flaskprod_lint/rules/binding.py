"""Bind 0.0.0.0:$PORT: whether those who connect to the web process find it."""

from __future__ import annotations

from collections.abc import Iterator

from flaskprod_lint.finding import Confidence, Evidence, Finding, Severity
from flaskprod_lint.model import Address, Deployment, Process, Server, Setting, Unknown
from flaskprod_lint.rules import evidence, rule
from flaskprod_lint.rules.platform_facts import careful
from flaskprod_lint.rules.pointing import confidence_in, point, served, shown_by_each, trail, unless, whole_command
from flaskprod_lint.source import Place, Span

#: First programs of a container that pass signals on to the one they start.
_INITS = ("tini", "dumb-init", "catatonit")
_ROOT = ("root", "0", "root:root", "0:0")


@rule("bind-loopback")
def bind_loopback(deployment: Deployment) -> Iterator[Finding]:
    """The server listens on loopback, and who connects is outside."""
    for process, server in _exposed(deployment):
        if not server.bind or not all(address.is_loopback for address in server.bind):
            continue
        address, bind = server.bind[0], server.settings.get("bind")
        nothing_said = bind is not None and bind.is_default
        at = point(deployment, process, address.origin)
        sure = process.port_set is False if nothing_said else confidence_in(bind) is Confidence.HIGH
        yield Finding(
            _loopback_message(process, server, address, nothing_said),
            at=at,
            because=trail(process, at, bind or address.origin, _platform_place(deployment)),
            confidence=Confidence.HIGH if sure else Confidence.MEDIUM,
            severity=Severity.WARNING if nothing_said and not sure else None,
            label="only this container can connect",
            instead=_instead(process, server, address),
        )


@rule("port-hardcoded")
def port_hardcoded(deployment: Deployment) -> Iterator[Finding]:
    """The server listens on a fixed port where the port is chosen by someone else."""
    for process, server in _exposed(deployment):
        fixed = _fixed_port(server)
        if fixed is None or process.port_expected is not None or _is_exposed(deployment, fixed.port):
            continue
        platform = deployment.platform
        if platform is not None and (not platform.port_injected or platform.port_default == fixed.port):
            continue
        at = point(deployment, process, fixed.origin)
        name = platform.name if platform is not None else ""
        finding = Finding(
            f"{_name(server)} listens on port {fixed.port}, {name} sends requests to the port in PORT"
            if name
            else f"{_name(server)} listens on port {fixed.port} whatever PORT says: a platform that chooses the port "
            "finds nothing there",
            at=at,
            because=trail(process, at, fixed.origin, _platform_place(deployment)),
            severity=None if name else Severity.WARNING,
            label="PORT is not used",
            instead=_instead(process, server, fixed),
        )
        yield careful(finding, platform, "port.injected")


@rule("port-not-expanded")
def port_not_expanded(deployment: Deployment) -> Iterator[Finding]:
    """`$PORT` reaches the server as these five characters."""
    for process in deployment.web_processes:
        faults = [fault for fault in process.faults if fault.kind == "port-not-expanded"]
        for fault in faults:
            at = point(deployment, process, fault.at)
            yield Finding(
                f"{fault.reason[:1].upper()}{fault.reason[1:]}{_then_stops(process)}",
                at=at,
                because=trail(process, at),
                confidence=Confidence.HIGH if fault.sure else Confidence.MEDIUM,
                label="nobody replaces $PORT here",
                instead=fault.instead or None,
            )
        if not faults:
            yield from _literal_variable(deployment, process)


@rule("port-mismatch")
def port_mismatch(deployment: Deployment) -> Iterator[Finding]:
    """Connections go to another port than the one that the server listens on."""
    for process, server in _connected(deployment):
        addresses = [address for address in server.bind if _on_same_host(deployment) or not address.is_loopback]
        ports = [address.port for address in addresses]
        if not ports or not all(isinstance(port, int) for port in ports):
            continue
        expected = process.port_expected
        if expected is None:
            yield from _unlike_expose(deployment, process, server, addresses)
        elif isinstance(expected.value, int) and expected.value not in ports:
            finding = _mismatch(deployment, process, server, addresses[0], expected)
            yield careful(finding, deployment.platform, "port.default") if expected.span is None else finding
        elif process.probed is not None and process.probed.value not in ports:
            yield _misprobed(process, server, addresses[0], process.probed)


@rule("port-unset")
def port_unset(deployment: Deployment) -> Iterator[Finding]:
    """The address is made of PORT, and nothing sets it."""
    for process, server in served(deployment):
        for address in server.bind:
            open_port = address.from_port and not isinstance(address.port, int)
            if not open_port or address.port_default is not None or process.port_set is not False:
                continue
            at = point(deployment, process, address.origin)
            yield Finding(
                f"{_name(server)} is to listen on the port in PORT, and nothing sets PORT here: it stops at once",
                at=at,
                because=trail(process, at, address.origin),
                label="PORT is empty",
                instead=_instead(process, server, address),
            )


@rule("port-privileged")
def port_privileged(deployment: Deployment) -> Iterator[Finding]:
    """A process that is not root listens below 1024."""
    for process, server in served(deployment):
        user = _user(deployment)
        low = next((each for each in server.bind if isinstance(each.port, int) and 0 < each.port < 1024), None)
        if low is None or user is None:
            continue
        chosen = deployment.platform is not None and deployment.platform.chooses_user
        at = point(deployment, process, low.origin)
        yield Finding(
            f"{_name(server)} listens on port {low.port} and runs as {user.value}: many hosts let only root do that",
            at=at,
            because=trail(process, at, user),
            confidence=Confidence.HIGH if chosen else Confidence.MEDIUM,
            label="refused to all but root on many hosts",
        )


@evidence("binding")
def evidence_of(deployment: Deployment) -> Evidence:
    """The addresses of the web processes, where each is one that can be reached."""
    return shown_by_each(deployment, "listen", _proof)


def _proof(deployment: Deployment, process: Process) -> Place | str:
    """The place that shows that a process can be reached, or what is not known of it."""
    server = process.server
    if server is None:
        return f"what `{process.name}` runs could not be made out"
    if server.is_dev_server:
        return "Flask's development server is started"
    if process.proxy is not None:
        passed_on = f": {process.proxy.note}" if process.proxy.note else ""
        return Place(process.proxy.span, f"{_name(server)} is behind a proxy{passed_on}")
    for address in server.bind:
        reason = _why_reached(deployment, process, address)
        hidden = address.is_loopback and not _on_same_host(deployment)
        if reason and isinstance(address.host, str) and not hidden:
            at = point(deployment, process, address.origin)
            return Place(at, f"listens on {address.host}:{'$PORT' if address.from_port else address.port}{reason}")
    if not server.bind:
        bind = server.settings.get("bind")
        reason = f": {bind.value.reason}" if bind is not None and isinstance(bind.value, Unknown) else ""
        return f"which address {_name(server)} listens on{reason}"
    shown = " and ".join(address.text for address in server.bind)
    return f"whether {shown} is where requests arrive"


def _why_reached(deployment: Deployment, process: Process, address: Address) -> str:
    """Why requests find this address; empty where that is not known."""
    expected = process.port_expected
    # Behind a proxy of the platform, PORT has to be set for that proxy to know it.
    known = process.port_set is True or (process.port_set is None and not _on_same_host(deployment))
    if address.from_port and (known or address.port_default is not None):
        return ", as PORT says"
    if expected is not None and expected.value == address.port:
        return (
            f": {expected.origin.note}" if not expected.span and expected.origin.note else ", where requests are sent"
        )
    platform = deployment.platform
    if platform is not None and platform.port_default == address.port:
        return f", where {platform.name} sends requests"
    return ", which the image exposes" if _is_exposed(deployment, address.port) else ""


def _exposed(deployment: Deployment) -> Iterator[tuple[Process, Server]]:
    """The servers that others connect to directly: no proxy stands before them on the same host.

    Where the start is only assumed, who connects is not known.
    """
    if deployment.assumed or _on_same_host(deployment):
        return
    for process, server in served(deployment):
        if process.proxy is None:
            yield process, server


def _connected(deployment: Deployment) -> Iterator[tuple[Process, Server]]:
    """The servers of which it is known who connects to them: others, or a proxy of the platform on the same host."""
    if not _on_same_host(deployment):
        yield from _exposed(deployment)
        return
    for process, server in () if deployment.assumed else served(deployment):
        if process.proxy is None and process.port_expected is not None:
            yield process, server


def _on_same_host(deployment: Deployment) -> bool:
    return deployment.platform is not None and deployment.platform.proxy_on_same_host


def _loopback_message(process: Process, server: Server, address: Address, nothing_said: bool) -> str:
    if not nothing_said:
        return f"{_name(server)} listens on {address.text}, so only this container can connect" + unless(
            server.settings.get("bind")
        )
    pidfile = server.settings.get("pidfile")
    hint = ""
    if pidfile is not None and str(pidfile.value).isdigit():
        hint = f" (`-p {pidfile.value}` names the pid file, not the port)"
    when = "" if process.port_set is False else "where PORT is not set, "
    sentence = (
        f"{when}Gunicorn listens on {address.text} because no bind is given{hint}: only this container can connect"
    )
    return sentence[0].upper() + sentence[1:]


def _fixed_port(server: Server) -> Address | None:
    """The address, if each is a port that no variable chooses."""
    bind = server.settings.get("bind")
    if bind is not None and bind.environment and not bind.is_default:
        return None
    plain = [address for address in server.bind if isinstance(address.port, int) and not address.from_port]
    if len(plain) != len(server.bind) or any(address.is_loopback for address in plain):
        return None
    return plain[0] if plain else None


def _is_exposed(deployment: Deployment, port: object) -> bool:
    image = deployment.image
    return image is not None and any(setting.value == port for setting in image.exposed)


def _literal_variable(deployment: Deployment, process: Process) -> Iterator[Finding]:
    """A bind that holds `$PORT` as text, in a configuration file or in GUNICORN_CMD_ARGS."""
    bind = process.server.settings.get("bind") if process.server else None
    if bind is None or bind.environment or not isinstance(bind.value, list):
        return
    if any(isinstance(text, str) and ("$PORT" in text or "${PORT" in text) for text in bind.value):
        at = point(deployment, process, bind)
        yield Finding(
            "Nothing replaces `$PORT` here: Gunicorn stops with “'$PORT' is not a valid port number”",
            at=at,
            because=trail(process, at),
            label="nobody replaces $PORT here",
            instead="bind = f\"0.0.0.0:{os.environ.get('PORT', '8000')}\"" if at.path.endswith(".py") else None,
        )


def _then_stops(process: Process) -> str:
    is_gunicorn = process.server is not None and process.server.is_gunicorn
    return ": Gunicorn stops with “'$PORT' is not a valid port number”" if is_gunicorn else ""


def _mismatch(deployment: Deployment, process: Process, server: Server, address: Address, expected: Setting) -> Finding:
    at = point(deployment, process, address.origin)
    who = deployment.platform.name if deployment.platform else "whoever connects"
    bind = server.settings.get("bind")
    sure = confidence_in(bind, expected)
    if deployment.platform is None and expected.span is not None:
        who = expected.span.path
    return Finding(
        f"{who} connects to port {expected.value}, {_name(server)} listens on {address.port}{unless(bind)}",
        at=at,
        because=trail(process, at, expected, address.origin),
        confidence=sure,
        label="every request is refused",
        instead=_instead_of_mismatch(deployment, process, server, address, expected),
    )


def _instead_of_mismatch(
    deployment: Deployment, process: Process, server: Server, address: Address, expected: Setting
) -> str | None:
    """The port of the server, or the line that tells Kamal's proxy of it where the file says nothing."""
    if deployment.platform is not None and deployment.platform.id == "kamal" and expected.span is None:
        return f"proxy:\n  app_port: {address.port}"
    return _instead(process, server, address, str(expected.value))


def _misprobed(process: Process, server: Server, address: Address, probed: Setting) -> Finding:
    """The health check connects to another port than requests do."""
    at = probed.span or process.command.origin.span or address.origin.span or Span(address.origin.path or ".", 1)
    return Finding(
        f"The health check connects to port {probed.value}, {_name(server)} listens on {address.port}: it fails every "
        "time, and the process is taken for dead",
        at=at,
        because=trail(process, at, address.origin),
        confidence=confidence_in(server.settings.get("bind"), probed),
        label="nothing answers here",
        instead=f"port: {address.port}",
    )


def _unlike_expose(
    deployment: Deployment, process: Process, server: Server, addresses: list[Address]
) -> Iterator[Finding]:
    """EXPOSE names other ports than a literal bind: a note, for EXPOSE opens nothing by itself."""
    image = deployment.image
    exposed = [setting for setting in image.exposed if isinstance(setting.value, int)] if image else []
    bind = server.settings.get("bind")
    literal = not any(address.from_port for address in addresses) and not (
        bind and bind.environment and not bind.is_default
    )
    if not exposed or not literal or any(setting.value == one.port for setting in exposed for one in addresses):
        return
    at = point(deployment, process, addresses[0].origin)
    numbers = " and ".join(str(setting.value) for setting in exposed)
    yield Finding(
        f"EXPOSE says {numbers}, {_name(server)} listens on {addresses[0].port}: tools that go by EXPOSE connect to "
        "the wrong port",
        at=at,
        because=trail(process, at, exposed[0]),
        severity=Severity.NOTE,
        label=f"EXPOSE says {numbers}",
        instead=f"EXPOSE {addresses[0].port}",
    )


def _user(deployment: Deployment) -> Setting | None:
    """The user that the process runs as, when that is not root."""
    platform, image = deployment.platform, deployment.image
    if platform is not None and platform.chooses_user:
        return Setting(
            "user", f"a user that {platform.name} chooses", Place(None, f"{platform.name} never runs it as root")
        )
    user = image.user if image is not None else None
    if user is None or not isinstance(user.value, str) or user.value in _ROOT:
        return None
    return user


def _platform_place(deployment: Deployment) -> Place | None:
    """The file that says where it is deployed; an option says nothing that the reader does not know."""
    origin = deployment.platform.origin if deployment.platform is not None else None
    return origin if origin is not None and origin.span is not None else None


def _name(server: Server) -> str:
    return {"gunicorn": "Gunicorn", "uwsgi": "uWSGI", "unknown": "the server"}.get(server.name, server.name)


def _instead(process: Process, server: Server, address: Address, port: str = "$PORT") -> str | None:
    """The bind to write, in the words of the file where it stands."""
    if port == "$PORT" and process.port_expected is not None and isinstance(process.port_expected.value, int):
        port = str(process.port_expected.value)
    present = address.port if isinstance(address.port, int) else 8000
    if server.is_gunicorn and address.origin.path.endswith(".py"):
        from_port = f"bind = f\"0.0.0.0:{{os.environ.get('PORT', '{present}')}}\""
        return f'bind = "0.0.0.0:{port}"' if port != "$PORT" else from_port
    if port == "$PORT" and process.port_set is not True:
        port = f"${{PORT:-{present}}}"
    written = {
        "gunicorn": f"--bind 0.0.0.0:{port}",
        "waitress": f"--listen=*:{port}",
        "uvicorn": f"--host 0.0.0.0 --port {port}",
        "granian": f"--host 0.0.0.0 --port {port}",
        "hypercorn": f"--bind 0.0.0.0:{port}",
        "daphne": f"-b 0.0.0.0 -p {port}",
    }
    option = written.get(server.name)
    if (
        not server.is_gunicorn
        or "$" not in port
        or option is None
        or process.command.form != "exec"
        or not _is_one_program(process)
    ):
        return option
    # No shell reads an exec form: only as a shell form does the command see PORT.
    return whole_command(process, ("-b", "--bind"), option)


def _is_one_program(process: Process) -> bool:
    """Whether the command itself is the server, with no script or shell in between: at most tini or the like."""
    step, argv = process.main_step, process.command.argv
    if step is None or argv is None or step.origin.path != process.command.origin.path:
        return False
    before = argv[: -len(step.argv)]
    return argv[len(before) :] == step.argv and (not before or before[0].rpartition("/")[2] in _INITS)
