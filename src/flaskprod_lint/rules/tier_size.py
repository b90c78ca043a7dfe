"""Rules that hold the number of workers against the cores and the memory of one instance."""

from __future__ import annotations

import math
from collections.abc import Iterator

from flaskprod_lint.finding import Confidence, Finding, Severity
from flaskprod_lint.model import Deployment, Process, Server, Setting
from flaskprod_lint.rules import rule
from flaskprod_lint.rules.platform_facts import chosen_by_platform
from flaskprod_lint.rules.pointing import confidence_in, point, served, trail, unless
from flaskprod_lint.source import Place

#: MiB of one worker, of which `_LEAST` are not shared with the others. Measured with Gunicorn 23 on Python 3.11: Flask
#: alone takes 30, of which 15 are its own; Flask and SQLAlchemy 53, of which 38. An app of its own comes on top.
_PLAIN, _WITH_DATABASE, _COMFORTABLE = 40, 60, 120
_PLAIN_LEAST, _WITH_DATABASE_LEAST = 15, 38
_MEASURED_PLAIN = Place(None, "a worker with Flask alone takes 30 MiB before any code of yours (measured)")
_MEASURED = Place(None, "a worker with Flask and SQLAlchemy takes 53 MiB before any code of yours (measured)")
_HEROKU = Place(None, "Heroku's own buildpack counts 256 MB for each worker")
_ADVICE = "Gunicorn's documentation advises 2 × cores + 1 workers"


@rule("workers-over-tier")
def workers_over_tier(deployment: Deployment) -> Iterator[Finding]:
    """More worker processes than the memory or the cores of one instance carry."""
    for process, server in served(deployment):
        workers = _count(server)
        if workers is None or server.workers is None or chosen_by_platform(server.workers):
            continue
        found = _over_memory(deployment, process, server, workers) or _over_cores(deployment, process, server, workers)
        if found is not None:
            yield found


@rule("workers-under-tier")
def workers_under_tier(deployment: Deployment) -> Iterator[Finding]:
    """Fewer worker processes than the instance has cores: some of them stay idle."""
    for process, server in served(deployment):
        workers, cores = _count(server), _whole_cores(process)
        alone = server.concurrency is not None and server.concurrency.value == 1 and workers == 1
        alone = alone or (process.concurrency is not None and process.concurrency.value == 1)
        if not server.is_gunicorn or workers is None or cores is None or workers >= cores or alone:
            continue
        memory = _number(process.memory)
        told = server.workers is None or chosen_by_platform(server.workers)
        if told or (memory is not None and cores * _COMFORTABLE > memory):
            continue
        at = point(deployment, process, server.workers)
        yield Finding(
            f"{_workers(workers)} for {cores} cores: a Python process computes on one core at a time, so "
            f"{_idle(cores - workers)}{unless(server.workers)}",
            at=at,
            because=trail(process, at, server.workers, process.cpus),
            confidence=confidence_in(server.workers),
            label=f"{cores - workers} of {cores} cores unused",
            instead=_instead(at.path, cores + 1),
        )


def _over_memory(deployment: Deployment, process: Process, server: Server, workers: int) -> Finding | None:
    memory = _number(process.memory)
    preload = server.settings.get("preload_app")
    shared = preload is not None and preload.value is not False
    database = _has_database(process)
    least = _WITH_DATABASE_LEAST if database else _PLAIN_LEAST
    each = least if shared else _WITH_DATABASE if database else _PLAIN
    if memory is None or process.memory is None or workers * each <= memory:
        return None
    at = point(deployment, process, server.workers)
    best = max(1, int(memory // _COMFORTABLE))
    certain = workers * least > memory and not shared
    return Finding(
        f"{_workers(workers)} × about {each} MiB each = {workers * each} MiB, and an instance has {memory:g} MiB: it "
        f"runs out of memory and is killed{unless(server.workers)}",
        at=at,
        because=trail(process, at, server.workers, process.memory, _MEASURED if database else _MEASURED_PLAIN, _HEROKU),
        confidence=confidence_in(server.workers) if certain else Confidence.MEDIUM,
        label=f"{workers * each} MiB of {memory:g} MiB",
        instead=_instead(at.path, best),
    )


def _over_cores(deployment: Deployment, process: Process, server: Server, workers: int) -> Finding | None:
    cpus = _number(process.cpus)
    if cpus is None or not server.is_gunicorn:
        return None
    cores = max(1, math.ceil(cpus))
    advised = 2 * cores + 1
    if workers <= 4 * cores:
        return None
    at = point(deployment, process, server.workers)
    far = workers > 2 * advised
    has = f"{cpus:g} {'core' if cpus == 1 else 'cores'}" if cpus >= 1 else f"{cpus:g} of a core"
    return Finding(
        f"{_workers(workers)} share {has}: {_ADVICE}, here {advised}, and each one above it only takes time and "
        f"memory from the others{unless(server.workers)}",
        at=at,
        because=trail(process, at, server.workers, process.cpus),
        confidence=confidence_in(server.workers, process.cpus) if far else Confidence.MEDIUM,
        severity=None if far else Severity.NOTE,
        label=f"{advised} would be usual",
        instead=_instead(at.path, advised),
    )


def _has_database(process: Process) -> bool:
    """Whether the app loads SQLAlchemy, or may."""
    engines = process.app is not None and bool(process.app.engines)
    return engines or any(process.packages.find(name) for name in ("sqlalchemy", "flask-sqlalchemy"))


def _count(server: Server) -> int | None:
    value = server.workers.value if server.workers is not None else None
    return value if isinstance(value, int) and value > 0 else None


def _number(setting: Setting | None) -> float | None:
    value = setting.value if setting is not None else None
    return float(value) if isinstance(value, (int, float)) and value > 0 else None


def _whole_cores(process: Process) -> int | None:
    """The cores that a process has for itself, when that is more than one."""
    cpus = _number(process.cpus)
    if cpus is None or process.cpus is None or not process.cpus.sure or cpus < 2:
        return None
    return math.floor(cpus)


def _workers(number: int) -> str:
    return "1 worker" if number == 1 else f"{number} workers"


def _idle(cores: int) -> str:
    return "1 core has nothing to do" if cores == 1 else f"{cores} cores have nothing to do"


def _instead(path: str, number: int) -> str:
    return f"workers = {number}" if path.endswith(".py") else f"--workers {number}"
