"""Asks git, so that nothing the repository configures is run: no monitor, no hook, no filter, no helper."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterable, Iterator
from pathlib import Path

#: Keys of a repository's own configuration that name programs, each set to nothing.
_HARMLESS = ("core.fsmonitor=false", "core.hooksPath=", "core.quotePath=false", "core.sshCommand=", "core.pager=cat")
#: An answer that takes longer (seconds) is none.
_PATIENCE = 60


def ask(root: Path, *arguments: str) -> str | None:
    """What git prints for a folder; None where it fails, is not installed, or there is no repository."""
    try:
        done = subprocess.run(
            _command(arguments), cwd=root, env=_environment(), capture_output=True, timeout=_PATIENCE, check=True
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stdout.decode("utf-8", errors="surrogateescape")


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
        self._process.__exit__(None, None, None)

    def read(self, name: str) -> bytes:
        """The content of one object. Raises ValueError where there is none of that name."""
        assert self._process.stdin is not None and self._process.stdout is not None
        self._process.stdin.write(name.encode() + b"\n")
        self._process.stdin.flush()
        head = self._process.stdout.readline().split()
        if len(head) != 3:
            raise ValueError(f"git has no object {name}")
        data = self._process.stdout.read(int(head[2]))
        self._process.stdout.read(1)
        return data


def contents(root: Path, names: Iterable[str]) -> Iterator[tuple[str, bytes]]:
    """The contents of many objects, one after the other, with their names."""
    with Blobs(root) as blobs:
        for name in names:
            try:
                yield name, blobs.read(name)
            except ValueError:
                continue


def _command(arguments: Iterable[str]) -> list[str]:
    settings = [word for setting in _HARMLESS for word in ("-c", setting)]
    return ["git", "--no-pager", *settings, *arguments]


def _environment() -> dict[str, str]:
    """Ours without what would send git to another repository, and with its own locks left alone."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith("GIT_")}
    return {**kept, "GIT_OPTIONAL_LOCKS": "0", "GIT_TERMINAL_PROMPT": "0", "LC_ALL": "C"}
