"""The app's part of `log-to-file`: handlers that write to files in production."""

from __future__ import annotations

from collections.abc import Iterator

from flaskprod_lint.finding import Confidence, Finding, Severity
from flaskprod_lint.model import App, Deployment, LogHandler, Process


def files_of_apps(deployment: Deployment) -> Iterator[Finding]:
    """One finding for each file that an app of the deployment logs to."""
    for process in deployment.processes:
        for handler in process.app.handlers if process.app else ():
            if handler.destination != "-" and handler.at.span is not None and process.app is not None:
                yield _finding(process, process.app, handler)


def _finding(process: Process, app: App, handler: LogHandler) -> Finding:
    span = handler.at.span
    assert span is not None
    stream = _same_records_on_a_stream(app, handler)
    place = handler.destination if isinstance(handler.destination, str) else "a file"
    if stream is not None:
        message = f"The app logs to {place} as well as to a stream: the file only fills the disk of the container"
    else:
        message = f"The app logs to {place}, which nobody sees from outside and which is gone with the container"
    sure = handler.sure and isinstance(handler.destination, str)
    return Finding(
        message,
        at=span,
        because=(*process.trail, *((stream.at,) if stream is not None and stream.at.span else ())),
        severity=Severity.NOTE if stream is not None else Severity.WARNING,
        confidence=Confidence.HIGH if sure else Confidence.MEDIUM,
        label="not on stdout or stderr",
        instead="logging.StreamHandler()",
    )


def _same_records_on_a_stream(app: App, handler: LogHandler) -> LogHandler | None:
    """The handler through which the same records also reach a stream: of the same logger, or of the root."""
    for other in app.handlers:
        if other.destination == "-" and other.logger in (handler.logger, "") and other.sure:
            return other
    return None
