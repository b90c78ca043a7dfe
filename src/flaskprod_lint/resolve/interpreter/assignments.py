"""Assignments, in all their forms, to all their targets."""

from __future__ import annotations

import ast
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from flaskprod_lint.model import Unknown
from flaskprod_lint.resolve.interpreter import containers, list_methods, operators
from flaskprod_lint.resolve.interpreter.frames import Arguments, Frame
from flaskprod_lint.resolve.interpreter.journal import WHOLE
from flaskprod_lint.resolve.interpreter.values import Items, Member, Value
from flaskprod_lint.source import Span

if TYPE_CHECKING:
    from flaskprod_lint.resolve.interpreter.machine import Interpreter


def scope_of(frame: Frame, name: str) -> dict[str, Value]:
    """Where an assignment to a name goes."""
    if name in frame.global_names:
        return frame.module.names
    if name in frame.nonlocal_names:
        for scope in reversed(frame.scopes):
            if name in scope:
                return scope
    return frame.names


def bind(vm: Interpreter, frame: Frame, name: str, value: Value) -> None:
    """Give a name a value, which remembers what it replaces."""
    scope = scope_of(frame, name)
    if vm.unsure and value.sure:
        value = replace(value, sure=False)
    vm.journal.write(scope, name, containers.replacing(value, scope.get(name)))


def assign(vm: Interpreter, target: ast.expr, value: Value, frame: Frame) -> None:
    """Assign a value to a target."""
    if isinstance(target, ast.Name):
        bind(vm, frame, target.id, value)
    elif isinstance(target, ast.Attribute):
        vm.set_attribute(vm.evaluate(target.value, frame), target.attr, value, vm.span(frame, target))
    elif isinstance(target, ast.Subscript):
        _to_subscript(vm, target, value, frame)
    elif isinstance(target, (ast.Tuple, ast.List)):
        _unpack(vm, target, value, frame)
    elif isinstance(target, ast.Starred):
        assign(vm, target.value, value, frame)


def _to_subscript(vm: Interpreter, target: ast.Subscript, value: Value, frame: Frame) -> None:
    held = vm.evaluate(target.value, frame)
    at = vm.span(frame, target)
    if not isinstance(target.slice, ast.Slice):
        vm.set_item(held, vm.evaluate(target.slice, frame), value, at)
    elif isinstance(held.data, list):
        bounds = [vm.evaluate(part, frame).plain() if part else None for part in _bounds(target.slice)]
        items = vm.iterate(value, at)
        if isinstance(items, Unknown) or any(isinstance(bound, Unknown) for bound in bounds):
            return containers.spoil(vm, held, Unknown("a slice that is not known", at))
        changed: Any = list(held.data)
        try:
            changed[slice(*bounds)] = items
        except (TypeError, ValueError) as error:
            raise vm.raised(type(error).__name__, at) from None
        vm.journal.write(held.data, WHOLE, tuple(changed))
    return None


def _bounds(node: ast.Slice) -> tuple[ast.expr | None, ...]:
    return node.lower, node.upper, node.step


def _unpack(vm: Interpreter, target: ast.Tuple | ast.List, value: Value, frame: Frame) -> None:
    at = vm.span(frame, target)
    items = vm.iterate(value, at)
    if isinstance(items, Unknown):
        for part in target.elts:
            assign(vm, part, vm.unknown(items, at, value), frame)
        return
    stars = [index for index, part in enumerate(target.elts) if isinstance(part, ast.Starred)]
    if len(items) < len(target.elts) - len(stars) or (not stars and len(items) > len(target.elts)):
        raise vm.raised_unless_assumed("ValueError", at, (value,))
    if stars:
        first, after = stars[0], len(target.elts) - stars[0] - 1
        middle = Value(Items(items[first : len(items) - after]), at)
        items = [*items[:first], middle, *items[len(items) - after :]]
    for part, item in zip(target.elts, items, strict=True):
        assign(vm, part, containers.with_reads(item, value), frame)


def assign_statement(vm: Interpreter, node: ast.Assign, frame: Frame) -> None:
    """`a = b = value`."""
    value = vm.evaluate(node.value, frame)
    for target in node.targets:
        assign(vm, target, value, frame)


def annotated(vm: Interpreter, node: ast.AnnAssign, frame: Frame) -> None:
    """`name: type = value`; without a value it sets nothing."""
    if node.value is not None:
        assign(vm, node.target, vm.evaluate(node.value, frame), frame)


def augmented(vm: Interpreter, node: ast.AugAssign, frame: Frame) -> None:
    """`target += value`: lists, dicts and sets change in place."""
    at = vm.span(frame, node)
    target: Any = node.target
    left = vm.evaluate(_loaded(target), frame)
    right = vm.evaluate(node.value, frame)
    if _in_place(vm, node.op, left, right, at):
        result = left
    else:
        result = operators.binary(vm, node.op, left, right, at)
    assign(vm, target, result, frame)


def _loaded(target: ast.expr) -> ast.expr:
    return target


def _in_place(vm: Interpreter, op: ast.operator, left: Value, right: Value, at: Span) -> bool:
    data = left.data
    if isinstance(op, ast.Add) and isinstance(data, list):
        list_methods.call(vm, left, "extend", Arguments((right,)), at)
        return True
    if isinstance(op, ast.BitOr) and isinstance(data, dict):
        list_methods.update(vm, left, data, Arguments((right,)), at)
        return True
    if isinstance(op, ast.BitOr) and isinstance(data, Member):
        update = Member(data.instance, f"{data.path}.update")
        vm.call_arguments(Value(update, left.at), Arguments((right,)), at)
        return True
    if isinstance(op, ast.BitOr) and isinstance(data, set):
        list_methods.call(vm, left, "update", Arguments((right,)), at)
        return True
    return False
