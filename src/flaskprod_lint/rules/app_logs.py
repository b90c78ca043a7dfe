"""The app's part of the rules about logs: handlers that write to files, and debug records that get through."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator

from flaskprod_lint.finding import Confidence, Finding, Severity
from flaskprod_lint.model import App, Deployment, LogHandler, Process, Setting, Unknown
from flaskprod_lint.rules.pointing import confidence_in, trail, unless
from flaskprod_lint.source import Span


def files_of_apps(deployment: Deployment) -> Iterator[Finding]:
    """One finding for each file that an app of the deployment logs to."""
    for process in deployment.processes:
        for handler in process.app.handlers if process.app else ():
            # Of a file without a known name that may not even be there, there is nothing to say.
            known = handler.sure or isinstance(handler.destination, str)
            if handler.is_file and known and handler.at.span is not None and process.app is not None:
                yield _finding(deployment, process, process.app, handler)


def debug_levels_of_apps(deployment: Deployment) -> Iterator[Finding]:
    """One finding for each app whose own records are let through at debug level."""
    for process in deployment.web_processes:
        app = process.app
        level = app.log_level if app is not None else None
        if app is None or level is None or level.span is None or not _is_written(app, level):
            continue
        of_all = level.name == "root"
        lines = "what every library says of its work hides" if of_all else "its debug messages hide"
        yield Finding(
            f"The app logs at debug level{unless(level)}: {lines} what matters",
            at=level.span,
            because=trail(process, level.span),
            confidence=confidence_in(level),
            label="debug in production",
            instead=_info(level),
        )


def _info(level: Setting) -> str:
    """The level in the form in which it is written: a name in quotes where the text is as long as that."""
    if not isinstance(level.value, str) or level.span is None:
        return "logging.INFO"
    as_text = level.span.end_column - level.span.column == len(level.value) + 2
    return f'"{"info" if level.value.islower() else "INFO"}"' if as_text else "logging.INFO"


def fate(deployment: Deployment, process: Process, path: str | Unknown) -> str:
    """What becomes of a log in a file: on a host it stays, in a container it is gone with it."""
    platform = deployment.platform
    if deployment.image is None and platform is not None and platform.proxy_on_same_host:
        return "nobody sees it in the journal, and someone has to rotate it"
    return "nobody sees it from outside" + ("" if _is_kept(process, path) else ", and it is gone with the container")


def _is_kept(process: Process, path: str | Unknown) -> bool:
    """Whether the file lies in a volume."""
    disk = process.disk
    if disk is None or not isinstance(path, str):
        return False
    absolute = posixpath.normpath(posixpath.join(disk.cwd, path))
    return any(absolute.startswith(volume.rstrip("/") + "/") for volume in disk.volumes)


def _finding(deployment: Deployment, process: Process, app: App, handler: LogHandler) -> Finding:
    span = handler.at.span
    assert span is not None
    stream = _same_records_on_a_stream(app, handler)
    place = handler.destination if isinstance(handler.destination, str) else "a file"
    if stream is not None:
        message = f"The app logs to {place} as well as to a stream: the file only fills the disk"
    else:
        message = f"The app logs to {place}: {fate(deployment, process, handler.destination)}"
    sure = handler.sure and isinstance(handler.destination, str)
    return Finding(
        message,
        at=span,
        because=(*process.trail, *((stream.at,) if stream is not None and stream.at.span else ())),
        severity=Severity.NOTE if stream is not None else Severity.WARNING,
        confidence=Confidence.HIGH if sure else Confidence.MEDIUM,
        label="not on stdout or stderr",
        instead=_instead(handler, span),
    )


def _instead(handler: LogHandler, at: Span) -> str:
    """The same on a stream, in the words of what sets it up."""
    if at.path.endswith((".yaml", ".yml")):
        return "class: logging.StreamHandler\nstream: ext://sys.stdout"
    if at.path.endswith(".json"):
        return '"class": "logging.StreamHandler",\n"stream": "ext://sys.stdout"'
    if not at.path.endswith(".py"):
        return "class=StreamHandler\nargs=(sys.stdout,)"
    return {
        "basicConfig": "logging.basicConfig(level=logging.INFO)",
        "loguru": "logger.add(sys.stdout)",
        "structlog": "structlog.PrintLoggerFactory()",
    }.get(handler.kind, "logging.StreamHandler()")


def _same_records_on_a_stream(app: App, handler: LogHandler) -> LogHandler | None:
    """The handler through which the same records also reach a stream: of the same logger, or of the root."""
    above = (handler.logger,) if handler.alone or handler.logger == "loguru" else (handler.logger, "")
    for other in app.handlers:
        if other.destination == "-" and other.logger in above and other.sure and not _takes_less(other, handler):
            return other
    return None


def _takes_less(stream: LogHandler, file: LogHandler) -> bool:
    """Whether the stream gets only part of what the file does: errors alone, say."""
    order = (None, "NOTSET", "DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")
    known = stream.level in order and file.level in order
    return known and order.index(stream.level) > max(order.index(file.level), order.index("INFO"))


def _is_written(app: App, level: Setting) -> bool:
    """Whether a handler of that logger takes debug records. What the code adds counts before what Flask may add."""
    loggers = ("",) if level.name == "root" else ("", level.name)
    found = [one for one in app.handlers if one.logger in loggers]
    added = [one for one in found if one.at.span is not None]
    return any(one.level in (None, "NOTSET", "DEBUG") for one in added or found)
