"""Which files a project has, and which of them are inputs of which format."""

from __future__ import annotations

import os
import re
import warnings
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

from flaskprod_lint import git
from flaskprod_lint.file_formats import format_of
from flaskprod_lint.source import Project, Span, decode, read_bytes

#: Folders that never hold a project's own files, by name, wherever they stand below the project.
SKIPPED_FOLDERS = frozenset(
    (
        ".git .hg .svn .bzr __pycache__ node_modules bower_components site-packages .venv .tox .nox .eggs "
        ".mypy_cache .pytest_cache .ruff_cache .hypothesis .terraform .next .nuxt .cache .idea .vscode"
    ).split()
)

#: More files than this are no project but a disk; the rest is left out, with a problem that says so.
MAX_FILES = 200_000
#: Of a name in an ignore rule.
_MOST_STARS = 3

#: How `git ls-files -t` begins the line of a tracked file: as it is, left out of a sparse checkout, or not merged.
_TRACKED = ("H ", "S ", "M ")

#: The names of an empty file, of SHA-1 and of SHA-256.
_EMPTY = (
    "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391",
    "473a0f4c3be8a93681a267e3b1e9a7dcda1185436fe141f7749120a303721813",
)

#: `git ls-files --debug` says so many lines of an entry; the flag, in the last, is that of what is not added yet.
_LINES_OF_DEBUG, _INTENT_TO_ADD = 5, 1 << 29


def open_project(root: Path) -> Project:
    """The project at `root`: what git lists (tracked, and new files that are not ignored), else what stands there.

    Never follows a link to a folder, and leaves out virtual environments, node_modules and caches by what they are
    below `root`; the names of the folders above it do not matter.
    """
    listed = _git_files(root)
    if listed is None:
        paths, skipped, refused = _walk(root)
        project = Project(root, _without_environments(paths), ignored=_ignore_rules(root, paths))
    else:
        tracked, others, executable = listed
        paths, skipped, refused = [*tracked, *others], False, {}
        kept = _own(paths)
        kept += _local_dotenv_files(root, kept)
        project = Project(root, kept, tracked=frozenset(tracked), executable=executable)
    for folder, reason in refused.items():
        project.problem(f"not looked into: {reason}", Span(folder, 1))
    if skipped:
        project.problem(f"only the first {MAX_FILES:,} files are looked at", Span(".", 1))
    project.set_formats(_formats(project))
    return project


@contextmanager
def staged_project(root: Path) -> Iterator[Project | None]:
    """The project at `root` as the next commit will have it: git's index, whatever the files say. None without git."""
    index = git.index_of_a_commit(root)
    answer = git.ask(root, "ls-files", "-z", "--stage", index=index)
    if answer is None:
        yield None
        return
    entries = [entry for entry in _staged(answer.split("\0")) if entry.mode in ("100644", "100755")]
    if any(entry.name in _EMPTY for entry in entries):
        only_meant = _only_meant(root, index)
        entries = [entry for entry in entries if entry.path not in only_meant]
    names = {entry.path: entry.name for entry in entries}
    paths = _own([entry.path for entry in entries])
    executable = frozenset(entry.path for entry in entries if entry.mode == "100755")
    with git.Blobs(root) as blobs:

        def contents(path: str) -> bytes:
            if path not in names:
                raise ValueError("it is not staged")
            try:
                return blobs.read(names[path])
            except ValueError:
                if git.ask(root, "cat-file", "-e", names[path]) is None:
                    project.problem("not looked at: git does not have here what is staged", Span(path, 1))
                raise

        project = Project(root, paths, tracked=frozenset(paths), executable=executable, contents=contents)
        project.set_formats(_formats(project))
        yield project


def _only_meant(root: Path, index: Path | None) -> frozenset[str]:
    """The paths of `git add --intent-to-add`, which the next commit leaves out; the index has them as empty files.

    A comparison with the files would tell as well, but for it git runs the filters that the repository names.
    """
    parts = (git.ask(root, "ls-files", "-z", "--debug", index=index) or "").split("\0")
    found, path = [], parts[0]
    for part in parts[1:]:
        *said, following = part.split("\n", _LINES_OF_DEBUG)
        if said and int(said[-1].rpartition(" ")[2], 16) & _INTENT_TO_ADD:
            found.append(path)
        path = following
    return frozenset(found)


def _formats(project: Project) -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    for path in project.paths:
        name = format_of(path)
        if name is not None:
            found.setdefault(name, []).append(path)
    found["python"] = sorted([*found.get("python", ()), *found.get("gunicorn-config", ())])
    if not found["python"]:
        del found["python"]
    return {name: tuple(paths) for name, paths in found.items()}


# With git


def _git_files(root: Path) -> tuple[list[str], list[str], frozenset[str]] | None:
    """Tracked paths, new ones that are not ignored, and those with an execute bit; None where git does not answer."""
    answer = git.ask(root, "ls-files", "-z", "-t", "--stage", "--others", "--deleted", "--exclude-standard")
    if answer is None:
        return None
    lines = answer.split("\0")
    new = [line[2:] for line in lines if line.startswith("? ") and not line.endswith("/")]
    entries = list(_staged(line[2:] for line in lines if line.startswith(_TRACKED)))
    deleted = {entry.path for entry in _staged(line[2:] for line in lines if line.startswith("R "))}
    if (not entries and not new) or _is_of_another_folder(root, deleted, new):
        return None
    executable = frozenset(entry.path for entry in entries if entry.mode == "100755")
    return [entry.path for entry in entries if entry.path not in deleted], new, executable


