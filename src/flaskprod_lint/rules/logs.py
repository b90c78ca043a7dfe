"""Logs to stdout: whether what happens in production can be read where the platform collects it."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator

from flaskprod_lint.finding import Confidence, Evidence, Finding, Severity
from flaskprod_lint.model import STREAMS, Deployment, Process, Server, Setting, Unknown
from flaskprod_lint.rules import evidence, rule
from flaskprod_lint.rules.app_logs import debug_levels_of_apps, fate, files_of_apps
from flaskprod_lint.rules.pointing import confidence_in, point, served, trail, unless, without_web
from flaskprod_lint.source import Place, Span

#: Destinations that are no file which anyone could miss.
_NO_FILE = ("/dev/null", "syslog")

#: What stands before a variable in a file of that suffix.
_IN_MANIFESTS = {"service": "Environment="}


@rule("access-log-off")
def access_log_off(deployment: Deployment) -> Iterator[Finding]:
    """Gunicorn writes no access log."""
    for process, server in served(deployment):
        log = server.access_log
        if not server.is_gunicorn or log is None or log.value not in (None, "", "/dev/null"):
            continue
        at = point(deployment, process, log, server.config_file)
        behind = process.proxy if process.proxy_silent is None else None
        yield Finding(
            "Gunicorn writes no access log"
            + (" (the proxy before it may)" if behind is not None else "")
            + (": it does so only when told where" if log.is_default else "")
            + unless(log),
            at=at,
            because=trail(process, at, log, behind, process.proxy_silent),
            confidence=confidence_in(log),
            severity=Severity.NOTE if behind is not None else None,
            label="no access log",
            instead='accesslog = "-"' if at.path.endswith(".py") else _option(process, at, "--access-logfile -"),
        )


def _option(process: Process, at: Span, option: str) -> str:
    """The option; where Elastic Beanstalk writes the command itself, the Procfile that gives it one."""
    if ".ebextensions/" not in at.path:
        return option
    words = [word for word in process.command.argv or () if isinstance(word, str)]
    return f"# Procfile\nweb: {' '.join([*words[:-1], option, *words[-1:]])}" if words else option


@rule("log-to-file")
def log_to_file(deployment: Deployment) -> Iterator[Finding]:
    """A log of the server or of the app goes to a file."""
    seen = set()
    for process, server in served(deployment):
        for name, log in (("access log", server.access_log), ("error log", server.error_log)):
            if log is None or not _is_file(log.value, deployment) or (log.value, log.span) in seen:
                continue
            seen.add((log.value, log.span))
            yield _file_finding(deployment, process, server, name, log)
    yield from files_of_apps(deployment)


@rule("output-buffered")
def output_buffered(deployment: Deployment) -> Iterator[Finding]:
    """What is printed stays in a buffer, because nothing sets PYTHONUNBUFFERED."""
    for process in deployment.web_processes:
        setting = process.server.unbuffered if process.server is not None else None
        if setting is None or setting.value is True or (isinstance(setting.value, Unknown) and not setting.is_default):
            continue
        image = deployment.image
        at = point(deployment, process, setting, image.origin if image is not None else None)
        before = "ENV " if image is not None else _IN_MANIFESTS.get(at.path.rpartition(".")[2], "")
        sets = f"{before}PYTHONUNBUFFERED=1"
        if ".ebextensions/" in at.path:
            sets = 'aws:elasticbeanstalk:application:environment:\n  PYTHONUNBUFFERED: "1"'
        yield Finding(
            f"{_why_buffered(setting)}: what the app prints {_how_late(process.server)}",
            at=at,
            because=trail(process, at),
            confidence=Confidence.MEDIUM if isinstance(setting.value, Unknown) else Confidence.HIGH,
            label="print() is not seen at once",
            instead=sets,
        )


@rule("log-level-debug")
def log_level_debug(deployment: Deployment) -> Iterator[Finding]:
    """Gunicorn's own messages, or the app's, are logged at debug level."""
    for process, server in served(deployment):
        level = server.settings.get("loglevel")
        if level is None or not isinstance(level.value, str) or level.value.lower() != "debug":
            continue
        at = point(deployment, process, level)
        yield Finding(
            f"Gunicorn logs at debug level{unless(level)}: many lines for each request hide those that matter",
            at=at,
            because=trail(process, at, level),
            confidence=confidence_in(level),
            label="debug in production",
            instead='loglevel = "info"' if at.path.endswith(".py") else "--log-level info",
        )
    yield from debug_levels_of_apps(deployment)


@evidence("logs")
def evidence_of(deployment: Deployment) -> Evidence:
    """The logs of the web processes, where they are streams that nothing delays."""
    processes = list(deployment.web_processes)
    if not processes:
        return without_web(deployment, "log")
    proofs: list[Place] = []
    for process in processes:
        reason = _unknown_log(process)
        if reason:
            return Evidence(unknown=reason)
        proofs += _proofs(deployment, process)
    headline = "access and error log to stdout, unbuffered" if len(proofs) > 1 else "printed output is unbuffered"
    return Evidence(headline, tuple(dict.fromkeys(proofs)))


def _unknown_log(process: Process) -> str:
    """What of a process's logs is not known."""
    server = process.server
    if server is None or server.name == "unknown":
        return f"what `{process.name}` runs could not be made out"
    for name, log in (("access log", server.access_log), ("error log", server.error_log)):
        if log is not None and isinstance(log.value, Unknown):
            return f"{name}: {log.value.reason}"
    if server.unbuffered is None or isinstance(server.unbuffered.value, Unknown):
        return "whether Python's output is buffered"
    if process.app is None:
        return "the application could not be read, so what it logs to is not known"
    unknown = next((one.destination for one in process.app.handlers if isinstance(one.destination, Unknown)), None)
    return f"a log handler of the app: {unknown.reason}" if unknown is not None else ""


