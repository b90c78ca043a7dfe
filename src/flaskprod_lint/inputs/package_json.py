"""package.json: its scripts, as far as a start command goes through them."""

from __future__ import annotations

import json
from collections.abc import Iterator

from flaskprod_lint.patterns import regex
from flaskprod_lint.records import dataclass
from flaskprod_lint.source import Located, Place, Problem, Source, Span

_TOKEN = regex(r'"(?:[^"\\]|\\.)*"|[{}\[\]:,]|[^\s"{}\[\]:,]+')


@dataclass(frozen=True)
class PackageJson:
    """The commands of `scripts` by name, each with the place of its text between the quotes."""

    scripts: dict[str, Located[str]]
    problems: tuple[Problem, ...] = ()


def read(source: Source) -> PackageJson:
    """The scripts of a package.json."""
    try:
        data = json.loads(source.text)
    except (ValueError, RecursionError) as error:
        line = getattr(error, "lineno", 1)
        return PackageJson({}, (Problem("this file is not valid JSON", Place(source.line_span(line))),))
    scripts = data.get("scripts") if isinstance(data, dict) else None
    if not isinstance(scripts, dict):
        return PackageJson({})
    places = dict(_script_places(source))
    known = {name: text for name, text in scripts.items() if isinstance(text, str)}
    return PackageJson({name: Located(text, places.get(name, Span(source.path, 1))) for name, text in known.items()})


def _script_places(source: Source) -> Iterator[tuple[str, Span]]:
    """Names and places of the strings in the outermost "scripts" object of a text that is valid JSON."""
    depth, owner, key = 0, "", ""
    previous = ""
    for match in _TOKEN.finditer(source.text):
        token = match.group()
        if token in "{[":
            depth += 1
            owner = key if depth == 2 else owner
        elif token in "}]":
            depth -= 1
            owner = owner if depth > 1 else ""
        elif token.startswith('"') and previous in "{,[" and previous:
            key = json.loads(token, strict=False)
        elif token.startswith('"') and previous == ":" and depth == 2 and owner == "scripts":
            yield key, source.span(match.start() + 1, match.end() - 1)
        previous = token
