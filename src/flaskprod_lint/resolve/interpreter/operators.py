"""Arithmetic and other binary operators, with bounds on the sizes of what they make."""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from flaskprod_lint.model import Unknown
from flaskprod_lint.resolve.interpreter import paths, texts
from flaskprod_lint.resolve.interpreter.values import Elements, Entries, Items, Value, union
from flaskprod_lint.source import Span

if TYPE_CHECKING:
    from flaskprod_lint.resolve.interpreter.machine import Interpreter

_OPERATORS: dict[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv,
    ast.Mod: operator.mod,
    ast.Pow: operator.pow,
    ast.LShift: operator.lshift,
    ast.RShift: operator.rshift,
    ast.BitOr: operator.or_,
    ast.BitAnd: operator.and_,
    ast.BitXor: operator.xor,
}
_SIGNS: dict[type[ast.operator], str] = {
    ast.Add: "+",
    ast.Sub: "-",
    ast.Mult: "×",
    ast.Div: "/",
    ast.FloorDiv: "//",
    ast.Mod: "%",
    ast.Pow: "**",
}


def binary(vm: Interpreter, op: ast.operator, left: Value, right: Value, at: Span) -> Value:
    """`left op right`."""
    joined = _containers(vm, op, left, right, at)
    if joined is not None:
        return joined
    if isinstance(op, ast.Div) and (path := paths.divide(vm, left, right, at)) is not None:
        return path
    if isinstance(op, ast.Mod) and isinstance(left.data, (str, bytes)):
        return texts.percent(vm, left, right, at)
    one, other = left.plain(), right.plain()
    if isinstance(one, Unknown) or isinstance(other, Unknown):
        return _unknown(vm, op, left, right, at)
    refused = too_large(vm, op, one, other)
    if refused:
        return vm.unknown(Unknown(refused, at), at, left, right)
    return vm.native(_OPERATORS[type(op)], at, (left, right), one, other)


def _containers(vm: Interpreter, op: ast.operator, left: Value, right: Value, at: Span) -> Value | None:
    """Operators on lists, tuples, dicts and sets, which keep the history of what they hold."""
    one, other = left.data, right.data
    environment = union(left, right)
    if isinstance(op, ast.Add) and isinstance(one, list) and isinstance(other, list):
        hole = getattr(one, "hole", None) or getattr(other, "hole", None)
        return vm.sized(Items([*one, *other], hole), at, environment)
    if isinstance(op, ast.Add) and isinstance(one, tuple) and isinstance(other, tuple):
        return vm.sized((*one, *other), at, environment)
    if isinstance(op, ast.BitOr) and isinstance(one, dict) and isinstance(other, dict):
        hole = getattr(one, "hole", None) or getattr(other, "hole", None)
        return vm.sized(Entries({**one, **other}, hole), at, environment)
    if isinstance(op, (ast.Mult, ast.Add)) and isinstance(one, (list, tuple)):
        return _repeated(vm, op, one, other, at, environment)
    if isinstance(one, set) and isinstance(other, set) and not (_hole(one) or _hole(other)):
        return vm.native(lambda a, b: Elements(_OPERATORS[type(op)](a, b)), at, (left, right), one, other)
    return None


def _hole(data: object) -> object:
    return getattr(data, "hole", None)


def _repeated(
    vm: Interpreter, op: ast.operator, one: object, other: object, at: Span, environment: tuple[object, ...]
) -> Value | None:
    if not isinstance(op, ast.Mult) or not isinstance(other, int) or not isinstance(one, (list, tuple)):
        return None
    if len(one) * max(other, 0) > vm.limits.items:
        return Value(Unknown("a list that is too long", at), at)
    if isinstance(one, tuple):
        return vm.sized(one * other, at, ())
    return vm.sized(Items(one * other, _hole(one)), at, ())  # type: ignore[arg-type]


def too_large(vm: Interpreter, op: ast.operator, one: object, other: object) -> str:
    """Why an operation on plain values is not made: its result could be huge."""
    if isinstance(one, (int, float)) and isinstance(other, (int, float)):
        return _large_number(vm, op, one, other)
    if isinstance(op, ast.Mult):
        text, times = (one, other) if isinstance(one, (str, bytes)) else (other, one)
        if isinstance(text, (str, bytes)) and isinstance(times, int) and len(text) * times > vm.limits.text:
            return "a text that is too long"
    if isinstance(op, ast.Add) and isinstance(one, (str, bytes)) and isinstance(other, (str, bytes)):
        return "" if len(one) + len(other) <= vm.limits.text else "a text that is too long"
    return ""


def _large_number(vm: Interpreter, op: ast.operator, one: float, other: float) -> str:
    if not isinstance(one, int) or not isinstance(other, int):
        return ""
    bits, limit = one.bit_length(), vm.limits.bits
    if isinstance(op, ast.Pow):
        large = bits > 1 and other > 0 and bits * other > limit
    elif isinstance(op, ast.LShift):
        large = bits + max(other, 0) > limit
    else:
        large = isinstance(op, ast.Mult) and bits + other.bit_length() > limit
    return "a number that is too large" if large else ""


def _unknown(vm: Interpreter, op: ast.operator, left: Value, right: Value, at: Span) -> Value:
    """The result of an operation of which a side is unknown: a formula for host CPUs, a text known in parts."""
    if isinstance(op, ast.Add):
        text = texts.concatenate(vm, left, right, at)
        if text is not None:
            return text
    symbols = [value.data.symbol for value in (left, right) if isinstance(value.data, Unknown) and value.data.symbol]
    if symbols and type(op) in _SIGNS:
        tight = isinstance(op, (ast.Mult, ast.Div, ast.FloorDiv, ast.Mod, ast.Pow))
        formula = f"{term(left, tight)} {_SIGNS[type(op)]} {term(right, tight)}"
        return Value(Unknown(formula, at, symbols[0]), at, union(left, right))
    hidden = left if isinstance(left.plain(), Unknown) else right
    reason = hidden.plain()
    assert isinstance(reason, Unknown)
    return vm.unknown(reason, at, left, right)


def term(value: Value, tight: bool = False) -> str:
    """A value as a part of a formula."""
    plain = value.plain()
    text = plain.reason if isinstance(plain, Unknown) and plain.symbol else "?"
    if isinstance(plain, (int, float)):
        text = str(plain)
    sums = text.endswith(")") is False and (" + " in text or " - " in text)
    return f"({text})" if tight and sums else text


def unary(vm: Interpreter, op: ast.unaryop, value: Value, at: Span) -> Value:
    """`-x`, `+x`, `~x`; `not x` is in `truth`."""
    plain = value.plain()
    if isinstance(plain, Unknown):
        return vm.unknown(plain, at, value)
    functions: dict[type[ast.unaryop], Callable[[Any], object]] = {
        ast.USub: operator.neg,
        ast.UAdd: operator.pos,
        ast.Invert: operator.invert,
    }
    return vm.native(functions[type(op)], at, (value,), plain)
