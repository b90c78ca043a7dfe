"""Truth, equality and order of values, as far as they are known."""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from flaskprod_lint.model import Unknown
from flaskprod_lint.resolve.interpreter.classes import enum_value
from flaskprod_lint.resolve.interpreter.values import (
    Class,
    Compared,
    External,
    Function,
    Instance,
    Member,
    Method,
    Module,
    Object,
    Value,
    union,
)
from flaskprod_lint.source import Span

if TYPE_CHECKING:
    from flaskprod_lint.resolve.interpreter.machine import Interpreter


def truth(value: Value) -> bool | None:
    """Whether a value counts as true; None when that is not known."""
    data = value.data
    if isinstance(data, Unknown):
        if data.symbol == "host-cpus":
            return True
        truths = {truth(one) for one in value.alternatives} if value.alternatives else {None}
        return truths.pop() if len(truths) == 1 and not hasattr(data, "maybe") else None
    if isinstance(data, (list, dict, set)):
        return True if data else (None if getattr(data, "hole", None) else False)
    if isinstance(data, (Instance, Member, Object)):
        return True if isinstance(data, Object) or is_made(data) else None
    if isinstance(data, External):
        return _is_true_outside(data.path)
    return bool(data) if isinstance(data, (str, bytes, int, float, tuple, type(None))) else True


def _is_true_outside(path: str) -> bool | None:
    """Whether a name of a library counts as true: a module or a class does, `appengine_info.DEBUG` may be anything."""
    last = path.rpartition(".")[2]
    a_class = last[:1].isupper() and not last.isupper()
    return True if a_class or last == path or path.startswith("builtins.") else None


def is_made(data: object) -> bool:
    """Whether an Instance surely is an object: what a class made (`Flask(…)`), not what a function may have found."""
    return isinstance(data, Instance) and data.callee.rpartition(".")[2][:1].isupper()


_ORDERS: dict[type[ast.cmpop], Callable[[Any, Any], object]] = {
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
}


def compare(vm: Interpreter, op: ast.cmpop, left: Value, right: Value, at: Span) -> Value:
    """One comparison; a Value of True, False or Unknown."""
    if not isinstance(op, (ast.Is, ast.IsNot)):
        left, right = enum_value(left), enum_value(right)
    if isinstance(op, (ast.In, ast.NotIn)):
        found = vm.contains(right, left, at)
        return negated(found, at) if isinstance(op, ast.NotIn) else found
    if isinstance(op, (ast.Is, ast.IsNot)):
        return _identity(vm, op, left, right, at)
    if isinstance(op, (ast.Eq, ast.NotEq)):
        same = _same_object(left, right)
        if same is not None:
            return Value(same == isinstance(op, ast.Eq), at, union(left, right))
    one, other = left.plain(), right.plain()
    for side in (one, other):
        if isinstance(side, Unknown):
            result = vm.unknown(side, at, left, right)
            text = other if side is one else one
            says = isinstance(op, (ast.Eq, ast.NotEq)) and isinstance(text, str) and text
            return replace(result, data=Compared(side.reason, side.at)) if says else result
    return vm.native(_ORDERS[type(op)], at, (left, right), one, other)


def negated(value: Value, at: Span) -> Value:
    """`not value`, for a value of True, False or Unknown."""
    known = truth(value)
    data = value.data if known is None else not known
    return Value(data, at, value.environment, sure=value.sure)


_OBJECTS = (Class, Function, Module, External, Object, Instance, Member, Method)


def _same_object(left: Value, right: Value) -> bool | None:
    """Equality where at least one side is no plain value; None when that cannot be told so."""
    one, other = left.data, right.data
    if isinstance(one, Unknown) or isinstance(other, Unknown):
        return None
    if isinstance(one, _OBJECTS) and one is other:
        return True
    if isinstance(one, (Class, Function, Module)) or isinstance(other, (Class, Function, Module)):
        return one is other if type(one) is type(other) else (None if _opaque(one) or _opaque(other) else False)
    if None in (one, other) and (is_made(one) or is_made(other)):
        return False
    if isinstance(one, Object) or isinstance(other, Object):
        return None if _opaque(one) or _opaque(other) else False
    return None


def _opaque(data: object) -> bool:
    """Whether a thing could equal anything: we do not know its class or its `__eq__`."""
    if isinstance(data, Object):
        return data.cls.lookup("__eq__") is not None or bool(data.cls.external_bases())
    return isinstance(data, (External, Instance, Member))


def _identity(vm: Interpreter, op: ast.cmpop, left: Value, right: Value, at: Span) -> Value:
    one, other = left.data, right.data
    for side in (one, other):
        if isinstance(side, Unknown):
            ruled_out = side.symbol == "host-cpus" and (one is None or other is None)
            return (
                Value(isinstance(op, ast.IsNot), at, union(left, right))
                if ruled_out
                else vm.unknown(side, at, left, right)
            )
    same = _is(one, other)
    if same is None:
        return vm.unknown(Unknown("the result of code outside the project", at), at, left, right)
    return Value(same == isinstance(op, ast.Is), at, union(left, right))


def _is(one: object, other: object) -> bool | None:
    if one is other:
        return True
    loose = (External, Member, Instance)
    if isinstance(one, External) and isinstance(other, External):
        return one.path == other.path or None
    if isinstance(one, loose) or isinstance(other, loose):
        rest = other if isinstance(one, loose) else one
        return False if rest is None and (is_made(one) or is_made(other)) else None
    if type(one) is type(other) and isinstance(one, (str, bytes, int, float, bool)):
        return bool(one == other)
    return False
