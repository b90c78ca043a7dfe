"""Branches: the side that what is known decides, or both where nothing does."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from flaskprod_lint.inputs.shell import Case, If, Word
from flaskprod_lint.resolve.commands import conditions
from flaskprod_lint.resolve.commands.state import LIKELY, NO, UNLIKELY, UNSURE, YES, State, merge

if TYPE_CHECKING:
    from flaskprod_lint.resolve.commands.walk import Walker


def follow_if(walker: Walker, state: State, node: If, *, last: bool) -> None:
    def branch(side: State, place: int) -> None:
        if place >= len(node.branches):
            side.status = YES
            if node.otherwise is not None:
                walker.run(side, node.otherwise, last=last)
            return
        condition, body = node.branches[place]
        walker.run(side, condition)
        if side.ended:
            return
        if side.status in (YES, NO):
            walker.run(side, body, last=last) if side.status == YES else branch(side, place + 1)
            return
        either(walker, side, lambda s: walker.run(s, body, last=last), lambda s: branch(s, place + 1), side.status)

    branch(state, 0)


def either(
    walker: Walker,
    state: State,
    first: Callable[[State], None],
    second: Callable[[State], None],
    status: str = UNSURE,
) -> None:
    """Run both sides of a branch that cannot be decided; what they start is not sure.

    Where one side ends in failure the other is what happens, or nothing does: it stays sure.
    """
    sure, begin = state.sure, len(walker.found)
    sides, places = (state.copy(), state.copy()), [begin]
    for side, action in zip(sides, (first, second), strict=True):
        action(side)
        places.append(len(walker.found))
    left, right = sides
    if not (right.ended == "failure" and left.ended != "failure"):
        _doubt(walker, places[0], places[1])
    if not (left.ended == "failure" and right.ended != "failure"):
        _doubt(walker, places[1], places[2])
    if bool(left.ended) == bool(right.ended):
        merged = merge(left, right, walker.holes)
        merged.ended = left.ended if left.ended == right.ended else "exit" if left.ended else ""
        state.take(merged)
        state.sure = sure
    else:
        going, gone = (right, left) if left.ended else (left, right)
        walker.may_break = walker.may_break or gone.ended == "break"
        state.take(going)
        leaves = gone.ended in ("break", "continue", "return")
        state.sure = sure and (leaves or gone.ended == "failure")
        state.doubt = state.doubt or leaves
    if not state.ended and state.status in (YES, NO) and status not in (YES, NO):
        state.status = LIKELY if state.status == YES else UNLIKELY


def _doubt(walker: Walker, begin: int, end: int) -> None:
    for found in walker.found[begin:end]:
        found.step = replace(found.step, sure=False)


def follow_case(walker: Walker, state: State, node: Case, *, last: bool) -> None:
    subject = walker.expander.single(state, node.subject).text

    def arm(side: State, place: int, fallen: bool = False) -> None:
        if place >= len(node.arms):
            return
        current = node.arms[place]
        answer = YES if fallen else _matches(walker, side, subject, current.patterns)
        if answer == NO:
            arm(side, place + 1)
            return

        def taken(inner: State) -> None:
            walker.run(inner, current.body, last=last)
            if current.terminator == ";&" and not inner.ended:
                arm(inner, place + 1, fallen=True)
            elif current.terminator == ";;&" and not inner.ended:
                arm(inner, place + 1)

        if answer == YES:
            taken(side)
        else:
            either(walker, side, taken, lambda inner: arm(inner, place + 1))

    state.status = YES
    arm(state, 0)


def _matches(walker: Walker, state: State, subject: str, patterns: tuple[Word, ...]) -> str:
    texts = (walker.expander.single(state, pattern, patterns=True).text for pattern in patterns)
    answers = [conditions.matches(subject, text, walker.holes) for text in texts]
    return YES if YES in answers else UNSURE if UNSURE in answers else NO
