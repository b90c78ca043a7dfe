"""Which commands of a RUN run: the side that a test takes where its variables are known."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator

from flaskprod_lint.inputs.shell import (
    AndOr,
    Background,
    Case,
    For,
    If,
    Negated,
    Node,
    Pipeline,
    Redirected,
    Sequence,
    SimpleCommand,
    Subshell,
    Test,
    While,
)
from flaskprod_lint.inputs.shell_words import Word
from flaskprod_lint.records import dataclass

#: The text of a word; None when it is not known.
TextOf = Callable[[Word], "str | None"]

_TESTS = ("[", "test")
_NUMBERS: dict[str, Callable[[int, int], bool]] = {
    "-eq": operator.eq,
    "-ne": operator.ne,
    "-lt": operator.lt,
    "-le": operator.le,
    "-gt": operator.gt,
    "-ge": operator.ge,
}


@dataclass(frozen=True)
class Taken:
    """A command that runs; `sure` is False when a condition that is not known decides it."""

    command: SimpleCommand
    sure: bool = True


def commands(node: Node, text_of: TextOf, sure: bool = True) -> Iterator[Taken]:
    """The simple commands in order, without those on a side that is never taken."""
    if isinstance(node, SimpleCommand):
        if node.name not in _TESTS:
            yield Taken(node, sure)
    elif isinstance(node, (Sequence, Pipeline)):
        for item in node.items:
            yield from commands(item, text_of, sure)
    elif isinstance(node, (Negated, Redirected, Subshell, Background)):
        yield from commands(node.body, text_of, sure)
    elif isinstance(node, AndOr):
        yield from _and_or(node, text_of, sure)
    elif isinstance(node, If):
        yield from _if(node, text_of, sure)
    elif isinstance(node, Case):
        for arm in node.arms:
            yield from commands(arm.body, text_of, False)
    elif isinstance(node, For):
        yield from commands(node.body, text_of, sure)
    elif isinstance(node, While):
        yield from commands(node.condition, text_of, sure)
        yield from commands(node.body, text_of, False)


def _and_or(node: AndOr, text_of: TextOf, sure: bool) -> Iterator[Taken]:
    yield from commands(node.left, text_of, sure)
    known = truth(node.left, text_of)
    if known is not None:
        if known == (node.operator == "&&"):
            yield from commands(node.right, text_of, sure)
        return
    # A program is expected to succeed: what stands behind `||` is the exception.
    certain = node.operator == "&&" and not _is_doubtful(node.left, text_of)
    yield from commands(node.right, text_of, sure and certain)


def _if(node: If, text_of: TextOf, sure: bool) -> Iterator[Taken]:
    for condition, body in node.branches:
        yield from commands(condition, text_of, sure)
        known = truth(condition, text_of)
        if known is not False:
            yield from commands(body, text_of, sure and known is True)
        if known is True:
            return
        sure = sure and known is False
    if node.otherwise is not None:
        yield from commands(node.otherwise, text_of, sure)


def truth(node: Node, text_of: TextOf) -> bool | None:
    """Whether a condition holds; None when that is not known."""
    if isinstance(node, Test):
        return _test(node.words, text_of)
    if isinstance(node, SimpleCommand) and node.name in _TESTS:
        return _test(node.words[1:-1] if node.name == "[" else node.words[1:], text_of)
    if isinstance(node, SimpleCommand):
        return {"true": True, ":": True, "false": False}.get(node.name)
    if isinstance(node, Sequence) and len(node.items) == 1:
        return truth(node.items[0], text_of)
    if isinstance(node, Negated):
        inner = truth(node.body, text_of)
        return None if inner is None else not inner
    if isinstance(node, AndOr):
        left, right = truth(node.left, text_of), truth(node.right, text_of)
        stops = node.operator == "||"
        return left if left is stops else right if left is not None else None
    return None


def _test(written: tuple[Word, ...], text_of: TextOf) -> bool | None:
    words = [text_of(word) for word in written]
    if len(words) == 3 and words[1] in ("=", "==", "!="):
        left, right = words[0], words[2]
        return None if left is None or right is None else (left == right) == (words[1] != "!=")
    if len(words) == 3 and words[1] in _NUMBERS:
        return _compared(words[0], words[1], words[2])
    if len(words) == 2 and words[0] in ("-n", "-z") and words[1] is not None:
        return bool(words[1]) == (words[0] == "-n")
    return None


def _compared(left: str | None, relation: str, right: str | None) -> bool | None:
    """`[ "$DEBUG" -gt 0 ]`: a text that is no number makes the test fail."""
    if left is None or right is None:
        return None
    try:
        return _NUMBERS[relation](int(left or "0"), int(right or "0"))
    except ValueError:
        return False


def _is_doubtful(node: Node, text_of: TextOf) -> bool:
    """Whether a test that is not known has a say in how a command ends."""
    if isinstance(node, (Negated, Subshell)):
        return _is_doubtful(node.body, text_of)
    if isinstance(node, Sequence):
        return len(node.items) == 1 and _is_doubtful(node.items[0], text_of)
    if isinstance(node, AndOr):
        return _is_doubtful(node.left, text_of) or _is_doubtful(node.right, text_of)
    is_test = isinstance(node, Test) or (isinstance(node, SimpleCommand) and node.name in _TESTS)
    return is_test and truth(node, text_of) is None
