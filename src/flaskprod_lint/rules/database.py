"""DATABASE_URL injected, pool under the connection limit: the engines, their URLs and their connections."""

from __future__ import annotations

from collections.abc import Iterator

from flaskprod_lint.finding import Confidence, Evidence, Finding, Severity
from flaskprod_lint.model import Budget, BudgetRow, Deployment, Engine, Process, Setting, Unknown
from flaskprod_lint.rules import evidence, rule
from flaskprod_lint.rules.connections import arithmetic, factors, is_sure, is_unbounded, known_sum, mend, per_worker
from flaskprod_lint.rules.connections import total as sum_of
from flaskprod_lint.rules.database_places import (
    database_driver_missing,
    database_url_not_injected,
    database_url_scheme,
    sqlite_in_production,
)
from flaskprod_lint.rules.database_urls import database_url_fallback, database_url_hardcoded, variables
from flaskprod_lint.rules.platform_facts import careful_of_workers
from flaskprod_lint.rules.pools import (
    engine_per_request,
    gevent_blocked_by_driver,
    pool_options_invalid,
    pool_shared_across_fork,
    pool_under_threads,
)
from flaskprod_lint.rules.production_engines import NO_SERVER, engines_of, trail_of
from flaskprod_lint.source import Place, Span

__all__ = [
    "database_driver_missing",
    "database_url_fallback",
    "database_url_hardcoded",
    "database_url_not_injected",
    "database_url_scheme",
    "engine_per_request",
    "gevent_blocked_by_driver",
    "pool_options_invalid",
    "pool_shared_across_fork",
    "pool_under_threads",
    "sqlite_in_production",
]

#: What PostgreSQL and MySQL leave to an application by default; a pool above it needs a reason.
USUAL_LIMIT = 97
#: Libraries that nobody installs without a database: no engine found is then no proof that there is none.
_LIBRARIES = ("sqlalchemy", "psycopg2", "psycopg2-binary", "psycopg", "asyncpg", "peewee", "pymysql", "mysqlclient")
_QUEUES = ("QueuePool", "AsyncAdaptedQueuePool")


@rule("pool-over-limit")
def pool_over_limit(deployment: Deployment) -> Iterator[Finding]:
    """The connection budget against the database's limit: reachable, else configured, else the ceiling."""
    budget = deployment.budget
    limit = _limit(budget)
    if budget is None or limit is None:
        return
    for number, severity in (("reachable", None), ("configured", Severity.WARNING), ("ceiling", Severity.NOTE)):
        total = known_sum(budget, number)
        if total <= limit:
            continue
        row = _largest(budget, number)
        at = _place(row, number, deployment) if row is not None else None
        if row is None or at is None or (number == "reachable" and _is_for_unbounded(row)):
            return
        known = budget.limit is not None and budget.limit.sure
        finding = Finding(
            _over_limit(budget, number, total, limit),
            at=at,
            because=(*_because(budget, row), *_side_by_side(deployment, _overlap(budget, number))),
            severity=severity if known or severity is not None else Severity.WARNING,
            confidence=Confidence.HIGH if known and is_sure(row) else Confidence.MEDIUM,
            instead=_smaller(deployment, budget, row, number, limit),
            label=_LABELS[number],
        )
        yield careful_of_workers(finding, deployment, row.workers)
        return


_LABELS = {
    "reachable": "under load the database refuses connections",
    "configured": "the pools together are larger than the limit",
    "ceiling": "the pools may grow past the limit",
}


def _over_limit(budget: Budget, number: str, total: int, limit: int) -> str:
    shown = sum_of(budget.rows, number, _overlap(budget, number))
    note = budget.limit.origin.note if budget.limit else ""
    equals = f"{shown} = {total} connections"
    if isinstance(getattr(budget, number), Unknown):
        equals = f"at least {total} connections ({shown})"
    allowed = f"the limit is {limit} ({note})" if note else f"the limit is {limit}"
    if number == "reachable":
        return f"{equals}, {allowed}"
    if number == "configured":
        return f"The pools hold {equals}, {allowed}; only the few workers and threads keep them from being used"
    return f"The pools may grow to {equals}, {allowed}"


