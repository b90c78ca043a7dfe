"""The build context: the folder whose files an image can copy, and what .dockerignore leaves out of it."""

from __future__ import annotations

import posixpath
from collections.abc import Callable
from dataclasses import field

from flaskprod_lint.inputs import dockerignore, gcloudignore
from flaskprod_lint.inputs.dockerignore import Dockerignore
from flaskprod_lint.records import dataclass
from flaskprod_lint.source import Located, Place, Project, Span

#: What says which files gcloud does not upload; without it, gcloud goes by .gitignore and leaves out .git.
_UPLOADS = ".gcloudignore"


@dataclass
class BuildContext:
    """The files below `folder`, filtered by `ignore` (None when there is no .dockerignore).

    `uploaded` says that gcloud sends the folder to the builder first, without what `upload` leaves out.
    """

    project: Project
    folder: str
    ignore: Dockerignore | None = None
    uploaded: bool = False
    upload: Dockerignore | None = None
    _known: dict[str, Located[str] | None] = field(default_factory=dict)

    @property
    def filter_place(self) -> Place | None:
        found = self.ignore or self.upload
        return Place(Span(found.path, 1)) if found else None

    @property
    def re_includes(self) -> bool:
        """Whether a filter has lines with `!`, so that a part of an excluded folder may be sent."""
        filters = (self.ignore, self.upload)
        return any(pattern.includes for one in filters if one is not None for pattern in one.patterns)

    def path(self, source: str) -> str:
        """The project's path of a source of COPY: `..` cannot leave the context."""
        inside = posixpath.normpath(posixpath.join("/", source)).lstrip("/")
        return posixpath.join(self.folder, inside).rstrip("/") if inside else self.folder

    def excluded_by(self, project_path: str) -> Located[str] | None:
        """The line of .dockerignore, or of what keeps it from being uploaded, that leaves out a path of the project."""
        if self.ignore is None and self.upload is None:
            return None
        if project_path not in self._known:
            relative = self._relative(project_path)
            found = self.upload.excluded_by(relative) if self.upload is not None else None
            self._known[project_path] = found or (self.ignore.excluded_by(relative) if self.ignore else None)
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
        """The files and folders of the context (as sources of COPY) that a pattern with wildcards names.

        None of them for a pattern that Docker refuses: the image is not built then.
        """
        clean = posixpath.normpath(posixpath.join("/", pattern)).lstrip("/")
        depth = clean.count("/") + 1
        try:
            test = dockerignore.matcher(clean)
        except ValueError:
            return []
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
        told = self.upload is not None and self.upload.path.endswith(_UPLOADS)
        if self.folder or self.excludes(".git/HEAD") or (self.uploaded and not told):
            return False
        return self.project.tracked is None or (self.project.root / ".git").exists()

    def _relative(self, project_path: str) -> str:
        return project_path[len(self.folder) :].lstrip("/") if self.folder else project_path


def of(project: Project, dockerfile_path: str, folder: str, *, uploaded: bool = False) -> BuildContext:
    """The context of a build: `<Dockerfile>.dockerignore` beside the Dockerfile goes before .dockerignore.

    What gcloud uploads is filtered by .gcloudignore before; without one by .gitignore.
    """
    folder = folder.strip("/")
    folder = "" if folder == "." else folder
    upload = _upload(project, folder) if uploaded else None
    for path in (f"{dockerfile_path}.dockerignore", posixpath.join(folder, ".dockerignore")):
        facts = project.facts(path, dockerignore.read) if path in project else None
        if facts is not None:
            for problem in facts.problems:
                if problem.place.span:
                    project.problem(problem.message, problem.place.span)
            return BuildContext(project, folder, facts, uploaded, upload)
    return BuildContext(project, folder, None, uploaded, upload)


def _upload(project: Project, folder: str) -> Dockerignore | None:
    """What keeps files of a folder from being uploaded."""
    paths = (posixpath.join(folder, name) for name in (_UPLOADS, ".gitignore"))
    path = next((path for path in paths if path in project), None)
    return project.facts(path, gcloudignore.read) if path is not None else None


def both(first: Callable[[str], bool], second: Callable[[str], bool] | None) -> Callable[[str], bool]:
    """What either leaves out."""
    return first if second is None else lambda path: first(path) or second(path)
