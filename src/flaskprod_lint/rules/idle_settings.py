"""Rules about settings that do nothing: names Gunicorn ignores, and values that have no effect."""

from __future__ import annotations

from collections.abc import Iterator

from flaskprod_lint.finding import Confidence, Finding, Severity
from flaskprod_lint.model import Deployment, Overlooked, Override, Process, Server, Setting, Unknown
from flaskprod_lint.records import dataclass
from flaskprod_lint.rules import rule
from flaskprod_lint.rules.pointing import confidence_in, is_sure, point, served, trail
from flaskprod_lint.source import Place

#: Worker classes that serve requests in greenlets or an event loop, whatever `threads` says.
_WITHOUT_THREADS = ("gevent", "eventlet", "tornado", "uvicorn", "asgi")
#: Variables that are the default of a setting and nothing else.
_DEFAULTS = {"WEB_CONCURRENCY": "workers"}


@rule("server-setting-unknown")
def server_setting_unknown(deployment: Deployment) -> Iterator[Finding]:
    """A name in Gunicorn's configuration file that Gunicorn ignores."""
    for process, server in served(deployment):
        for name in server.overlooked:
            yield Finding(
                _ignored(name, server),
                at=name.at,
                because=trail(process, name.at, server.config_file),
                confidence=Confidence.HIGH if server.step.sure else Confidence.MEDIUM,
                severity=Severity.NOTE if name.why in ("version", "doubled") else None,
                label="does nothing",
                instead=_meant(name),
            )


def _meant(name: Overlooked) -> str:
    if name.why in ("version", "doubled"):
        return "Leave the line out."
    return name.instead or f"{name.meant} = …"


def _ignored(name: Overlooked, server: Server) -> str:
    if name.why == "annotated":
        return f"`{name.name}: …` only annotates the name and sets nothing: a setting needs `{name.name} = …`"
    if name.why == "version":
        which = f"Gunicorn {server.version}" if server.version else "Gunicorn"
        return f"{which} has no setting `{name.name}`, so it ignores this line"
    more = ", and the file sets that too" if name.why == "doubled" else ""
    return f"Gunicorn has no setting `{name.name}`, so it ignores this line: the setting is called `{name.meant}`{more}"


@dataclass(frozen=True)
class _Idle:
    """A setting without effect, what takes its effect away, and how bad that is."""

    setting: Setting
    message: str
    because: Setting | None = None
    severity: Severity | None = None
    instead: str = ""
    flag: str = ""


@rule("server-setting-ineffective")
def server_setting_ineffective(deployment: Deployment) -> Iterator[Finding]:
    """A setting that does nothing with this worker class or beside other settings, or that another place beats."""
    for process, server in served(deployment):
        if not server.is_gunicorn or process.environment == "development":
            continue
        for idle in (*_of_the_worker_class(server), *_of_others(server)):
            yield _finding(deployment, process, idle)
        yield from _beaten(deployment, process, server)


def _finding(deployment: Deployment, process: Process, idle: _Idle) -> Finding:
    at = point(deployment, process, idle.setting)
    return Finding(
        idle.message,
        at=at,
        because=trail(process, at, idle.because),
        confidence=confidence_in(idle.setting, idle.because),
        severity=idle.severity,
        label="does nothing",
        instead=(idle.instead if at.path.endswith(".py") else idle.flag) or f"Leave `{idle.setting.name}` out.",
    )


def _of_the_worker_class(server: Server) -> Iterator[_Idle]:
    kind = server.worker_class
    if kind is None or not isinstance(kind.value, str) or not is_sure(kind):
        # A file that lets a variable choose the worker class has settings for each of them.
        return
    threads = _given(server, "threads")
    if threads is not None and isinstance(threads.value, int) and threads.value > 1:
        family = next((name for name in _WITHOUT_THREADS if _is_kind(kind.value, name)), None)
        if family is not None:
            message = f"`threads` does nothing with {kind.value} workers: one worker serves many requests in one thread"
            yield _Idle(threads, message, kind)
    if kind.value != "sync":
        return
    for name, why in (
        ("worker_connections", "a sync worker serves one connection at a time"),
        ("keepalive", "a sync worker closes the connection after each response"),
    ):
        setting = _given(server, name)
        if setting is not None and setting.value != 0:
            message = f"`{name}` does nothing with sync workers: {why}"
            yield _Idle(setting, message, kind, None, 'worker_class = "gthread"', "--worker-class gthread")


