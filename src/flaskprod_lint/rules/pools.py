"""Pools that are too small, wrongly set, shared with other processes, or made anew for each request."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from flaskprod_lint.finding import Confidence, Finding
from flaskprod_lint.model import BudgetRow, Deployment, Engine, OptionFault, Process, Reached, Setting
from flaskprod_lint.rules import rule
from flaskprod_lint.rules.connections import factors, is_sure, is_unbounded
from flaskprod_lint.rules.platform_facts import careful
from flaskprod_lint.rules.production_engines import NO_SERVER, engines_of, trail_of
from flaskprod_lint.source import Place, Span


@rule("pool-under-threads")
def pool_under_threads(deployment: Deployment) -> Iterator[Finding]:
    """A pool with fewer connections than the worker has threads: the others wait for one, and then fail."""
    seen: set[Span] = set()
    for row in deployment.budget.rows if deployment.budget else ():
        threads, most = row.concurrency.value, _most(row)
        at = row.pool_size.span or row.max_overflow.span or row.concurrency.span or (row.engine or Place(None)).span
        if row.concurrency.name != "threads" or not isinstance(threads, int) or most is None or most >= threads:
            continue
        if at is None or at in seen:
            continue
        seen.add(at)
        yield Finding(
            f"A worker serves {threads} requests at once, and its pool has {_connections(row, most)}: under load the "
            f"other {threads - most} wait, and fail after 30 s with a QueuePool timeout",
            at=at,
            because=tuple(factors(row)),
            confidence=_confidence(row),
            instead=_enough(deployment, row, threads),
            label=f"{threads - most} of {threads} threads wait",
        )


def _most(row: BudgetRow) -> int | None:
    """The most connections of the pool; None where it has no limit, or that is not known."""
    size, overflow = row.pool_size.value, row.max_overflow.value
    if is_unbounded(row) or not isinstance(size, int) or not isinstance(overflow, int):
        return None
    return size + overflow


def _confidence(row: BudgetRow) -> Confidence:
    """How many workers there are, and how often they run, changes nothing here."""
    one = Setting("one", 1, is_default=True)
    return Confidence.HIGH if is_sure(replace(row, instances=one, workers=one)) else Confidence.MEDIUM


def _connections(row: BudgetRow, most: int) -> str:
    parts = f" ({row.pool_size.value} + {row.max_overflow.value})" if row.max_overflow.value else ""
    return f"1 connection{parts}" if most == 1 else f"{most} connections{parts}"


def _enough(deployment: Deployment, row: BudgetRow, threads: int) -> str | None:
    engine = next((one for _, one in engines_of(deployment) if one.definition == row.engine), None)
    if engine is None or engine.bind is not None:
        return f"pool_size={threads}" if engine is None else f'"pool_size": {threads}'
    if engine.library == "Flask-SQLAlchemy":
        return f'SQLALCHEMY_ENGINE_OPTIONS = {{"pool_size": {threads}, "max_overflow": 0, "pool_pre_ping": True}}'
    return f"create_engine(url, pool_size={threads}, max_overflow=0, pool_pre_ping=True)"


# Options


@rule("pool-options-invalid")
def pool_options_invalid(deployment: Deployment) -> Iterator[Finding]:
    """Options that end the app when it makes the engine, or that nothing reads."""
    seen: set[Span] = set()
    for process, engine in engines_of(deployment):
        for fault in engine.faults:
            at = fault.at.span
            if at is None or at in seen:
                continue
            seen.add(at)
            yield Finding(
                _invalid(fault),
                at=at,
                because=(*trail_of(process, engine), *fault.more),
                confidence=Confidence.HIGH if fault.sure and engine.sure else Confidence.MEDIUM,
                instead=_valid(fault, engine),
                label="passed over in silence" if fault.kind == "unread" else "the app does not start",
            )


def _invalid(fault: OptionFault) -> str:
    if fault.kind == "unread":
        return f"{fault.reason}: the pool keeps its defaults"
    if fault.kind == "text":
        return f"{fault.reason}, and SQLAlchemy wants a number: making the engine raises a TypeError"
    return f"{fault.reason}: making the engine raises a TypeError"


def _valid(fault: OptionFault, engine: Engine) -> str | None:
    if fault.kind == "unread":
        options = "".join(f'"{name.removeprefix("SQLALCHEMY_").lower()}": {value}, ' for name, value in fault.written)
        return f'SQLALCHEMY_ENGINE_OPTIONS = {{{options}"pool_pre_ping": True}}'
    if fault.kind == "text":
        names = [read.name for read in engine.pool_size.environment] if engine.pool_size else []
        return f'pool_size=int(os.environ["{names[0]}"])' if names else "pool_size=5"
    return f"Leave {fault.name} out"


# Forks and requests


@rule("pool-shared-across-fork")
def pool_shared_across_fork(deployment: Deployment) -> Iterator[Finding]:
    """The app is loaded before the workers are forked, and has opened a connection by then."""
    for process in deployment.web_processes:
        server, app = process.server, process.app
        preload = server.settings.get("preload_app") if server is not None else None
        if server is None or app is None or preload is None or preload.value is not True or not server.is_gunicorn:
            continue
        connect = next((one for one in app.reached if one.kind == "connect"), None)
        at = preload.span or server.step.origin.span
        hook = server.after_fork
        if connect is None or at is None or not _keeps_connections(process) or (hook and hook.note == "dispose"):
            continue
        doubt = (Place(hook.span, "this hook is not all known"),) if hook is not None else ()
        finding = Finding(
            f"{_preloads(preload)} loads the app once, before the workers are forked, and the app connects to the "
            "database then: all workers use the same connection, and a request can get the rows of another",
            at=at,
            because=(*_who_preloads(preload), *connect.trail, connect.at, *doubt),
            confidence=Confidence.HIGH if connect.sure and preload.sure and hook is None else Confidence.MEDIUM,
            label="every worker inherits an open connection",
        )
        yield careful(finding, deployment.platform, "injects") if preload.span is None else finding


def _preloads(preload: Setting) -> str:
    return "preload_app" if preload.span is not None else "--preload"


def _who_preloads(preload: Setting) -> tuple[Place, ...]:
    """Who asks for it where no file of the project does: a platform that gives Gunicorn options of its own."""
    return (Place(None, f"--preload: {preload.origin.note}"),) if preload.span is None and preload.origin.note else ()


def _keeps_connections(process: Process) -> bool:
    """Whether a pool of the app keeps connections to a server."""
    engines = process.app.engines if process.app else []
    pools = [engine.pool_class.value for engine in engines if engine.dialect != NO_SERVER and engine.pool_class]
    return any(pool != "NullPool" for pool in pools)


@rule("engine-per-request")
def engine_per_request(deployment: Deployment) -> Iterator[Finding]:
    """A view or a request hook that makes an engine of its own."""
    seen: set[Span] = set()
    for _, reached in _reached(deployment, "create_engine"):
        at = reached.at.span
        if at is None or at in seen:
            continue
        seen.add(at)
        yield Finding(
            f"{reached.detail}() makes a new engine each time a request calls it: each has a pool of its own, and its "
            "connections stay open after the request until the database refuses more",
            at=at,
            because=reached.trail,
            confidence=Confidence.HIGH if reached.sure else Confidence.MEDIUM,
            label="a new pool for each request",
        )


def _reached(deployment: Deployment, kind: str) -> Iterator[tuple[Process, Reached]]:
    for process in deployment.web_processes:
        for reached in process.app.reached if process.app and process.environment == "production" else ():
            if reached.kind == kind:
                yield process, reached


@rule("gevent-blocked-by-driver")
def gevent_blocked_by_driver(deployment: Deployment) -> Iterator[Finding]:
    """Workers of gevent whose database driver waits in C, where no other greenlet can run."""
    for process in deployment.web_processes:
        server = process.server
        kind = server.worker_class if server is not None else None
        gevent = server is not None and (server.name == "gevent" or "gevent" in str(kind.value if kind else "").lower())
        if server is None or not gevent or process.environment != "production":
            continue
        engine = next((one for one in (process.app.engines if process.app else ()) if _blocks(one)), None)
        at = (kind.span if kind else None) or server.step.origin.span
        if engine is None or engine.client is None or at is None:
            continue
        assumed = any(read.is_set is None for read in kind.environment) if kind is not None else False
        sure = engine.client.sure and engine.client.installed and process.packages.complete is True and not assumed
        yield Finding(
            "psycopg2 does not yield to gevent: while one query runs, the worker serves no other request, and its "
            "greenlets wait as if there were one",
            at=at,
            because=(*trail_of(process, engine), Place(None, f"psycopg2: {engine.client.chosen_by}")),
            confidence=Confidence.HIGH if sure and (kind is None or kind.sure) else Confidence.MEDIUM,
            label="one query at a time in each worker",
        )


def _blocks(engine: Engine) -> bool:
    return engine.client is not None and engine.client.module == "psycopg2" and not engine.client.yields
