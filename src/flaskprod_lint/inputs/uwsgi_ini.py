"""uWSGI's ini files: their options in order, each with its section and its place."""

from __future__ import annotations

from flaskprod_lint.records import dataclass
from flaskprod_lint.source import Located, Source


@dataclass(frozen=True)
class IniOption:
    """One `key = value` line of a section. An option may stand several times."""

    section: str
    name: Located[str]
    value: Located[str]


def read(source: Source) -> tuple[IniOption, ...]:
    """The options of a file. Comments start with ";" or "#" at the start of a line."""
    found = []
    section = ""
    start = 0
    for line in source.lines:
        text = line.strip()
        if text.startswith("[") and text.endswith("]"):
            section = text[1:-1].strip()
        elif text and text[0] not in ";#" and section:
            found.append(_option(source, section, line, start))
        start += len(line) + 1
    return tuple(found)


def _option(source: Source, section: str, line: str, start: int) -> IniOption:
    name, equals, value = line.partition("=")
    name_start = start + len(line) - len(line.lstrip())
    clean = name.strip()
    located = Located(clean, source.span(name_start, name_start + len(clean)))
    if not equals:
        return IniOption(section, located, Located("true", located.span))
    text = value.strip()
    value_start = start + len(name) + 1 + len(value) - len(value.lstrip())
    return IniOption(section, located, Located(text, source.span(value_start, value_start + len(text))))
