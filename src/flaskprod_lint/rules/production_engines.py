"""The database engines of a deployment's production processes."""

from __future__ import annotations

from collections.abc import Iterator

from flaskprod_lint.model import Deployment, Engine, Process
from flaskprod_lint.source import Place

#: Files and memory: no server counts their connections.
NO_SERVER = "sqlite"


def engines_of(deployment: Deployment) -> Iterator[tuple[Process, Engine]]:
    """The engines of production, each once, with the first process that makes it."""
    seen: set[tuple[object, ...]] = set()
    for process in deployment.processes:
        for engine in process.app.engines if process.app and process.environment == "production" else ():
            key = (engine.definition.span, engine.bind, engine.url.span if engine.url else None)
            if key not in seen:
                seen.add(key)
                yield process, engine


def trail_of(process: Process, engine: Engine) -> tuple[Place, ...]:
    trail = process.app.trail if process.app else ()
    made = Place(engine.definition.span, f"{engine.library} makes the engine")
    return (*(trail or process.trail), made)
