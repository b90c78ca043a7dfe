"""Workers and threads tuned to the tier: how many requests are served at once, and what keeps workers alive."""

from __future__ import annotations

from collections.abc import Iterator

from flaskprod_lint.finding import Evidence, Finding
from flaskprod_lint.model import Deployment, Process, Server, Setting, Unknown
from flaskprod_lint.rules import evidence, rule
from flaskprod_lint.rules.copies import several
from flaskprod_lint.rules.patience import drain_cut_short as drain_cut_short
from flaskprod_lint.rules.patience import keepalive_under_balancer as keepalive_under_balancer
from flaskprod_lint.rules.patience import timeout_disabled as timeout_disabled
from flaskprod_lint.rules.patience import timeout_over_router as timeout_over_router
from flaskprod_lint.rules.pointing import confidence_in, point, served, shown_by_each, trail, unless
from flaskprod_lint.rules.process_state import state_per_worker as state_per_worker
from flaskprod_lint.rules.stopping import stop_signal_lost as stop_signal_lost
from flaskprod_lint.rules.tier_size import workers_over_tier as workers_over_tier
from flaskprod_lint.rules.tier_size import workers_under_tier as workers_under_tier
from flaskprod_lint.rules.worker_upkeep import max_requests_without_jitter as max_requests_without_jitter
from flaskprod_lint.rules.worker_upkeep import worker_heartbeat_on_disk as worker_heartbeat_on_disk
from flaskprod_lint.source import Place

#: Platforms that run the process on a machine of its own, not in a container with a share of one.
_WHOLE_MACHINES = frozenset(("systemd", "supervisord", "beanstalk", "azure-appservice", "pythonanywhere"))


@rule("single-worker")
def single_worker(deployment: Deployment) -> Iterator[Finding]:
    """One worker that serves one request at a time is in effect."""
    for process, server in served(deployment):
        workers, concurrency = server.workers, server.concurrency
        if workers is None or concurrency is None or workers.value != 1 or concurrency.value != 1:
            continue
        if process.concurrency is not None and process.concurrency.value == 1:
            continue  # The platform sends one request at a time, and starts more instances for more.
        at = point(deployment, process, workers, server.threads, server.config_file)
        copies = several(process)
        each = f" in each of {copies}" if copies else ""
        told = _said(workers, server.threads, server.worker_class)
        yield Finding(
            f"One request at a time{each}: {_shown(server)} is in effect{unless(workers, server.threads)}",
            at=at,
            because=trail(process, at, *told, process.instances if copies else None),
            confidence=confidence_in(workers, server.threads, server.worker_class),
            label="others sent to the same instance wait" if copies else "every other request waits",
            instead=_more_workers(server, at.path),
        )


@rule("workers-from-host-cpus")
def workers_from_host_cpus(deployment: Deployment) -> Iterator[Finding]:
    """The number of workers is computed from the processors of the host, in a container."""
    if deployment.platform is not None and deployment.platform.id in _WHOLE_MACHINES:
        return
    for process, server in served(deployment):
        workers = server.workers
        if workers is None or not _from_host(workers.value):
            continue
        assert isinstance(workers.value, Unknown)
        at = point(deployment, process, workers)
        yield Finding(
            f"The number of workers is {workers.value.reason}: it follows the machine, not this container's "
            f"share of it{unless(workers)}",
            at=at,
            because=trail(process, at, Place(workers.value.at)),
            confidence=confidence_in(workers),
            label="65 workers on a host with 32 processors" if workers.value.reason.endswith("× 2 + 1") else "",
            instead=_fixed_workers(server, at.path),
        )


@evidence("concurrency")
def evidence_of(deployment: Deployment) -> Evidence:
    """The workers and threads of the web processes."""
    return shown_by_each(deployment, "serve", _proof)


def _proof(deployment: Deployment, process: Process) -> Place | str:
    """The place that says how many requests a process serves at once, or what is not known of it."""
    server = process.server
    if server is None or server.name == "unknown":
        return f"what `{process.name}` runs could not be made out"
    if server.is_dev_server:
        return "Flask's development server is started"
    for name, setting in (("workers", server.workers), ("concurrency", server.concurrency)):
        if setting is None:
            return (
                f"how many requests {server.name} serves at once"
                if name == "concurrency"
                else f"how many {name} {server.name} has"
            )
        if isinstance(setting.value, Unknown):
            if name == "concurrency" and not _is_sync(server):
                continue
            return f"{name}: {setting.value.reason}"
    return Place(point(deployment, process, server.workers, server.threads), _shown(server))


def _is_sync(server: Server) -> bool:
    """Whether the number of threads or workers alone decides how many requests are served at once."""
    kind = server.worker_class.value if server.worker_class is not None else ""
    return isinstance(kind, Unknown) or kind in ("sync", "gthread")


def _from_host(value: object) -> bool:
    """Whether a number follows the host's processors without a bound."""
    return isinstance(value, Unknown) and value.symbol == "host-cpus" and "min(" not in value.reason


def _said(*settings: Setting | None) -> list[Setting | Place]:
    """Those of the settings that something sets, or that nothing does."""
    found: list[Setting | Place] = [setting for setting in settings if setting is not None and setting.span is not None]
    return found or [Place(None, "nothing sets workers or threads")]


def _shown(server: Server) -> str:
    """The workers and what each does, in a few words."""
    workers, threads, kind = server.workers, server.threads, server.worker_class
    text = _count(workers, "worker")
    name = str(kind.value) if kind is not None and isinstance(kind.value, str) else ""
    if name == "sync":
        return text.replace("worker", "sync worker")
    if threads is not None and isinstance(threads.value, int) and name in ("", "gthread"):
        return f"{text} × {_count(threads, 'thread')}" + (f" ({name})" if name else "")
    return f"{text} ({name})" if name else text


def _count(setting: Setting | None, word: str) -> str:
    value = setting.value if setting is not None else None
    return f"{value} {word}" if value == 1 else f"{value} {word}s"


def _more_workers(server: Server, path: str) -> str | None:
    if server.name == "uwsgi":
        return "processes = 3\nthreads = 2" if path.endswith(".ini") else "--processes 3 --threads 2"
    if not server.is_gunicorn:
        return None
    if path.endswith(".config"):
        return "NumProcesses: 3\nNumThreads: 2"
    return "workers = 3\nthreads = 2" if path.endswith(".py") else "--workers 3 --threads 2"


def _fixed_workers(server: Server, path: str) -> str | None:
    if not server.is_gunicorn:
        return None
    if path.endswith(".py"):
        return 'workers = int(os.environ.get("WEB_CONCURRENCY", "3"))'
    return "--workers ${WEB_CONCURRENCY:-3}"