def _overlap(budget: Budget, number: str) -> int:
    """How often the ceiling counts each pool: twice where the old and the new release run side by side."""
    for row in budget.rows if number == "ceiling" else ():
        instances, workers, each = row.instances.value, row.workers.value, per_worker(row, "ceiling")
        if isinstance(instances, int) and isinstance(workers, int) and isinstance(each, int):
            once = instances * workers * each
            if once and isinstance(row.ceiling, int) and row.ceiling > 1:
                return max(1, row.ceiling // once)
    return 1


def _smaller(deployment: Deployment, budget: Budget, row: BudgetRow, number: str, limit: int) -> str | None:
    """What to write so that this row stays within what the others leave."""
    own = row.reachable if isinstance(row.reachable, int) else 0
    left = (limit - (known_sum(budget, "reachable") - own)) // _overlap(budget, number)
    engines = (engine for app in deployment.apps for engine in app.engines)
    library = next((engine.library for engine in engines if engine.definition == row.engine), "")
    return mend(row, left, library)


def _limit(budget: Budget | None) -> int | None:
    value = budget.limit.value if budget is not None and budget.limit is not None else None
    return value if isinstance(value, int) else None


def _largest(budget: Budget, number: str) -> BudgetRow | None:
    rows = [row for row in budget.rows if isinstance(getattr(row, number), int)]
    return max(rows, key=lambda row: getattr(row, number), default=None)


def _is_for_unbounded(row: BudgetRow) -> bool:
    """Whether `pool-unbounded` says it: no limit on the pool, and more than one connection in a worker."""
    return is_unbounded(row) and row.concurrency.value != 1


def _place(row: BudgetRow, number: str, deployment: Deployment) -> Span | None:
    """The factor to change: the pool where it decides, the number of workers where each has one connection."""
    pool = (row.pool_size.span, row.engine.span if row.engine else None)
    size = (row.workers.span, row.instances.span)
    order = (*size, *pool) if number == "reachable" and row.concurrency.value == 1 else (*pool, *size)
    return next((span for span in (*order, deployment.origin.span) if span is not None), None)


def _because(budget: Budget, row: BudgetRow) -> Iterator[Place]:
    yield from factors(row)
    if budget.limit is not None:
        yield Place(budget.limit.span, f"limit {budget.limit.value}: {budget.limit.origin.note}")


def _side_by_side(deployment: Deployment, overlap: int) -> Iterator[Place]:
    """The fact that a ceiling counts each pool twice for."""
    if overlap > 1 and deployment.platform is not None:
        yield Place(None, f"{deployment.platform.name} runs the old and the new release side by side while it deploys")


@rule("pool-near-limit")
def pool_near_limit(deployment: Deployment) -> Iterator[Finding]:
    """The connections stay under the limit, with less than a fifth of it to spare."""
    budget = deployment.budget
    limit = _limit(budget)
    over = any(finding.severity is not Severity.NOTE for finding in pool_over_limit(deployment))
    if budget is None or limit is None or over:
        return
    total = known_sum(budget, "reachable")
    row = _largest(budget, "reachable")
    at = _place(row, "reachable", deployment) if row is not None else None
    if total * 10 <= limit * 8 or row is None or at is None:
        return
    yield Finding(
        f"{sum_of(budget.rows, 'reachable')} = {total} of {limit} connections: {_left(limit - total)} left for "
        "a console, a migration, or the next release beside this one",
        at=at,
        because=tuple(_because(budget, row)),
        confidence=Confidence.HIGH if is_sure(row) else Confidence.MEDIUM,
        instead=_smaller(deployment, budget, row, "reachable", limit * 8 // 10),
        label=f"{total * 100 // limit} % of the limit",
    )


def _left(number: int) -> str:
    return {0: "none is", 1: "1 is"}.get(number, f"{number} are")


@rule("pool-unbounded")
def pool_unbounded(deployment: Deployment) -> Iterator[Finding]:
    """A pool without a limit, where the server's own concurrency does not keep the connections few."""
    seen: set[Span] = set()
    rows = deployment.budget.rows if deployment.budget else ()
    for row in sorted(rows, key=lambda row: -row.reachable if isinstance(row.reachable, int) else 0):
        at = _unbounded_place(row)
        if not is_unbounded(row) or at is None or at in seen or row.engine is None:
            continue
        seen.add(at)
        severity, confidence = _how_bad(row, deployment.budget.limit if deployment.budget else None)
        finding = Finding(
            _unbounded(row, _limit(deployment.budget)),
            at=at,
            because=tuple(factors(row)),
            severity=severity,
            confidence=confidence if is_sure(row) else Confidence.MEDIUM,
            label="as many connections as there are requests",
        )
        yield careful_of_workers(finding, deployment, row.workers)


def _unbounded_place(row: BudgetRow) -> Span | None:
    engine = row.engine.span if row.engine else None
    return row.max_overflow.span or row.pool_size.span or engine


def _how_bad(row: BudgetRow, limit: Setting | None) -> tuple[Severity, Confidence]:
    """An error where requests alone can pass the limit, else a note; without a known limit, the usual one.

    A limit that no source confirms makes no error by itself.
    """
    allowed = limit.value if limit is not None and isinstance(limit.value, int) else USUAL_LIMIT
    sure = limit is not None and limit.known and limit.sure
    if isinstance(row.reachable, Unknown):
        return Severity.WARNING, Confidence.MEDIUM
    if row.reachable <= allowed or row.concurrency.value == 1:
        return Severity.NOTE, Confidence.HIGH
    enough = sure or row.reachable > USUAL_LIMIT
    return Severity.ERROR if enough else Severity.WARNING, Confidence.HIGH if sure else Confidence.MEDIUM


def _unbounded(row: BudgetRow, limit: int | None) -> str:
    how = row.max_overflow.origin.note
    cause = f"{how} keeps no pool" if row.max_overflow.is_default else "max_overflow=-1"
    cause = "pool_size=0 means no limit" if "pool_size=0" in how else cause
    opens = f"{cause}: a worker opens a connection for each request that it serves at once"
    if isinstance(row.reachable, Unknown):
        return f"{opens}, and how many those are is not known here ({row.reachable.reason})"
    known = f", the limit is {limit}" if limit is not None else ""
    return f"{opens}: {arithmetic(row, 'reachable')} = {row.reachable} connections{known}"


@rule("pool-pre-ping-off")
def pool_pre_ping_off(deployment: Deployment) -> Iterator[Finding]:
    """An engine on a database server that hands out connections without a look whether they still live."""
    for process, engine in engines_of(deployment):
        ping = engine.pool_pre_ping
        if ping is None or ping.value is not False or not _pings_matter(engine):
            continue
        at = ping.span or engine.definition.span
        if at is None:
            continue
        yield Finding(
            _pre_ping(engine),
            at=at,
            because=trail_of(process, engine),
            severity=Severity.NOTE if _recycles(engine) else None,
            confidence=Confidence.HIGH if engine.sure and ping.sure else Confidence.MEDIUM,
            instead=_pre_ping_instead(engine),
            label="a dead connection is handed out",
        )


def _pre_ping(engine: Engine) -> str:
    what = f"The engine of bind {engine.bind!r}" if engine.bind else "The engine"
    said = "has pool_pre_ping off" if engine.pool_pre_ping and engine.pool_pre_ping.span else "has no pool_pre_ping"
    fails = "after a restart or failover of the database, the first request on each pooled connection fails"
    if _recycles(engine) and engine.pool_recycle is not None:
        return f"{what} {said}: {fails}, for at most {engine.pool_recycle.value} s (pool_recycle)"
    return f"{what} {said}: {fails}"


def _pings_matter(engine: Engine) -> bool:
    """Whether connections to a server are kept, by a SQLAlchemy that can test them (1.2 and later)."""
    pool = engine.pool_class.value if engine.pool_class else None
    served = engine.dialect not in (None, NO_SERVER) or engine.url_kind in ("environment", "fallback")
    old = engine.library == "SQLAlchemy" and (engine.library_version or "9").startswith(("0.", "1.0", "1.1."))
    return served and engine.dialect != NO_SERVER and pool in _QUEUES and not old


def _recycles(engine: Engine) -> bool:
    value = engine.pool_recycle.value if engine.pool_recycle else None
    return isinstance(value, int) and 0 < value <= 300


def _pre_ping_instead(engine: Engine) -> str:
    if engine.library == "Flask-SQLAlchemy" and engine.bind:
        return f'SQLALCHEMY_BINDS = {{"{engine.bind}": {{"url": …, "pool_pre_ping": True}}}}'
    if engine.library == "Flask-SQLAlchemy":
        return 'SQLALCHEMY_ENGINE_OPTIONS = {"pool_pre_ping": True}'
    if engine.library == "Flask-SQLAlchemy-Lite":
        return 'SQLAlchemy(engine_options={"pool_pre_ping": True})'
    if engine.library == "Alchemical":
        return 'ALCHEMICAL_ENGINE_OPTIONS = {"pool_pre_ping": True}'
    return "create_engine(url, pool_pre_ping=True)"


# The checklist


@evidence("database")
def evidence_of(deployment: Deployment) -> Evidence:
    """How many connections of how many, and where the URL comes from."""
    unread = _unread(deployment)
    engines = [engine for _, engine in engines_of(deployment)]
    if not engines:
        return Evidence(unknown=unread) if unread else Evidence(not_applicable="no database engine is made")
    served = [engine for engine in engines if engine.dialect != NO_SERVER]
    if not served:
        return Evidence(not_applicable="SQLite is a file: there is no server and no limit of connections")
    hole = next((engine.url for engine in served if engine.url_kind == "unknown" and engine.url), None)
    if hole is not None:
        return Evidence(_headline(deployment), unknown=f"the database's URL is not known here: {_reason(hole)}")
    doubt = _doubt(deployment) or unread
    if doubt:
        return Evidence(_headline(deployment), unknown=doubt)
    return Evidence(_headline(deployment), tuple(_proofs(deployment, served)))


def _unread(deployment: Deployment) -> str | None:
    """Why engines may be missing from what was found."""
    web = [process for process in deployment.web_processes if process.environment == "production"]
    if not web:
        return "nothing here starts the app, so its database is not known"
    return next(filter(None, map(_unread_of, web)), None)


def _unread_of(process: Process) -> str | None:
    if process.app is None:
        return "the app that production loads was not found, so its database is not known"
    if process.app.engines:
        return None
    if any(process.packages.find(name) for name in _LIBRARIES):
        return "a database library is installed, and no engine was found in what production loads"
    if process.packages.complete is not True:
        reasons = [*process.app.unknowns, process.packages.complete]
        reason = next((each.reason for each in reasons if isinstance(each, Unknown)), "the packages are not known")
        return f"no engine was found, and what the app loads is not all known here: {reason}"
    return None


def _doubt(deployment: Deployment) -> str | None:
    """Why it cannot be said that the connections stay under the limit."""
    budget = deployment.budget
    if budget is None:
        return "the connections could not be counted"
    if isinstance(budget.reachable, Unknown):
        limit, ceiling = _limit(budget), budget.ceiling
        if limit is not None and isinstance(ceiling, int) and ceiling <= limit:
            return None
        return f"how many connections can be open is not known here: {_unknown_factor(budget, budget.reachable)}"
    if _limit(budget) is None:
        return (
            f"at most {_connections(budget.reachable)}, and what the database allows is not known here: "
            "--db-connections or --tier says it"
        )
    return None


def _unknown_factor(budget: Budget, total: Unknown) -> str:
    """The factor that is not known, with the process it belongs to and why."""
    for row in budget.rows:
        for setting in (row.instances, row.workers, row.concurrency, row.pool_size, row.max_overflow):
            if isinstance(row.reachable, Unknown) and isinstance(setting.value, Unknown):
                return f"{setting.name} of {row.process} ({setting.value.reason})"
    return total.reason


def _headline(deployment: Deployment) -> str:
    budget = deployment.budget
    limit = _limit(budget)
    if budget is None:
        return ""
    most = budget.reachable if isinstance(budget.reachable, int) else budget.ceiling
    if isinstance(most, Unknown):
        return ""
    return f"at most {most} of {limit} connections" if limit is not None else f"at most {_connections(most)}"


def _connections(number: object) -> str:
    return "1 connection" if number == 1 else f"{number} connections"


def _proofs(deployment: Deployment, engines: list[Engine]) -> Iterator[Place]:
    for engine in engines:
        if engine.url is not None:
            names = variables(engine) if engine.url_variables else "its URL"
            yield Place(engine.url.span or engine.definition.span, f"the database's URL comes from {names}")
        yield Place(engine.definition.span, _pool_note(engine))
    if deployment.budget is not None and deployment.budget.limit is not None:
        limit: Setting = deployment.budget.limit
        yield Place(limit.span, f"limit {limit.value}: {limit.origin.note}")


def _pool_note(engine: Engine) -> str:
    if engine.pool_size is None or engine.max_overflow is None:
        return f"pool {engine.pool_class.value}" if engine.pool_class else "its pool"
    return f"pool of {engine.pool_size.value} + {engine.max_overflow.value}"


def _reason(setting: Setting) -> str:
    return setting.value.reason if isinstance(setting.value, Unknown) else "it cannot be read"
