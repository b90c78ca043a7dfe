"""The rule about how a process is told to stop."""

from __future__ import annotations

from collections.abc import Iterator

from flaskprod_lint.finding import Confidence, Finding
from flaskprod_lint.model import Deployment, Process, Server, Setting
from flaskprod_lint.rules import rule
from flaskprod_lint.rules.pointing import trail
from flaskprod_lint.rules.wsgi_target import shown
from flaskprod_lint.source import Place, Span

#: Servers that a script starts and that leave SIGTERM alone, so that the first process of a container ignores it.
_IGNORE_AS_FIRST = frozenset({"waitress", "gevent", "cheroot", "bjoern", "meinheld"})
#: Platforms that start the command from a shell of their own, where no word of the project reaches.
_OWN_SHELL = frozenset({"azure-appservice"})
#: What the script says before it starts such a server: then it ends as on Ctrl-C.
_HANDLER = "signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))"
#: Signals on which Gunicorn drops the requests in progress.
_QUICK = frozenset({"SIGINT", "SIGQUIT", "INT", "QUIT", "2", "3"})


@rule("stop-signal-lost")
def stop_signal_lost(deployment: Deployment) -> Iterator[Finding]:
    if deployment.assumed or (deployment.platform is not None and deployment.platform.sigterm_to_all):
        return
    if deployment.platform is not None and deployment.platform.id in _OWN_SHELL and deployment.image is None:
        return
    for process in deployment.web_processes:
        server = process.server
        if process.environment == "development" or server is None or server.is_dev_server:
            continue
        if process.signal.reaches is False:
            yield from _lost(deployment, process, server)
        elif process.signal.reaches is None and process.signal.pid_one and server.name in _IGNORE_AS_FIRST:
            yield from _ignored(deployment, process, server)
        elif server.is_gunicorn and (signal := _stop_signal(deployment)) is not None:
            yield from _quick(deployment, process, signal)


def is_told_to_stop(deployment: Deployment, process: Process) -> bool:
    """Whether the server hears a signal on which it lets requests end: where not, stop-signal-lost says so."""
    everyone = deployment.platform is not None and deployment.platform.sigterm_to_all
    return _stop_signal(deployment) is None and (everyone or process.signal.reaches is not False)


def _lost(deployment: Deployment, process: Process, server: Server) -> Iterator[Finding]:
    signal = process.signal
    span = signal.at.span or server.step.origin.span or process.command.origin.span
    if span is None:
        return
    name = server.name if server.name != "unknown" else server.step.program
    fails = f"{shown(server)} does not end on SIGTERM" if signal.pid_one else f"SIGTERM does not reach {name}"
    yield Finding(
        f"{fails}, so each deploy cuts off the requests in progress: {signal.reason}",
        at=span,
        because=server.step.trail,
        confidence=Confidence.HIGH if server.step.sure else Confidence.MEDIUM,
        label="a shell stays above the server" if not signal.pid_one else "runs on until it is killed",
        instead=(_interrupted(deployment, server, span) if signal.pid_one else None) or signal.instead or None,
    )


def _ignored(deployment: Deployment, process: Process, server: Server) -> Iterator[Finding]:
    span = server.step.origin.span or process.command.origin.span
    if span is None:
        return
    reason = f"{server.name} leaves SIGTERM to Python, and the first process of a container then ignores it"
    yield Finding(
        f"`{process.name}` does not end on SIGTERM and is killed after the grace period: {reason}",
        at=span,
        because=(*server.step.trail, *server.trail),
        confidence=Confidence.MEDIUM,
        label="ignores SIGTERM as the first process",
        instead=_interrupted(deployment, server, span) or _HANDLER,
    )


def _interrupted(deployment: Deployment, server: Server, at: Span) -> str | None:
    """The line for a Dockerfile that has waitress stopped as by Ctrl-C, on which it ends in order."""
    platform = deployment.platform
    by_image = platform is None or platform.image_decides_signal
    return "STOPSIGNAL SIGINT" if by_image and server.name == "waitress" and "dockerfile" in at.path.lower() else None


def _stop_signal(deployment: Deployment) -> Setting | None:
    """The signal that stops the container, where that is another than SIGTERM on which Gunicorn hurries."""
    platform, image = deployment.platform, deployment.image
    of_image = image.stop_signal if image is not None else None
    signal = of_image
    if platform is not None and platform.stop_signal and not (platform.image_decides_signal and of_image is not None):
        signal = Setting("stop signal", platform.stop_signal, platform.origin)
    return signal if signal is not None and str(signal.value).upper() in _QUICK else None


def _who_says(deployment: Deployment, signal: Setting) -> Place:
    """Who stops the process with the signal: the platform, unless the image names it."""
    platform = deployment.platform
    if platform is not None and signal.origin is platform.origin:
        return Place(None, f"{platform.name} stops it with {signal.value}")
    return signal.origin


def _quick(deployment: Deployment, process: Process, signal: Setting) -> Iterator[Finding]:
    span = signal.span or process.command.origin.span
    if span is None:
        return
    name = str(signal.value)
    instead = "STOPSIGNAL SIGTERM" if "docker" in span.path.lower() else None
    if span.path.endswith("fly.toml") or (deployment.platform is not None and deployment.platform.id == "fly"):
        instead = 'kill_signal = "SIGTERM"'
    elif span.path.endswith((".yml", ".yaml")):
        instead = "stop_signal: SIGTERM"
    yield Finding(
        f"`{process.name}` is stopped with {name}, on which Gunicorn drops the requests in progress",
        at=span,
        because=trail(process, span, _who_says(deployment, signal)),
        label=f"{name} is Gunicorn's quick shutdown",
        instead=instead,
    )
