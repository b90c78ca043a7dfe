"""requirements.txt and its kin, line by line as pip joins them; single requirements as PEP 508 writes them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import field, replace
from typing import TYPE_CHECKING

from flaskprod_lint.patterns import regex
from flaskprod_lint.records import dataclass
from flaskprod_lint.source import Located, Source, Span

if TYPE_CHECKING:
    from packaging.markers import Marker

_NAME = regex(r"[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?")
_COMMENT = regex(r"(^|\s+)#.*$")
_PER_REQUIREMENT = regex(r"\s--(?:hash|config-settings?|global-option|install-option)\b.*$")
#: What most lines are, and what packaging would say of it; to import packaging takes 10 ms.
_PLAIN = regex(
    r"([A-Za-z0-9](?:[A-Za-z0-9._-]{0,60}[A-Za-z0-9])?)(?:\[([a-z0-9-]*[a-z0-9])\])?"
    r"(?: *(==|>=) *([0-9]{1,9}(?:\.[0-9]{1,9}){0,5}))?"
)
_EGG = regex(r"[#&]egg=([A-Za-z0-9._-]+)")


@dataclass(frozen=True)
class Requirement:
    """One distribution asked for. `pin` is exact, compatible, range, none, vcs (git branch or commit) or local.

    `on_linux` is False when its marker keeps it off Linux, where production runs.
    `version` is the exact version, when there is one; `name` is normalised and empty when the line does not say it.
    `hashed` says that the line pins the file by its hash; `marker` is the environment marker as written.
    """

    name: str
    pin: str
    span: Span
    version: str | None = None
    extras: tuple[str, ...] = ()
    hashed: bool = False
    marker: str = ""
    on_linux: bool = True
    text: str = ""


@dataclass
class Requirements:
    """The facts of one requirements file: what it asks for, what it includes, and lines that cannot be read."""

    requirements: list[Requirement] = field(default_factory=list)
    includes: list[Located[str]] = field(default_factory=list)
    constraints: list[Located[str]] = field(default_factory=list)
    invalid: list[Located[str]] = field(default_factory=list)


def normalise(name: str) -> str:
    """A distribution's name as PEP 503 compares it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def read(source: Source) -> Requirements:
    """The facts of a requirements file."""
    found = Requirements()
    for line in _logical_lines(source):
        _read_line(line.value, line.span, found)
    return found


def _logical_lines(source: Source) -> Iterator[Located[str]]:
    """Lines joined at trailing backslashes, without comments, each with the span of its first physical line."""
    parts: list[str] = []
    first = 0
    for number, line in enumerate(source.lines, 1):
        if not parts:
            first = number
        comment = line.lstrip().startswith("#")
        if line.endswith("\\") and not comment:
            parts.append(line[:-1])
            continue
        parts.append("" if comment else line)
        text = _COMMENT.sub("", " ".join(parts)).strip()
        parts = []
        if text:
            yield Located(text, source.line_span(first))


def _read_line(text: str, span: Span, found: Requirements) -> None:
    if text.startswith("-"):
        option, _, value = text.replace("=", " ", 1).partition(" ") if text.startswith("--") else _short(text)
        value = value.strip().strip("\"'")
        if option in ("-r", "--requirement"):
            found.includes.append(Located(value, span))
        elif option in ("-c", "--constraint"):
            found.constraints.append(Located(value, span))
        elif option in ("-e", "--editable"):
            found.requirements.append(from_location(value, span))
        return
    requirement = parse(text, span)
    if requirement is None:
        found.invalid.append(Located(text, span))
    else:
        found.requirements.append(requirement)


def _short(text: str) -> tuple[str, str, str]:
    return text[:2], "", text[2:].lstrip("= ")


def parse(text: str, span: Span) -> Requirement | None:
    """One requirement; None for what is none. Paths and URLs are requirements too, as pip takes them."""
    hashed = "--hash" in text
    text = _PER_REQUIREMENT.sub("", text).strip()
    if not text or text.startswith((".", "/", "~")) or text.endswith((".whl", ".tar.gz", ".zip")) or _is_url(text):
        return from_location(text, span) if text else None
    plain = _PLAIN.fullmatch(text)
    if plain is not None:
        return _plain(plain, Requirement("", "none", span, hashed=hashed, text=text))
    try:
        return _parsed(text, span, hashed)
    except ValueError:
        # No requirement, or a version of more digits than Python reads.
        return None


def _plain(written: re.Match[str], of: Requirement) -> Requirement:
    name, extra, operator, version = written.groups()
    return replace(
        of,
        name=normalise(name),
        pin=_pin([(operator, version)] if operator and version else []),
        version=version if operator == "==" else None,
        extras=(extra,) if extra else (),
    )


def _parsed(text: str, span: Span, hashed: bool) -> Requirement:
    """A requirement as PEP 508 writes it. Raises ValueError for another text."""
    from packaging.requirements import Requirement as Parsed

    parsed = Parsed(text)
    version = next((one.version for one in parsed.specifier if _is_exact(one.operator, one.version)), None)
    return Requirement(
        name=normalise(parsed.name),
        pin=_pin_of_url(parsed.url) if parsed.url else _pin([(one.operator, one.version) for one in parsed.specifier]),
        span=span,
        version=version,
        extras=tuple(sorted(parsed.extras)),
        hashed=hashed,
        marker=str(parsed.marker or ""),
        on_linux=parsed.marker is None or _holds_on_linux(parsed.marker),
        text=text,
    )


def _holds_on_linux(marker: Marker) -> bool:
    """Whether a marker can hold on Linux, under any Python."""
    linux = {"sys_platform": "linux", "platform_system": "Linux", "os_name": "posix", "extra": ""}
    pythons = ("3.8", "3.9", "3.10", "3.11", "3.12", "3.13", "3.14")
    versions = ({"python_version": python, "python_full_version": f"{python}.0"} for python in pythons)
    return any(marker.evaluate({**linux, **version}) for version in versions)


def from_location(text: str, span: Span) -> Requirement:
    """What pip installs from a path, an archive or a repository."""
    egg = _EGG.search(text)
    name = normalise(egg[1]) if egg else ""
    if not name and text.endswith((".whl", ".tar.gz", ".zip")):
        file = text.rpartition("/")[2]
        name = normalise(_NAME.match(file.partition("-")[0])[0]) if _NAME.match(file) else ""  # type: ignore[index]
    extras = re.search(r"\[([\w, -]+)\]$", text.partition("#")[0])
    pin = _pin_of_url(text) if _is_url(text) and text.startswith(("git", "hg", "svn", "bzr")) else "local"
    return Requirement(name, pin, span, None, tuple(re.split(r"[,\s]+", extras[1])) if extras else (), text=text)


def _pin_of_url(url: str) -> str:
    """A repository at a commit and an archive are always the same; a branch or tag moves."""
    is_repository = url.startswith(("git", "hg", "svn", "bzr"))
    return "exact" if not is_repository or re.search(r"@[0-9a-f]{40}\b", url) else "vcs"


def _is_url(text: str) -> bool:
    return "://" in text.partition(" ")[0] or text.startswith(("git+", "file:"))


def _is_exact(operator: str, version: str) -> bool:
    return operator == "===" or (operator == "==" and "*" not in version)


def _pin(specifiers: list[tuple[str, str]]) -> str:
    if any(_is_exact(operator, version) for operator, version in specifiers):
        return "exact"
    if any(operator == "~=" or "*" in version for operator, version in specifiers):
        return "compatible"
    return "range" if specifiers else "none"
