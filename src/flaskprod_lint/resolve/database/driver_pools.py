"""Pools other than SQLAlchemy's: psycopg_pool, psycopg2's own, peewee's; and databases that have none."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from flaskprod_lint.model import Engine, Setting, Unknown
from flaskprod_lint.records import dataclass
from flaskprod_lint.resolve.context import Context
from flaskprod_lint.resolve.database import engine_url
from flaskprod_lint.resolve.interpreter.values import Event, Value
from flaskprod_lint.resolve.packages.versions import pinned
from flaskprod_lint.source import Place


@dataclass(frozen=True)
class _Kind:
    """How one class of a library counts its connections.

    `least` and `most` name the arguments, with their position and default; `most` is None for one connection a thread.
    """

    library: str
    dialect: str
    least: tuple[str, int, int] | None
    most: tuple[str, int, int | None] | None
    url: str = "dsn"


_PSYCOPG = _Kind("psycopg_pool", "postgresql", ("min_size", 99, 4), ("max_size", 99, None), "conninfo")
_PSYCOPG2 = _Kind("psycopg2", "postgresql", ("minconn", 0, 1), ("maxconn", 1, None))
_PEEWEE_POOL = _Kind("peewee", "postgresql", None, ("max_connections", 1, 20), "database")
_PEEWEE = _Kind("peewee", "postgresql", None, None, "database")
_KINDS: dict[str, _Kind] = {
    "psycopg_pool.ConnectionPool": _PSYCOPG,
    "psycopg_pool.AsyncConnectionPool": _PSYCOPG,
    "psycopg2.pool.ThreadedConnectionPool": _PSYCOPG2,
    "psycopg2.pool.SimpleConnectionPool": _PSYCOPG2,
    "playhouse.pool.PooledPostgresqlDatabase": _PEEWEE_POOL,
    "playhouse.pool.PooledPostgresqlExtDatabase": _PEEWEE_POOL,
    "playhouse.pool.PooledMySQLDatabase": replace(_PEEWEE_POOL, dialect="mysql"),
    "peewee.PostgresqlDatabase": _PEEWEE,
    "playhouse.postgres_ext.PostgresqlExtDatabase": _PEEWEE,
    "peewee.MySQLDatabase": replace(_PEEWEE, dialect="mysql"),
}


def of_events(calls: Iterable[Event], context: Context) -> Iterator[Engine]:
    """The engines that these calls make, one for each pool or database."""
    for event in calls:
        kind = _KINDS.get(event.callee)
        if kind is not None:
            yield _engine(event, kind, context)


def _engine(event: Event, kind: _Kind, context: Context) -> Engine:
    url = engine_url.of_value(_url(event, kind), "url", context)
    reads = [read for value in (*event.args, *event.kwargs.values()) for read in value.environment]
    if url.kind == "literal" and reads:
        url = replace(url, kind="environment", variables=tuple(engine_url.masked_read(read) for read in reads))
    name = event.callee.rpartition(".")[2]
    size, most = _size(event, kind), _most(event, kind)
    return Engine(
        Place(event.at),
        library=kind.library,
        library_version=pinned(context, kind.library),
        url=url.setting,
        url_kind=url.kind,
        url_variables=url.variables,
        dialect=kind.dialect,
        has_password=url.has_password or _has_password(event),
        pool_class=Setting("pool_class", "QueuePool" if kind.most else name, Place(event.at, name)),
        pool_size=size,
        max_overflow=_overflow(size, most),
        sure=event.sure,
    )


def _url(event: Event, kind: _Kind) -> Value | None:
    """The text that says where the database is, or the host it is given as."""
    named = (event.kwargs.get(name) for name in ("host", "dsn", kind.url))
    return next((value for value in named if value is not None), next(iter(event.args[-1:]), None))


def _has_password(event: Event) -> bool:
    password = event.kwargs.get("password")
    return (
        password is not None and isinstance(password.data, str) and not password.environment and len(password.data) > 7
    )


def _size(event: Event, kind: _Kind) -> Setting | None:
    if kind.most is None:
        return None
    if kind.least is None:
        return Setting(
            "pool_size", 0, Place(None, f"{kind.library} opens connections as they are needed"), is_default=True
        )
    return _argument(event, kind.least, "pool_size", kind)


def _most(event: Event, kind: _Kind) -> Setting | None:
    return _argument(event, kind.most, "max_overflow", kind) if kind.most else None


def _argument(event: Event, argument: tuple[str, int, int | None], name: str, kind: _Kind) -> Setting:
    """An argument by its name or position, else its default."""
    key, position, default = argument
    positional: Mapping[int, Value] = dict(enumerate(event.args))
    value = event.kwargs.get(key) or positional.get(position)
    if value is None or value.data is None:
        return Setting(name, default, Place(None, f"default of {kind.library}"), is_default=True)
    data = value.data
    number = (
        data if isinstance(data, Unknown) else int(data) if isinstance(data, int) else Unknown("no number", value.at)
    )
    return Setting(name, number, Place(value.at, key), (), value.environment)


def _overflow(size: Setting | None, most: Setting | None) -> Setting | None:
    """What the pool may open beyond its size. Without a maximum psycopg keeps to its size; peewee has no limit."""
    if size is None or most is None:
        return None
    if most.value is None:
        return replace(most, value=0)
    if isinstance(most.value, Unknown) or isinstance(size.value, Unknown):
        return replace(most, value=Unknown("the largest size is not known here", most.span))
    return replace(most, value=max(0, int(str(most.value)) - int(str(size.value))))
