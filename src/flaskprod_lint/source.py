"""Where things are: the files of a project, the places in them, and values that carry their place."""

from __future__ import annotations

import bisect
import codecs
import os
import stat
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from flaskprod_lint import records

if TYPE_CHECKING:
    import ast

T = TypeVar("T")

#: Files larger than this are reported and not read: no deployment file or module comes near it.
MAX_BYTES = 4 * 1024 * 1024
#: Of files that several readers look into, so many of at most so many bytes are kept.
MAX_KEPT, MAX_KEPT_FILES = 16 * 1024, 500
#: How a file is opened: without waiting (a FIFO would), and without following a link where the system can be told so.
_READING = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
_NO_LINK = getattr(os, "O_NOFOLLOW", 0)
#: What stands in a file whose comments speak to us.
_MARK = b"flaskprod-lint:"


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A range of text in one file of the project. Lines and columns are 1-based, columns count characters."""

    path: str
    line: int
    column: int = 1
    end_line: int = 0
    end_column: int = 0

    def __post_init__(self) -> None:
        if not self.end_line:
            object.__setattr__(self, "end_line", self.line)
            object.__setattr__(self, "end_column", self.end_column or self.column)

    def __str__(self) -> str:
        return f"{self.path}:{self.line}"


@records.dataclass(frozen=True)
class Place:
    """A place with what it says: one link of a trail, or a piece of evidence.

    `span` is None for what no file of the project says, such as a default of Gunicorn or a platform's rule;
    `note` is then all there is to show.
    """

    span: Span | None
    note: str = ""

    @property
    def path(self) -> str:
        return self.span.path if self.span else ""

    def __str__(self) -> str:
        if self.span is None:
            return self.note
        return f"{self.span}  {self.note}".rstrip()


@dataclass(frozen=True, slots=True)
class Located(Generic[T]):
    """A value with the place that says it."""

    value: T
    span: Span


@dataclass(frozen=True, slots=True)
class Problem:
    """A file of the project that could not be read or parsed, in words for its owner.

    `effect` says what comes of it where the rest of the file could be read here all the same ("systemd refuses
    shop.service"); `slight` that only this line is lost.
    """

    message: str
    place: Place
    effect: str = ""
    slight: bool = False


@dataclass(slots=True)
class Source:
    """The text of one file. Line ends are normalised to "\\n"; a byte order mark is removed.

    `crlf` says that the first line ended in "\\r\\n"; `executable` that the file has an execute bit (asked of git
    where there is git). `written` is the path in the image of a script that the file at `path`, a Dockerfile, writes;
    its own first line is then the line `first` of that file. `syntax` is kept there by `inputs.python`.
    """

    path: str
    text: str
    crlf: bool = False
    executable: bool = False
    written: str = ""
    first: int = 1
    syntax: ast.Module | None = field(default=None, repr=False, compare=False)
    _starts: list[int] = field(default_factory=list, repr=False)

    @property
    def lines(self) -> list[str]:
        return self.text.split("\n")

    @property
    def line_count(self) -> int:
        return len(self._line_starts())

    def line(self, number: int) -> str:
        """The text of a 1-based line, without its end; empty when there is no such line."""
        starts = self._line_starts()
        if not 1 <= number <= len(starts):
            return ""
        end = self.text.find("\n", starts[number - 1])
        return self.text[starts[number - 1] : end if end >= 0 else len(self.text)]

    def span(self, start: int, end: int) -> Span:
        """The span of the characters from offset `start` up to, but without, offset `end`."""
        line, column = self.position(start)
        end_line, end_column = self.position(max(start, end))
        return Span(self.path, line, column, end_line, end_column)

    def line_span(self, number: int) -> Span:
        """The span of a whole line, from its first character that is not blank."""
        text = self.line(number)
        indent = len(text) - len(text.lstrip())
        return Span(self.path, number, indent + 1, number, len(text.rstrip()) + 1)

    def position(self, offset: int) -> tuple[int, int]:
        """The 1-based line and column of a character offset."""
        starts = self._line_starts()
        line = bisect.bisect_right(starts, offset)
        return line, offset - starts[line - 1] + 1

    def offset(self, line: int, column: int) -> int:
        """The character offset of a 1-based line and column."""
        return self._line_starts()[line - 1] + column - 1

    def _line_starts(self) -> list[int]:
        if not self._starts:
            self._starts = [0]
            position = self.text.find("\n")
            while position >= 0:
                self._starts.append(position + 1)
                position = self.text.find("\n", position + 1)
        return self._starts


def is_text(data: bytes) -> bool:
    """Whether a file's bytes are text: there is a NUL byte in no text but that of UTF-16, which begins with a mark."""
    return b"\0" not in data or is_wide(data)


def is_wide(data: bytes) -> bool:
    """Whether a file begins with the mark of UTF-16, as what PowerShell writes does."""
    return data[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


def decode(data: bytes) -> str:
    """The text of a file's bytes: UTF-8, or UTF-16 with its mark; what is neither has its odd bytes replaced."""
    if is_wide(data):
        return data.decode("utf-16", errors="replace")
    return data.removeprefix(codecs.BOM_UTF8).decode("utf-8", errors="replace")


class Project:
    """The files of the project that is linted: which there are, their texts, and what was parsed out of them.

    Built by `discover`. Every file is read once and every reading of it is made once.
    `paths` are relative to `root`, with "/". `tracked` is None where there is no git. `marked` are those that were read
    and speak to us in a comment. `contents` gives the bytes of a path where they are not those of the file that stands
    there, as with what is staged for the next commit.
    """

    def __init__(
        self,
        root: Path,
        paths: Iterable[str],
        *,
        tracked: frozenset[str] | None = None,
        executable: frozenset[str] | None = None,
        ignored: Callable[[str], bool] | None = None,
        contents: Callable[[str], bytes] | None = None,
    ) -> None:
        self.root = root
        self._contents = contents
        self._real_root = os.path.realpath(root)
        self._real_folders: dict[str, str] = {}
        self.paths = tuple(sorted(set(paths)))
        self.tracked = tracked
        self.problems: list[Problem] = []
        self.marked: set[str] = set()
        self._executable = executable
        self._ignored = ignored
        self._set = frozenset(self.paths)
        self._folders = frozenset(folder for path in self.paths for folder in _parents(path))
        self._sources: dict[str, Source | None] = {}
        self._written: set[str] = set()
        self._facts: dict[tuple[str, object], object] = {}
        self._peeked: dict[str, tuple[bytes, int]] = {}
        self._formats: dict[str, tuple[str, ...]] = {}
        self._kept: dict[str, dict[Any, Any]] = {}

    def __contains__(self, path: object) -> bool:
        return path in self._set or path in self._written

    def is_folder(self, path: str) -> bool:
        """Whether a folder of that path holds at least one file of the project; "" is the project itself."""
        return path in self._folders or path == ""

    def below(self, folder: str) -> tuple[str, ...]:
        """The paths in a folder and its folders."""
        if not folder:
            return self.paths
        first = bisect.bisect_left(self.paths, folder + "/")
        last = bisect.bisect_left(self.paths, folder + "0")
        return self.paths[first:last]

    def of_format(self, name: str) -> tuple[str, ...]:
        """The paths that discovery took for inputs of that format (see `file_formats`)."""
        return self._formats.get(name, ())

    def set_formats(self, formats: dict[str, tuple[str, ...]]) -> None:
        self._formats = formats

    def is_ignored(self, path: str) -> bool:
        """Whether the project's .gitignore files leave out this path (also a path that does not exist)."""
        return bool(self._ignored and self._ignored(path))

    def is_committed(self, path: str) -> bool:
        """Whether a file is tracked by git or, where there is no git, is not ignored."""
        if self.tracked is not None:
            return path in self.tracked
        return path in self._set and not self.is_ignored(path)

    def read(self, path: str) -> Source | None:
        """The text of a file of the project; None (with a problem noted) for one that cannot be read as text."""
        if path not in self._sources:
            self._sources[path] = self._read(path) if path in self._set else None
        return self._sources[path]

    def glance(self, path: str) -> str:
        """The text of a file that need not be kept; empty for one that is no text, without noting a problem."""
        source = self._sources.get(path)
        if source is not None:
            return source.text
        try:
            data, _ = self._peeked[path] if path in self._peeked else self._bytes(path)
        except (OSError, ValueError):
            return ""
        return _with_plain_ends(decode(data)) if is_text(data) else ""

    def is_large_text(self, path: str) -> bool:
        """Whether a file begins as a text does and has more bytes than are read."""
        try:
            descriptor = self._open(path)
        except (OSError, ValueError):
            return False
        try:
            status = os.fstat(descriptor)
            large = stat.S_ISREG(status.st_mode) and status.st_size > MAX_BYTES
            return large and is_text(os.read(descriptor, MAX_KEPT))
        finally:
            os.close(descriptor)

    def add_written(self, source: Source) -> str:
        """Take in a script that a file of the project writes; the path under which it can be read from here on."""
        path = f"{source.path} <<{source.written}"
        while path in self._written and (self._sources[path] or source).text != source.text:
            path += "'"
        self._written.add(path)
        self._sources[path] = source
        return path

    def holds(self, path: str, *marks: bytes) -> bool:
        """Whether one of the marks stands in a file, told by its bytes: for files of which most are of no interest."""
        source = self._sources.get(path)
        if source is not None:
            return any(mark.decode() in source.text for mark in marks)
        data, _ = self._peeked.get(path) or self._peek(path)
        return any(mark in data for mark in marks)

    def _peek(self, path: str) -> tuple[bytes, int]:
        """Content and mode of a file, kept where few files are; no content for one that cannot be read."""
        try:
            peeked = self._bytes(path)
        except (OSError, ValueError):
            return b"", 0
        if len(peeked[0]) <= MAX_KEPT and len(self._peeked) < MAX_KEPT_FILES:
            self._peeked[path] = peeked
        return peeked

    def facts(self, path: str, reader: Callable[[Source], T]) -> T | None:
        """What `reader` makes of a file, made once; None for a file that is absent or cannot be read."""
        key = (path, reader)
        if key not in self._facts:
            source = self.read(path)
            self._facts[key] = None if source is None else self._made(source, reader)
        return self._facts[key]  # type: ignore[return-value]

    def kept(self, by: str) -> dict[Any, Any]:
        """What a module (named in `by`) found out about the project, for as long as the project itself is kept."""
        return self._kept.setdefault(by, {})

    def _made(self, source: Source, reader: Callable[[Source], T]) -> T | None:
        """What a reader makes of a file; readers go down into what is nested, and that may have no end."""
        try:
            return reader(source)
        except RecursionError:
            self.problem("not read: it is nested too deeply", Span(source.path, 1))
            return None

    def problem(self, message: str, span: Span) -> None:
        """Note that a file is broken, once."""
        self.note(Problem(message, Place(span)))

    def note(self, found: Problem) -> None:
        """Note a problem that a reader found, once."""
        if found not in self.problems:
            self.problems.append(found)

    def _read(self, path: str) -> Source | None:
        try:
            data, mode = self._peeked.pop(path) if path in self._peeked else self._bytes(path)
        except (OSError, ValueError) as error:
            reason = error.strerror if isinstance(error, OSError) else str(error)
            self.problem(f"not read: {reason or error}", Span(path, 1))
            return None
        if not is_text(data):
            self.problem("not read: the file holds NUL bytes, so it is not text", Span(path, 1))
            return None
        text = decode(data)
        crlf = text.partition("\n")[0].endswith("\r")
        if self._executable is not None and self.tracked and path in self.tracked:
            executable = path in self._executable
        else:
            executable = bool(mode & stat.S_IXUSR)
        return Source(path, _with_plain_ends(text), crlf, executable)

    def _bytes(self, path: str) -> tuple[bytes, int]:
        """Content and mode of a regular file, opened without waiting (a FIFO would) and no larger than MAX_BYTES."""
        if self._contents is not None:
            data = self._contents(path)
            _check_size(len(data))
            self._note_mark(path, data)
            return data, 0o755 if path in (self._executable or ()) else 0o644
        data, mode = _regular(self._open(path), MAX_BYTES)
        self._note_mark(path, data)
        return data, mode

    def _open(self, path: str) -> int:
        """A descriptor of a file, to which no link leads from outside of the project.

        Where a folder really is, is asked once for all its files; where a file is, only for one that is a link.
        """
        folder, _, name = path.rpartition("/")
        if folder not in self._real_folders:
            self._real_folders[folder] = self._within(folder)
        file = os.path.join(self._real_folders[folder], name)  # noqa: PTH118
        if not _NO_LINK or os.path.islink(file):  # noqa: PTH114
            file = self._within(path)
        return os.open(file, _READING | _NO_LINK)

    def _within(self, path: str) -> str:
        """Where a file or folder of the project really is. Raises ValueError where that is outside of the project."""
        expected = os.path.join(self._real_root, path) if path else self._real_root  # noqa: PTH118
        found = os.path.realpath(expected, strict=True)
        if not is_inside(found, self._real_root):
            raise ValueError("the link leads out of the project")
        return found

    def _note_mark(self, path: str, data: bytes) -> None:
        if _MARK in data:
            self.marked.add(path)


def read_bytes(file: str, *, most: int = MAX_BYTES, links: bool = True) -> bytes:
    """The content of a file beside the project's own, such as a configuration, read as carefully as those.

    Raises ValueError for one that is no regular file or has more bytes than `most`, OSError for one that cannot be
    read; also, without `links`, for one that is a link.
    """
    return _regular(os.open(file, _READING if links else _READING | _NO_LINK), most)[0]


def _regular(descriptor: int, most: int) -> tuple[bytes, int]:
    """Content and mode of a file that is open, which it closes. No more is read than the file had when it was asked."""
    try:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            raise ValueError("not a regular file")
        _check_size(status.st_size, most)
        return os.read(descriptor, status.st_size), status.st_mode
    finally:
        os.close(descriptor)


def is_inside(path: str, folder: str) -> bool:
    """Whether a path is that of a folder or of something in it; both as `os.path.realpath` gives them."""
    return path == folder or path.startswith(folder if folder.endswith(os.sep) else folder + os.sep)


def is_number(text: str) -> bool:
    """Whether a text is a plain whole number, which `int` and `float` take: ASCII digits, and no more than 18 of them.

    `str.isdigit` also holds for "²" and for numbers that Python refuses to read for their length.
    """
    return text.isdecimal() and text.isascii() and len(text) <= 18


def _with_plain_ends(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text


def _check_size(size: int, most: int = MAX_BYTES) -> None:
    if size > most:
        raise ValueError(f"the file has {size:,} bytes, more than the {most:,} that are read")


def _parents(path: str) -> Iterable[str]:
    while "/" in path:
        path = path.rpartition("/")[0]
        yield path
