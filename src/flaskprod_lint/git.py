"""Asks git, so that nothing the repository configures is run: no monitor, no hook, no filter, no helper."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import IO, NamedTuple

#: Settings in place of the repository's own: no program is named, names are plain, and packs are mapped in pieces.
_SETTINGS = (
    "core.fsmonitor=false",
    "core.hooksPath=",
    "core.sshCommand=",
    "core.pager=cat",
    "core.quotePath=false",
    "core.packedGitWindowSize=8m",
    "core.packedGitLimit=40m",
    "core.deltaBaseCacheLimit=32m",
)
#: In place of what the caller has: no lock is taken, nobody is asked, nothing is fetched, and no commit stands in for
#: another. `GIT_NO_LAZY_FETCH` is of git 2.45; no protocol at all says the same to an older one.
_SURROUNDINGS = {
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_ALLOW_PROTOCOL": "",
    "GIT_NO_REPLACE_OBJECTS": "1",
    "GIT_GRAFT_FILE": os.devnull,
    "LC_ALL": "C",
}
#: An answer that takes longer (seconds) is none.
_PATIENCE = 60
#: One that takes longer makes us ask whether there will be any.
_SHORT = 1
#: Objects of more bytes are passed over.
LARGE = 4 * 1024 * 1024
#: How many contents are asked for at once. Twice as many names fit into any pipe, so that nobody waits for nobody.
_AT_ONCE = 64
#: What a pipe holds, where it can be told: git works on while a content is looked at.
_PIPE = 1024 * 1024


def ask(root: Path, *arguments: str, index: Path | None = None) -> str | None:
    """What git prints for a folder; None where it fails, is not installed, or there is no repository.

    `index` is the file to read in place of the repository's index.
    """
    environment = _environment() | ({"GIT_INDEX_FILE": str(index)} if index else {})
    try:
        process = _start(root, arguments, environment)
    except OSError:
        return None
    with process:
        answer = _answer_of(process, root)
    return None if answer is None or process.returncode else answer.decode("utf-8", errors="surrogateescape")


def _answer_of(process: subprocess.Popen[bytes], root: Path) -> bytes | None:
    """What it prints; None where it takes longer than our patience, which is short where it waits for nothing."""
    try:
        return process.communicate(timeout=_SHORT)[0]
    except subprocess.TimeoutExpired:
        from flaskprod_lint.git_waits import for_ever
    try:
        return None if for_ever(root) else process.communicate(timeout=_PATIENCE)[0]
    except subprocess.TimeoutExpired:
        return None
    finally:
        process.kill()


def index_of_a_commit(root: Path) -> Path | None:
    """The index of a commit under way: `git commit -a` and `git commit PATH` give one of their own to their hooks.

    None where there is none, or it is that of another repository. Git names it from the top of the files, where it
    starts its hooks.
    """
    given = os.environ.get("GIT_INDEX_FILE")
    folder = ask(root, "rev-parse", "--absolute-git-dir") if given else None
    top = ask(root, "rev-parse", "--show-toplevel") if given else None
    if not given or folder is None or top is None:
        return None
    index = (Path(top.removesuffix("\n")) / given).resolve()
    return index if index.parent == Path(folder.removesuffix("\n")).resolve() else None


def lines(root: Path, *arguments: str) -> Iterator[str]:
    """What git prints, line by line while it runs; nothing where it cannot be started."""
    try:
        process = _start(root, arguments)
    except OSError:
        return
    with process:
        assert process.stdout is not None
        for line in process.stdout:
            yield line.decode("utf-8", errors="surrogateescape").rstrip("\n")


class Object(NamedTuple):
    """An object of the history: what it is (`blob`, `tree` …, empty where git does not have it), and a path it had."""

    kind: str
    size: int
    name: str
    path: str


class Failure(Exception):
    """Git stopped before its end: what it gave is not all."""


def objects(root: Path, *only: str) -> Iterator[Object]:
    """All that a branch, tag or HEAD reaches, each once, the newest commits' first; with `only`, in these paths.

    Raises Failure where git cannot go through all of them, OSError where it cannot be started.
    """
    # Without `--missing`, git would stop at the first that it should have and has not.
    listing = _start(root, ("rev-list", "--objects", "--all", "--missing=print", *only))
    check = ("cat-file", "--batch-check=%(objecttype) %(objectsize) %(objectname) %(rest)")
    with listing, _start(root, check, given=listing.stdout) as checking:
        assert listing.stdout is not None and checking.stdout is not None
        listing.stdout.close()  # Where the reader goes away, the writer is to hear of it.
        for line in checking.stdout:
            yield _object(line.decode("utf-8", "surrogateescape").rstrip("\n"))
    if listing.returncode or checking.returncode:
        raise Failure


def _object(line: str) -> Object:
    """What `git cat-file` says of an object; of one that is missing, `?NAME missing`."""
    kind, size, *names = line.split(" ", 3)
    if not size.isdecimal():
        return Object("", 0, kind.lstrip("?"), "")
    return Object(kind, int(size), names[0], names[1] if len(names) > 1 else "")


class Blobs:
    """Reads the contents of objects through one `git cat-file` that stays; to be used in a `with` statement."""

    def __init__(self, root: Path) -> None:
        self._process = _start(root, ("cat-file", "--batch"), given=subprocess.PIPE)
        _widen(self._process.stdout)

    def __enter__(self) -> Blobs:
        return self

    def __exit__(self, *raised: object) -> None:
        self.close()

    def close(self) -> None:
        """End git, whatever it still has to say."""
        self._process.kill()
        self._process.__exit__(None, None, None)

    def read(self, name: str) -> bytes:
        """The content of one object. Raises ValueError where there is none of that name."""
        data = next(self.read_many([name]))
        if data is None:
            raise ValueError(f"git has no content of the name {name}")
        return data

    def read_many(self, names: Iterable[str]) -> Iterator[bytes | None]:
        """The contents of objects, None for one that is no file's: git goes on while they are looked at."""
        waiting, asked = iter(names), 0
        while some := list(islice(waiting, _AT_ONCE)):
            self._ask(some)
            for _ in range(asked):
                yield self._answer()
            asked = len(some)
        for _ in range(asked):
            yield self._answer()

    def _ask(self, names: Iterable[str]) -> None:
        stdin = self._process.stdin
        assert stdin is not None
        stdin.write("".join(f"{name}\n" for name in names).encode())
        stdin.flush()

    def _answer(self) -> bytes | None:
        stdout = self._process.stdout
        assert stdout is not None
        head = stdout.readline().split()
        size = int(head[2]) if len(head) == 3 else -1
        data = _read(stdout, size) if size >= 0 else b""
        return data if size >= 0 and head[1] == b"blob" and len(data) == size else None


