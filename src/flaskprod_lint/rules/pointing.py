"""Where a finding about a server points, what led there, and how sure it is."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from flaskprod_lint.finding import Confidence
from flaskprod_lint.model import Deployment, Process, Server, Setting
from flaskprod_lint.source import Place, Span


def served(deployment: Deployment) -> Iterator[tuple[Process, Server]]:
    """The web processes with their servers, but for the development server: that one is no matter of settings."""
    for process in deployment.web_processes:
        if process.server is not None and not process.server.is_dev_server:
            yield process, process.server


def point(deployment: Deployment, process: Process, *candidates: Setting | Place | None) -> Span:
    """The first of the candidates that stands in a file; else the command, else the file that deploys."""
    step = process.main_step
    fallbacks = (step.origin if step else None, process.command.origin, *process.trail, deployment.origin)
    for candidate in (*candidates, *fallbacks):
        span = candidate.span if candidate is not None else None
        if span is not None:
            return span
    return Span(deployment.origin.path or ".", 1)


def trail(process: Process, at: Span, *more: Setting | Place | None) -> tuple[Place, ...]:
    """The places from the deployment's file to the server, and then `more`; without the one pointed at."""
    step = process.main_step
    places = [*process.trail, *(step.trail if step else ()), *(_place(each) for each in more if each is not None)]
    kept = [place for place in places if place.span != at and (place.span is not None or place.note)]
    return tuple(dict.fromkeys(kept))


def _place(each: Setting | Place) -> Place:
    return each.origin if isinstance(each, Setting) else each


def confidence_in(*settings: Setting | None) -> Confidence:
    """High, unless one of the settings may be another where it runs."""
    return Confidence.HIGH if all(is_sure(setting) for setting in settings) else Confidence.MEDIUM


def is_sure(setting: Setting | None) -> bool:
    """Whether nothing that we cannot see may change the setting."""
    return setting is None or (setting.sure and not any(read.is_set is None for read in setting.environment))


def variables_of(settings: Iterable[Setting | None]) -> str:
    """The variables that may change the settings, for "unless … is set"."""
    names = [read.name for setting in settings if setting for read in setting.environment if read.is_set is None]
    return " or ".join(dict.fromkeys(names))


def unless(*settings: Setting | None) -> str:
    """ ", unless WORKERS is set where it runs", where that is so."""
    names = variables_of(settings)
    return f", unless {names} is set where it runs" if names else ""
