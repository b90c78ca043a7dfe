"""Dotenv files: names and values with their places, as python-dotenv reads them."""

from __future__ import annotations

import re

from flaskprod_lint.patterns import regex
from flaskprod_lint.source import Located, Source

_ASSIGNMENT = regex(
    r"^[^\S\n]*(?:export[^\S\n]+)?(?:'([^'\n]+)'|([^=\#\s'\"]+))[^\S\n]*=[^\S\n]*"
    r"(?:'((?:\\'|[^'])*)'|\"((?:\\\"|[^\"])*)\"|([^\n]*))",
    re.MULTILINE,
)
_COMMENT = regex(r"(?:^|\s)#.*")


def read(source: Source) -> list[tuple[Located[str], Located[str]]]:
    """The assignments of a dotenv file in order; values without quotes and comments. Broken lines are passed over."""
    found = []
    position = 0
    while match := _ASSIGNMENT.search(source.text, position):
        position = max(match.end(), position + 1)
        quoted_name, name, single, double, bare = match.groups()
        start, end = match.span(1 if quoted_name else 2)
        value = _value(single, double, bare)
        group = next(number for number in (3, 4, 5) if match.group(number) is not None)
        first = match.start(group)
        place = source.span(first, match.end(group) if bare is None else first + len(value))
        found.append((Located(quoted_name or name, source.span(start, end)), Located(value, place)))
    return found


def _value(single: str | None, double: str | None, bare: str | None) -> str:
    if single is not None:
        return single.replace("\\'", "'").replace("\\\\", "\\")
    if double is not None:
        return re.sub(r"\\([nrtabfv\"'\\])", _escape, double)
    return _COMMENT.sub("", bare or "").rstrip()


def _escape(match: re.Match[str]) -> str:
    return {"n": "\n", "r": "\r", "t": "\t"}.get(match.group(1), match.group(1))
