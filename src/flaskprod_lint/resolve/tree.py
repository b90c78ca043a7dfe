"""Which file of the project stands at a path in production: the image's COPYs, mounts, or a buildpack's /app."""

from __future__ import annotations

import fnmatch
import posixpath
from collections.abc import Callable
from dataclasses import field

from flaskprod_lint.model import Unknown
from flaskprod_lint.records import dataclass
from flaskprod_lint.source import Place, Project


@dataclass(frozen=True)
class Mount:
    """A file or folder of the project (`origin_path`, "" for all of it) that stands at `path` in production.

    `unknown` is a reason when something stands there that cannot be read, such as what a RUN made.
    """

    path: str
    origin_path: str
    origin: Place
    excluded: Callable[[str], bool] | None = None
    unknown: str | None = None

    def brings(self, project_path: str) -> bool:
        """Whether a file of the project is part of it."""
        if self.unknown is not None or (self.excluded and self.excluded(project_path)):
            return False
        return self.origin_path in ("", project_path) or project_path.startswith(self.origin_path + "/")


@dataclass(frozen=True)
class Change:
    """Something a RUN or COPY does to a file at an absolute path (or below it): "executable" or "rewritten".

    `path` may hold the wildcards of the shell. A rewritten file (`sed -i`, dos2unix) keeps its name, not its text.
    """

    kind: str
    path: str
    origin: Place

    def touches(self, absolute: str) -> bool:
        """Whether it changes the file at that path."""
        return fnmatch.fnmatchcase(absolute, self.path) or absolute.startswith(self.path.rstrip("/") + "/")


@dataclass
class Tree:
    """The file system of a process, as far as the project says. Later mounts hide earlier ones."""

    project: Project
    mounts: list[Mount] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)

    def mount(self, path: str, origin_path: str, origin: Place, excluded: Callable[[str], bool] | None = None) -> None:
        """Put a file or folder of the project at an absolute path."""
        self.mounts.append(Mount(posixpath.normpath(path), origin_path.strip("/"), origin, excluded))

    def mount_unknown(self, path: str, reason: str, origin: Place) -> None:
        """Say that something unreadable stands at an absolute path and below it."""
        self.mounts.append(Mount(posixpath.normpath(path), "", origin, unknown=reason))

    def locate(self, path: str, cwd: str = "/") -> str | Unknown | None:
        """The project path of the file or folder at `path`; None when nothing of the project stands there.

        Unknown only when something that cannot be read may stand there.
        """
        absolute = posixpath.normpath(posixpath.join(cwd or "/", path))
        hidden: Unknown | None = None
        for mount in reversed(self.mounts):
            found = self._in_mount(mount, absolute)
            if isinstance(found, Unknown):
                hidden = hidden or found
            elif found is not None:
                return found
        return hidden

    def change(self, kind: str, path: str, origin: Place) -> None:
        """Note that the image's build makes a file executable or rewrites it."""
        self.changes.append(Change(kind, posixpath.normpath(path), origin))

    def changed(self, kind: str, path: str, cwd: str = "/") -> Change | None:
        """The last such change of the file at `path`: whether `RUN chmod +x` or `sed -i` has touched it."""
        absolute = posixpath.normpath(posixpath.join(cwd or "/", path))
        return next((one for one in reversed(self.changes) if one.kind == kind and one.touches(absolute)), None)

    def paths_of(self, project_path: str) -> list[str]:
        """The absolute paths at which a file of the project stands in production, the last mount first."""
        found = []
        for mount in reversed(self.mounts):
            if mount.unknown is not None or (mount.excluded and mount.excluded(project_path)):
                continue
            if mount.origin_path in ("", project_path) or project_path.startswith(mount.origin_path + "/"):
                rest = project_path[len(mount.origin_path) :].strip("/")
                found.append(posixpath.normpath(posixpath.join(mount.path, rest)) if rest else mount.path)
        return found

    def _in_mount(self, mount: Mount, absolute: str) -> str | Unknown | None:
        if absolute == mount.path:
            rest = ""
        elif absolute.startswith(mount.path.rstrip("/") + "/"):
            rest = absolute[len(mount.path.rstrip("/")) + 1 :]
        else:
            return None
        if mount.unknown is not None:
            return Unknown(mount.unknown, mount.origin.span)
        path = posixpath.join(mount.origin_path, rest).strip("/") if rest else mount.origin_path
        if mount.excluded and mount.excluded(path):
            return None
        return path if path in self.project or self.project.is_folder(path) else None
