"""What .dockerignore leaves out of the build context. It only looks like .gitignore: Go's matching, last match wins."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable

from flaskprod_lint.records import dataclass
from flaskprod_lint.source import Located, Place, Problem, Source

#: Single stars in one name, and double ones in a pattern: with more of them a long name takes for ever to be tested.
_MOST_STARS, _MOST_FOLDERS = 4, 4


@dataclass(frozen=True)
class Pattern:
    """One line: the cleaned pattern, whether it re-includes (`!`), and its test of a path."""

    text: Located[str]
    includes: bool
    matches: Callable[[str], bool]


@dataclass(frozen=True)
class Dockerignore:
    """The patterns of one .dockerignore, in order."""

    path: str
    patterns: tuple[Pattern, ...]
    problems: tuple[Problem, ...] = ()

    def excluded_by(self, path: str) -> Located[str] | None:
        """The pattern that keeps a path (relative to the context) out of the image; None when it is sent."""
        found: Located[str] | None = None
        folders = _with_parents(path)
        for pattern in self.patterns:
            if pattern.includes == (found is not None) and any(map(pattern.matches, folders)):
                found = None if pattern.includes else pattern.text
        return found


def read(source: Source) -> Dockerignore:
    """The patterns of a .dockerignore."""
    patterns: list[Pattern] = []
    problems: list[Problem] = []
    for number, line in enumerate(source.lines, 1):
        text = line.strip()
        if line.startswith("#") or not text:
            continue
        span = source.line_span(number)
        try:
            patterns.append(_pattern(text, Located(text, span)))
        except ValueError:
            problems.append(Problem(f"`{text}` is no pattern that Docker understands", Place(span)))
    return Dockerignore(source.path, tuple(patterns), tuple(problems))


def _pattern(text: str, located: Located[str]) -> Pattern:
    includes = text.startswith("!")
    bare = text[1:].strip() if includes else text
    if not bare:
        raise ValueError("nothing after the exclamation mark")
    return Pattern(located, includes, matcher(_cleaned(bare)))


def _cleaned(pattern: str) -> str:
    """As Go's filepath.Clean leaves it, without the slash that starts it."""
    clean = posixpath.normpath(pattern)
    return clean.lstrip("/") or "."


def matcher(pattern: str) -> Callable[[str], bool]:
    """A test of paths against a pattern of Go's filepath.Match with `**` for any number of folders.

    Raises ValueError for a pattern that Docker refuses, such as one with a bracket that is not closed.
    """
    rest = pattern[2:]
    if pattern.startswith("**") and not set(rest) & set("*?[]\\"):
        return lambda path: path.endswith(rest) or (rest.startswith("/") and path == rest[1:])
    if any(part.count("*") > _MOST_STARS for part in pattern.split("/")) or pattern.count("**") > _MOST_FOLDERS:
        raise ValueError("more stars than can be held against a long name in time")
    try:
        expression = re.compile(_expression(pattern))
    except re.error as error:
        raise ValueError(str(error)) from None
    return lambda path: expression.fullmatch(path) is not None


def _expression(pattern: str) -> str:
    parts: list[str] = []
    position = 0
    while position < len(pattern):
        if pattern.startswith("**", position):
            position += 3 if pattern.startswith("/", position + 2) else 2
            parts.append("(.*/)?" if position < len(pattern) else ".*")
            continue
        part, position = _one(pattern, position)
        parts.append(part)
    return "(?s:" + "".join(parts) + ")"


def _one(pattern: str, position: int) -> tuple[str, int]:
    character = pattern[position]
    if character == "*":
        return "[^/]*", position + 1
    if character == "?":
        return "[^/]", position + 1
    if character == "\\" and position + 1 < len(pattern):
        return re.escape(pattern[position + 1]), position + 2
    if character == "[":
        end = pattern.index("]", position + 2)
        inside = pattern[position + 1 : end].replace("[", "\\[")
        return f"[{inside}]", end + 1
    return re.escape(character), position + 1


def _with_parents(path: str) -> list[str]:
    parts = path.split("/")
    return ["/".join(parts[:length]) for length in range(len(parts), 0, -1)]
