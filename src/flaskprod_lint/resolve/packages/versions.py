"""Which version of a database library runs in production, where its version decides what settings mean."""

from __future__ import annotations

from flaskprod_lint.model import Package
from flaskprod_lint.patterns import regex
from flaskprod_lint.resolve.context import Context
from flaskprod_lint.source import is_number

#: What an open requirement gets today.
LATEST = {
    "flask": (3, 1),
    "flask-sqlalchemy": (3, 1),
    "sqlalchemy": (2, 1),
    "flask-sqlalchemy-lite": (0, 2),
    "environs": (15, 2),
}
#: The last SQLAlchemy for a Python before 3.10.
_FOR_OLD_PYTHON = (2, 0)
_BELOW = regex(r"<\s*(\d{1,9})(?:\.(\d{1,9}))?(?!=)")
_AT_MOST = regex(r"(?:<=|===?)\s*(\d{1,9})(?:\.(\d{1,9}))?")
_COMPATIBLE = regex(r"(~=|\^|~)\s*(\d{1,9})(?:\.(\d{1,9}))?(\.\d+)?")
_HIGHEST = 99


def version_of(context: Context, name: str) -> tuple[int, int]:
    """Major and minor version of a library where the process runs; the latest where nothing bounds it."""
    return _known(context, name) or LATEST[name]


def sqlalchemy_version(context: Context) -> tuple[int, int]:
    """SQLAlchemy's version: pinned, or what the pinned Flask-SQLAlchemy can work with."""
    known = _known(context, "sqlalchemy")
    if known is not None:
        return known
    flask = _known(context, "flask-sqlalchemy")
    if flask is not None and flask < (3, 0):
        return 1, 4
    return _FOR_OLD_PYTHON if context.python is not None and context.python < (3, 10) else LATEST["sqlalchemy"]


def is_bounded(context: Context, name: str) -> bool:
    """Whether something says which version is installed, beside the day on which it is."""
    old = name == "sqlalchemy" and context.python is not None and context.python < (3, 10)
    return _known(context, name) is not None or old


def is_installed(context: Context, name: str) -> bool:
    """Whether a library surely is there: it is named, or all that is installed can be read."""
    return context.packages.find(name) is not None or context.packages.complete is True


def pinned(context: Context, name: str) -> str | None:
    """The exact version that is installed, where something says it."""
    package = context.packages.find(name)
    return package.version if package is not None else None


def _known(context: Context, name: str) -> tuple[int, int] | None:
    package = context.packages.find(name)
    if package is None:
        return None
    if package.version and package.pin != "compatible":
        return _parsed(package.version)
    return _bounded(context, package)


def _bounded(context: Context, package: Package) -> tuple[int, int] | None:
    """The highest version that a requirement with an upper bound allows, as it is written."""
    span = package.origin.span
    source = context.project.read(span.path) if span and package.direct else None
    line = source.line(span.line) if source and span else ""
    line = line[line.lower().find(package.name[:5]) :]
    if found := _BELOW.search(line):
        major, minor = int(found[1]), int(found[2] or 0)
        return (major, minor - 1) if minor else (major - 1, _HIGHEST)
    if found := _AT_MOST.search(line):
        return int(found[1]), int(found[2] or 0)
    if found := _COMPATIBLE.search(line):
        narrow = found[1] == "~" or (found[1] == "~=" and found[4])
        return int(found[2]), int(found[3] or 0) if narrow else _HIGHEST
    return None


def _parsed(version: str) -> tuple[int, int] | None:
    digits = [int(part) for part in version.split(".")[:2] if is_number(part)]
    return (digits[0], digits[1] if len(digits) > 1 else 0) if digits else None
