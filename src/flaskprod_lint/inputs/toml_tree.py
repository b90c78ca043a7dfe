"""TOML files as trees of nodes with places: tomli reads the values, a small locator of ours finds where they stand.

The only module, beside those that read Python's own lock files, that knows tomli.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from flaskprod_lint.inputs import templates
from flaskprod_lint.inputs.nodes import Documents, Entry, Node
from flaskprod_lint.patterns import regex
from flaskprod_lint.source import Located, Place, Problem, Source, Span

Path = tuple[str | int, ...]

_KEY_PART = regex(r"""\s*(?:"((?:[^"\\]|\\.)*)"|'([^']*)'|([A-Za-z0-9_-]+))\s*""")
_TABLE = regex(r"[ \t]*(\[\[?)([^\n#]*?)(\]\]?)[ \t]*(?:#[^\n]*)?$", re.MULTILINE)
_BLANK = regex(r"(?:[ \t\n]|#[^\n]*)*")
_BARE = regex(r"[^\s,\]}#]+(?:[ ]\d{2}:\d{2}[^\s,\]}#]*)?")
#: Letters of Unicode's private area stand for the pieces of a template. No file has them.
_FIRST_PIECE = 0xF0000
_CLOSERS = {
    '"""': regex(r'(?:[^\\]|\\.)*?"""("{0,2})', re.DOTALL),
    "'''": regex(r".*?'''('{0,2})", re.DOTALL),
}
_LINE_STRING = {'"': regex(r'(?:[^"\\\n]|\\.)*"'), "'": regex(r"[^'\n]*'")}


def read(source: Source) -> Documents:
    """The one document of a TOML file; a problem for a broken one, none where a template has still to fill it in."""
    try:
        return Documents((_tree(source, {}),))
    except (ValueError, RecursionError) as error:
        if not templates.PIECE.search(source.text):
            return Documents(problem=_problem(source, error))
    text, pieces = _filled(source.text)
    try:
        return Documents((_tree(Source(source.path, text), pieces),), template=True)
    except (ValueError, RecursionError):
        return Documents(template=True)


def _tree(source: Source, pieces: dict[str, str]) -> Node:
    """The tree of a text that is TOML. Raises ValueError or RecursionError for another."""
    import tomli

    values = tomli.loads(source.text)
    return _node(values, (), _Locator(source).places(), Span(source.path, 1), pieces)


def _filled(text: str) -> tuple[str, dict[str, str]]:
    """A text with a string of the same length for each piece of a template that stands outside of strings, or a
    comment where it stands alone; and by those strings the pieces."""
    pieces: dict[str, str] = {}

    def fill(match: re.Match[str]) -> str:
        piece = match[0]
        before = text[text.rfind("\n", 0, match.start()) + 1 : match.start()]
        after = text[match.end() :].partition("\n")[0]
        if before.count('"') % 2 or before.count("'") % 2 or "\n" in piece:
            return piece
        if not before.strip() and not after.strip():
            return "#" * len(piece)
        filling = chr(_FIRST_PIECE + len(pieces)) * (len(piece) - 2)
        pieces[filling] = piece
        return f'"{filling}"'

    return templates.PIECE.sub(fill, text), pieces


def _problem(source: Source, error: Exception) -> Problem:
    message = str(error) or "it is nested too deeply"
    at = re.search(r"at line (\d+), column (\d+)", message)
    line, column = (int(at[1]), int(at[2])) if at else (1, 1)
    what = re.sub(r"\s*\(at [^)]*\)$", "", message)
    return Problem(f"this TOML is broken: {what}", Place(Span(source.path, line, column)))


def _node(value: Any, path: Path, places: dict[Path, tuple[Span, Span]], around: Span, pieces: dict[str, str]) -> Node:
    """A value with the place that the locator found, or else that of what it stands in."""
    span = places.get(path, (around, around))[1]
    if isinstance(value, dict):
        entries = []
        for key, item in value.items():
            key_span = places.get((*path, key), (span, span))[0]
            entries.append(
                Entry(
                    Located(pieces.get(str(key), str(key)), key_span),
                    _node(item, (*path, key), places, key_span, pieces),
                )
            )
        return Node("mapping", span, entries=tuple(entries))
    if isinstance(value, list):
        items = tuple(_node(item, (*path, index), places, span, pieces) for index, item in enumerate(value))
        return Node("sequence", span, items=items)
    try:
        text = str(value).lower() if isinstance(value, bool) else str(value)
    except ValueError:
        # An integer of more digits than Python writes.
        return Node("scalar", span, plain=True, template=True)
    return Node("scalar", span, pieces.get(text, text), plain=not isinstance(value, str), template=text in pieces)


