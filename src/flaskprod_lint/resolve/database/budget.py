"""The connection budget: how many database connections a deployment can open, against what the database allows."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace

from flaskprod_lint.model import App, Budget, BudgetRow, Deployment, Engine, Process, Server, Setting, Unknown
from flaskprod_lint.records import dataclass
from flaskprod_lint.resolve.database import job_workers
from flaskprod_lint.resolve.database.engine_options import ONE_CONNECTION, QUEUE_POOLS
from flaskprod_lint.resolve.options import Options
from flaskprod_lint.resolve.tiers import plan_name, same_plan
from flaskprod_lint.source import Place

#: Databases that count connections against a limit; others (files, search engines, warehouses) do not.
SERVERS = frozenset({"postgresql", "mysql", "mariadb", "mssql", "oracle", "cockroachdb", "redshift"})
#: What a worker of a class serves at once, in the words of the arithmetic.
_UNITS = {"gthread": "threads", "sync": "requests", "gevent": "greenlets", "eventlet": "greenlets"}

ONE = Setting("instances", 1, is_default=True)


@dataclass(frozen=True)
class _Group:
    """Equal processes: how many, and how many requests or jobs each serves at once."""

    name: str
    instances: Setting
    workers: Setting
    concurrency: Setting


def of_deployment(deployment: Deployment, options: Options) -> Budget | None:
    """The budget of a deployment; None when it has no engine on a database server."""
    engines = counted(engine for app in deployment.apps for engine in app.engines)
    if not engines:
        return None
    processes = [process for process in deployment.processes if process.environment == deployment.environment]
    overlap = 2 if deployment.platform is not None and deployment.platform.overlaps else 1
    rows: list[BudgetRow] = []
    for process in processes:
        for group in _groups(process, options):
            rows += [_row(group, engine, overlap) for engine in counted(_engines(process, deployment))]
    rows += _releases(processes, deployment)
    return Budget(
        tuple(rows),
        limit_of(deployment, options),
        _total(row.reachable for row in rows),
        _total(row.configured for row in rows),
        _total(row.ceiling for row in rows),
    )


def counted(engines: Iterable[Engine]) -> list[Engine]:
    """The engines that share a limit: those on the kind of server that the first of them is on."""
    found = [engine for engine in engines if engine.dialect is None or engine.dialect in SERVERS]
    main = next((engine.dialect for engine in found if engine.dialect), None)
    return [engine for engine in found if engine.dialect in (None, main)]


def _engines(process: Process, deployment: Deployment) -> list[Engine]:
    """The engines of a process; a job worker whose app is not found uses those of the web process."""
    if process.app is not None:
        return process.app.engines
    jobs = any(job_workers.of_step(step) for step in process.steps)
    web = next((other.app for other in deployment.web_processes if other.app is not None), None)
    return web.engines if jobs and isinstance(web, App) else []


# Factors


def _groups(process: Process, options: Options) -> Iterator[_Group]:
    """The groups of equal worker processes that a process starts."""
    instances = _instances(process, options)
    if process.kind == "release":
        return
    if process.kind == "web":
        yield _web(process, instances)
    main = process.main_step
    for step in process.steps:
        jobs = job_workers.of_step(step) if step is main or step.background else None
        if jobs is not None:
            name = process.name if step is main else f"{process.name} ({jobs.program})"
            yield _Group(name, instances, jobs.workers, jobs.concurrency)
    if process.kind != "web" and not (main and job_workers.of_step(main)):
        yield _Group(process.name, instances, _one("workers", process), _one("jobs", process))


def _instances(process: Process, options: Options) -> Setting:
    if options.instances is not None and process.kind == "web" and process.instances.is_default:
        return Setting("instances", options.instances, Place(None, "--instances"))
    return process.instances


def _one(name: str, process: Process) -> Setting:
    return Setting(name, 1, Place(process.command.origin.span, "one process"), is_default=True)


def _web(process: Process, instances: Setting) -> _Group:
    server = process.server
    if server is None:
        reason = Unknown("the server of this process is not known", process.command.origin.span)
        return _Group(process.name, instances, Setting("workers", reason), Setting("requests", reason))
    workers = server.workers or Setting("workers", Unknown("the number of workers is not known"))
    return _Group(process.name, instances, workers, _at_most(_concurrency(server), process.concurrency))


def _concurrency(server: Server) -> Setting:
    if server.concurrency is None:
        return Setting("requests", Unknown("how many requests a worker serves at once is not known"))
    kind = server.worker_class.value if server.worker_class else None
    unit = _UNITS.get(str(kind).rpartition(".")[2], "")
    if not unit:
        unit = "threads" if server.threads is not None and server.threads.value != 1 else "requests"
    return replace(server.concurrency, name=unit)


def _at_most(concurrency: Setting, sent: Setting | None) -> Setting:
    """What a worker serves at once where its instance is sent no more requests than that at a time."""
    if sent is None or not isinstance(sent.value, int) or not isinstance(concurrency.value, int):
        return concurrency
    return replace(sent, name="requests") if sent.value < concurrency.value else concurrency


# Rows


def _row(group: _Group, engine: Engine, overlap: int) -> BudgetRow:
    size, overflow = _size(engine), _overflow(engine)
    capacity = _capacity(engine, size, overflow)
    each = _at_once(group.concurrency.value, capacity)
    most = group.concurrency.value if capacity is None else capacity
    factors = (group.instances.value, group.workers.value)
    return BudgetRow(
        group.name,
        engine.definition,
        group.instances,
        group.workers,
        group.concurrency,
        size,
        overflow,
        reachable=_product((*factors, each)),
        configured=_product((*factors, size.value)),
        ceiling=_product((*factors, most, overlap)),
        text=_text(each, engine, size, overflow),
    )


def _size(engine: Engine) -> Setting:
    """What the pool keeps open. A pool class without a size keeps one connection, or none."""
    if engine.pool_size is not None:
        return engine.pool_size
    name = engine.pool_class.value if engine.pool_class else None
    origin = engine.pool_class.origin if engine.pool_class else Place(None)
    kept = 0 if name == "NullPool" else 1
    return Setting("pool_size", kept, Place(origin.span, f"{name} keeps {kept or 'no'} connection"), is_default=True)


def _overflow(engine: Engine) -> Setting:
    if engine.max_overflow is not None:
        return engine.max_overflow
    name = engine.pool_class.value if engine.pool_class else None
    limit = 0 if name in ONE_CONNECTION else -1
    origin = engine.pool_class.origin if engine.pool_class else Place(None)
    return Setting("max_overflow", limit, Place(origin.span, f"{name}"), is_default=True)


def _capacity(engine: Engine, size: Setting, overflow: Setting) -> int | Unknown | None:
    """The most connections of one pool; None when it has no limit of its own."""
    name = engine.pool_class.value if engine.pool_class else None
    if isinstance(name, Unknown):
        return name
    if name is not None and name not in QUEUE_POOLS and name not in ONE_CONNECTION:
        return None
    least, beyond = _whole(size.value), _whole(overflow.value)
    if isinstance(beyond, int) and beyond < 0:
        return None
    return _total((least, beyond))


def _whole(value: object) -> int | Unknown:
    if isinstance(value, Unknown):
        return value
    return int(value) if isinstance(value, int) else Unknown("a factor is no number")


def _at_once(concurrency: object, capacity: int | Unknown | None) -> int | Unknown:
    """The connections that one worker can have open: what it serves at once, as far as its pool goes."""
    served = _whole(concurrency)
    if served == 1 and capacity != 0:
        return 1
    if isinstance(served, Unknown) or capacity is None:
        return served
    return capacity if isinstance(capacity, Unknown) else min(served, capacity)


def _product(factors: Sequence[object]) -> int | Unknown:
    result = 1
    for factor in factors:
        number = _whole(factor)
        if isinstance(number, Unknown):
            return number
        result *= number
    return result


def _total(numbers: Iterable[int | Unknown]) -> int | Unknown:
    found = list(numbers)
    hole = next((number for number in found if isinstance(number, Unknown)), None)
    return hole if hole is not None else sum(number for number in found if isinstance(number, int))


def _text(each: object, engine: Engine, size: Setting, overflow: Setting) -> str:
    """What one worker opens of what its pool allows: "2 of 5 + 10"."""
    shown: Callable[[object], str] = lambda value: "?" if isinstance(value, Unknown) else str(value)  # noqa: E731
    name = engine.pool_class.value if engine.pool_class else None
    if isinstance(name, str) and name not in QUEUE_POOLS:
        return f"{shown(each)} ({name})"
    beyond = "any" if isinstance(overflow.value, int) and overflow.value < 0 else shown(overflow.value)
    return f"{shown(each)} of {shown(size.value)} + {beyond}"


def _releases(processes: Sequence[Process], deployment: Deployment) -> Iterator[BudgetRow]:
    """One connection for each release step that works on the database."""
    runs = deployment.migrations.runs if deployment.migrations else ()
    for process in processes:
        upgrades = any(run.process == process.name and run.where == "release" and run.effective for run in runs)
        if process.kind == "release" and (upgrades or (process.app is not None and counted(process.app.engines))):
            folder = deployment.migrations.folder if deployment.migrations else None
            pool = Setting("pool_size", 1, is_default=True), Setting("max_overflow", 0, is_default=True)
            yield BudgetRow(
                process.name, folder, ONE, _one("workers", process), _one("jobs", process), *pool, 1, 1, 1, "1"
            )


# The limit


def limit_of(deployment: Deployment, options: Options) -> Setting | None:
    """What the database allows: as the user says, else the smallest of the plans that are chosen."""
    if options.db_connections is not None:
        return Setting("limit", options.db_connections, Place(None, "--db-connections"))
    platform = deployment.platform
    if platform is None:
        return None
    tiers = options.told_tiers or deployment.tiers
    named = [(str(tier.value), tier) for tier in tiers]
    found = [(name, plan, tier) for name, tier in named for plan in platform.limits if same_plan(name, plan)]
    if not found:
        return None
    name, plan, tier = min(found, key=lambda one: (platform.limits[one[1]], one[1], one[0]))
    sure = platform.confirms(f"database.limits.{plan}")
    doubt = "" if sure else ", not confirmed by a source"
    place = Place(tier.span, f"{platform.name}'s {plan_name(name)} plan{doubt}")
    return Setting("limit", platform.limits[plan], place, sure=sure)
