"""Credentials in every version of every file that git keeps: one that was deleted is still public."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import field, replace
from itertools import islice
from pathlib import Path

from flaskprod_lint import git
from flaskprod_lint.model import Credential
from flaskprod_lint.records import dataclass
from flaskprod_lint.resolve import committed
from flaskprod_lint.source import MAX_BYTES, decode

#: Called with how many objects were looked at.
OnStep = Callable[[int], None]
#: Called with what could not be looked at.
OnGap = Callable[[str], None]
_STEP = 500
#: Letters of a commit's name that are shown: enough to be the only one in any repository.
_ABBREVIATED = 10
#: How many contents are asked for before they are read, so that git works ahead.
_AHEAD = 64


@dataclass
class _Seen:
    """One credential, known by a hash of its text, with the versions of files that hold it."""

    credential: Credential
    blobs: set[str] = field(default_factory=set)


def find(root: Path, on_step: OnStep, on_gap: OnGap, text_today: Callable[[str], str]) -> tuple[Credential, ...]:
    """The credentials in all that any branch or tag reaches, each with the commit it came in with.

    `gone` ones are in no file of the last commit, or not in the file of today, of which `text_today` gives the text;
    the others are found there as well. Every object is read once, and no content is kept. `on_gap` is told what git
    does not have here, so that it was not looked at.
    """
    seen: dict[str, _Seen] = {}
    missing: list[str] = []
    for number, (blob, path, data) in enumerate(_versions(root, missing), 1):
        for digest, credential in _in_version(path, data):
            seen.setdefault(digest, _Seen(credential)).blobs.add(blob)
        if number % _STEP == 0:
            on_step(number)
    for gap in _gaps(root, len(missing)):
        on_gap(gap)
    if not seen:
        return ()
    kept = _kept(root)
    came_in = _came_in(root, {blob for one in seen.values() for blob in one.blobs})
    return tuple(_dated(one, came_in, _is_gone(digest, one, kept, text_today)) for digest, one in seen.items())


def _is_gone(digest: str, seen: _Seen, kept: frozenset[str], text_today: Callable[[str], str]) -> bool:
    """Whether it stands in no file any more: neither in one that is committed, nor in one that is only changed."""
    if not seen.blobs & kept:
        return True
    path = seen.credential.at.path
    return all(known != digest for known, _ in committed.in_text(text_today(path), path))


def _gaps(root: Path, missing: int) -> Iterator[str]:
    """What a shallow or partial clone lacks, in words for the person who asked."""
    if (git.ask(root, "rev-parse", "--is-shallow-repository") or "").strip() == "true":
        yield "a shallow clone: only its commits were looked at; `git fetch --unshallow` brings the others"
    if missing:
        yield f"git does not have {missing} versions of files here: they were not looked at"


def _dated(seen: _Seen, came_in: dict[str, tuple[int, str]], gone: bool) -> Credential:
    first = min((came_in[blob] for blob in seen.blobs if blob in came_in), default=(0, ""))
    return replace(seen.credential, commit=first[1], gone=gone)


def _versions(root: Path, missing: list[str]) -> Iterator[tuple[str, str, bytes]]:
    """Each version of each file once: the object's name, a path it had, and its content."""
    names = _names(root, missing)
    with git.Blobs(root) as blobs:
        while some := list(islice(names, _AHEAD)):
            for (name, path), data in zip(some, blobs.read_many([name for name, _ in some]), strict=True):
                if data is not None and len(data) <= MAX_BYTES and b"\0" not in data:
                    yield name, path, data


def _names(root: Path, missing: list[str]) -> Iterator[tuple[str, str]]:
    """The names and paths of what git lists as reachable, without what cannot be a text by its name.

    What git should have and has not is added to `missing`: without `--missing`, git would stop at the first.
    """
    folder = (git.ask(root, "rev-parse", "--show-prefix") or "").strip("\n")
    #: Of a repository with more than this project, only what this one had; with merges that dropped it again.
    only = ("--full-history", "--", ".") if folder else ()
    for line in git.lines(root, "rev-list", "--objects", "--all", "--missing=print", *only):
        if line.startswith("?"):
            missing.append(line[1:])
            continue
        name, _, path = line.partition(" ")
        path = path.removeprefix(folder)
        if path and not committed.is_never_text(path):
            yield name, path


def _in_version(path: str, data: bytes) -> Iterator[tuple[str, Credential]]:
    text = decode(data)
    for digest, credential in committed.in_text(text, path):
        if not (credential.public or credential.harmless):
            yield digest, credential


def _kept(root: Path) -> frozenset[str]:
    """The objects of the files of the last commit."""
    entries = git.lines(root, "ls-tree", "-r", "HEAD")
    return frozenset(entry.split(None, 3)[2] for entry in entries if entry.count(" ") >= 2)


def _came_in(root: Path, blobs: set[str]) -> dict[str, tuple[int, str]]:
    """For each of these objects the first commit that has it, with that commit's place in the order of time."""
    found: dict[str, tuple[int, str]] = {}
    commit, number = "", 0
    arguments = (
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
    for line in git.lines(root, *arguments):
        if line.startswith("\x01"):
            commit, number = line[1 : 1 + _ABBREVIATED], number + 1
        elif line.startswith(":"):
            blob = line.split(" ", 4)[3]
            if blob in blobs:
                found.setdefault(blob, (number, commit))
    return found
