"""Where the interpreted program finds files: the tree of the process, and the folders that imports look in."""

from __future__ import annotations

import posixpath
from collections.abc import Sequence

from flaskprod_lint.resolve.context import Context


class Files:
    """The files that an interpreter's program sees."""

    def __init__(self, context: Context, search: Sequence[str]) -> None:
        self.context = context
        self.search = list(search) or _default_search(context)

    def locate(self, text: str) -> str | None:
        """The project path of a file or folder that the program names."""
        found = self.context.tree.locate(text, self.context.cwd)
        if found is None and not self.context.tree.mounts:
            absolute = posixpath.normpath(posixpath.join(self.context.cwd, text)).removeprefix(self.context.cwd)
            path = absolute.strip("/")
            found = path if path in self.context.project or self.context.project.is_folder(path) else None
        return found if isinstance(found, str) else None

    def file_of(self, project_path: str) -> str:
        """The absolute path of a file of the project where the program runs."""
        places = self.context.tree.paths_of(project_path)
        return places[0] if places else posixpath.join(self.context.cwd, project_path)

    def add_search(self, text: str, *, first: bool) -> None:
        """`sys.path.insert(0, text)`."""
        folder = posixpath.normpath(posixpath.join(self.context.cwd, text))
        if not self.context.tree.mounts:
            folder = self.locate(folder) or folder
        if folder not in self.search:
            self.search.insert(0 if first else len(self.search), folder)


def _default_search(context: Context) -> list[str]:
    if not context.tree.mounts:
        return [""]
    setting = context.variables.get("PYTHONPATH")
    listed = setting.value.split(":") if setting is not None and isinstance(setting.value, str) else []
    return [posixpath.normpath(posixpath.join(context.cwd, folder)) for folder in ("", *filter(None, listed))]