def _proofs(deployment: Deployment, process: Process) -> Iterator[Place]:
    server = process.server
    if server is None:
        return
    log = server.access_log
    if server.is_gunicorn and log is not None and log.value in STREAMS:
        yield Place(point(deployment, process, log), f"access log to {_stream(log.value)}")
    setting = server.unbuffered
    if setting is not None and setting.value is True:
        yield setting.origin if setting.span else Place(None, f"PYTHONUNBUFFERED, {setting.origin.note}")


def _stream(value: object) -> str:
    return "stderr" if str(value).endswith(("stderr", "/2")) else "stdout"


def _is_file(value: object, deployment: Deployment) -> bool:
    if not isinstance(value, str) or not value or value in STREAMS or value in _NO_FILE:
        return False
    return not _is_linked_to_a_stream(value, deployment)


def _is_linked_to_a_stream(path: str, deployment: Deployment) -> bool:
    """Whether the image makes the file a link to stdout or stderr, as nginx's own image does."""
    image = deployment.image
    name = posixpath.basename(path)
    return image is not None and any(
        "/dev/std" in run.text and "ln " in run.text and name in run.text for run in image.runs
    )


def _file_finding(deployment: Deployment, process: Process, server: Server, name: str, log: Setting) -> Finding:
    at = point(deployment, process, log)
    captured = server.settings.get("capture_output")
    more = (
        ", and with it all that the app prints" if name == "error log" and captured and captured.value is True else ""
    )
    who = {"gunicorn": "Gunicorn", "uwsgi": "uWSGI"}.get(server.name, server.name)
    option = "--access-logfile -" if name == "access log" else "--error-logfile -"
    if at.path.endswith(".py"):
        option = 'accesslog = "-"' if name == "access log" else 'errorlog = "-"'
    return Finding(
        f"{who}'s {name} goes to {log.value}{more}: {fate(deployment, process, str(log.value))}" + unless(log),
        at=at,
        because=trail(process, at, log),
        confidence=confidence_in(log),
        label="not on stdout or stderr",
        instead=option if server.is_gunicorn else None,
    )


def _why_buffered(setting: Setting) -> str:
    if setting.is_default:
        return "Nothing here sets PYTHONUNBUFFERED"
    return f"{setting.origin.note or 'PYTHONUNBUFFERED is empty'} switches it off"


def _how_late(server: Server | None) -> str:
    """When printed text does arrive. Logging to stderr is never late."""
    log = server.access_log if server is not None and server.is_gunicorn else None
    if log is not None and log.value in ("-", "/dev/stdout"):
        return "arrives with the next line of the access log, not when it happens (logging is not affected)"
    return "arrives late, or never when the process is killed (logging to stderr is not affected)"
