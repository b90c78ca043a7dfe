"""Loops: over known values one pass each, over unknown ones a pass that may happen."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import TYPE_CHECKING

from flaskprod_lint.model import Unknown
from flaskprod_lint.resolve.interpreter.branches import branch, region, settle, unsure
from flaskprod_lint.resolve.interpreter.containers import spoil
from flaskprod_lint.resolve.interpreter.frames import Frame
from flaskprod_lint.resolve.interpreter.jumps import Break, Continue, Raised
from flaskprod_lint.resolve.interpreter.truth import truth
from flaskprod_lint.resolve.interpreter.values import Value, is_assumed

if TYPE_CHECKING:
    from flaskprod_lint.resolve.interpreter.machine import Interpreter


def run_for(vm: Interpreter, node: ast.For, frame: Frame) -> None:
    """`for target in iterable`."""
    at = vm.span(frame, node.iter)
    source = vm.evaluate(node.iter, frame)
    items = vm.iterate(source, at)
    known = items
    hidden = None
    if isinstance(items, Unknown):
        hidden = vm.unknown(items, at, source)
        known = list(source.data) if isinstance(source.data, list) else []
    assert not isinstance(known, Unknown)
    with region(vm, "loop") as opened:
        finished = _passes(vm, node, known, frame, source)
        if finished and hidden is not None:
            branch(vm, [lambda: _one_pass(vm, node, hidden, frame), lambda: None], hidden)
        if finished:
            vm.execute(node.orelse, frame)
        settle(vm, opened)


def _passes(vm: Interpreter, node: ast.For, items: list[Value], frame: Frame, source: Value) -> bool:
    """Run the body for each item; False when a `break` ended the loop."""
    for item in _live(source, items, vm.limits.loop):
        try:
            if is_assumed(source):
                with unsure(vm):
                    _one_pass(vm, node, item, frame)
            else:
                _one_pass(vm, node, item, frame)
        except Break:
            return False
    if len(items if not isinstance(source.data, list) else source.data) > vm.limits.loop:
        _give_up(vm, frame, node, Unknown("a loop that is too long", vm.span(frame, node)))
    return True


def _live(source: Value, items: list[Value], limit: int) -> Iterator[Value]:
    """The items of a loop: a list that the loop changes is gone through as it changes."""
    if not isinstance(source.data, list):
        yield from items[:limit]
        return
    index = 0
    while index < len(source.data) and index < limit:
        yield source.data[index]
        index += 1


def _one_pass(vm: Interpreter, node: ast.For, item: Value, frame: Frame) -> None:
    vm.assign(node.target, item, frame)
    body_once(vm, node, frame)


def body_once(vm: Interpreter, node: ast.For | ast.While, frame: Frame) -> None:
    """One pass of a loop's body."""
    body = node.body
    if not vm.remembered(node, _has_continue):
        vm.execute(body, frame)
        return
    with region(vm, "pass") as opened:
        reached = True
        try:
            vm.execute(body, frame)
        except Continue:
            reached = True
        except Break:
            if not opened.pendings:
                raise
            reached = False
        settle(vm, opened, reached=reached)


def _has_continue(node: ast.AST) -> bool:
    return any(isinstance(inner, ast.Continue) for inner in ast.walk(node))


def run_while(vm: Interpreter, node: ast.While, frame: Frame) -> None:
    """`while condition`."""
    with region(vm, "loop") as opened:
        for _ in range(vm.limits.loop):
            condition = vm.condition(node.test, frame)
            known = truth(condition)
            if known is False:
                vm.execute(node.orelse, frame)
                break
            if known is None:
                branch(vm, [lambda: body_once(vm, node, frame), lambda: None], condition)
                break
            try:
                body_once(vm, node, frame)
            except Break:
                break
            if opened.pendings:
                _give_up(vm, frame, node, Unknown("a loop whose end is not known", vm.span(frame, node)))
                break
        else:
            _endless(vm, node, frame)
        settle(vm, opened)


def _endless(vm: Interpreter, node: ast.While, frame: Frame) -> None:
    at = vm.span(frame, node)
    if isinstance(node.test, ast.Constant):
        raise Raised("endless loop", Value(Unknown("a loop without an end", at)), at)
    _give_up(vm, frame, node, Unknown("a loop that is too long", at))


def _give_up(vm: Interpreter, frame: Frame, node: ast.For | ast.While, reason: Unknown) -> None:
    """Nothing that the loop assigns or changes is known any more."""
    for inner in ast.walk(node):
        if isinstance(inner, ast.Name):
            value = frame.names.get(inner.id)
            if value is None:
                continue
            if isinstance(inner.ctx, ast.Store):
                vm.bind(frame, inner.id, Value(reason, reason.at, sure=False))
            elif isinstance(value.data, (list, dict, set)):
                spoil(vm, value, reason)
