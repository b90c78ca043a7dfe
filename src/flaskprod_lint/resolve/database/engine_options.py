"""The options of a database engine: layers that beat each other, and what SQLAlchemy does where nobody sets one."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import field, replace

from flaskprod_lint.model import Override, Setting, Unknown
from flaskprod_lint.records import dataclass
from flaskprod_lint.resolve.interpreter.values import Class, External, Instance, Value
from flaskprod_lint.source import Place, Span

QUEUE_POOLS = frozenset({"QueuePool", "AsyncAdaptedQueuePool", "FallbackAsyncAdaptedQueuePool"})
Convert = Callable[[Value], object]
#: Pools that hold one connection for the whole process, or one for each thread.
ONE_CONNECTION = frozenset({"StaticPool", "AssertionPool"})


@dataclass(frozen=True)
class Layer:
    """Options that one place gives. `unknown` says that it may hold more than `values`, and why.

    `sure` is False when the place counts only under a condition that cannot be known.
    """

    note: str
    values: Mapping[str, Value] = field(default_factory=dict)
    at: Span | None = None
    unknown: Unknown | None = None
    sure: bool = True


@dataclass(frozen=True)
class Making:
    """What decides SQLAlchemy's defaults: its version, the database, and how the engine is made.

    `coerces` says that texts are turned into numbers (engine_from_config does, create_engine does not).
    `flask` is the major version of Flask-SQLAlchemy that makes the engine, 0 when it is not one of them.
    """

    sqlalchemy: tuple[int, int]
    dialect: str | None = None
    in_memory: bool | None = None
    asynchronous: bool = False
    coerces: bool = False
    flask: int = 0


@dataclass(frozen=True)
class Pool:
    """The settings in effect of one engine's pool. Size and overflow are None for a pool class that has none."""

    pool_class: Setting
    size: Setting | None
    overflow: Setting | None
    pre_ping: Setting
    recycle: Setting


def layer_of(value: Value | None, note: str) -> Layer:
    """The layer that a dict of options gives; what is no dict, or cannot be read, may set anything."""
    if value is None or value.data is None:
        return Layer(note)
    if not isinstance(value.data, dict):
        reason = value.data.reason if isinstance(value.data, Unknown) else "not a dict that can be read"
        return Layer(note, {}, value.at, Unknown(f"{note}: {reason}", value.at))
    known = {key: item for key, item in value.data.items() if isinstance(key, str)}
    hole = getattr(value.data, "hole", None)
    return Layer(note, known, value.at, hole, value.sure)


def pool_of(layers: Sequence[Layer], making: Making) -> Pool:
    """The pool that these layers make, the weakest first."""
    chosen = setting("poolclass", layers, _class_default(layers, making), "default of SQLAlchemy", _class_name)
    whole = setting("pool", layers, None, "")
    if whole.value is not None:
        chosen = Setting("pool", Unknown("a pool object is given", whole.span), whole.origin)
    if making.flask >= 3 and making.dialect == "sqlite" and making.in_memory:
        chosen = Setting("pool_class", "StaticPool", Place(chosen.span, "Flask-SQLAlchemy's for SQLite in memory"))
    chosen = replace(chosen, name="pool_class")
    size, overflow = _queue(layers, making, chosen)
    pre_ping = setting("pool_pre_ping", layers, False, "default of SQLAlchemy", _truth)
    recycle = setting("pool_recycle", layers, *_recycle_default(making), _number(making))
    return Pool(chosen, size, overflow, pre_ping, recycle)


def _queue(layers: Sequence[Layer], making: Making, chosen: Setting) -> tuple[Setting | None, Setting | None]:
    """pool_size and max_overflow, as far as the pool class has them."""
    if isinstance(chosen.value, Unknown):
        return (
            setting("pool_size", layers, chosen.value, "", _number(making)),
            setting("max_overflow", layers, chosen.value, "", _number(making)),
        )
    if chosen.value not in QUEUE_POOLS:
        return None, None
    default, note = _size_default(making)
    size = setting("pool_size", layers, default, note, _number(making))
    overflow = setting("max_overflow", layers, 10, "default of SQLAlchemy", _number(making))
    if size.value == 0 and making.sqlalchemy >= (2, 0):
        note = f"pool_size=0 lifts the limit in SQLAlchemy {making.sqlalchemy[0]}"
        beaten = () if overflow.is_default else (Override(overflow.value, overflow.origin), *overflow.overrides)
        overflow = Setting("max_overflow", -1, Place(size.span, note), beaten, size.environment)
    return size, overflow