def _read(stream: IO[bytes], size: int) -> bytes:
    """An object's content and the line end after it; of a large one nothing is kept."""
    if size <= LARGE:
        data = stream.read(size)
    else:
        data, left = b"", size
        while left > 0 and (part := stream.read(min(left, 1 << 20))):
            left -= len(part)
    stream.read(1)
    return data


def _widen(stream: IO[bytes] | None) -> None:
    """Let a pipe hold more, where the system has a word for that (Linux)."""
    try:
        import fcntl

        if stream is not None and hasattr(fcntl, "F_SETPIPE_SZ"):
            fcntl.fcntl(stream, fcntl.F_SETPIPE_SZ, _PIPE)
    except (ImportError, OSError):
        return


def _start(
    root: Path,
    arguments: Iterable[str],
    environment: dict[str, str] | None = None,
    *,
    given: IO[bytes] | int | None = subprocess.DEVNULL,
) -> subprocess.Popen[bytes]:
    """Git, running, with its output to read. Raises OSError where it cannot be started."""
    return subprocess.Popen(
        _command(arguments),
        cwd=root,
        env=environment or _environment(),
        stdin=given,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )


def _command(arguments: Iterable[str]) -> list[str]:
    settings = [word for setting in _SETTINGS for word in ("-c", setting)]
    return ["git", "--no-pager", *settings, *arguments]


def _environment() -> dict[str, str]:
    """Ours without what would send git to another repository, and with its own locks left alone."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith("GIT_")}
    return {**kept, **_SURROUNDINGS}
