"""Old findings that a project accepted on a day, so that a run reports only new ones."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from flaskprod_lint import fingerprints, git
from flaskprod_lint.finding import Finding, Stale, Suppressed
from flaskprod_lint.patterns import regex
from flaskprod_lint.records import dataclass
from flaskprod_lint.source import Place, Project, Span, read_bytes

#: The file that a run looks for where the configuration names none.
NAME = ".flaskprod-baseline.json"
_VERSION = 1
#: What a commit is called: no other text of the file goes to git, which would take `--output=…` for an option.
_COMMIT = regex("[0-9a-f]{40}|[0-9a-f]{64}")
_RENAMES = (
    *("diff-index", "--cached", "--no-ext-diff", "--no-textconv", "--relative", "--name-status"),
    *("--find-renames", "-z"),
)
#: A baseline of more bytes (some hundred thousand findings) is none.
_MAX_BYTES = 64 * 1024 * 1024


class BaselineError(Exception):
    """The file cannot be read as a baseline; the message is one line for the person who keeps it."""


@dataclass(frozen=True)
class Known:
    """One accepted finding: its key, with the rule and the path for people to read."""

    fingerprint: str
    rule: str
    path: str
    message: str = ""


@dataclass(frozen=True)
class Baseline:
    """The accepted findings in `path`, with the commit at which they were written down (empty without git)."""

    path: str
    known: tuple[Known, ...]
    commit: str = ""
    date: str = ""


def text_of(findings: Sequence[Finding], root: Path, today: str) -> str:
    """The text of a baseline with these findings, in an order that changes little from one day to the next."""
    rows = sorted((finding.at.path, finding.rule, finding.fingerprint, finding.message) for finding in findings)
    known = [{"path": path, "rule": rule, "fingerprint": mark, "message": said} for path, rule, mark, said in rows]
    data = {"version": _VERSION, "date": today, "commit": _commit(root), "findings": known}
    return json.dumps(data, indent=2, ensure_ascii=True) + "\n"


def _commit(root: Path) -> str:
    return (git.ask(root, "rev-parse", "HEAD") or "").strip()


def load(root: Path, name: str, *, required: bool) -> Baseline | None:
    """The baseline of a project; None where there is none and none is required. Raises BaselineError."""
    file = root / name
    try:
        data = json.loads(read_bytes(str(file), most=_MAX_BYTES).decode("utf-8"))
    except FileNotFoundError:
        if required:
            raise BaselineError(f"{file}: there is no such baseline; `flaskprod-lint baseline` writes one") from None
        return None
    except (OSError, ValueError, RecursionError) as error:
        reason = error.strerror if isinstance(error, OSError) else "not valid JSON"
        raise BaselineError(f"{file}: {reason}; `flaskprod-lint baseline` writes it anew") from None
    if not isinstance(data, dict) or data.get("version") != _VERSION or not isinstance(data.get("findings"), list):
        raise BaselineError(f"{file}: not a baseline of this version; `flaskprod-lint baseline` writes it anew")
    known = tuple(_known(entry) for entry in data["findings"] if isinstance(entry, dict))
    return Baseline(name, known, str(data.get("commit", "")), str(data.get("date", "")))


def _known(entry: Mapping[str, Any]) -> Known:
    return Known(*(str(entry.get(name, "")) for name in ("fingerprint", "rule", "path", "message")))


def apply(
    findings: Sequence[Finding], baseline: Baseline, project: Project, asked: Iterable[str]
) -> tuple[list[Finding], list[Suppressed], list[Stale]]:
    """The new findings, the known ones, and what the baseline knows that is gone (of the rules in `asked`).

    A file that git calls renamed since the baseline was written is looked up under its old name.
    """
    left = {known.fingerprint: known for known in baseline.known}
    renamed = _renamed(project.root, baseline, project)
    origin = Place(Span(baseline.path, 1), f"the baseline of {baseline.date}".rstrip(" of"))
    new: list[Finding] = []
    old: list[Suppressed] = []
    seen: dict[tuple[str, str, str], int] = {}
    for finding in findings:
        base = (finding.rule, renamed.get(finding.at.path, finding.at.path), fingerprints.text_of(finding, project))
        seen[base] = seen.get(base, 0) + 1
        known = left.pop(fingerprints.key(*base, seen[base]), None)
        if known is None:
            new.append(finding)
        else:
            old.append(Suppressed(finding, "baseline", None, origin))
    rules = frozenset(asked)
    gone = [Stale(f"gone: {one.rule} in {one.path}", origin) for one in left.values() if one.rule in rules]
    return new, old, gone


def _renamed(root: Path, baseline: Baseline, project: Project) -> dict[str, str]:
    """The old names of files that git calls renamed, by their new ones; asked only where an old one is gone.

    The index is compared and not the files, for which git would run the filters that the repository names.
    """
    if not _COMMIT.fullmatch(baseline.commit) or all(known.path in project for known in baseline.known):
        return {}
    answer = git.ask(root, *_RENAMES, baseline.commit) or ""
    words = answer.split("\0")
    found: dict[str, str] = {}
    position = 0
    while position < len(words) - 1:
        if words[position].startswith(("R", "C")):
            old, new = words[position + 1 : position + 3]
            found[new] = old
            position += 3
        else:
            position += 2
    return found