class _Locator:
    """Finds the place of every key and value of a TOML text that is known to be right."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.text = source.text
        self.found: dict[Path, tuple[Span, Span]] = {}
        self.counts: dict[Path, int] = {}

    def places(self) -> dict[Path, tuple[Span, Span]]:
        """Key and value spans by path; tables have the span of their header as both."""
        table: Path = ()
        at = self._blank(0)
        while at < len(self.text):
            header = _TABLE.match(self.text, at) if self.text[at] == "[" else None
            if header:
                table = self._header(header)
                at = self._blank(header.end())
                continue
            after = self._pair(at, table)
            if after <= at:
                break
            at = self._blank(after)
        return self.found

    def _header(self, header: re.Match[str]) -> Path:
        names = self._names(header[2])
        path: Path = ()
        for index, name in enumerate(names):
            path = (*path, name)
            if header[1] == "[[" and index == len(names) - 1:
                self.counts[path] = self.counts.get(path, -1) + 1
                path = (*path, self.counts[path])
            elif path in self.counts:
                path = (*path, self.counts[path])
        span = self.source.span(header.start(1), header.end(3))
        for length in range(1, len(path) + 1):
            self.found.setdefault(path[:length], (span, span))
        self.found[path] = (span, span)
        return path

    def _names(self, text: str) -> list[str]:
        return [double or single or bare for double, single, bare in _KEY_PART.findall(text)]

    def _pair(self, at: int, table: Path) -> int:
        """Read `key = value`; the offset after it, or `at` where there is none."""
        keys, after = self._dotted(at)
        if not keys or not self.text.startswith("=", after):
            return at
        path = table
        for name, start, end in keys:
            path = (*path, name)
            span = self.source.span(start, end)
            self.found.setdefault(path, (span, span))
        return self._value(self._blank(after + 1), path, self.found[path][0])

    def _dotted(self, at: int) -> tuple[list[tuple[str, int, int]], int]:
        keys: list[tuple[str, int, int]] = []
        while match := _KEY_PART.match(self.text, at):
            written = match[0].strip()
            start = match.start() + match[0].index(written)
            keys.append((match[1] or match[2] or match[3] or "", start, start + len(written)))
            at = match.end()
            if not self.text.startswith(".", at):
                break
            at += 1
        return keys, at

    def _value(self, at: int, path: Path, key: Span) -> int:
        end = self._end_of_value(at, path)
        self.found[path] = (key, self.source.span(at, end))
        return end

    def _end_of_value(self, at: int, path: Path) -> int:
        for quote, closer in _CLOSERS.items():
            if self.text.startswith(quote, at):
                return _end(closer.match(self.text, at + 3), at)
        first = self.text[at : at + 1]
        if first in _LINE_STRING:
            return _end(_LINE_STRING[first].match(self.text, at + 1), at)
        if first == "[":
            return self._collection(at + 1, path, "]")
        if first == "{":
            return self._collection(at + 1, path, "}")
        return _end(_BARE.match(self.text, at), at)

    def _collection(self, at: int, path: Path, closer: str) -> int:
        """Read the items of an array, or the pairs of an inline table, up to its closing bracket."""
        for index in self._counting():
            at = self._blank(at)
            if at >= len(self.text) or self.text[at] == closer:
                break
            if closer == "]":
                here = self.source.span(at, at)
                after = self._value(at, (*path, index), here)
            else:
                after = self._pair(at, path)
            if after <= at:
                break
            at = self._blank(after)
            if self.text.startswith(",", at):
                at += 1
        return min(at + 1, len(self.text))

    @staticmethod
    def _counting() -> Iterator[int]:
        index = 0
        while True:
            yield index
            index += 1

    def _blank(self, at: int) -> int:
        return _end(_BLANK.match(self.text, at), at)


def _end(match: re.Match[str] | None, otherwise: int) -> int:
    return match.end() if match else otherwise
