"""uWSGI's ini files: the options of their [uwsgi] section, in order, each with its place."""

from __future__ import annotations

from dataclasses import dataclass

from flaskprod_lint.source import Located, Source


@dataclass(frozen=True, slots=True)
class IniOption:
    """One `key = value` line. An option may stand several times."""

    name: Located[str]
    value: Located[str]


def read(source: Source) -> tuple[IniOption, ...]:
    """The options of [uwsgi]. Comments start with ";" or "#" at the start of a line."""
    found = []
    section = ""
    start = 0
    for line in source.lines:
        text = line.strip()
        if text.startswith("[") and text.endswith("]"):
            section = text[1:-1].strip()
        elif text and text[0] not in ";#" and section == "uwsgi":
            found.append(_option(source, line, start))
        start += len(line) + 1
    return tuple(found)


def _option(source: Source, line: str, start: int) -> IniOption:
    name, equals, value = line.partition("=")
    name_start = start + len(line) - len(line.lstrip())
    clean = name.strip()
    located = Located(clean, source.span(name_start, name_start + len(clean)))
    if not equals:
        return IniOption(located, Located("true", located.span))
    text = value.strip()
    value_start = start + len(name) + 1 + len(value) - len(value.lstrip())
    return IniOption(located, Located(text, source.span(value_start, value_start + len(text))))
