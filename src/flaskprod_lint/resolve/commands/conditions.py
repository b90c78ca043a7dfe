"""`test`, `[ … ]`, `[[ … ]]` and the patterns of `case`: yes, no or not known."""

from __future__ import annotations

import fnmatch
import re
from collections.abc import Callable

from flaskprod_lint.resolve.commands.holes import Holes
from flaskprod_lint.resolve.commands.state import NO, OPPOSITE, UNSURE, YES

_NUMBERS: dict[str, Callable[[int, int], bool]] = {
    "-eq": lambda left, right: left == right,
    "-ne": lambda left, right: left != right,
    "-lt": lambda left, right: left < right,
    "-le": lambda left, right: left <= right,
    "-gt": lambda left, right: left > right,
    "-ge": lambda left, right: left >= right,
}
_TEXTS = ("=", "==", "!=", "=~", "<", ">", *_NUMBERS)
_FILES = frozenset({"-f", "-e", "-d", "-s", "-r", "-x", "-L", "-h", "-w", "-S", "-p", "-b", "-c", "-a"})


class Test:
    """Evaluates one test. `exists` answers for files: an operator and a path; None when it cannot be known."""

    def __init__(
        self,
        words: list[str],
        holes: Holes,
        exists: Callable[[str, str], bool | None],
        is_set: Callable[[str], bool | None],
        *,
        double: bool,
    ) -> None:
        self.words = words
        self.holes = holes
        self.exists = exists
        self.is_set = is_set
        self.double = double
        self.at = 0

    def result(self) -> str:
        """YES, NO or UNSURE."""
        if not self.words:
            return NO
        found = self._any()
        return found if self.at >= len(self.words) else UNSURE

    def _peek(self, ahead: int = 0) -> str:
        place = self.at + ahead
        return self.words[place] if place < len(self.words) else ""

    def _left(self) -> int:
        return len(self.words) - self.at

    def _any(self) -> str:
        found = self._all()
        while self._left() > 1 and self._peek() == ("||" if self.double else "-o"):
            self.at += 1
            other = self._all()
            found = YES if YES in (found, other) else NO if found == other == NO else UNSURE
        return found

    def _all(self) -> str:
        found = self._not()
        while self._left() > 1 and self._peek() == ("&&" if self.double else "-a"):
            self.at += 1
            other = self._not()
            found = NO if NO in (found, other) else YES if found == other == YES else UNSURE
        return found

    def _not(self) -> str:
        if self._peek() == "!" and self._left() > 1 and not (self._left() == 3 and self._peek(1) in _TEXTS):
            self.at += 1
            return OPPOSITE[self._not()]
        return self._primary()

    def _primary(self) -> str:
        if self._left() >= 3 and self._peek(1) in _TEXTS:
            left, operator, right = self.words[self.at : self.at + 3]
            self.at += 3
            return self._compare(left, operator, right)
        if self._peek() == "(" and self._left() > 2:
            self.at += 1
            found = self._any()
            self.at += 1
            return found
        if self._left() >= 2 and (self._peek() in ("-n", "-z", "-v") or self._peek() in _FILES):
            operator, operand = self.words[self.at : self.at + 2]
            self.at += 2
            return self._unary(operator, operand)
        word = self._peek()
        self.at += 1
        if word in ("-t",):
            self.at += 1
            return UNSURE
        return _answer(self.holes.is_nonempty(word))

    def _unary(self, operator: str, operand: str) -> str:
        if operator in ("-n", "-z"):
            found = _answer(self.holes.is_nonempty(operand))
            return found if operator == "-n" else OPPOSITE[found]
        if self.holes.has(operand):
            return UNSURE
        return _answer(self.is_set(operand) if operator == "-v" else self.exists(operator, operand))

    def _compare(self, left: str, operator: str, right: str) -> str:
        if self.holes.has(left) or self.holes.has(right):
            if operator in ("=", "==", "!=") and "" in (left, right):
                empty = OPPOSITE[_answer(self.holes.is_nonempty(left or right))]
                return empty if operator != "!=" else OPPOSITE[empty]
            return UNSURE
        if operator in _NUMBERS:
            try:
                return _answer(_NUMBERS[operator](int(left or 0), int(right or 0)))
            except ValueError:
                return NO
        if operator == "=~":
            return _search(left, right)
        if operator in "<>":
            return _answer(left < right if operator == "<" else left > right)
        same = fnmatch.fnmatchcase(left, right) if self.double else left == right
        return _answer(same == (operator != "!="))


def matches(subject: str, pattern: str, holes: Holes) -> str:
    """Whether a `case` pattern fits."""
    if pattern == "*":
        return YES
    if holes.has(subject) or holes.has(pattern):
        return UNSURE
    return _answer(fnmatch.fnmatchcase(subject, pattern))


def _answer(value: bool | None) -> str:
    return UNSURE if value is None else YES if value else NO


def _search(text: str, expression: str) -> str:
    plain = re.sub(r"\[\[:(\w+):\]\]", lambda match: _CLASSES.get(match.group(1), match.group()), expression)
    if len(text) > 500 or len(plain) > 200 or re.search(r"[+*}]\)[+*{]", plain):
        return UNSURE
    try:
        return _answer(re.search(plain, text) is not None)
    except re.error:
        return UNSURE


_CLASSES = {"digit": "[0-9]", "alpha": "[A-Za-z]", "alnum": "[A-Za-z0-9]", "space": r"\s", "upper": "[A-Z]"}