def _is_of_another_folder(root: Path, deleted: set[str], new: list[str]) -> bool:
    """Whether git looked at the files of another folder, which `core.worktree` names: what it misses is here."""
    return any(os.path.lexists(root / path) for path in sorted(deleted)[:1]) or not all(
        os.path.lexists(root / path) for path in new[:1]
    )


class _Entry(NamedTuple):
    """One line of git's index."""

    mode: str
    name: str
    path: str


def _staged(entries: Iterable[str]) -> Iterator[_Entry]:
    """The entries of `git ls-files -z --stage`, without submodules, which are other projects."""
    for entry in filter(None, entries):
        meta, _, path = entry.partition("\t")
        mode, name, _ = meta.split(" ")
        if mode != "160000":
            yield _Entry(mode, name, path)


def _local_dotenv_files(root: Path, paths: list[str]) -> list[str]:
    """Dotenv files that git ignores: not committed, but an image may copy them from the folder of its Dockerfile."""
    folders = {""} | {path.rpartition("/")[0] for path in paths if format_of(path) in ("dockerfile", "compose")}
    known = set(paths)
    found = []
    for folder in folders:
        for name in _names(root / folder):
            path = f"{folder}/{name}" if folder else name
            if name.startswith(".env") and path not in known and (root / path).is_file():
                found.append(path)
    return found


def _names(folder: Path) -> list[str]:
    try:
        return os.listdir(folder)
    except OSError:
        return []


# Without git


def _walk(root: Path) -> tuple[list[str], bool, dict[str, str]]:
    """All paths below `root`, whether there were more than MAX_FILES, and the folders that cannot be read."""
    found: list[str] = []
    refused: dict[str, str] = {}
    waiting = [""]
    while waiting:
        folder = waiting.pop()
        for name, is_folder in _entries(root, folder, refused):
            path = f"{folder}/{name}" if folder else name
            if is_folder:
                if name not in SKIPPED_FOLDERS:
                    waiting.append(path)
            elif len(found) >= MAX_FILES:
                return found, True, refused
            else:
                found.append(path)
    return found, False, refused


def _entries(root: Path, folder: str, refused: dict[str, str]) -> Iterator[tuple[str, bool]]:
    try:
        with os.scandir(root / folder) as entries:
            for entry in entries:
                yield entry.name, entry.is_dir(follow_symlinks=False)
    except OSError as error:
        refused[folder or "."] = error.strerror or str(error)


def _ignore_rules(root: Path, paths: list[str]) -> Callable[[str], bool] | None:
    """What the .gitignore files say, as pathspec reads them; None when there are none."""
    files = sorted(path for path in paths if path == ".gitignore" or path.endswith("/.gitignore"))
    if not files:
        return None
    from pathspec import GitIgnoreSpec

    rules = []
    for path in files:
        try:
            lines = decode(read_bytes(str(root / path), links=False)).splitlines()
        except (OSError, ValueError):  # Git follows no link to one either.
            continue
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            rules.append((path.rpartition("/")[0], GitIgnoreSpec.from_lines(filter(_is_pattern, lines))))

    def ignored(path: str) -> bool:
        for folder, spec in reversed(rules):
            if folder and not path.startswith(folder + "/"):
                continue
            answer = spec.check_file(path[len(folder) :].lstrip("/")).include
            if answer is not None:
                return answer
        return False

    return ignored


def _is_pattern(line: str) -> bool:
    """Whether git understands a line of .gitignore, which it passes over otherwise.

    One with many stars in a name would take for ever to be held against a long name, and is passed over, too.
    """
    from pathspec import GitIgnoreSpec

    if any(part.count("*") > _MOST_STARS for part in line.split("/")):
        return False
    try:
        GitIgnoreSpec.from_lines([line])
    except (ValueError, re.error):
        return False
    return True


# Both


def _own(paths: list[str]) -> list[str]:
    """The paths that git lists, without caches and environments that somebody committed."""
    return _without_environments([path for path in paths if not _in_skipped_folder(path) and _is_plain(path)])


def _is_plain(path: str) -> bool:
    """Whether a path leads from folder to folder of the project: what an index holds that git itself did not write may
    begin at the root of the file system or at a drive of Windows, or lead up."""
    if path.startswith("/") or "//" in path or (".." in path and ".." in path.split("/")):
        return False
    return os.sep == "/" or not (":" in path or os.sep in path)


def _in_skipped_folder(path: str) -> bool:
    return any(part in SKIPPED_FOLDERS for part in path.split("/")[:-1])


def _without_environments(paths: list[str]) -> list[str]:
    """The paths that are not in a virtual environment: a folder with a pyvenv.cfg, or the lib/pythonX.Y of one.

    A project whose own root holds a pyvenv.cfg is kept, without the lib and bin that the environment brought.
    """
    marks = {path.rpartition("/")[0] for path in paths if path.rpartition("/")[2] == "pyvenv.cfg"}
    prefixes = tuple(f"{folder}/" for folder in marks if folder)
    if "" in marks:
        prefixes += ("lib/", "lib64/", "Lib/", "bin/", "Scripts/", "include/")
    return [path for path in paths if not path.startswith(prefixes) and not _in_python_library(path)]


def _in_python_library(path: str) -> bool:
    """Whether a path is below lib/pythonX.Y, the library of a committed environment without its pyvenv.cfg."""
    if "/python" not in path and not path.startswith("lib"):
        return False
    parts = path.split("/")
    return any(
        first in ("lib", "lib64") and second.startswith(("python2.", "python3."))
        for first, second in pairwise(parts[:-1])
    )
