"""Runs statements."""

from __future__ import annotations

import ast
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from flaskprod_lint.model import Unknown
from flaskprod_lint.resolve.interpreter import assignments, classes, functions, handlers, imported, loops, matching
from flaskprod_lint.resolve.interpreter.branches import assume, branch, region_of
from flaskprod_lint.resolve.interpreter.frames import Frame
from flaskprod_lint.resolve.interpreter.journal import ABSENT
from flaskprod_lint.resolve.interpreter.jumps import Break, Continue, Raised, Return
from flaskprod_lint.resolve.interpreter.truth import truth
from flaskprod_lint.resolve.interpreter.values import Function, Instance, Method, Object, Value, is_assumed

if TYPE_CHECKING:
    from flaskprod_lint.resolve.interpreter.machine import Interpreter

Runner = Callable[["Interpreter", Any, Frame], None]


def execute(vm: Interpreter, body: list[ast.stmt], frame: Frame) -> None:
    """Run statements in order."""
    for node in body:
        vm.budget.step(frame.module.path)
        runner = _RUNNERS.get(type(node))
        if runner is not None:
            vm.budget.depth += 1
            try:
                runner(vm, node, frame)
            except Raised as raised:
                if not raised.assumed or region_of(vm, raised) is not None:
                    raise
            finally:
                vm.budget.depth -= 1


def _expression(vm: Interpreter, node: ast.Expr, frame: Frame) -> None:
    vm.evaluate(node.value, frame)


def _if(vm: Interpreter, node: ast.If, frame: Frame) -> None:
    condition = vm.condition(node.test, frame)
    known = truth(condition)
    if known is None:
        branch(vm, [_side(vm, node.body, frame), _side(vm, node.orelse, frame)], condition)
        return
    body, other = (node.body, node.orelse) if known else (node.orelse, node.body)
    if is_assumed(condition):
        assume(vm, _side(vm, body, frame), _side(vm, other, frame))
    else:
        execute(vm, body, frame)


def _side(vm: Interpreter, body: list[ast.stmt], frame: Frame) -> Callable[[], None]:
    return lambda: execute(vm, body, frame)


def _return(vm: Interpreter, node: ast.Return, frame: Frame) -> None:
    value = vm.evaluate(node.value, frame) if node.value is not None else Value(None, vm.span(frame, node))
    if vm.unsure and value.sure:
        value = replace(value, sure=False)
    raise Return(value)


def _raise(vm: Interpreter, node: ast.Raise, frame: Frame) -> None:
    at = vm.span(frame, node)
    if node.exc is None:
        if frame.handling is not None:
            raise frame.handling
        raise vm.raised("RuntimeError", at)
    raise vm.raise_value(vm.evaluate(node.exc, frame), at)


def _break(vm: Interpreter, node: ast.Break, frame: Frame) -> None:
    raise Break


def _continue(vm: Interpreter, node: ast.Continue, frame: Frame) -> None:
    raise Continue


def _assert(vm: Interpreter, node: ast.Assert, frame: Frame) -> None:
    condition = vm.condition(node.test, frame)
    if truth(condition) is False and not is_assumed(condition):
        raise vm.raised("AssertionError", vm.span(frame, node))


def _delete(vm: Interpreter, node: ast.Delete, frame: Frame) -> None:
    for target in node.targets:
        if isinstance(target, ast.Name):
            vm.journal.write(assignments.scope_of(frame, target.id), target.id, ABSENT)
        elif isinstance(target, ast.Subscript) and not isinstance(target.slice, ast.Slice):
            held = vm.evaluate(target.value, frame)
            vm.delete_item(held, vm.evaluate(target.slice, frame), vm.span(frame, target))
        elif isinstance(target, ast.Attribute):
            owner = vm.evaluate(target.value, frame).data
            attributes = getattr(owner, "attributes", None) or getattr(owner, "names", None)
            if isinstance(attributes, dict):
                vm.journal.write(attributes, target.attr, ABSENT)


def _global(vm: Interpreter, node: ast.Global, frame: Frame) -> None:
    frame.global_names.update(node.names)


def _nonlocal(vm: Interpreter, node: ast.Nonlocal, frame: Frame) -> None:
    frame.nonlocal_names.update(node.names)


def _function(vm: Interpreter, node: ast.FunctionDef, frame: Frame) -> None:
    if _is_setter(node):
        return
    vm.bind(frame, node.name, functions.define(vm, node, frame))


def _is_setter(node: ast.FunctionDef) -> bool:
    """`@name.setter`: the property stays what reading it gives."""
    return any(isinstance(one, ast.Attribute) and one.attr in ("setter", "deleter") for one in node.decorator_list)


def _class(vm: Interpreter, node: ast.ClassDef, frame: Frame) -> None:
    vm.bind(frame, node.name, classes.define(vm, node, frame))


def _with(vm: Interpreter, node: ast.With, frame: Frame) -> None:
    caught: list[str] = []
    left: list[tuple[Value, Any]] = []
    for item in node.items:
        value = vm.evaluate(item.context_expr, frame)
        at = vm.span(frame, item.context_expr)
        entered = _enter(vm, value, left)
        caught += handlers.suppressed(value)
        if item.optional_vars is not None:
            vm.assign(item.optional_vars, entered, frame)
        _ = at
    if caught:
        handlers.suppress(vm, lambda: execute(vm, node.body, frame), caught)
    else:
        execute(vm, node.body, frame)
    for value, at in left:
        _leave(vm, value, at)


def _enter(vm: Interpreter, value: Value, left: list[tuple[Value, Any]]) -> Value:
    if isinstance(value.data, Object):
        method = value.data.cls.lookup("__enter__")
        if method is not None and isinstance(method.data, Function):
            left.append((value, value.at))
            return vm.call(Value(Method(method.data, value), value.at), ())
    if isinstance(value.data, Instance):
        left.append((value, value.at))
    return value


def _leave(vm: Interpreter, value: Value, at: Any) -> None:
    if not isinstance(value.data, Object):
        return vm.hooks.left(value)
    method = value.data.cls.lookup("__exit__")
    if method is not None and isinstance(method.data, Function):
        none = Value(None, at)
        vm.call(Value(Method(method.data, value), at), (none, none, none))
    return None


def _alias(vm: Interpreter, node: Any, frame: Frame) -> None:
    vm.bind(frame, node.name.id, Value(Unknown("a type", vm.span(frame, node)), vm.span(frame, node)))


_RUNNERS: dict[type[ast.stmt], Runner] = {
    ast.Expr: _expression,
    ast.Assign: assignments.assign_statement,
    ast.AnnAssign: assignments.annotated,
    ast.AugAssign: assignments.augmented,
    ast.If: _if,
    ast.For: loops.run_for,
    ast.AsyncFor: loops.run_for,
    ast.While: loops.run_while,
    ast.Try: handlers.run_try,
    ast.With: _with,
    ast.AsyncWith: _with,
    ast.Return: _return,
    ast.Raise: _raise,
    ast.Break: _break,
    ast.Continue: _continue,
    ast.Assert: _assert,
    ast.Delete: _delete,
    ast.Global: _global,
    ast.Nonlocal: _nonlocal,
    ast.FunctionDef: _function,
    ast.AsyncFunctionDef: _function,
    ast.ClassDef: _class,
    ast.Import: imported.run_import,
    ast.ImportFrom: imported.run_import_from,
    ast.Match: matching.run_match,
}
for _name, _runner in (("TryStar", handlers.run_try), ("TypeAlias", _alias)):
    if hasattr(ast, _name):
        _RUNNERS[getattr(ast, _name)] = _runner
