"""Holes: what run time decides inside a text that is otherwise known.

A text such as `0.0.0.0:$PORT` is kept as a string in which one character of Unicode's private area stands for what is
not known, so that it can be split, joined, compared and parsed like any other text.
"""

from __future__ import annotations

import re
from dataclasses import field

from flaskprod_lint.model import EnvironmentRead, Unknown
from flaskprod_lint.patterns import regex
from flaskprod_lint.records import dataclass

_FIRST, _LAST = 0xE000, 0xF8FF
_HOLE = regex(f"[{chr(_FIRST)}-{chr(_LAST)}]")


@dataclass(frozen=True)
class Hole:
    """Why a piece of text is unknown, how it was written, and the variables behind it.

    `nonempty` is True for what is set to something, if we do not know to what.
    """

    unknown: Unknown
    raw: str
    reads: tuple[EnvironmentRead, ...] = ()
    nonempty: bool = False


@dataclass
class Holes:
    """All holes of one command that is followed."""

    found: list[Hole] = field(default_factory=list)
    places: dict[Hole, int] = field(default_factory=dict)

    def make(self, hole: Hole) -> str:
        """The character that stands for a hole."""
        place = self.places.get(hole)
        if place is None:
            place = len(self.found)
            if place > _LAST - _FIRST:
                return hole.raw
            self.places[hole] = place
            self.found.append(hole)
        return chr(_FIRST + place)

    def within(self, text: str) -> list[Hole]:
        """The holes in a text."""
        places = (ord(char) - _FIRST for char in _HOLE.findall(text))
        return [self.found[place] for place in places if place < len(self.found)]

    def has(self, text: str) -> bool:
        return bool(self.within(text))

    def raw(self, text: str) -> str:
        """The text with its holes as they were written."""
        return _HOLE.sub(self._raw, text)

    def value(self, text: str) -> str | Unknown:
        """The text, or why it is unknown. A quantity keeps its name only where it is the whole text."""
        holes = self.within(text)
        if not holes:
            return text
        unknown = holes[0].unknown
        return unknown if len(text) == 1 else Unknown(unknown.reason, unknown.at)

    def is_nonempty(self, text: str) -> bool | None:
        """Whether a text has any characters; None when a hole decides that."""
        holes = self.within(text)
        if len(text) > len(holes) or any(hole.nonempty for hole in holes):
            return True
        return None if holes else False

    def _raw(self, match: re.Match[str]) -> str:
        place = ord(match.group()) - _FIRST
        return self.found[place].raw if place < len(self.found) else match.group()
