"""Options of an engine that SQLAlchemy refuses, and settings that the installed Flask-SQLAlchemy does not read."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from flaskprod_lint.model import Engine, OptionFault, Setting, Unknown
from flaskprod_lint.resolve.database.engine_options import QUEUE_POOLS, Layer, Making
from flaskprod_lint.source import Place

if TYPE_CHECKING:
    from flaskprod_lint.resolve.context import Context
    from flaskprod_lint.resolve.interpreter.values import Value

#: Options that only a pool with a queue takes.
_OF_QUEUES = ("pool_size", "max_overflow", "pool_timeout", "pool_use_lifo")
_POOLS = {
    "NullPool": _OF_QUEUES,
    "StaticPool": _OF_QUEUES,
    "AssertionPool": _OF_QUEUES,
    "SingletonThreadPool": _OF_QUEUES[1:],
}
#: Every option of create_engine whose name starts with "pool".
_KNOWN = frozenset(
    "pool poolclass pool_events pool_logging_name pool_pre_ping pool_recycle pool_reset_on_return pool_size "
    "pool_threadlocal pool_timeout pool_use_lifo".split()
)
#: What Flask-SQLAlchemy 2 reads and 3 does not, with the option to write instead.
_UNREAD = {
    "SQLALCHEMY_POOL_SIZE": "pool_size",
    "SQLALCHEMY_MAX_OVERFLOW": "max_overflow",
    "SQLALCHEMY_POOL_RECYCLE": "pool_recycle",
    "SQLALCHEMY_POOL_TIMEOUT": "pool_timeout",
}


def of_layers(layers: Sequence[Layer], making: Making, pool_class: Setting) -> tuple[OptionFault, ...]:
    """What create_engine refuses of the options in these layers, the weakest first."""
    options: dict[str, tuple[Value, Layer]] = {}
    for layer in layers:
        options.update({name: (value, layer) for name, value in layer.values.items() if value.data is not None})
    return tuple(_of_options(options, making, pool_class))


def _of_options(
    options: Mapping[str, tuple[Value, Layer]], making: Making, pool_class: Setting
) -> Iterator[OptionFault]:
    name = str(pool_class.value)
    sets_size = making.flask == 2 and making.dialect == "mysql" and "pool_size" not in options
    if sets_size and "pool_size" in _POOLS.get(name, ()):
        reason = f"Flask-SQLAlchemy 2 gives MySQL a pool_size of 10, and {name} takes none"
        yield OptionFault("poolclass", pool_class.origin, "refused", reason, pool_class.sure)
    for option, (value, layer) in options.items():
        place = Place(value.at or layer.at, layer.note or option)
        sure = value.sure and layer.sure
        if option in _POOLS.get(name, ()):
            whose = f"{name} ({pool_class.origin.note})" if pool_class.is_default else name
            yield OptionFault(option, place, "refused", f"{whose} takes no {option}", sure and pool_class.sure)
        elif option.startswith("pool") and option not in _KNOWN:
            yield OptionFault(option, place, "unknown", f"SQLAlchemy has no option {option}", sure)
        elif option == "pool_size" and isinstance(value.data, str) and not making.coerces and name in QUEUE_POOLS:
            reads = f", and so is what {value.environment[0].name} holds" if value.environment else ""
            surely = layer.sure and (value.sure or bool(value.environment))
            text = f'the text "{value.data}"' if value.data.strip().isdigit() else "a text"
            yield OptionFault(option, place, "text", f"pool_size is {text}{reads}", surely)


def unread(engine: Engine, values: Mapping[str, Value], files: Iterable[str], context: Context) -> OptionFault | None:
    """The settings of the config that the installed Flask-SQLAlchemy passes over, as one fault."""
    version = engine.library_version
    if (
        engine.library != "Flask-SQLAlchemy"
        or engine.bind is not None
        or (version or "3").startswith(("0.", "1.", "2."))
    ):
        return None
    package = context.packages.find("flask-sqlalchemy")
    if package is None or (version is None and package.pin not in ("none",)):
        return None
    text = "\n".join(source.text for path in files if (source := context.project.read(path)) is not None)
    found = [(name, Place(values[name].at, name)) for name in _UNREAD if _is_set(name, values.get(name), text)]
    if not found:
        return None
    which = f"Flask-SQLAlchemy {version}" if version else "Flask-SQLAlchemy 3"
    names = " and ".join(name for name, _ in found)
    reason = f"{which} does not read {names}"
    written = tuple((name, _written(values[name])) for name, _ in found)
    more = tuple(place for _, place in found[1:])
    return OptionFault(found[0][0], found[0][1], "unread", reason, version is not None, more, written)


def _written(value: Value) -> object:
    return value.data if isinstance(value.data, int) and not value.environment else "…"


def _is_set(name: str, value: Value | None, text: str) -> bool:
    """Whether something sets the name, and the code does not read it itself."""
    if value is None or value.data is None or value.at is None:
        return False
    if isinstance(value.data, Unknown) and name not in text:
        return False  # a configuration that cannot be read may hold it, as it may hold any
    return not re.search(rf"\b{name}\b(?![\"']?\]?\s*(?::[^=\n]*)?=[^=])(?![\"']\s*:)", _without_comments(text))


def _without_comments(text: str) -> str:
    return re.sub(r"#.*", "", text)
