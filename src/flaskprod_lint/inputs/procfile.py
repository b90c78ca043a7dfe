"""Procfile: process names and the command of each."""

from __future__ import annotations

from flaskprod_lint.inputs import templates
from flaskprod_lint.patterns import regex
from flaskprod_lint.records import dataclass
from flaskprod_lint.source import Located, Place, Problem, Source

_LINE = regex(r"[ \t]*([A-Za-z0-9_-]+)[ \t]*:[ \t]*(.*?)[ \t]*$")


@dataclass(frozen=True)
class ProcfileEntry:
    """`name: command`. `line` is the whole line with its place."""

    name: Located[str]
    command: Located[str]
    line: Located[str]


@dataclass(frozen=True)
class Procfile:
    """The entries in the order of the file; of a repeated name the last one counts."""

    entries: tuple[ProcfileEntry, ...]
    problems: tuple[Problem, ...] = ()

    def find(self, name: str) -> ProcfileEntry | None:
        """The entry of that name that counts."""
        return next((entry for entry in reversed(self.entries) if entry.name.value == name), None)


def read(source: Source) -> Procfile:
    """The entries of a Procfile; comments and blank lines are passed over, other lines are problems."""
    entries, problems = [], []
    offset = 0
    for line in source.lines:
        if line.strip() and not line.lstrip().startswith("#"):
            entry = _entry(source, line, offset)
            if entry is None and not templates.PIECE.search(line):
                span = source.span(offset, offset + len(line))
                effect = f"A line of {source.path} starts nothing"
                problems.append(Problem("it is not `name: command`", Place(span), effect, slight=True))
            elif entry is not None:
                entries.append(entry)
        offset += len(line) + 1
    return Procfile(tuple(entries), tuple(problems))


def _entry(source: Source, line: str, offset: int) -> ProcfileEntry | None:
    match = _LINE.match(line)
    if match is None or not match.group(2):
        return None

    def located(group: int) -> Located[str]:
        return Located(match.group(group), source.span(offset + match.start(group), offset + match.end(group)))

    whole = Located(line.strip(), source.span(offset + match.start(1), offset + match.end(2)))
    return ProcfileEntry(located(1), located(2), whole)
