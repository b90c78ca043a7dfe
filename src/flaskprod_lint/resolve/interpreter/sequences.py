"""The builtins that make, order and go through sequences."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from flaskprod_lint.model import Unknown
from flaskprod_lint.resolve.interpreter import containers
from flaskprod_lint.resolve.interpreter.frames import Arguments, Frame
from flaskprod_lint.resolve.interpreter.list_methods import bare
from flaskprod_lint.resolve.interpreter.truth import truth
from flaskprod_lint.resolve.interpreter.values import Elements, Items, Value, as_value, union
from flaskprod_lint.source import Span

if TYPE_CHECKING:
    from flaskprod_lint.resolve.interpreter.machine import Interpreter

Builtin = Callable[["Interpreter", Arguments, Span, "Frame | None"], Value]


def _list(vm: Interpreter, arguments: Arguments, at: Span, frame: Frame | None) -> Value:
    if not arguments.args:
        return Value(Items(), at)
    source = arguments.args[0]
    items = vm.iterate(source, at)
    if isinstance(items, Unknown):
        known = source.data if isinstance(source.data, list) else ()
        return Value(Items(known, items), at, source.environment)
    return vm.sized(Items(items), at, source.environment)


def _tuple(vm: Interpreter, arguments: Arguments, at: Span, frame: Frame | None) -> Value:
    if not arguments.args:
        return Value((), at)
    items = vm.iterate(arguments.args[0], at)
    if isinstance(items, Unknown):
        return vm.unknown(items, at, arguments.args[0])
    return vm.sized(tuple(items), at, arguments.args[0].environment)


def _set(vm: Interpreter, arguments: Arguments, at: Span, frame: Frame | None) -> Value:
    if not arguments.args:
        return Value(Elements(), at)
    items = vm.iterate(arguments.args[0], at)
    if isinstance(items, Unknown):
        return Value(Elements((), items), at, arguments.args[0].environment)
    for item in items:
        key = containers.key_of(vm, item, at)
        if isinstance(key, Unknown):
            return Value(Elements((), key), at, union(*items))
    return Value(Elements(bare(item) for item in items), at, union(*items))


def _range(vm: Interpreter, arguments: Arguments, at: Span, frame: Frame | None) -> Value:
    plain: list[Any] = [value.plain() for value in arguments.args]
    hidden = next((item for item in plain if isinstance(item, Unknown)), None)
    if hidden is not None:
        return vm.unknown(hidden, at, *arguments.args)
    try:
        numbers = range(*plain)
        length = len(numbers)
    except (TypeError, ValueError) as error:
        raise vm.raised_unless_assumed(type(error).__name__, at, arguments.args) from None
    except OverflowError:
        length = vm.limits.items + 1
    if length > vm.limits.items:
        return vm.unknown(Unknown("a range that is too long", at), at, *arguments.args)
    vm.budget.charge(length // 4)
    return as_value(list(numbers), at, union(*arguments.args))


def _enumerate(vm: Interpreter, arguments: Arguments, at: Span, frame: Frame | None) -> Value:
    items = vm.iterate(arguments.args[0], at)
    start = arguments.args[1] if len(arguments.args) > 1 else arguments.kwargs.get("start", Value(0))
    if isinstance(items, Unknown) or not isinstance(start.data, int):
        return vm.unknown(items if isinstance(items, Unknown) else vm.reason(start, at), at, *arguments.args)
    return Value(Items(Value((Value(start.data + n, at), item), at) for n, item in enumerate(items)), at)


def _zip(vm: Interpreter, arguments: Arguments, at: Span, frame: Frame | None) -> Value:
    columns = []
    for argument in arguments.args:
        items = vm.iterate(argument, at)
        if isinstance(items, Unknown):
            return vm.unknown(items, at, *arguments.args)
        columns.append(items)
    return Value(Items(Value(row, at) for row in zip(*columns, strict=False)), at)


def _map(vm: Interpreter, arguments: Arguments, at: Span, frame: Frame | None) -> Value:
    columns = []
    for argument in arguments.args[1:]:
        items = vm.iterate(argument, at)
        if isinstance(items, Unknown):
            return vm.unknown(items, at, *arguments.args)
        columns.append(items[: vm.limits.loop])
    rows = [vm.call(arguments.args[0], row, at=at) for row in zip(*columns, strict=False)]
    return Value(Items(rows), at)


def _filter(vm: Interpreter, arguments: Arguments, at: Span, frame: Frame | None) -> Value:
    items = vm.iterate(arguments.args[1], at)
    if isinstance(items, Unknown):
        return vm.unknown(items, at, arguments.args[1])
    kept, hole = [], None
    for item in items[: vm.limits.loop]:
        test = item if arguments.args[0].data is None else vm.call(arguments.args[0], (item,), at=at)
        known = truth(test)
        if known is None:
            hole = hole or vm.reason(test, at)
        elif known:
            kept.append(item)
    return Value(Items(kept, hole), at)


def _sorted(vm: Interpreter, arguments: Arguments, at: Span, frame: Frame | None) -> Value:
    return sort(vm, arguments.args[0], arguments, at)


def sort(vm: Interpreter, source: Value, arguments: Arguments, at: Span) -> Value:
    """`sorted(source, key=…, reverse=…)`."""
    items = vm.iterate(source, at)
    if isinstance(items, Unknown):
        return vm.unknown(items, at, source)
    keys = _keys(vm, items, arguments, at)
    reverse = truth(arguments.kwargs.get("reverse", Value(False)))
    if isinstance(keys, Unknown) or reverse is None:
        return vm.unknown(keys if isinstance(keys, Unknown) else Unknown("an order", at), at, source)
    rows: Any = list(zip(keys, items, strict=True))
    try:
        rows.sort(key=lambda row: row[0], reverse=reverse)
    except TypeError:
        raise vm.raised_unless_assumed("TypeError", at, (source, *items)) from None
    return Value(Items(item for _, item in rows), at, source.environment)


def _keys(vm: Interpreter, items: list[Value], arguments: Arguments, at: Span) -> list[Any] | Unknown:
    function = arguments.kwargs.get("key")
    values = items
    if function is not None and function.data is not None:
        values = [vm.call(function, (item,), at=at) for item in items[: vm.limits.loop]]
    plain = [value.plain() for value in values]
    hidden = next((item for item in plain if isinstance(item, Unknown)), None)
    if hidden is not None or len(values) < len(items):
        return hidden or Unknown("a list that is too long", at)
    return plain


def extreme(
    vm: Interpreter, name: str, items: list[Value], plain: Sequence[object], arguments: Arguments, at: Span
) -> Value:
    """`min` and `max` of known values."""
    if not items:
        if "default" in arguments.kwargs:
            return arguments.kwargs["default"]
        raise vm.raised_unless_assumed("ValueError", at, arguments.args)
    keys = _keys(vm, items, arguments, at)
    if isinstance(keys, Unknown):
        return vm.unknown(keys, at, *items)
    try:
        wanted = min(keys) if name == "min" else max(keys)
    except TypeError:
        raise vm.raised_unless_assumed("TypeError", at, (*arguments.args, *items)) from None
    chosen = items[keys.index(wanted)]
    return Value(chosen.data, at, union(*arguments.args, *items), sure=chosen.sure)


def _sum(vm: Interpreter, arguments: Arguments, at: Span, frame: Frame | None) -> Value:
    import ast

    from flaskprod_lint.resolve.interpreter import operators

    items = vm.iterate(arguments.args[0], at)
    if isinstance(items, Unknown):
        return vm.unknown(items, at, *arguments.args)
    total = arguments.args[1] if len(arguments.args) > 1 else arguments.kwargs.get("start", Value(0, at))
    for item in items[: vm.limits.loop]:
        total = operators.binary(vm, ast.Add(), total, item, at)
    return total


def _reversed(vm: Interpreter, arguments: Arguments, at: Span, frame: Frame | None) -> Value:
    items = vm.iterate(arguments.args[0], at)
    if isinstance(items, Unknown):
        return vm.unknown(items, at, *arguments.args)
    return Value(Items(reversed(items)), at, arguments.args[0].environment)


def _pow(vm: Interpreter, arguments: Arguments, at: Span, frame: Frame | None) -> Value:
    import ast

    from flaskprod_lint.resolve.interpreter import operators

    if len(arguments.args) == 2:
        return operators.binary(vm, ast.Pow(), *arguments.args, at)
    plain: Any = [value.plain() for value in arguments.args]
    hidden = next((item for item in plain if isinstance(item, Unknown)), None)
    if hidden is not None or any(isinstance(item, int) and not math.isfinite(item) for item in plain):
        return vm.unknown(hidden or Unknown("a power", at), at, *arguments.args)
    return vm.native(lambda: pow(*plain), at, arguments.args)


def _next(vm: Interpreter, arguments: Arguments, at: Span, frame: Frame | None) -> Value:
    source = arguments.args[0]
    if not isinstance(source.data, list):
        return vm.unknown(Unknown("an iterator", at), at, source)
    hole = getattr(source.data, "hole", None)
    if hole is not None:
        return vm.unknown(hole, at, source)
    if source.data:
        first: Value = source.data[0]
        return first
    if len(arguments.args) > 1:
        return arguments.args[1]
    raise vm.raised_unless_assumed("StopIteration", at, (source,))


def _iter(vm: Interpreter, arguments: Arguments, at: Span, frame: Frame | None) -> Value:
    return _list(vm, arguments, at, frame) if len(arguments.args) == 1 else vm.unknown(Unknown("iter()", at), at)


TABLE: dict[str, Builtin] = {
    "list": _list,
    "tuple": _tuple,
    "set": _set,
    "frozenset": _set,
    "range": _range,
    "enumerate": _enumerate,
    "zip": _zip,
    "map": _map,
    "filter": _filter,
    "sorted": _sorted,
    "sum": _sum,
    "reversed": _reversed,
    "pow": _pow,
    "next": _next,
    "iter": _iter,
}
