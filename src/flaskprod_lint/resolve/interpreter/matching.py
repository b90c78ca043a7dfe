"""`match`: the case that is taken, as far as that is known."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from flaskprod_lint.model import Unknown
from flaskprod_lint.resolve.interpreter.branches import branch, unsure
from flaskprod_lint.resolve.interpreter.frames import Frame
from flaskprod_lint.resolve.interpreter.truth import compare, truth
from flaskprod_lint.resolve.interpreter.values import Value, is_assumed

if TYPE_CHECKING:
    from flaskprod_lint.resolve.interpreter.machine import Interpreter


def run_match(vm: Interpreter, node: ast.Match, frame: Frame) -> None:
    """`match subject: case …`."""
    subject = vm.evaluate(node.subject, frame)
    if is_assumed(subject):
        with unsure(vm):
            _cases(vm, node.cases, subject, frame)
    else:
        _cases(vm, node.cases, subject, frame)


def _cases(vm: Interpreter, cases: list[ast.match_case], subject: Value, frame: Frame) -> None:
    if not cases:
        return
    first, rest = cases[0], cases[1:]
    taken = _matches(vm, first.pattern, subject, frame)
    if taken and first.guard is not None:
        taken = truth(vm.condition(first.guard, frame))
    if taken:
        vm.execute(first.body, frame)
    elif taken is False:
        _cases(vm, rest, subject, frame)
    else:
        why = vm.unknown(vm.reason(subject, vm.span(frame, first.pattern)), vm.span(frame, first.pattern), subject)
        branch(vm, [lambda: vm.execute(first.body, frame), lambda: _cases(vm, rest, subject, frame)], why)


def _matches(vm: Interpreter, pattern: ast.pattern, subject: Value, frame: Frame) -> bool | None:
    at = vm.span(frame, pattern)
    if isinstance(pattern, ast.MatchValue):
        return truth(compare(vm, ast.Eq(), subject, vm.evaluate(pattern.value, frame), at))
    if isinstance(pattern, ast.MatchSingleton):
        return truth(compare(vm, ast.Is(), subject, Value(pattern.value, at), at))
    if isinstance(pattern, ast.MatchOr):
        answers = [_matches(vm, one, subject, frame) for one in pattern.patterns]
        return True if True in answers else None if None in answers else False
    if isinstance(pattern, ast.MatchAs):
        inner = True if pattern.pattern is None else _matches(vm, pattern.pattern, subject, frame)
        if pattern.name and inner is not False:
            vm.bind(frame, pattern.name, subject)
        return inner
    if isinstance(pattern, ast.MatchSequence):
        return _sequence(vm, pattern, subject, frame)
    return None


def _sequence(vm: Interpreter, pattern: ast.MatchSequence, subject: Value, frame: Frame) -> bool | None:
    data = subject.data
    if isinstance(data, Unknown) or getattr(data, "hole", None):
        return None
    if not isinstance(data, (list, tuple)):
        return False
    if any(isinstance(one, ast.MatchStar) for one in pattern.patterns):
        return None
    if len(data) != len(pattern.patterns):
        return False
    answers = [_matches(vm, one, item, frame) for one, item in zip(pattern.patterns, data, strict=True)]
    return False if False in answers else None if None in answers else True
