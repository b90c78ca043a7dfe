"""Lists, tuples, dicts and sets: reading, iterating and changing them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from flaskprod_lint.model import Override, Unknown
from flaskprod_lint.resolve.interpreter.classes import enum_value
from flaskprod_lint.resolve.interpreter.journal import ABSENT, HOLE, WHOLE
from flaskprod_lint.resolve.interpreter.values import (
    Class,
    Elements,
    Entries,
    External,
    Function,
    Instance,
    Items,
    Module,
    Object,
    Value,
    as_value,
    union,
)
from flaskprod_lint.source import Place, Span

if TYPE_CHECKING:
    from flaskprod_lint.resolve.interpreter.machine import Interpreter

#: A value remembers no more replaced values than this.
MAX_OVERRIDES = 8


def key_of(vm: Interpreter, value: Value, at: Span) -> object:
    """A value as a key: its plain data, or the thing itself; Unknown when it is not known."""
    value = enum_value(value)
    data = value.data
    if isinstance(data, (Class, Function, Module, External, Object, Instance)):
        return data
    plain = value.plain()
    if isinstance(plain, (list, dict, set)):
        raise vm.raised("TypeError", at)
    return plain


def is_hidden(key: object) -> bool:
    """Whether a key is a thing from outside the project, which may equal any plain value."""
    return isinstance(key, Instance) or (isinstance(key, External) and not key.path.startswith("builtins."))


def replacing(value: Value, old: object) -> Value:
    """A value that takes the place of another, which it remembers."""
    if not isinstance(old, Value) or old is value or (old.at == value.at and old.at is not None):
        return value
    if not value.at or old.at is None:
        return value
    lost = Override(old.plain(), Place(old.at))
    overrides = (*value.overrides, lost, *(one for one in old.overrides if one != lost))
    return replace(value, overrides=overrides[:MAX_OVERRIDES])


def iterate(vm: Interpreter, value: Value, at: Span) -> list[Value] | Unknown:
    """What iterating over a value gives; Unknown when not all of it is known."""
    data = value.data
    hole = getattr(data, "hole", None)
    if hole is not None:
        return hole  # type: ignore[no-any-return]
    if isinstance(data, (list, tuple)):
        return list(data)
    if isinstance(data, dict):
        return [_key_value(key, value) for key in data]
    if isinstance(data, set):
        return sorted(data, key=lambda item: repr(item.data))
    if isinstance(data, (str, bytes)):
        return [Value(item, value.at, value.environment, sure=value.sure) for item in data[: vm.limits.items]]
    if isinstance(data, Unknown):
        return data
    if data is None or isinstance(data, (int, float)):
        raise vm.raised("TypeError", at)
    return vm.iterate_special(value, at)


def _key_value(key: object, container: Value) -> Value:
    return as_value(key, container.at)


def subscript(vm: Interpreter, value: Value, index: Value, at: Span) -> Value:
    """`value[index]` of a plain container or text."""
    data = value.data
    key = key_of(vm, index, at)
    if isinstance(key, Unknown):
        return _any_of(vm, value, key, at, index)
    if isinstance(data, dict):
        return _entry(vm, value, key, at, index)
    if isinstance(data, (list, tuple)):
        return _item(vm, value, key, at, index)
    if isinstance(data, (str, bytes)):
        return vm.native(lambda: data[key], at, (value, index))  # type: ignore[index, call-overload]
    raise vm.raised("TypeError", at)


def _any_of(vm: Interpreter, value: Value, reason: Unknown, at: Span, index: Value) -> Value:
    data = value.data
    rows = list(data.values()) if isinstance(data, dict) else list(data) if isinstance(data, (list, tuple)) else []
    result = vm.unknown(reason, at, value, index)
    return replace(result, alternatives=tuple(rows[:8])) if len(rows) > 1 else result


def _entry(vm: Interpreter, value: Value, key: object, at: Span, index: Value) -> Value:
    data = value.data
    assert isinstance(data, dict)
    found = data.get(key, None)
    if found is None:
        hole = getattr(data, "hole", None)
        if hole is not None:
            return vm.unknown(hole, at, value, index)
        if is_hidden(key):
            return _any_of(vm, value, vm.reason(index, at), at, index)
        raise vm.raised_unless_assumed("KeyError", at, (value, index), str(key) if isinstance(key, str) else "")
    return with_reads(found, index)


def with_reads(found: Value, index: Value) -> Value:
    """A value that was chosen by another, which may rest on the environment."""
    if not index.environment:
        return found
    return replace(found, environment=union(index, found), sure=found.sure and index.sure)


def _item(vm: Interpreter, value: Value, key: object, at: Span, index: Value) -> Value:
    data = value.data
    assert isinstance(data, (list, tuple))
    if not isinstance(key, int):
        raise vm.raised("TypeError", at)
    hole = getattr(data, "hole", None)
    if hole is not None and (key < 0 or key >= len(data)):
        return vm.unknown(hole, at, value, index)
    if not -len(data) <= key < len(data):
        raise vm.raised_unless_assumed("IndexError", at, (value, index))
    return with_reads(data[key], index)


def slice_of(vm: Interpreter, value: Value, bounds: Sequence[Value], at: Span) -> Value:
    """`value[start:stop:step]`."""
    plain: list[Any] = [bound.plain() for bound in bounds]
    hidden = next((item for item in plain if isinstance(item, Unknown)), None)
    data = value.data
    if isinstance(data, Unknown):
        return vm.unknown(data, at, value, *bounds)
    hidden = hidden or getattr(data, "hole", None)
    if hidden is not None:
        return vm.unknown(hidden, at, value, *bounds)
    if isinstance(data, list):
        return vm.native(lambda: Items(data[slice(*plain)]), at, (value, *bounds))
    if isinstance(data, (str, bytes, tuple)):
        return vm.native(lambda: data[slice(*plain)], at, (value, *bounds))
    if data is None or isinstance(data, (int, float, dict, set)):
        raise vm.raised("TypeError", at)
    return vm.unknown(vm.reason(value, at), at, value, *bounds)


def store(vm: Interpreter, container: Value, index: Value, value: Value, at: Span) -> None:
    """`container[index] = value` of a list or dict."""
    data = container.data
    key = key_of(vm, index, at)
    value = replace(value, sure=value.sure and not vm.unsure)
    if isinstance(data, dict):
        if isinstance(key, Unknown):
            return spoil(vm, container, key)
        return vm.journal.write(data, key, replacing(value, data.get(key)))
    if isinstance(data, list):
        if isinstance(key, Unknown):
            return spoil(vm, container, key)
        if not isinstance(key, int) or not -len(data) <= key < len(data):
            raise vm.raised("IndexError", at)
        changed = list(data)
        changed[key] = value
        return vm.journal.write(data, WHOLE, tuple(changed))
    if isinstance(data, (str, bytes, tuple, int, float, type(None), set)):
        raise vm.raised("TypeError", at)
    return None


def remove(vm: Interpreter, container: Value, index: Value, at: Span) -> None:
    """`del container[index]`."""
    data = container.data
    key = key_of(vm, index, at)
    if isinstance(key, Unknown):
        return spoil(vm, container, key)
    if isinstance(data, dict):
        if key not in data and getattr(data, "hole", None) is None:
            raise vm.raised("KeyError", at)
        return vm.journal.write(data, key, ABSENT)
    if isinstance(data, list) and isinstance(key, int) and -len(data) <= key < len(data):
        changed = list(data)
        del changed[key]
        return vm.journal.write(data, WHOLE, tuple(changed))
    if isinstance(data, list):
        raise vm.raised("IndexError", at)
    return None


def spoil(vm: Interpreter, container: Value, reason: Unknown) -> None:
    """Something that is not known happens to a container: nothing that it holds is sure any more."""
    data = container.data
    if isinstance(data, (Items, Entries, Elements)):
        vm.journal.write(data, HOLE, reason)
    if isinstance(data, dict):
        for key, value in list(data.items()):
            changed = Value(reason, reason.at, value.environment, alternatives=(value,), sure=False)
            vm.journal.write(data, key, changed)
    elif isinstance(data, list):
        vm.journal.write(data, WHOLE, ())


def length(vm: Interpreter, value: Value, at: Span) -> Value:
    """`len(value)`."""
    data = value.data
    hole = getattr(data, "hole", None) or (data if isinstance(data, Unknown) else None)
    if hole is not None:
        symbol = hole.symbol if not data else ""
        return Value(Unknown(hole.reason, hole.at, symbol), at, value.environment, sure=False)
    if isinstance(data, (str, bytes, list, tuple, dict, set)):
        return Value(len(data), at, value.environment, sure=value.sure)
    if data is None or isinstance(data, (int, float)):
        raise vm.raised("TypeError", at)
    return vm.unknown(Unknown("the length of something that is no plain value", at), at, value)


__all__ = ["iterate", "key_of", "length", "remove", "replacing", "slice_of", "spoil", "store", "subscript"]
