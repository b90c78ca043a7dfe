"""The versions of files that git keeps, read one after the other: of each only what is new in it.

Most versions of a file differ from the one before in a few lines. Where that one holds no credential, one in this has
to be in a line that is new, and only these are looked at.
"""

from __future__ import annotations

from collections.abc import Callable

from flaskprod_lint.model import Credential
from flaskprod_lint.resolve import committed, credential_files, lock_files
from flaskprod_lint.source import decode, is_text, is_wide

#: How many bytes of versions are remembered, those of the paths that came last.
_MOST_HELD = 24 * 1024**2
#: What is compared at first, in bytes; where that is equal, twice as much, and so on.
_FIRST = 1024


class Reader:
    """Finds the credentials in versions of files, in any order."""

    def __init__(self) -> None:
        #: The last version of a path that holds no credential, the path that was last looked at last.
        self._clean: dict[str, bytes] = {}
        self._held = 0
        #: The last path of a folder and a kind of file: a build gives each version of a script a name of its own.
        self._last: dict[str, str] = {}

    def read(self, path: str, data: bytes) -> list[tuple[str, Credential]]:
        """The credentials in one version of the file at `path`, each after a hash of itself."""
        if not is_text(data):
            return []
        if lock_files.is_one(path):
            return committed.in_text(decode(data), path) if lock_files.names_a_user(data) else []
        found = self._found(path, data)
        self._forget(path)
        if not found:
            self._remember(path, data)
        return found

    def _remember(self, path: str, data: bytes) -> None:
        self._clean[path], self._last[_kind(path)] = data, path
        self._held += len(data)
        while self._held > _MOST_HELD:
            self._forget(next(iter(self._clean)))

    def _forget(self, path: str) -> None:
        self._held -= len(self._clean.pop(path, b""))

    def _before(self, path: str) -> bytes:
        """What is known to hold no credential and is most like a version of that path."""
        return self._clean.get(path) or self._clean.get(self._last.get(_kind(path), ""), b"")

    def _found(self, path: str, data: bytes) -> list[tuple[str, Credential]]:
        before = self._before(path)
        if before and not _is_to_be_read_whole(path, data):
            new = new_lines(before, data)
            if not committed.in_text(decode(new), path):
                return []
        return committed.in_text(decode(data), path)


def _kind(path: str) -> str:
    folder, _, name = path.rpartition("/")
    return f"{folder}/{name.rpartition('.')[2]}"


def _is_to_be_read_whole(path: str, data: bytes) -> bool:
    """Whether a credential may have several lines, or lines that are far away may decide about it."""
    return is_wide(data) or b"PRIVATE KEY" in data or credential_files.is_for_whole_files(path, data)


def new_lines(before: bytes, data: bytes) -> bytes:
    """The lines of `data` that `before` does not have."""
    most = min(len(before), len(data))
    start = data.rfind(b"\n", 0, _equal_at_the_start(before, data, most)) + 1
    end = _equal_at_the_end(before, data, most - start)
    last = data.find(b"\n", len(data) - end)
    end = len(data) - last if last >= 0 else 0
    known = set(before[start : len(before) - end].split(b"\n"))
    return b"\n".join(line for line in data[start : len(data) - end].split(b"\n") if line not in known)


def _equal_at_the_start(one: bytes, other: bytes, most: int) -> int:
    """How many bytes two texts have in common at their start, `most` at most."""
    return _equal(lambda at, size: one[at : at + size] == other[at : at + size], most)


def _equal_at_the_end(one: bytes, other: bytes, most: int) -> int:
    """How many bytes two texts have in common at their end, `most` at most."""
    first, second = len(one), len(other)
    return _equal(lambda at, size: one[first - at - size : first - at] == other[second - at - size : second - at], most)


def _equal(same: Callable[[int, int], bool], most: int) -> int:
    """How many bytes are the same, where `same` compares so many at a place: first in growing, then in halved steps."""
    at, size = 0, _FIRST
    while size:
        size = min(size, most - at)
        if size and same(at, size):
            at, size = at + size, size * 2
        elif size:
            return _halved(same, at, size)
    return at


def _halved(same: Callable[[int, int], bool], at: int, size: int) -> int:
    """Where the first difference is, among `size` bytes that hold one."""
    while size > 1:
        half = size // 2
        if same(at, half):
            at, size = at + half, size - half
        else:
            size = half
    return at
