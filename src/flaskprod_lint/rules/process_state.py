"""The rule about what every worker keeps for itself although all should share it."""

from __future__ import annotations

from collections.abc import Iterator

from flaskprod_lint.finding import Confidence, Finding, Severity
from flaskprod_lint.model import Deployment, InProcess, Process
from flaskprod_lint.rules import rule
from flaskprod_lint.rules.copies import at_most, several
from flaskprod_lint.rules.pointing import confidence_in, trail
from flaskprod_lint.source import Place

_SAYS = {
    "limiter": "The rate limiter counts in the memory of each process, so the real limit is {times} what it says",
    "cache": "SimpleCache is in the memory of each process: what one {one} stores or deletes, the others do not see",
    "scheduler": "The scheduler starts in each process, so each job runs {often}",
    "socketio": "Socket.IO has no message queue, so an event reaches only the clients of the process that sends it",
    "sessions": "Sessions are files on one instance's disk: the other instances do not know who is logged in",
    "data": "`{name}` is in the memory of each process: a request that another {one} serves sees another one",
}
_INSTEAD = {
    "limiter": 'storage_uri=os.environ["REDIS_URL"]',
    "cache": 'CACHE_TYPE = "RedisCache"',
    "scheduler": "Start the scheduler in a process of its own.",
    "socketio": 'message_queue=os.environ["REDIS_URL"]',
    "sessions": 'SESSION_TYPE = "redis"',
    "data": "Keep it in the database or in Redis.",
}


@rule("state-per-worker")
def state_per_worker(deployment: Deployment) -> Iterator[Finding]:
    """State in a process that is wrong with more than one."""
    for process in deployment.web_processes:
        if process.app is None or process.environment == "development":
            continue
        for state in process.app.state:
            processes = _instances(process) if state.kind == "sessions" else _processes(process)
            if processes != 1 and not (state.kind == "scheduler" and _is_preloaded(process)):
                yield _finding(process, state, processes)


def _is_preloaded(process: Process) -> bool:
    """Whether the app is loaded before the workers are forked: a scheduler's thread then stays in the first process."""
    setting = process.server.settings.get("preload_app") if process.server is not None else None
    return setting is not None and setting.value is True and process.instances.value == 1


def _finding(process: Process, state: InProcess, processes: int | None) -> Finding:
    assert state.at.span is not None
    times = f"{at_most(process)}{processes} times" if processes else "a multiple of"
    often = f"{at_most(process)}{processes} times" if processes else "once for each of them"
    workers = process.server.workers if process.server is not None else None
    one = "instance" if workers is not None and workers.value == 1 else "worker"
    sure = state.sure and processes is not None
    return Finding(
        _SAYS[state.kind].format(times=times, often=often, one=one, name=state.at.note),
        at=state.at.span,
        because=trail(process, state.at.span, *state.trail, *_why(process)),
        confidence=confidence_in(workers) if sure else Confidence.MEDIUM,
        severity=Severity.NOTE if processes is None or state.kind == "data" else None,
        label="one for each process",
        instead=_INSTEAD[state.kind],
    )


def _why(process: Process) -> Iterator[Place]:
    """The places that say how many processes there are."""
    workers = process.server.workers if process.server is not None else None
    if workers is not None and workers.span is not None and isinstance(workers.value, int):
        yield Place(workers.span, "1 worker" if workers.value == 1 else f"{workers.value} workers")
    if process.instances.span is not None and several(process):
        yield Place(process.instances.span, several(process))


def _instances(process: Process) -> int | None:
    value = process.instances.value
    return value if isinstance(value, int) else None


def _processes(process: Process) -> int | None:
    """How many processes serve at once; None where that is not known."""
    workers = process.server.workers if process.server is not None else None
    instances = _instances(process)
    if workers is None or not isinstance(workers.value, int) or instances is None:
        return None
    return max(workers.value, 1) * instances