def setting(
    name: str,
    layers: Sequence[Layer],
    default: object,
    default_note: str,
    convert: Convert | None = None,
) -> Setting:
    """The option as the strongest layer sets it; layers come the weakest first."""
    beaten: list[Override] = []
    winner: Setting | None = None
    for layer in reversed(layers):
        value = layer.values.get(name)
        if value is not None and winner is None:
            winner = _from_value(name, value, layer, convert)
        elif value is not None:
            beaten.append(Override(_converted(value, convert), Place(value.at or layer.at, layer.note)))
        elif layer.unknown is not None and winner is None:
            winner = Setting(name, layer.unknown, Place(layer.at, layer.note))
    if winner is None:
        return Setting(name, default, Place(None, default_note), is_default=True)
    return replace(winner, overrides=(*winner.overrides, *beaten))


def _from_value(name: str, value: Value, layer: Layer, convert: Convert | None) -> Setting:
    overrides = tuple(Override(each.value, each.origin) for each in value.overrides)
    imported = isinstance(value.data, External)
    place = Place((layer.at if imported else value.at) or value.at or layer.at, layer.note)
    sure = value.sure and layer.sure
    return Setting(name, _converted(value, convert), place, overrides, value.environment, sure=sure)


def _converted(value: Value, convert: Convert | None) -> object:
    if isinstance(value.data, Unknown):
        return value.data
    return convert(value) if convert else value.data


def _number(making: Making) -> Convert:
    """The conversion that the maker of the engine applies to a number."""

    def convert(value: Value) -> object:
        data = value.data
        if isinstance(data, (int, float)) or (isinstance(data, str) and making.coerces):
            try:
                return int(data)
            except (ValueError, OverflowError):
                return Unknown("not a number", value.at)
        return Unknown("not a number", value.at)

    return convert


def _truth(value: Value) -> object:
    """Whether the option is on: SQLAlchemy only asks for truth, so the text "false" is on."""
    plain = value.plain()
    return plain if isinstance(plain, Unknown) else bool(plain)


def _class_name(value: Value) -> object:
    data = value.data
    if isinstance(data, External):
        return data.path.rpartition(".")[2]
    if isinstance(data, Class):
        base = next((each.data for each in data.bases if isinstance(each.data, External)), None)
        return base.path.rpartition(".")[2] if base else Unknown(f"the project's own pool class {data.name}", value.at)
    if isinstance(data, Instance):
        return Unknown("a pool class that a call gives", value.at)
    return Unknown("a pool class that cannot be read", value.at)


# Defaults, as measured with SQLAlchemy 1.4, 2.0, 2.1 and Flask-SQLAlchemy 2.5, 3.1


def _class_default(layers: Sequence[Layer], making: Making) -> object:
    asynchronous = "AsyncAdaptedQueuePool" if making.asynchronous else "QueuePool"
    if making.dialect != "sqlite":
        return asynchronous
    if making.in_memory:
        return "StaticPool" if making.flask or making.asynchronous else "SingletonThreadPool"
    if making.in_memory is None:
        return Unknown("whether the SQLite database is a file is not known")
    if making.flask == 2 and not _sets_size(layers):
        return "NullPool"
    return asynchronous if making.sqlalchemy >= (2, 0) else "NullPool"


def _sets_size(layers: Sequence[Layer]) -> bool:
    """Whether SQLALCHEMY_POOL_SIZE is set and not zero: Flask-SQLAlchemy 2 then leaves SQLite its own pool."""
    return any("pool_size" in layer.values and layer.values["pool_size"].data for layer in layers[:1])


def _size_default(making: Making) -> tuple[int, str]:
    if making.flask == 2 and making.dialect == "mysql":
        return 10, "Flask-SQLAlchemy's default for MySQL"
    return 5, "default of SQLAlchemy"


def _recycle_default(making: Making) -> tuple[int, str]:
    if making.flask and making.dialect == "mysql":
        return 7200, "Flask-SQLAlchemy's default for MySQL"
    return -1, "default of SQLAlchemy"
