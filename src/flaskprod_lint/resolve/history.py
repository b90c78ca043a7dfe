"""Credentials in every version of every file that git keeps: one that was deleted is still public."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import field, replace
from pathlib import Path
from typing import NamedTuple

from flaskprod_lint import git
from flaskprod_lint.model import Credential
from flaskprod_lint.records import dataclass
from flaskprod_lint.resolve import committed
from flaskprod_lint.resolve.versions import Reader

#: Called with how many versions of files were looked at, and how many there are.
OnStep = Callable[[int, int], None]
#: Called with what could not be looked at.
OnGap = Callable[[str], None]
_STEP = 500
#: Letters of a commit's name that are shown: enough to be the only one in any repository.
_ABBREVIATED = 10
#: More than this would take hours: the oldest are left out, and the report says so.
MOST_VERSIONS, MOST_BYTES = 500_000, 16 * 1024**3


#: All commits, the first ones first, each with what it changed against each of its parents.
_COMMITS = (
    "log",
    "--all",
    "--topo-order",
    "--reverse",
    "--raw",
    "--no-abbrev",
    "--no-renames",
    "-m",
    "--root",
    "--format=%x01%H",
)


class _Version(NamedTuple):
    """One content of a file, by its name in git, and a path it had."""

    name: str
    path: str


@dataclass
class _Gaps:
    """What is not looked at: how many versions git lacks, are too large, are too old; whether git stopped."""

    missing: int = 0
    large: int = 0
    old: int = 0
    stopped: bool = False

    def said(self, root: Path) -> Iterator[str]:
        """It in words for the person who asked."""
        if (git.ask(root, "rev-parse", "--is-shallow-repository") or "").strip() == "true":
            yield "a shallow clone: only its commits were looked at; `git fetch --unshallow` brings the others"
        if self.stopped:
            yield "git cannot go through all commits, so not all were looked at; `git fsck` says why"
        if self.missing:
            yield f"git does not have {_versions_of(self.missing)} here, so not all were looked at"
        if self.large:
            yield f"not looked at for its size, more than {git.LARGE // 1024**2} MiB: {_versions_of(self.large)}"
        if self.old:
            yield f"the history is very long, so the oldest was not looked at: {_versions_of(self.old)}"


@dataclass
class _Seen:
    """One credential, known by a hash of its text: where it stands in each version that holds it, the newest first."""

    at: dict[str, Credential] = field(default_factory=dict)

    @property
    def newest(self) -> Credential:
        return next(iter(self.at.values()))


class _Entrance(NamedTuple):
    """How a content came in: the place of its first commit in the order of time, the commit, and the path there."""

    number: int
    commit: str
    path: str


_NONE = _Entrance(0, "", "")


def is_there(root: Path) -> bool:
    """Whether git has a history of a folder, and lets us read it."""
    return git.ask(root, "rev-parse", "--git-dir") is not None


def find(root: Path, on_step: OnStep, on_gap: OnGap, text_today: Callable[[str], str]) -> tuple[Credential, ...]:
    """The credentials in all that any branch or tag reaches, each with the commit it came in with.

    `gone` ones are in no file of the last commit, or not in the file of today, of which `text_today` gives the text;
    the others are found there as well. Every object is read once, and no content is kept. `on_gap` is told what was
    not looked at. Raises OSError where git cannot be started.
    """
    gaps = _Gaps()
    versions = list(_listed(root, gaps))
    seen = _seen(root, versions, on_step, gaps)
    for gap in gaps.said(root):
        on_gap(gap)
    if not seen:
        return ()
    kept = _kept(root)
    came_in = _came_in(root, {blob for one in seen.values() for blob in one.at})
    return tuple(_dated(one, came_in, _is_gone(digest, one, kept, text_today)) for digest, one in seen.items())


def _seen(root: Path, versions: Sequence[_Version], on_step: OnStep, gaps: _Gaps) -> dict[str, _Seen]:
    """The credentials in versions, by a hash of their text.

    Contents are asked for in the order in which git has them: in another, it would unpack many of them many times.
    """
    seen: dict[str, _Seen] = {}
    reader = Reader()
    with git.Blobs(root) as blobs:
        contents = blobs.read_many(version.name for version in versions)
        for number, (version, data) in enumerate(zip(versions, contents, strict=True), 1):
            if data is None:
                gaps.missing += 1
            else:
                for digest, credential in _in_version(reader, version.path, data):
                    seen.setdefault(digest, _Seen()).at.setdefault(version.name, credential)
            if number % _STEP == 0:
                on_step(number, len(versions))
    return seen


def _in_version(reader: Reader, path: str, data: bytes) -> Iterator[tuple[str, Credential]]:
    for digest, credential in reader.read(path, data):
        if not (credential.public or credential.harmless):
            yield digest, credential


def _is_gone(digest: str, seen: _Seen, kept: frozenset[str], text_today: Callable[[str], str]) -> bool:
    """Whether it stands in no file any more: neither in one that is committed, nor in one that is only changed."""
    if not seen.at.keys() & kept:
        return True
    path = seen.newest.at.path
    return all(known != digest for known, _ in committed.in_text(text_today(path), path))


def _dated(seen: _Seen, came_in: dict[str, _Entrance], gone: bool) -> Credential:
    """With the commit it came in with; one that is gone where it stood in that commit, so that it can be looked up."""
    entrance, blob = min(((came_in[blob], blob) for blob in seen.at if blob in came_in), default=(_NONE, ""))
    if not gone or not blob:
        return replace(seen.newest, commit=entrance.commit, gone=gone)
    first = seen.at[blob]
    at = replace(first.at, path=entrance.path or first.at.path)
    return replace(first, at=at, commit=entrance.commit, gone=True, aside=committed.what_for(at.path))


def _listed(root: Path, gaps: _Gaps) -> Iterator[_Version]:
    """The versions of files to look at, told by their names and sizes alone; the others are counted in `gaps`."""
    folder = _folder(root)
    #: Of a repository with more than this project, only what this one had; with merges that dropped it again.
    only = ("--full-history", "--", ".") if folder else ()
    versions = size = 0
    try:
        for one in git.objects(root, *only):
            path = one.path.removeprefix(folder)
            if not one.kind:
                gaps.missing += 1
            if one.kind != "blob" or not path or committed.is_never_text(path):
                continue
            if one.size > git.LARGE:
                gaps.large += 1
            elif versions == MOST_VERSIONS or size + one.size > MOST_BYTES:
                gaps.old += 1
            else:
                versions, size = versions + 1, size + one.size
                yield _Version(one.name, path)
    except git.Failure:
        gaps.stopped = True


def _versions_of(number: int) -> str:
    return "1 version of a file" if number == 1 else f"{number:,} versions of files"


def _kept(root: Path) -> frozenset[str]:
    """The objects of the files of the last commit."""
    entries = git.lines(root, "ls-tree", "-r", "HEAD")
    return frozenset(entry.split(None, 3)[2] for entry in entries if entry.count(" ") >= 2)


def _came_in(root: Path, blobs: set[str]) -> dict[str, _Entrance]:
    """For each of these objects the first commit that has it; its path is empty where it is not one of this folder."""
    folder = _folder(root)
    found: dict[str, _Entrance] = {}
    commit, number = "", 0
    for line in git.lines(root, *_COMMITS):
        if line.startswith("\x01"):
            commit, number = line[1 : 1 + _ABBREVIATED], number + 1
        elif line.startswith(":"):
            meta, _, path = line.partition("\t")
            blob = meta.split(" ", 4)[3]
            if blob in blobs and blob not in found:
                own = path.startswith(folder) and not path.startswith('"')  # A quoted path holds odd letters.
                found[blob] = _Entrance(number, commit, path.removeprefix(folder) if own else "")
    return found


def _folder(root: Path) -> str:
    """The project's folder in its repository, with a slash at its end; empty for the whole of it."""
    return (git.ask(root, "rev-parse", "--show-prefix") or "").strip("\n")
