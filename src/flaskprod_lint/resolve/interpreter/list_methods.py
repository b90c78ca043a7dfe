"""The methods of lists, dicts and sets."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from flaskprod_lint.model import Unknown
from flaskprod_lint.resolve.interpreter import containers, section_methods
from flaskprod_lint.resolve.interpreter.frames import Arguments
from flaskprod_lint.resolve.interpreter.journal import ABSENT, WHOLE
from flaskprod_lint.resolve.interpreter.values import Elements, Entries, Items, Value, as_value, hole_of
from flaskprod_lint.source import Span

if TYPE_CHECKING:
    from flaskprod_lint.resolve.interpreter.machine import Interpreter

Method = Callable[["Interpreter", Value, Any, Arguments, Span], "Value | None"]


def call(vm: Interpreter, receiver: Value, name: str, arguments: Arguments, at: Span) -> Value:
    """A method of a list, tuple, dict or set."""
    data = receiver.data
    of_section = section_methods.call(vm, receiver, name, arguments, at)
    if of_section is not None:
        return of_section
    table = _TABLES[_kind(data)]
    if isinstance(data, tuple) and name not in ("count", "index"):
        raise vm.raised("AttributeError", at, name)
    method = table.get(name)
    if method is None:
        if not hasattr(_kind(data), name):
            raise vm.raised("AttributeError", at, name)
        containers.spoil(vm, receiver, Unknown(f"`{name}` is not followed", at))
        return vm.unknown(Unknown(f"`{name}` is not followed", at), at, receiver)
    if arguments.hole:
        containers.spoil(vm, receiver, arguments.hole)
        return vm.unknown(arguments.hole, at, receiver)
    try:
        result = method(vm, receiver, data, arguments, at)
    except (IndexError, StopIteration):
        raise vm.raised("TypeError", at) from None
    return result if result is not None else Value(None, at)


def _kind(data: object) -> type:
    return dict if isinstance(data, dict) else set if isinstance(data, set) else list


def _kept(vm: Interpreter, value: Value) -> Value:
    return replace(value, sure=value.sure and not vm.unsure)


def _set_list(vm: Interpreter, data: Any, items: Any) -> None:
    if len(items) > vm.limits.items:
        containers.spoil(vm, Value(data), Unknown("a list that is too long"))
    else:
        vm.journal.write(data, WHOLE, tuple(items))


def _append(vm: Interpreter, receiver: Value, data: Any, arguments: Arguments, at: Span) -> None:
    _set_list(vm, data, [*data, _kept(vm, arguments.args[0])])


def _extend(vm: Interpreter, receiver: Value, data: Any, arguments: Arguments, at: Span) -> None:
    items = vm.iterate(arguments.args[0], at)
    if isinstance(items, Unknown):
        return containers.spoil(vm, receiver, items)
    return _set_list(vm, data, [*data, *(_kept(vm, item) for item in items)])


def _insert(vm: Interpreter, receiver: Value, data: Any, arguments: Arguments, at: Span) -> None:
    index = arguments.args[0].data
    if not isinstance(index, int):
        return containers.spoil(vm, receiver, Unknown("a position that is not known", at))
    items = list(data)
    items.insert(index, _kept(vm, arguments.args[1]))
    return _set_list(vm, data, items)


def _pop(vm: Interpreter, receiver: Value, data: Any, arguments: Arguments, at: Span) -> Value:
    index = arguments.args[0].data if arguments.args else -1
    if hole_of(data) or not isinstance(index, int):
        reason = hole_of(data) or Unknown("a position that is not known", at)
        containers.spoil(vm, receiver, reason)
        return vm.unknown(reason, at, receiver)
    if not -len(data) <= index < len(data):
        raise vm.raised("IndexError", at)
    items = list(data)
    item: Value = items.pop(index)
    vm.journal.write(data, WHOLE, tuple(items))
    return item


def _remove(vm: Interpreter, receiver: Value, data: Any, arguments: Arguments, at: Span) -> None:
    position = _position(vm, receiver, data, arguments, at)
    if isinstance(position, Unknown):
        return containers.spoil(vm, receiver, position)
    return vm.journal.write(data, WHOLE, (*data[:position], *data[position + 1 :]))


def _position(vm: Interpreter, receiver: Value, data: Any, arguments: Arguments, at: Span) -> int | Unknown:
    wanted, plain = arguments.args[0].plain(), receiver.plain()
    if isinstance(wanted, Unknown) or isinstance(plain, Unknown):
        return wanted if isinstance(wanted, Unknown) else plain  # type: ignore[return-value]
    if wanted not in plain:  # type: ignore[operator]
        raise vm.raised("ValueError", at)
    return list(plain).index(wanted)  # type: ignore[call-overload, no-any-return]


def _index(vm: Interpreter, receiver: Value, data: Any, arguments: Arguments, at: Span) -> Value:
    position = _position(vm, receiver, data, arguments, at)
    if isinstance(position, Unknown):
        return vm.unknown(position, at, receiver, *arguments.args)
    return Value(position, at)


def _count(vm: Interpreter, receiver: Value, data: Any, arguments: Arguments, at: Span) -> Value:
    wanted, plain = arguments.args[0].plain(), receiver.plain()
    hidden = next((item for item in (wanted, plain) if isinstance(item, Unknown)), None)
    if hidden is not None:
        return vm.unknown(hidden, at, receiver)
    return Value(list(plain).count(wanted), at)  # type: ignore[call-overload]


def _reverse(vm: Interpreter, receiver: Value, data: Any, arguments: Arguments, at: Span) -> None:
    vm.journal.write(data, WHOLE, tuple(reversed(data)))


def _sort(vm: Interpreter, receiver: Value, data: Any, arguments: Arguments, at: Span) -> None:
    result = vm.sort(receiver, arguments, at)
    if isinstance(result.data, list):
        vm.journal.write(data, WHOLE, tuple(result.data))
    else:
        containers.spoil(vm, receiver, Unknown("an order that is not known", at))


def _clear(vm: Interpreter, receiver: Value, data: Any, arguments: Arguments, at: Span) -> None:
    if isinstance(data, dict):
        for key in list(data):
            vm.journal.write(data, key, ABSENT)
    else:
        vm.journal.write(data, WHOLE, ())


def _copy(vm: Interpreter, receiver: Value, data: Any, arguments: Arguments, at: Span) -> Value:
    return Value(_SAME[_kind(data)](data, hole_of(data)), at, receiver.environment, sure=receiver.sure)


def _get(vm: Interpreter, receiver: Value, data: Any, arguments: Arguments, at: Span) -> Value:
    key = containers.key_of(vm, arguments.args[0], at)
    default = arguments.args[1] if len(arguments.args) > 1 else arguments.kwargs.get("default", Value(None, at))
    if isinstance(key, Unknown):
        return containers.subscript(vm, receiver, arguments.args[0], at)
    if key in data:
        return containers.with_reads(data[key], arguments.args[0])
    hole = hole_of(data) or (vm.reason(arguments.args[0], at) if containers.is_hidden(key) else None)
    if hole is not None:
        return vm.unknown(hole, at, receiver)
    return containers.with_reads(default, arguments.args[0])


def _setdefault(vm: Interpreter, receiver: Value, data: Any, arguments: Arguments, at: Span) -> Value:
    found = _get(vm, receiver, data, arguments, at)
    key = containers.key_of(vm, arguments.args[0], at)
    if not isinstance(key, Unknown) and key not in data:
        vm.journal.write(data, key, _kept(vm, found))
    return found


def _dict_pop(vm: Interpreter, receiver: Value, data: Any, arguments: Arguments, at: Span) -> Value:
    key = containers.key_of(vm, arguments.args[0], at)
    if not isinstance(key, Unknown) and key not in data and not hole_of(data) and len(arguments.args) < 2:
        raise vm.raised("KeyError", at, key if isinstance(key, str) else "")
    found = _get(vm, receiver, data, arguments, at)
    if isinstance(key, Unknown):
        containers.spoil(vm, receiver, key)
    else:
        vm.journal.write(data, key, ABSENT)
    return found


def update(vm: Interpreter, receiver: Value, data: Any, arguments: Arguments, at: Span) -> None:
    """`dict.update`."""
    for source in arguments.args:
        pairs = pairs_of(vm, source, at)
        if isinstance(pairs, Unknown):
            containers.spoil(vm, receiver, pairs)
            continue
        hole = getattr(source.data, "hole", None)
        if hole is not None:
            containers.spoil(vm, receiver, hole)
        for key, value in pairs:
            vm.journal.write(data, key, containers.replacing(_kept(vm, value), data.get(key)))
    for name, value in arguments.kwargs.items():
        vm.journal.write(data, name, containers.replacing(_kept(vm, value), data.get(name)))


def pairs_of(vm: Interpreter, source: Value, at: Span) -> list[tuple[object, Value]] | Unknown:
    """What `dict(source)` is made of."""
    mapping = vm.mapping(source, at)
    if mapping is not None:
        return list(mapping.items())
    rows = vm.iterate(source, at)
    if isinstance(rows, Unknown):
        return rows
    pairs = []
    for row in rows:
        cells = vm.iterate(row, at)
        if isinstance(cells, Unknown):
            return cells
        if len(cells) != 2:
            raise vm.raised("ValueError", at)
        key = containers.key_of(vm, cells[0], at)
        if isinstance(key, Unknown):
            return key
        pairs.append((key, cells[1]))
    return pairs


def _keys(vm: Interpreter, receiver: Value, data: Any, arguments: Arguments, at: Span) -> Value:
    return Value(Items((as_value(key, receiver.at) for key in data), hole_of(data)), at, receiver.environment)


def _values(vm: Interpreter, receiver: Value, data: Any, arguments: Arguments, at: Span) -> Value:
    return Value(Items(data.values(), hole_of(data)), at, receiver.environment)


def _items(vm: Interpreter, receiver: Value, data: Any, arguments: Arguments, at: Span) -> Value:
    pairs = (Value((as_value(key, value.at), value), value.at) for key, value in data.items())
    return Value(Items(pairs, hole_of(data)), at, receiver.environment)


def _popitem(vm: Interpreter, receiver: Value, data: Any, arguments: Arguments, at: Span) -> Value:
    hole = hole_of(data)
    if hole is not None:
        return vm.unknown(hole, at, receiver)
    if not data:
        raise vm.raised("KeyError", at)
    key = list(data)[-1]
    value = data[key]
    vm.journal.write(data, key, ABSENT)
    return Value((as_value(key, at), value), at)


def bare(value: Value) -> Value:
    """A value as an element of a set: without history, so that equal ones are one."""
    data = value.data
    return Value(tuple(bare(item) for item in data) if isinstance(data, tuple) else data)


def _add(vm: Interpreter, receiver: Value, data: Any, arguments: Arguments, at: Span) -> None:
    if not arguments.args[0].known:
        return containers.spoil(vm, receiver, Unknown("an element that is not known", at))
    return vm.journal.write(data, WHOLE, tuple({*data, bare(arguments.args[0])}))


def _discard(vm: Interpreter, receiver: Value, data: Any, arguments: Arguments, at: Span) -> None:
    vm.journal.write(data, WHOLE, tuple(data - {bare(arguments.args[0])}))


def _set_operation(name: str) -> Method:
    def run(vm: Interpreter, receiver: Value, data: Any, arguments: Arguments, at: Span) -> Value:
        others = []
        for argument in arguments.args:
            items = vm.iterate(argument, at)
            reason = items if isinstance(items, Unknown) else hole_of(data)
            if reason is not None or isinstance(items, Unknown):
                assert reason is not None
                if name == "update":
                    containers.spoil(vm, receiver, reason)
                return vm.unknown(reason, at, receiver, argument)
            others.append({bare(item) for item in items})
        if name == "update":
            vm.journal.write(data, WHOLE, tuple(data.union(*others)))
            return Value(None, at)
        result = getattr(set(data), name)(*others)
        return Value(Elements(result) if isinstance(result, set) else result, at, receiver.environment)

    return run


LIST: dict[str, Method] = {
    "append": _append,
    "extend": _extend,
    "insert": _insert,
    "pop": _pop,
    "remove": _remove,
    "index": _index,
    "count": _count,
    "reverse": _reverse,
    "sort": _sort,
    "clear": _clear,
    "copy": _copy,
}
DICT: dict[str, Method] = {
    "get": _get,
    "setdefault": _setdefault,
    "pop": _dict_pop,
    "popitem": _popitem,
    "update": update,
    "keys": _keys,
    "values": _values,
    "items": _items,
    "clear": _clear,
    "copy": _copy,
}
SET: dict[str, Method] = {
    "add": _add,
    "discard": _discard,
    "remove": _discard,
    "clear": _clear,
    "copy": _copy,
    **{
        name: _set_operation(name)
        for name in ("union", "intersection", "difference", "symmetric_difference", "issubset", "issuperset")
    },
    "isdisjoint": _set_operation("isdisjoint"),
    "update": _set_operation("update"),
}

_TABLES: dict[type, dict[str, Method]] = {list: LIST, dict: DICT, set: SET}
_SAME: dict[type, Callable[[Any, Unknown | None], object]] = {list: Items, dict: Entries, set: Elements}
