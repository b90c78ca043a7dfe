"""Data classes that cost next to nothing until the first of them is made.

Python's own decorator looks at each class closely, and writes and compiles the source of up to seven methods: half a
millisecond of every run for each of some three hundred classes. A small project uses half of them. So ours waits for
the first instance, writes `__init__` alone, and shares the other methods.

To mypy it is Python's own, so that all is checked as ever, and `dataclasses.fields`, `replace` and `asdict` take these
classes. Of what Python's knows there is what this program uses: `field` with a default, a factory, `compare` and
`repr`; `__post_init__`; inheritance. While the program runs, `frozen` only makes instances hashable. Where there are
very many instances (`source`), Python's own with `slots=True` takes less memory.
"""

from __future__ import annotations

import dataclasses
import threading
from dataclasses import MISSING, Field
from operator import attrgetter
from reprlib import recursive_repr
from typing import TYPE_CHECKING, Any, TypeVar

T = TypeVar("T")

#: What is still to be done for a class, by the class: whether it is frozen, compared by value, and shown by value.
_waiting: dict[type, tuple[bool, bool, bool]] = {}
#: Several threads may lint at once, and each class is completed by one of them.
_lock = threading.RLock()

if TYPE_CHECKING:
    from dataclasses import dataclass as dataclass
else:

    def dataclass(cls=None, /, *, frozen=False, eq=True, repr=True):
        """Make a class a data class, as `dataclasses.dataclass` does, when the first instance is made."""

        def mark(cls: type[T]) -> type[T]:
            _waiting[cls] = frozen, eq, repr
            cls.__new__ = _new
            return cls

        return mark if cls is None else mark(cls)


def _new(cls: type[T], *_arguments: object, **_named: object) -> T:
    with _lock:
        for base in reversed(cls.__mro__):
            if base in _waiting:
                _complete(base, *_waiting[base])
                del _waiting[base]
    return object.__new__(cls)


def _new_of_complete(cls: type[T], *_arguments: object, **_named: object) -> T:
    return object.__new__(cls)


def _complete(cls: Any, frozen: bool, eq: bool, repr: bool) -> None:
    """Give a class its `__init__` and fields, and what it does not define itself of the methods that all share."""
    own = frozenset(vars(cls))
    fields = _fields(cls)
    cls.__dataclass_fields__ = fields
    if "__init__" not in own:
        cls.__init__ = _initializer(cls, fields)
    if "__match_args__" not in own:
        cls.__match_args__ = tuple(fields)  # type: ignore[misc]
    if repr and "__repr__" not in own:
        cls.__repr__ = _repr
    if eq:
        cls._compared = staticmethod(_values_of([one.name for one in fields.values() if one.compare]))
        if "__eq__" not in own:
            cls.__eq__ = _eq
        if vars(cls).get("__hash__") is None:
            cls.__hash__ = _hash if frozen else None
    cls.__new__ = _new_of_complete


@dataclasses.dataclass
class _Sample:
    field: int


#: How Python marks a field that is one, and no ClassVar.
_KIND = dataclasses.fields(_Sample)[0]._field_type  # type: ignore[attr-defined]


def _fields(cls: Any) -> dict[str, Field[Any]]:
    """The fields of a class by name: those of its bases, then its own. Its attributes become the defaults alone."""
    found: dict[str, Field[Any]] = {}
    for base in cls.__mro__[:0:-1]:
        found.update(vars(base).get("__dataclass_fields__", {}))
    for name, annotation in cls.__annotations__.items():
        default = vars(cls).get(name, MISSING)
        one: Any = default if isinstance(default, Field) else dataclasses.field(default=default)
        one.name, one.type, one._field_type, one.kw_only = name, annotation, _KIND, False
        found[name] = one
        if isinstance(default, Field):
            _leave_default(cls, one)
    return found


def _leave_default(cls: Any, field: Field[Any]) -> None:
    if field.default is MISSING:
        delattr(cls, field.name)
    else:
        setattr(cls, field.name, field.default)


def _initializer(cls: Any, fields: dict[str, Field[Any]]) -> Any:
    """The `__init__` that takes the fields in order, each by position or by name."""
    known: dict[str, Any] = {"MISSING": MISSING}
    parameters, body = ["self"], []
    for name, field in fields.items():
        value = name
        if field.default is not MISSING:
            known[f"_{name}"] = field.default
            parameters.append(f"{name}=_{name}")
        elif field.default_factory is not MISSING:
            known[f"_{name}"] = field.default_factory
            parameters.append(f"{name}=MISSING")
            value = f"_{name}() if {name} is MISSING else {name}"
        else:
            parameters.append(name)
        body.append(f" self.{name} = {value}\n")
    if hasattr(cls, "__post_init__"):
        body.append(" self.__post_init__()\n")
    exec(f"def __init__({', '.join(parameters)}):\n{''.join(body) or ' pass'}", known)
    known["__init__"].__qualname__ = f"{cls.__qualname__}.__init__"
    return known["__init__"]


def _values_of(names: list[str]) -> Any:
    """A function that gives these attributes of an object: alone where there is one, else as a tuple."""
    return attrgetter(*names) if names else lambda _: ()


def _eq(self: Any, other: Any) -> Any:
    if other.__class__ is not self.__class__:
        return NotImplemented
    return self._compared(self) == other._compared(other)


def _hash(self: Any) -> int:
    return hash(self._compared(self))


@recursive_repr()
def _repr(self: Any) -> str:
    shown = (f"{one.name}={getattr(self, one.name)!r}" for one in dataclasses.fields(self) if one.repr)
    return f"{type(self).__qualname__}({', '.join(shown)})"
