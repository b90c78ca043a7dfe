"""Findings that a person silenced: in a comment beside the line, or in the configuration for a file or a folder.

# flaskprod-lint: ignore[port-hardcoded] the router has this port too
# flaskprod-lint: ignore[single-worker, output-buffered] until=2027-01-31 waits for the new tier
# flaskprod-lint: ignore-file[secret-in-manifest] made for the tests of the platform team
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from fnmatch import fnmatchcase

from flaskprod_lint.finding import Finding, Stale, Suppressed
from flaskprod_lint.patterns import regex
from flaskprod_lint.records import dataclass
from flaskprod_lint.source import Place, Project, Span

#: What a file must hold to be looked at closer.
MARK = "flaskprod-lint:"

_COMMENT = regex(
    r"(?P<sign>#|//|;|<!--|--|\{#)\s*flaskprod-lint:\s*(?P<verb>[\w-]+)\s*(?:\[(?P<rules>[^\]]*)\])?"
    r"(?:\s+until=(?P<until>\S+))?\s*(?P<reason>.*?)\s*(?:-->|#\})?\s*$"
)
_ONLY_A_COMMENT = regex(r"\s*(?:#|//|;|<!--|--|\{#)")
#: Files that only show how a suppression is written, unless it stands in a comment of their own.
_PROSE = (".md", ".rst", ".txt", ".html", ".htm", ".adoc")
_DAY = regex(r"\d{4}-\d\d-\d\d")


@dataclass(frozen=True)
class Suppression:
    """One word of a person: `rules` of `path` (a glob in the configuration) are silenced, on `lines` or everywhere.

    `until` is the last day (ISO) on which it counts, empty for no end. `fault` says why it cannot count.
    """

    rules: tuple[str, ...]
    path: str
    origin: Place
    kind: str = "inline"
    lines: frozenset[int] = frozenset()
    reason: str = ""
    until: str = ""
    fault: str = ""

    def silences(self, finding: Finding) -> bool:
        """Whether the finding is one that it is about."""
        if finding.rule not in self.rules or self.fault:
            return False
        if self.kind == "config":
            return fnmatchcase(finding.at.path, self.path)
        wanted = range(finding.at.line, finding.at.end_line + 1)
        return finding.at.path == self.path and (not self.lines or any(line in self.lines for line in wanted))


@dataclass(frozen=True)
class Applied:
    """What is left of the findings, what was silenced, and the suppressions that do nothing, each with why."""

    findings: list[Finding]
    suppressed: list[Suppressed]
    stale: list[Stale]


def apply(
    findings: Sequence[Finding],
    project: Project,
    configured: Iterable[Suppression],
    *,
    known: Callable[[str], bool],
    asked: Callable[[str], bool],
    today: str,
    require_reason: bool,
) -> Applied:
    """Silence what is silenced. `known` tells the names of rules, `asked` those of this run, `today` is ISO.

    A suppression that has ended, names no rule or lacks a reason that is required silences nothing and is said to be
    stale, as is one that nothing of this run needs.
    """
    found = [*configured, *(one for path in sorted(project.marked) for one in _in_file(project, path, known))]
    checked = [_checked(one, today, require_reason=require_reason) for one in found]
    kept: list[Finding] = []
    suppressed: list[Suppressed] = []
    used: set[int] = set()
    for finding in findings:
        number = next((number for number, one in enumerate(checked) if one.silences(finding)), None)
        if number is None:
            kept.append(finding)
            continue
        used.add(number)
        one = checked[number]
        suppressed.append(Suppressed(finding, one.kind, one.reason or None, one.origin))
    unused = (
        one for number, one in enumerate(checked) if number not in used and (one.fault or all(map(asked, one.rules)))
    )
    return Applied(kept, suppressed, [Stale(one.fault or _nothing(one), one.origin) for one in unused])


def _nothing(one: Suppression) -> str:
    return f"nothing here needs this any more: {', '.join(one.rules)}"


def _checked(one: Suppression, today: str, *, require_reason: bool) -> Suppression:
    """The suppression with the reason for which it does not count, if there is one."""
    if one.fault:
        return one
    if one.until and not _DAY.fullmatch(one.until):
        return replace(one, fault=f"until={one.until} is no day such as 2027-01-31")
    if one.until and one.until < today:
        return replace(one, fault=f"this ended on {one.until}")
    if require_reason and not one.reason:
        return replace(one, fault="this gives no reason, and the configuration requires one")
    return one


def _in_file(project: Project, path: str, known: Callable[[str], bool]) -> Iterator[Suppression]:
    """The suppressions in the comments of a file."""
    text = project.glance(path)
    lines = text.split("\n")
    comments = _comments(text) if path.endswith(".py") else None
    for number, line in enumerate(lines, 1):
        match = _COMMENT.search(line) if MARK in line and (comments is None or number in comments) else None
        if match is None or (path.lower().endswith(_PROSE) and not line.lstrip().startswith("<!--")):
            continue
        rules = tuple(name.strip() for name in (match["rules"] or "").split(",") if name.strip())
        covered = frozenset() if match["verb"] == "ignore-file" else _covered(lines, number)
        yield Suppression(
            rules,
            path,
            Place(Span(path, number, match.start() + 1, number, match.end() + 1), line[match.start() :].strip()),
            lines=covered,
            reason=match["reason"],
            until=match["until"] or "",
            fault=_fault(match["verb"], rules, known),
        )


def _comments(text: str) -> frozenset[int] | None:
    """The lines of a Python file that have a comment; None where they cannot be told from strings."""
    import io
    import tokenize

    try:
        tokens = list(tokenize.generate_tokens(io.StringIO(text).readline))
    except (tokenize.TokenError, SyntaxError, ValueError, RecursionError):
        return None
    return frozenset(token.start[0] for token in tokens if token.type == tokenize.COMMENT)


def _fault(verb: str, rules: Sequence[str], known: Callable[[str], bool]) -> str:
    if verb not in ("ignore", "ignore-file"):
        return f"{verb} is nothing that can be said here: write ignore[rule] or ignore-file[rule]"
    if not rules:
        return f"this names no rule: write {verb}[rule]"
    unknown = [name for name in rules if not known(name)]
    return f"there is no rule {unknown[0]}" if unknown else ""


def _covered(lines: Sequence[str], number: int) -> frozenset[int]:
    """The lines that a comment on a line speaks of: its own, or the first after it and other comments."""
    if not _ONLY_A_COMMENT.match(lines[number - 1]):
        return frozenset((number,))
    following = number
    while following < len(lines) and (_ONLY_A_COMMENT.match(lines[following]) or not lines[following].strip()):
        following += 1
    return frozenset(range(number, following + 2))
