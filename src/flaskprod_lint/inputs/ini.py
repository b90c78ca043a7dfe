"""Files of [sections] and `key = value` lines, with places: what supervisord and systemd read."""

from __future__ import annotations

from flaskprod_lint.patterns import regex
from flaskprod_lint.records import dataclass
from flaskprod_lint.source import Located, Place, Problem, Source, Span

_SECTION = regex(r"[ \t]*\[([^\]\n]+)\][ \t]*(?:[;#].*)?$")
_PAIR = regex(r"[ \t]*([^=:\s\[;#][^=\n]*?)[ \t]*=[ \t]*(.*)$")
_INLINE_COMMENT = regex(r"[ \t];.*$")


@dataclass(frozen=True)
class Section:
    """A section with its entries in order; a key may stand more than once."""

    name: Located[str]
    entries: tuple[tuple[Located[str], Located[str]], ...]

    def get(self, key: str) -> Located[str] | None:
        """The value of a key, of the last one where it repeats."""
        found = self.all(key)
        return found[-1] if found else None

    def all(self, key: str) -> list[Located[str]]:
        """Every value of a key, in order."""
        return [value for name, value in self.entries if name.value == key]


@dataclass(frozen=True)
class Ini:
    """The sections of a file, and the first line that is none of it."""

    path: str
    sections: tuple[Section, ...]
    problem: Problem | None = None

    def section(self, name: str) -> Section | None:
        return next((section for section in self.sections if section.name.value == name), None)


def read_supervisord(source: Source) -> Ini:
    """Python's ConfigParser as supervisord uses it: indented lines go on, and " ;" starts a comment."""
    return _read(source, backslash=False)


def read_systemd(source: Source) -> Ini:
    """A unit of systemd: a backslash at the end of a line joins the next one, by a blank."""
    return _read(source, backslash=True)


def _read(source: Source, *, backslash: bool) -> Ini:
    sections: list[tuple[Located[str], list[tuple[Located[str], Located[str]]]]] = []
    problem: Problem | None = None
    number = 0
    lines = source.lines
    while number < len(lines):
        line = lines[number]
        first = number
        number += 1
        if not line.strip() or line.lstrip()[0] in "#;":
            continue
        header = _SECTION.match(line)
        pair = _PAIR.match(line) if header is None else None
        if header is not None:
            sections.append((Located(header[1].strip(), _span(source, first, header.start(1), header[1])), []))
        elif pair is not None and sections:
            value, number = _value(lines, pair[2], number, backslash=backslash)
            key = Located(pair[1], _span(source, first, pair.start(1), pair[1]))
            span = _value_span(source, first, pair.start(2), number - 1, value)
            sections[-1][1].append((key, Located(value, span)))
        elif problem is None:
            problem = Problem("this line is neither `[section]` nor `key = value`", Place(source.line_span(first + 1)))
    made = tuple(Section(name, tuple(entries)) for name, entries in sections)
    return Ini(source.path, made, problem)


def _value(lines: list[str], text: str, number: int, *, backslash: bool) -> tuple[str, int]:
    """A value with the lines that go on with it, and the number of the line after."""
    if backslash:
        pieces = [text.rstrip()]
        while pieces[-1].endswith("\\") and number < len(lines):
            pieces[-1] = pieces[-1][:-1].rstrip()
            if lines[number].lstrip()[:1] in ("#", ";"):
                pieces.append("\\")
            else:
                pieces.append(lines[number].strip())
            number += 1
        return " ".join(filter(None, (piece.removesuffix("\\").strip() for piece in pieces))), number
    pieces = [_INLINE_COMMENT.sub("", text).rstrip()]
    while number < len(lines) and lines[number][:1] in " \t" and lines[number].strip():
        if lines[number].lstrip()[0] not in "#;":
            pieces.append(_INLINE_COMMENT.sub("", lines[number]).strip())
        number += 1
    return "\n".join(pieces).strip(), number


def _span(source: Source, line: int, start: int, text: str) -> Span:
    return Span(source.path, line + 1, start + 1, line + 1, start + 1 + len(text))


def _value_span(source: Source, first: int, start: int, last: int, value: str) -> Span:
    if first == last:
        return _span(source, first, start, value)
    return Span(source.path, first + 1, start + 1, last + 1, len(source.lines[last].rstrip()) + 1)