def _is_kind(worker_class: str, family: str) -> bool:
    """Whether a worker class is of a family, by its short name or its dotted path in that family's own package."""
    return worker_class == family or (family in ("gevent", "uvicorn") and worker_class.startswith(f"gevent_{family}"))


def _of_others(server: Server) -> Iterator[_Idle]:
    jitter, most = _given(server, "max_requests_jitter"), server.settings.get("max_requests")
    if jitter is not None and most is not None and most.value == 0 and isinstance(jitter.value, int):
        message = "`max_requests_jitter` does nothing: `max_requests` is 0, so workers are never replaced"
        yield _Idle(jitter, message, most, None, "max_requests = 1000", "--max-requests 1000")
    capture, error_log = _given(server, "capture_output"), server.error_log
    if capture is not None and capture.value is True and error_log is not None and error_log.value == "-":
        message = "`capture_output` does nothing: it acts only when the error log is a file"
        yield _Idle(capture, message, error_log, Severity.NOTE)


def _given(server: Server, name: str) -> Setting | None:
    """A setting that somebody set to something else than Gunicorn's default."""
    setting = server.settings.get(name)
    if setting is None or setting.is_default or isinstance(setting.value, Unknown):
        return None
    return None if setting.value == _BUILT_IN.get(name) else setting


_BUILT_IN: dict[str, object] = {
    "threads": 1,
    "worker_connections": 1000,
    "keepalive": 2,
    "max_requests_jitter": 0,
    "capture_output": False,
}


def _beaten(deployment: Deployment, process: Process, server: Server) -> Iterator[Finding]:
    """Values that lose to a place that their author may not know of. A flag over a file's value is meant."""
    for setting in server.settings.values():
        for override in setting.overrides:
            finding = _beaten_by(deployment, process, setting, override)
            if finding is not None:
                yield finding


def _beaten_by(deployment: Deployment, process: Process, setting: Setting, override: Override) -> Finding | None:
    beaten, winner = override.origin, setting.origin
    if beaten.span is None or isinstance(override.value, Unknown) or override.value == setting.value:
        return None
    if winner.span is None and beaten.path.endswith(".py") and not setting.is_default:
        who = deployment.platform.name if deployment.platform is not None else "the platform"
        by = " by GUNICORN_CMD_ARGS" if "GUNICORN_CMD_ARGS" in winner.note else ""
        message = f"`{setting.name}` does nothing here: {who} sets it to {_shown(setting)}{by}, and that wins"
        return _lost(process, setting, beaten, message, None)
    variable = next((name for name, wins in _DEFAULTS.items() if wins == setting.name), None)
    if variable is None or not beaten.note.startswith(variable) or beaten.path.endswith(".py"):
        return None
    if any(read.name == variable for read in setting.environment) or isinstance(setting.value, Unknown):
        return None
    message = f"{variable} does nothing here: {winner.note or f'{setting.name} = {setting.value}'} wins"
    return _lost(process, setting, beaten, message, Severity.NOTE)


def _lost(process: Process, setting: Setting, beaten: Place, message: str, severity: Severity | None) -> Finding:
    assert beaten.span is not None
    return Finding(
        message,
        at=beaten.span,
        because=trail(process, beaten.span, setting),
        confidence=confidence_in(setting),
        severity=severity,
        label="does nothing",
        instead="Leave it out, or leave out what wins.",
    )


def _shown(setting: Setting) -> str:
    return f"{setting.value!r}" if isinstance(setting.value, (str, int)) else "another value"
