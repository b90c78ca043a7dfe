"""Alembic's migration folders: where they are, their revisions, and how those hang together."""

from __future__ import annotations

import posixpath
import re
from bisect import bisect_left
from collections.abc import Container, Iterator, Sequence

from flaskprod_lint.inputs.python import literal
from flaskprod_lint.patterns import regex
from flaskprod_lint.records import dataclass
from flaskprod_lint.source import Located, Project, Source, Span

#: `revision = "4f2a"` and `down_revision: Union[str, None] = ("a", "b")`, at the start of a line.
_ASSIGNED = regex(r"^(revision|down_revision)[ \t]*(?::[^=\n]*)?=[ \t]*", re.MULTILINE)
_SCRIPT_LOCATION = regex(r"^[ \t]*script_location[ \t]*[=:][ \t]*(.*?)[ \t]*$", re.MULTILINE)


@dataclass(frozen=True)
class Revision:
    """One migration: its identifier and those it follows, as its file says."""

    name: str
    down: tuple[str, ...]
    span: Span


@dataclass(frozen=True)
class MigrationFolder:
    """A folder with Alembic's env.py and its revisions. `unread` are files of it that name no readable revision."""

    path: str
    at: Span
    revisions: tuple[Revision, ...]
    unread: tuple[str, ...] = ()

    @property
    def count(self) -> int:
        return len(self.revisions) + len(self.unread)

    @property
    def heads(self) -> tuple[Revision, ...]:
        """The revisions that no other follows: more than one is a fork that `upgrade head` refuses."""
        followed = {name for revision in self.revisions for name in revision.down}
        return tuple(revision for revision in self.revisions if not _is_followed(revision.name, followed))

    @property
    def missing(self) -> tuple[tuple[Revision, str], ...]:
        """The revisions that follow one which is in no file, with its name."""
        known = sorted(revision.name for revision in self.revisions)
        return tuple(
            (revision, name) for revision in self.revisions for name in revision.down if not _begins_one(name, known)
        )


def _is_followed(name: str, references: Container[str]) -> bool:
    """Whether a reference means this revision: Alembic lets an unambiguous beginning stand for the whole."""
    return name in references or any(name[:length] in references for length in range(4, len(name)))


def _begins_one(reference: str, known: Sequence[str]) -> bool:
    """Whether a reference is the beginning of one of the names, which are in order."""
    place = bisect_left(known, reference)
    return place < len(known) and known[place].startswith(reference)


def find(project: Project) -> tuple[MigrationFolder, ...]:
    """Every migration folder of the project, the nearest to its root first."""
    found: dict[str, MigrationFolder] = {}
    configured = dict(_configured(project))
    for path in (*configured, *_with_environment(project)):
        if path in found or _is_template(path):
            continue
        found[path] = _folder(project, path, configured.get(path))
    return tuple(sorted(found.values(), key=lambda folder: (folder.path.count("/"), folder.path)))


def _is_template(path: str) -> bool:
    """Whether the folder belongs to a library or a template that is filled in later."""
    return "{{" in path or "site-packages" in path.split("/") or "node_modules" in path.split("/")


def _with_environment(project: Project) -> Iterator[str]:
    """Folders that hold env.py beside versions/ or script.py.mako, as `alembic init` and `flask db init` make them."""
    for path in project.paths:
        folder, _, name = path.rpartition("/")
        if name != "env.py" or not folder:
            continue
        if project.is_folder(f"{folder}/versions") or f"{folder}/script.py.mako" in project:
            source = project.read(path)
            if source is not None and ("alembic" in source.text or _has_revision(project, folder)):
                yield folder


def _has_revision(project: Project, folder: str) -> bool:
    """Whether its versions are Alembic's, whatever env.py leaves to another module."""
    return any(project.facts(path, read_revision) is not None for path in _version_files(project, folder))


def _configured(project: Project) -> Iterator[tuple[str, Located[str]]]:
    """The folders that alembic.ini files name, where they exist."""
    for path in project.of_format("alembic-ini"):
        located = project.facts(path, read_script_location)
        if located is None:
            continue
        folder = _resolve(posixpath.dirname(path), located.value)
        for candidate in (folder, f"src/{folder}"):
            if project.is_folder(candidate) and candidate:
                yield candidate, located
                break


def read_script_location(source: Source) -> Located[str] | None:
    """What an alembic.ini says about where the migrations are."""
    for match in _SCRIPT_LOCATION.finditer(source.text):
        text = match.group(1).split(" #")[0].strip()
        if text:
            return Located(text, source.span(match.start(1), match.end(1)))
    return None


def _resolve(folder: str, location: str) -> str:
    """A script_location as a path of the project: relative to the ini file, or `package:folder`."""
    location = location.replace("%(here)s/", "").replace("%(here)s", ".").replace("\\", "/")
    package, colon, rest = location.partition(":")
    if colon and "/" not in package:
        location = f"{package.replace('.', '/')}/{rest}"
    path = posixpath.normpath(posixpath.join(folder, location))
    return "" if path.startswith("..") or path == "." else path


def _folder(project: Project, path: str, configured: Located[str] | None) -> MigrationFolder:
    revisions: list[Revision] = []
    unread: list[str] = []
    for file in _version_files(project, path):
        revision = project.facts(file, read_revision)
        if revision is not None:
            revisions.append(revision)
        elif _looks_like_migration(project, file):
            unread.append(file)
    environment = f"{path}/env.py"
    if environment in project:
        at = Span(environment, 1)
    else:
        at = configured.span if configured else Span(f"{path}/versions", 1)
    return MigrationFolder(path, at, tuple(revisions), tuple(unread))


def _version_files(project: Project, folder: str) -> Iterator[str]:
    """The Python files of versions/ (also in folders below it, as `recursive_version_locations` allows)."""
    for path in project.below(f"{folder}/versions"):
        name = path.rpartition("/")[2]
        if name.endswith(".py") and name != "__init__.py":
            yield path


def _looks_like_migration(project: Project, path: str) -> bool:
    source = project.read(path)
    return source is not None and "def upgrade" in source.text


def read_revision(source: Source) -> Revision | None:
    """The revision of a migration file, read without parsing the whole file."""
    values: dict[str, object] = {}
    start = 0
    for match in _ASSIGNED.finditer(source.text):
        if match.group(1) not in values:
            values[match.group(1)] = _literal(source.text, match.end())
            start = match.start() if match.group(1) == "revision" else start
    name = values.get("revision")
    if not isinstance(name, str) or not name:
        return None
    return Revision(name, _names(values.get("down_revision")), source.line_span(source.position(start)[0]))


def _literal(text: str, start: int) -> object:
    """The Python literal that starts at an offset; None when there is none that can be read."""
    end = text.find("\n", start)
    line = text[start : end if end >= 0 else len(text)]
    if line.startswith(("(", "[", "{")):
        close = {"(": ")", "[": "]", "{": "}"}[line[0]]
        line = text[start : text.find(close, start) + 1]
    return literal(line.strip())


def _names(value: object) -> tuple[str, ...]:
    if isinstance(value, str):
        return (value,)
    if isinstance(value, (tuple, list, set)):
        return tuple(str(item) for item in value)
    return ()
