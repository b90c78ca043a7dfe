"""The physical lines of a Dockerfile joined into one line for each instruction, as BuildKit joins them.

dockerfile-parse reads one-line instructions right. It is wrong about heredoc bodies, blank lines in a continuation, a
byte order mark and a backslash at the end of the file, so none of these reaches it. Every character of a joined line
remembers where it stood in the file.
"""

from __future__ import annotations

import bisect
import re
from collections.abc import Iterator

from flaskprod_lint.inputs.dockerfile_words import raw_words
from flaskprod_lint.patterns import regex
from flaskprod_lint.records import dataclass
from flaskprod_lint.source import Place, Problem, Source, Span

_DIRECTIVE = regex(r"#\s*([a-zA-Z][a-zA-Z0-9]*)\s*=\s*(.+?)\s*$")
_HEREDOC = regex(r"(\d*)<<(-?)([^<]*)")
_DIRECTIVES = ("escape", "syntax", "check")


@dataclass(frozen=True)
class Heredoc:
    """A heredoc of RUN, COPY or ADD. `expand` says whether Docker substitutes variables in `text`."""

    name: str
    text: str
    expand: bool
    span: Span


@dataclass(frozen=True)
class JoinedLine:
    """One instruction as one line. `pieces` pairs positions in `text` with the offsets they had in the file."""

    text: str
    pieces: tuple[tuple[int, int], ...]
    start: int
    end: int
    heredocs: tuple[Heredoc, ...] = ()

    def offset(self, position: int) -> int:
        """Where in the file a character of the joined line stood."""
        index = bisect.bisect_right(self.pieces, (position, self.end)) - 1
        start, origin = self.pieces[max(index, 0)]
        return origin + position - start


class LineJoiner:
    """Walks the physical lines of one file. `escape` is the continuation character, `problems` what Docker rejects."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.escape = "\\"
        self.problems: list[Problem] = []
        self._lines = source.text.split("\n")
        self._index = 0
        self._offset = 0
        self._read_directives()
        mark = re.escape(self.escape)
        self._continued = re.compile(rf"(^|[^{mark}]){mark}[ \t]*$")

    def joined(self) -> Iterator[JoinedLine]:
        """The instructions of the file, each as one line."""
        while self._index < len(self._lines):
            start = self._offset
            first = self._take()
            indent = len(first) - len(first.lstrip())
            body = first[indent:]
            if body and not body.startswith("#"):
                line = self._continue(body, start + indent)
                if line.text.strip():
                    yield line

    def _take(self) -> str:
        line = self._lines[self._index]
        self._index += 1
        self._offset += len(line) + 1
        return line

    def _continue(self, body: str, offset: int) -> JoinedLine:
        text, more = self._cut(body)
        pieces = [(0, offset)]
        end = offset + len(body)
        while more and self._index < len(self._lines):
            start = self._offset
            line = self._take()
            if line.lstrip().startswith("#") or not line.strip():
                continue
            pieces.append((len(text), start))
            cut, more = self._cut(line)
            text += cut
            end = start + len(line)
        heredocs = tuple(self._heredocs(text, offset))
        if heredocs:
            end = self._offset - 1
        return JoinedLine(text, tuple(pieces), offset, min(end, len(self.source.text)), heredocs)

    def _cut(self, line: str) -> tuple[str, bool]:
        """The line without its continuation character, and whether it had one."""
        found = self._continued.search(line)
        return (line[: found.end(1)], True) if found else (line, False)

    def _heredocs(self, text: str, offset: int) -> Iterator[Heredoc]:
        if "<<" not in text or not _takes_heredocs(text):
            return
        for start, end in raw_words(text, "\\"):
            found = _HEREDOC.fullmatch(text[start:end])
            name = _unquoted(found.group(3)) if found else ""
            if found and name:
                expand = name == found.group(3)
                yield self._heredoc(name, expand, found.group(2) == "-", offset)

    def _heredoc(self, name: str, expand: bool, chomp: bool, offset: int) -> Heredoc:
        start = self._offset
        body: list[str] = []
        while self._index < len(self._lines):
            before = self._offset
            line = self._take()
            if (line.lstrip("\t") if chomp else line) == name:
                return Heredoc(name, _body(body, chomp), expand, self.source.span(start, before))
            body.append(line)
        place = Place(self.source.span(offset, offset + 1))
        told = f"the heredoc {name} never ends, so Docker refuses this Dockerfile"
        self.problems.append(Problem(told, place, f"{self.source.path} is not built"))
        return Heredoc(name, _body(body, chomp), expand, self.source.span(start, len(self.source.text)))

    def _read_directives(self) -> None:
        for line in self._lines:
            found = _DIRECTIVE.match(line.lstrip())
            if not found or found.group(1).lower() not in _DIRECTIVES:
                return
            if found.group(1).lower() == "escape" and found.group(2) in ("\\", "`"):
                self.escape = found.group(2)


def _takes_heredocs(text: str) -> bool:
    words = text.split(None, 2)
    keyword = words[0].upper()
    if keyword == "ONBUILD" and len(words) > 1:
        keyword = words[1].upper()
    return keyword in ("RUN", "COPY", "ADD") and not text.split(None, 1)[-1].lstrip().startswith("[")


def _unquoted(word: str) -> str:
    """The delimiter of a heredoc without its quotes; empty when it is no single word."""
    return re.sub(r"\\(.)|['\"]", r"\1", word)


def _body(lines: list[str], chomp: bool) -> str:
    kept = [line.lstrip("\t") for line in lines] if chomp else lines
    return "".join(line + "\n" for line in kept)
