"""Asks git, so that nothing the repository configures is run: no monitor, no hook, no filter, no helper."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import IO

#: Settings in place of the repository's own: no program is named, names are plain, and packs are mapped in pieces.
_SETTINGS = (
    "core.fsmonitor=false",
    "core.hooksPath=",
    "core.sshCommand=",
    "core.pager=cat",
    "core.quotePath=false",
    "core.packedGitWindowSize=8m",
    "core.packedGitLimit=64m",
)
#: An answer that takes longer (seconds) is none.
_PATIENCE = 60
#: Objects of more bytes are passed over.
_LARGE = 4 * 1024 * 1024


def ask(root: Path, *arguments: str, index: Path | None = None) -> str | None:
    """What git prints for a folder; None where it fails, is not installed, or there is no repository.

    `index` is the file to read in place of the repository's index.
    """
    environment = _environment() | ({"GIT_INDEX_FILE": str(index)} if index else {})
    try:
        done = subprocess.run(
            _command(arguments), cwd=root, env=environment, capture_output=True, timeout=_PATIENCE, check=True
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stdout.decode("utf-8", errors="surrogateescape")


def index_of_a_commit(root: Path) -> Path | None:
    """The index of a commit under way: `git commit -a` and `git commit PATH` give one of their own to their hooks.

    None where there is none, or it is that of another repository.
    """
    given = os.environ.get("GIT_INDEX_FILE")
    folder = ask(root, "rev-parse", "--absolute-git-dir") if given else None
    if not given or folder is None:
        return None
    index = Path(given).resolve()
    return index if index.parent == Path(folder.removesuffix("\n")).resolve() else None


def lines(root: Path, *arguments: str) -> Iterator[str]:
    """What git prints, line by line while it runs; nothing where it cannot be started."""
    try:
        process = subprocess.Popen(
            _command(arguments), cwd=root, env=_environment(), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        )
    except OSError:
        return
    with process:
        assert process.stdout is not None
        for line in process.stdout:
            yield line.decode("utf-8", errors="surrogateescape").rstrip("\n")


class Blobs:
    """Reads the contents of objects through one `git cat-file` that stays; to be used in a `with` statement."""

    def __init__(self, root: Path) -> None:
        self._process = subprocess.Popen(
            _command(("cat-file", "--batch")),
            cwd=root,
            env=_environment(),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )

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

    def read_many(self, names: Sequence[str]) -> Iterator[bytes | None]:
        """The contents of a few objects, None for one that is no file's: git goes on while they are looked at."""
        stdin, stdout = self._process.stdin, self._process.stdout
        assert stdin is not None and stdout is not None
        stdin.write("".join(f"{name}\n" for name in names).encode())
        stdin.flush()
        for _ in names:
            head = stdout.readline().split()
            size = int(head[2]) if len(head) == 3 else -1
            data = _read(stdout, size) if size >= 0 else b""
            yield data if size >= 0 and head[1] == b"blob" and len(data) == size else None


def _read(stream: IO[bytes], size: int) -> bytes:
    """An object's content and the line end after it; of a large one nothing is kept."""
    if size <= _LARGE:
        data = stream.read(size)
    else:
        data, left = b"", size
        while left > 0 and (part := stream.read(min(left, 1 << 20))):
            left -= len(part)
    stream.read(1)
    return data


def _command(arguments: Iterable[str]) -> list[str]:
    settings = [word for setting in _SETTINGS for word in ("-c", setting)]
    return ["git", "--no-pager", *settings, *arguments]


def _environment() -> dict[str, str]:
    """Ours without what would send git to another repository, and with its own locks left alone."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith("GIT_")}
    return {**kept, "GIT_OPTIONAL_LOCKS": "0", "GIT_TERMINAL_PROMPT": "0", "LC_ALL": "C"}
