"""The build context: the folder whose files an image can copy, and what .dockerignore leaves out of it."""

from __future__ import annotations

import posixpath
from collections.abc import Callable
from dataclasses import dataclass, field

from flaskprod_lint.inputs import dockerignore
from flaskprod_lint.inputs.dockerignore import Dockerignore
from flaskprod_lint.source import Located, Place, Project, Span


@dataclass(slots=True)
class BuildContext:
    """The files below `folder`, filtered by `ignore` (None when there is no .dockerignore)."""

    project: Project
    folder: str
    ignore: Dockerignore | None = None
    _known: dict[str, Located[str] | None] = field(default_factory=dict)

    @property
    def filter_place(self) -> Place | None:
        return Place(Span(self.ignore.path, 1)) if self.ignore else None

    @property
    def re_includes(self) -> bool:
        """Whether .dockerignore has lines with `!`, so that a part of an excluded folder may be sent."""
        return self.ignore is not None and any(pattern.includes for pattern in self.ignore.patterns)

    def path(self, source: str) -> str:
        """The project's path of a source of COPY: `..` cannot leave the context."""
        inside = posixpath.normpath(posixpath.join("/", source)).lstrip("/")
        return posixpath.join(self.folder, inside).rstrip("/") if inside else self.folder

    def excluded_by(self, project_path: str) -> Located[str] | None:
        """The line of .dockerignore that leaves out a path of the project."""
        if self.ignore is None:
            return None
        if project_path not in self._known:
            self._known[project_path] = self.ignore.excluded_by(self._relative(project_path))
        return self._known[project_path]

    def excludes(self, project_path: str) -> bool:
        return self.excluded_by(project_path) is not None

    def has_files(self, source: str) -> bool:
        """Whether a source without wildcards brings any file, after the filter."""
        path = self.path(source)
        if path in self.project:
            return not self.excludes(path)
        return any(not self.excludes(found) for found in self.project.below(path))

    def matching(self, pattern: str) -> list[str]:
        """The files and folders of the context (as sources of COPY) that a pattern with wildcards names."""
        clean = posixpath.normpath(posixpath.join("/", pattern)).lstrip("/")
        depth = clean.count("/") + 1
        test = dockerignore.matcher(clean)
        found: dict[str, None] = {}
        for path in self.project.below(self.folder):
            parts = self._relative(path).split("/")
            name = "/".join(parts[:depth])
            if len(parts) >= depth and name not in found and test(name) and not self.excludes(path):
                found[name] = None
        return list(found)

    @property
    def sends_git(self) -> bool:
        """Whether the history of the project goes into the context: where it lies and nothing leaves it out."""
        if self.folder or self.excludes(".git/HEAD"):
            return False
        return self.project.tracked is None or (self.project.root / ".git").exists()

    def _relative(self, project_path: str) -> str:
        return project_path[len(self.folder) :].lstrip("/") if self.folder else project_path


def of(project: Project, dockerfile_path: str, folder: str) -> BuildContext:
    """The context of a build: `<Dockerfile>.dockerignore` beside the Dockerfile goes before .dockerignore."""
    folder = folder.strip("/")
    folder = "" if folder == "." else folder
    for path in (f"{dockerfile_path}.dockerignore", posixpath.join(folder, ".dockerignore")):
        facts = project.facts(path, dockerignore.read) if path in project else None
        if facts is not None:
            for problem in facts.problems:
                if problem.place.span:
                    project.problem(problem.message, problem.place.span)
            return BuildContext(project, folder, facts)
    return BuildContext(project, folder)


def both(first: Callable[[str], bool], second: Callable[[str], bool] | None) -> Callable[[str], bool]:
    """What either leaves out."""
    return first if second is None else lambda path: first(path) or second(path)
