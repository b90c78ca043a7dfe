"""A page of styled text: what the report, `show` and `explain` are laid out on, the same with and without colour.

A line is a list of segments, a segment is a text with the name of a style. Everything that comes from the project goes
through `Page.clean`, so that no control character of a file name or a value reaches the terminal.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Sequence

from flaskprod_lint.records import dataclass

Segment = tuple[str, str]

#: Lines longer than this are hard to read, however wide the terminal is.
WIDEST = 120
NARROWEST = 60

#: What stands in for a character that the output's encoding does not have.
PLAIN = {
    "✔": "+", "✘": "x", "–": "-", "—": "-", "·": "-", "│": "|", "━": "^", "─": "-", "→": "->", "←": "<-", "×": "x",
    "…": "...", "“": '"', "”": '"', "‘": "'", "’": "'", "≥": ">=", "≤": "<=", "Σ": "sum", "÷": "/", "−": "-",
}  # fmt: skip


@dataclass(frozen=True)
class Glyphs:
    """The signs of the report, in the output's encoding."""

    passed: str = "✔"
    failed: str = "✘"
    unknown: str = "?"
    skipped: str = "–"
    dot: str = "·"
    bar: str = "│"
    caret: str = "━"
    arrow: str = "→"
    dash: str = "─"
    more: str = "…"


ASCII = Glyphs("+", "x", "?", "-", "-", "|", "^", "->", "-", "...")


class Page:
    """Lines of segments, `width` cells wide, in an encoding that may not have every sign."""

    def __init__(self, width: int, encoding: str = "utf-8") -> None:
        self.width = max(NARROWEST, min(width, WIDEST))
        self.encoding = encoding
        self.glyphs = Glyphs() if _encodes("✔✘–·│━→─…", encoding) else ASCII
        self.lines: list[list[Segment]] = []

    def add(self, *segments: Segment) -> None:
        """A line; what was not cleaned yet is."""
        self.lines.append([(self.clean(text), style) for text, style in segments if text])

    def blank(self) -> None:
        """An empty line, unless the last one is empty already or there is none yet."""
        if self.lines and self.lines[-1]:
            self.lines.append([])

    def spread(self, left: Sequence[Segment], right: Sequence[Segment]) -> None:
        """One line with something at its left and something at its right end, or two lines when that is too much."""
        room = self.width - width_of(left) - width_of(right)
        if not right or room >= 2:
            self.add(*left, (" " * room if right else "", ""), *right)
        else:
            self.add(*left)
            self.add((" " * max(0, self.width - width_of(right)), ""), *right)

    def paragraph(
        self, text: str, style: str = "", *, first: Sequence[Segment] = (), indent: int | None = None
    ) -> None:
        """A wrapped text; `first` stands before its first line, the others are indented to the same column."""
        hang = width_of(first) if indent is None else indent
        for number, line in enumerate(wrap(text, self.width - hang) or [""]):
            self.add(*(first if number == 0 else [(" " * hang, "")]), (line, style))

    def clean(self, text: str) -> str:
        """The text without anything that could steer a terminal, in characters that the output can show."""
        return self.encodable(visible(text))

    def encodable(self, text: str) -> str:
        if text.isascii() or _encodes(text, self.encoding):
            return text
        return "".join(char if _encodes(char, self.encoding) else PLAIN.get(char, "?") for char in text)


def visible(text: str) -> str:
    """The text on one line, with control characters, direction marks and broken bytes written out."""
    if text.isprintable():
        return text
    return "".join(_written_out(text))


def _written_out(text: str) -> Iterator[str]:
    for char in text:
        if char.isprintable():
            yield char
        elif unicodedata.category(char) == "Zs" or char == "\t":
            yield " "
        else:
            yield {"\n": "\\n", "\r": "\\r"}.get(char) or ascii(char)[1:-1]


def cells(text: str) -> int:
    """How many columns of a terminal a text takes."""
    if text.isascii():
        return len(text)
    return sum(_cells_of(char) for char in text)


def _cells_of(char: str) -> int:
    if unicodedata.combining(char) or unicodedata.category(char) in ("Mn", "Me"):
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1


def width_of(segments: Iterable[Segment]) -> int:
    return sum(cells(text) for text, _ in segments)


def crop(text: str, width: int, more: str = "…") -> str:
    """The text, shortened at its end to fit."""
    if cells(text) <= width:
        return text
    room = width - len(more)
    kept, used = [], 0
    for char in text:
        used += _cells_of(char)
        if used > room:
            break
        kept.append(char)
    return "".join(kept).rstrip() + more


def wrap(text: str, width: int) -> list[str]:
    """The text's words on lines of at most `width` cells; a word that is longer than a line is cut."""
    lines: list[str] = []
    current = ""
    for word in text.split():
        while cells(word) > width > 0:
            if current:
                lines.append(current)
                current = ""
            head = _head(word, width)
            lines.append(head)
            word = word[len(head) :]
        if current and cells(current) + 1 + cells(word) > width:
            lines.append(current)
            current = word
        else:
            current = f"{current} {word}" if current else word
    return [*lines, current] if current else lines


def _head(word: str, width: int) -> str:
    """As much of a long word as fits, cut behind a sign where the word has one."""
    head = crop(word, width, "") or word[0]
    cut = max(head.rfind(sign) for sign in ".,(=/&?:-")
    return head[: cut + 1] if cut >= len(head) // 2 else head


def _encodes(text: str, encoding: str) -> bool:
    try:
        text.encode(encoding)
    except (UnicodeEncodeError, LookupError):
        return False
    return True
