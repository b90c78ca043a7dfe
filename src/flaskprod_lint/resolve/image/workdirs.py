"""The working directory that a base image of one's own brings along, as far as the Dockerfile gives it away."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator

from flaskprod_lint.inputs.dockerfile import Instruction, Stage
from flaskprod_lint.resolve.image.context import BuildContext


def likely(stage: Stage, context: BuildContext) -> str:
    """Where relative paths of the stage start: `COPY docker/ ./` puts the start.sh there that `/srv/start.sh` starts.

    "/" where nothing tells.
    """
    for started in _started(stage):
        for source, destination in _relative_copies(stage):
            path = context.path(source)
            name = posixpath.basename(started)
            brought = posixpath.basename(path) == name and path in context.project
            if brought or posixpath.join(path, name) in context.project:
                found = _above(posixpath.dirname(started), posixpath.normpath(destination))
                if found:
                    return found
    return "/"


def _started(stage: Stage) -> Iterator[str]:
    """The absolute paths that the image starts."""
    for instruction in stage.instructions:
        if instruction.keyword in ("ENTRYPOINT", "CMD") and instruction.argv:
            path = instruction.argv[0].value
            if path.startswith("/") and "$" not in path:
                yield path


def _relative_copies(stage: Stage) -> Iterator[tuple[str, str]]:
    """Each source and destination of the COPYs that go by the working directory of the base image."""
    for instruction in stage.instructions:
        if instruction.keyword == "WORKDIR":
            return
        words = _words(instruction)
        if len(words) > 1 and not words[-1].startswith(("/", "$")):
            yield from ((source, words[-1]) for source in words[:-1])


def _words(instruction: Instruction) -> list[str]:
    if instruction.keyword not in ("COPY", "ADD") or instruction.flag("from") is not None:
        return []
    return [word.value for word in instruction.argv or instruction.words]


def _above(folder: str, destination: str) -> str:
    """The folder that a relative destination starts from, if it ends in `folder`."""
    if destination == ".":
        return folder
    return folder[: -len(destination) - 1] or "/" if folder.endswith("/" + destination) else ""
