"""Tells whether git waits for ever: it opens pipes as it opens files, and nobody writes to those of a project.

Asked only where git takes long to answer, since it looks through the whole project.
"""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterator
from pathlib import Path

from flaskprod_lint.patterns import regex
from flaskprod_lint.source import read_bytes

#: Files of every folder that git reads.
_EVERYWHERE = frozenset((".gitignore", ".gitattributes", ".gitmodules"))
#: Files of a repository that git reads whatever it is asked.
_OF_GIT = ("", "HEAD", "config", "index", "packed-refs", "commondir", "info/exclude", "objects/info/alternates")
#: A value of git's configuration that may be the path of a file.
_VALUE = regex(r"=\s*\"?(~?[^\s\"]*/[^\"\n]+)", re.MULTILINE)
#: Folders that are looked through at most.
_MOST = 20_000


def for_ever(root: Path) -> bool:
    """Whether one of the files that git reads for a folder is no file: a pipe, a socket, a device."""
    return any(_waits(path) for path in _read_by_git(os.path.realpath(root)))


def _read_by_git(root: str) -> Iterator[str]:
    for folder in (Path(root), *Path(root).parents):
        if os.path.lexists(folder / ".git"):
            yield from (str(folder / ".git" / name) for name in _OF_GIT)
            yield from _named_by(folder / ".git" / "config")
    for number, (folder_name, _, files) in enumerate(os.walk(root)):
        yield from (os.path.join(folder_name, name) for name in files if name in _EVERYWHERE)  # noqa: PTH118
        if number >= _MOST:
            return


def _named_by(config: Path) -> Iterator[str]:
    """The files that a repository's configuration names."""
    try:
        text = read_bytes(str(config)).decode("utf-8", "replace")
    except (OSError, ValueError):
        return
    for value in _VALUE.findall(text):
        yield str(config.parent / os.path.expanduser(value.strip()))  # noqa: PTH111


def _waits(path: str) -> bool:
    try:
        mode = os.stat(path).st_mode  # noqa: PTH116
    except (OSError, ValueError):
        return False
    return not (stat.S_ISREG(mode) or stat.S_ISDIR(mode))
