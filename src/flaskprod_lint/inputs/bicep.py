"""Bicep files, as far as a line gives a setting of an app a plain value: no expression is followed."""

from __future__ import annotations

import re

from flaskprod_lint.patterns import regex
from flaskprod_lint.records import dataclass
from flaskprod_lint.source import Located, Source

#: A key with a text in quotes and nothing to fill in, or with a number.
_LINE = regex(r"^[ \t]*(\w+):[ \t]*(?:'([^'$\n]*)'|(\d+))[ \t]*(?://.*)?$", re.MULTILINE)
_KEYS = frozenset(("appCommandLine", "linuxFxVersion", "healthCheckPath", "targetPort"))


@dataclass(frozen=True)
class Bicep:
    """The plain values of a file, by key, in their order. `many_workers` says that it asks for a worker per core."""

    path: str
    values: tuple[tuple[str, Located[str]], ...] = ()
    many_workers: bool = False

    def of(self, key: str) -> tuple[Located[str], ...]:
        """All values of a key that are not empty."""
        return tuple(value for name, value in self.values if name == key and value.value)


def read(source: Source) -> Bicep:
    """The plain values of the keys that say how an app is started and reached."""
    values = []
    for match in _LINE.finditer(source.text):
        if match[1] in _KEYS:
            group = 2 if match[2] is not None else 3
            span = source.span(match.start(group), match.end(group))
            values.append((match[1], Located(match[group], span)))
    return Bicep(source.path, tuple(values), "PYTHON_ENABLE_GUNICORN_MULTIWORKERS" in source.text)
