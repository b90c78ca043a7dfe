"""The rule about servers that stop as soon as they start, or never answer."""

from __future__ import annotations

from collections.abc import Iterator

from flaskprod_lint.finding import Confidence, Finding
from flaskprod_lint.model import Deployment, Process, Refusal, Server
from flaskprod_lint.rules import rule
from flaskprod_lint.rules.pointing import confidence_in, point, served, trail
from flaskprod_lint.source import Place

#: Where the server runs on a machine of its own, which lives on when the command ends.
_WHOLE_MACHINES = frozenset(("systemd", "supervisord", "beanstalk", "pythonanywhere"))
_LABELS = {
    "command-line": "not an option of Gunicorn",
    "file": "cannot be loaded",
    "application": "nothing to serve",
    "address": "no address",
    "worker-class": "not there",
    "daemon": "the command ends at once",
    "workers": "nobody answers",
}


@rule("server-refuses-to-start")
def server_refuses_to_start(deployment: Deployment) -> Iterator[Finding]:
    """Gunicorn exits at once, or listens and never answers."""
    for process, server in served(deployment):
        if not server.is_gunicorn or process.environment == "development" or _cannot_run(process):
            continue
        for refusal in (*server.refusals, *server.boot_refusals):
            if not _is_of_another_rule(refusal, process, server):
                yield _finding(deployment, process, server, refusal)
        yield from _daemon(deployment, process, server)


def _cannot_run(process: Process) -> bool:
    """Whether the command itself is what is wrong."""
    return any(fault.sure and fault.kind not in ("port-not-expanded", "dropped") for fault in process.faults)


def _is_of_another_rule(refusal: Refusal, process: Process, server: Server) -> bool:
    """`$PORT` that nobody expands or sets has rules of its own."""
    if "$PORT" in refusal.note or "${PORT" in refusal.note:
        return True
    unset = any(address.from_port and not isinstance(address.port, int) for address in server.bind)
    if refusal.kind == "file" and "PORT" in refusal.note.split():
        return unset
    return refusal.kind == "address" and "''" in refusal.note and unset and process.port_set is not True


def _finding(deployment: Deployment, process: Process, server: Server, refusal: Refusal) -> Finding:
    at = point(deployment, process, refusal)
    says = "Gunicorn listens, and no request is ever answered" if _never_answers(refusal) else "Gunicorn does not start"
    return Finding(
        f"{says}: {refusal.note}",
        at=at,
        because=trail(process, at, server.config_file),
        confidence=Confidence.HIGH if refusal.sure and server.step.sure else Confidence.MEDIUM,
        label=_LABELS.get(refusal.kind, "refused"),
        instead=_instead(refusal, at.path),
    )


def _never_answers(refusal: Refusal) -> bool:
    return refusal.kind == "workers" and "threads" not in refusal.note


def _instead(refusal: Refusal, path: str) -> str | None:
    """What to write in the words of the place."""
    in_file = path.endswith(".py")
    if refusal.kind == "variable":
        name, _, value = refusal.instead.partition("=")
        return f'{name}: "{value}"' if path.endswith((".yml", ".yaml")) else refusal.instead
    if refusal.kind == "command-line" and refusal.note.split()[-1] in ("--port", "--host"):
        return "--bind 0.0.0.0:$PORT"
    if refusal.kind == "address":
        address = refusal.instead or "0.0.0.0:8000"
        return f'bind = "{address}"' if in_file else f"--bind {address}"
    if refusal.kind == "workers":
        name = "threads" if "threads" in refusal.note else "workers"
        return f"{name} = 3" if in_file else f"--{name} 3"
    if refusal.kind == "application":
        return 'gunicorn "package.module:app"'
    if refusal.kind == "worker-class" and not refusal.instead:
        return 'worker_class = "gthread"' if in_file else "--worker-class gthread"
    if refusal.kind == "file" and not in_file and not refusal.instead:
        return "Add the file, or leave the option out."
    if refusal.kind == "file" and in_file:
        return "Mend the line where it stops, or leave the setting to the command line."
    return refusal.instead or None


def _daemon(deployment: Deployment, process: Process, server: Server) -> Iterator[Finding]:
    """In the background, where the container lives as long as the command."""
    daemon = server.settings.get("daemon")
    platform = deployment.platform
    if daemon is None or daemon.value is not True or (platform is None and deployment.image is None):
        return
    if (platform is not None and platform.id in _WHOLE_MACHINES) or process.main != len(process.steps) - 1:
        return
    at = point(deployment, process, daemon)
    alone = confidence_in(daemon) if len(process.steps) == 1 and server.step.sure else Confidence.MEDIUM
    yield Finding(
        "Gunicorn goes to the background, so its command ends, and the container ends with it",
        at=at,
        because=trail(process, at, Place(daemon.span, "daemon is on")),
        confidence=alone,
        label=_LABELS["daemon"],
        instead="daemon = False" if at.path.endswith(".py") else None,
    )
