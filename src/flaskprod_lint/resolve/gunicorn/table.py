"""The settings that a version of Gunicorn has, and what their names, flags, types and defaults are."""

from __future__ import annotations

import functools
import re
from typing import Any

from flaskprod_lint.records import dataclass
from flaskprod_lint.resolve.gunicorn.known import ROWS, VERSIONS, WORKERS


@dataclass(frozen=True)
class Known:
    """A setting as one version of Gunicorn knows it.

    `action`, `type`, `nargs` and `const` are argparse's. `derived` says what the default is worked out from when
    Gunicorn starts: a variable (PORT, WEB_CONCURRENCY, FORWARDED_ALLOW_IPS), "cwd", "user", "group" or "home".
    """

    name: str
    flags: tuple[str, ...]
    action: str
    type: str
    validator: str
    default: Any
    derived: str | None
    nargs: str | None
    const: Any


def number(version: str) -> tuple[int, ...]:
    """The numbers of a version, for comparing: "23.0.0" is (23, 0, 0)."""
    parts = [int(part) for part in re.findall(r"\d{1,9}", version)[:3]]
    return tuple([*parts, 0, 0, 0][:3])


@functools.lru_cache(maxsize=8)
def settings_of(version: str | None) -> dict[str, Known]:
    """The settings of a version by name; those of the newest when the version is not known."""
    at = number(version or VERSIONS[-1])
    found = {}
    for name, since, until, *form in ROWS:
        if _holds(at, str(since), until):
            found[str(name)] = Known(str(name), *form)  # type: ignore[arg-type]
    return found


@functools.lru_cache(maxsize=8)
def worker_classes(version: str | None) -> dict[str, str]:
    """The worker classes of a version by their short names; those of the newest when the version is not known."""
    at = number(version or VERSIONS[-1])
    return {name: path for name, since, until, path in WORKERS if _holds(at, since, until)}


def _holds(at: tuple[int, ...], since: str, until: object) -> bool:
    oldest = since == VERSIONS[0]
    return (oldest or number(since) <= at) and (until is None or at < number(str(until)))
