"""How Docker replaces variables in the arguments of ADD, COPY, ENV, EXPOSE, FROM, LABEL, STOPSIGNAL, USER, VOLUME and
WORKDIR. RUN, CMD and ENTRYPOINT are none of its business: a shell may replace them, or nobody does."""

from __future__ import annotations

import fnmatch
import re
from collections.abc import Callable

from flaskprod_lint.model import Unknown
from flaskprod_lint.patterns import regex

#: The value of a variable; None when it is unset.
Lookup = Callable[[str], "str | Unknown | None"]

_NAME = regex(r"[A-Za-z_]\w*|\d+|[@*#]", re.ASCII)
_OPERATOR = regex(r":?[-+?]|##?|%%?|//?")


def expand(text: str, lookup: Lookup, escape: str = "\\") -> str | Unknown:
    """A word after replacement, without its quotes; Unknown when a variable in it is."""
    return _Expansion(text, lookup, escape).result()


class _Expansion:
    def __init__(self, text: str, lookup: Lookup, escape: str) -> None:
        self.text = text
        self.lookup = lookup
        self.escape = escape
        self.position = 0
        self.unknown: Unknown | None = None

    def result(self) -> str | Unknown:
        value = self._until("")
        return self.unknown or value

    def _until(self, stop: str) -> str:
        """The expansion up to the stop character, which is passed over."""
        kept: list[str] = []
        while self.position < len(self.text):
            character = self.text[self.position]
            if character == stop:
                self.position += 1
                return "".join(kept)
            kept.append(self._piece(character))
        return "".join(kept)

    def _piece(self, character: str) -> str:
        if character == "'":
            return self._single()
        if character == '"':
            return self._double()
        if character == "$":
            return self._dollar()
        if character == self.escape:
            self.position += 1
            if self.position >= len(self.text):
                return ""
            character = self.text[self.position]
        self.position += 1
        return character

    def _single(self) -> str:
        end = self.text.find("'", self.position + 1)
        end = len(self.text) if end < 0 else end
        value = self.text[self.position + 1 : end]
        self.position = end + 1
        return value

    def _double(self) -> str:
        self.position += 1
        kept: list[str] = []
        while self.position < len(self.text):
            character = self.text[self.position]
            if character == '"':
                self.position += 1
                break
            kept.append(self._dollar() if character == "$" else self._quoted(character))
        return "".join(kept)

    def _quoted(self, character: str) -> str:
        following = self.text[self.position + 1 : self.position + 2]
        if character == self.escape and following in ('"', "$", self.escape) and following:
            self.position += 2
            return following
        self.position += 1
        return character

    def _dollar(self) -> str:
        self.position += 1
        if self.text.startswith("{", self.position):
            self.position += 1
            return self._braced()
        name = _NAME.match(self.text, self.position)
        if name is None:
            return "$"
        self.position = name.end()
        return self._text_of(self.lookup(name.group()))

    def _braced(self) -> str:
        name = _NAME.match(self.text, self.position)
        if name is None:
            self.position = len(self.text)
            return ""
        self.position = name.end()
        found = self.lookup(name.group())
        if self.text.startswith("}", self.position):
            self.position += 1
            return self._text_of(found)
        operator = _OPERATOR.match(self.text, self.position)
        self.position = operator.end() if operator else self.position
        before = self.unknown
        rest = self._until("}")
        return self._modified(found, operator.group() if operator else "", rest, before)

    def _modified(self, found: str | Unknown | None, operator: str, rest: str, before: Unknown | None) -> str:
        if operator not in (":-", "-", ":+", "+", ":?", "?"):
            return _stripped(self._text_of(found), operator, rest)
        if isinstance(found, Unknown):
            return self._text_of(found)
        present = bool(found) if operator.startswith(":") else found is not None
        chosen = rest if present == operator.endswith("+") else (found or "")
        if chosen is not rest:
            self.unknown = before
        return "" if operator.endswith("+") and not present else chosen

    def _text_of(self, found: str | Unknown | None) -> str:
        if isinstance(found, Unknown):
            self.unknown = self.unknown or found
            return ""
        return found or ""


def _stripped(value: str, operator: str, pattern: str) -> str:
    """`${X#pattern}` and its kin."""
    if operator.startswith("/"):
        old, _, new = pattern.partition("/")
        return value.replace(old, new, -1 if operator == "//" else 1) if old else value
    lengths = range(len(value) + 1)
    ends = operator in ("%", "%%")
    for length in reversed(lengths) if len(operator) == 2 else lengths:
        part = value[len(value) - length :] if ends else value[:length]
        if operator and fnmatch.fnmatchcase(part, pattern):
            return value[: len(value) - length] if ends else value[length:]
    return value
