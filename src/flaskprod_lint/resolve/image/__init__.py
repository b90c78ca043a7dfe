"""Images: what a Dockerfile makes of a project, and the command that it starts."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from dataclasses import replace

from flaskprod_lint.inputs import dockerfile
from flaskprod_lint.inputs.dockerfile import Dockerfile, Stage
from flaskprod_lint.model import Command, Image, Setting
from flaskprod_lint.resolve.image import context as build_context
from flaskprod_lint.resolve.image import shipped
from flaskprod_lint.resolve.image.stages import Builder
from flaskprod_lint.resolve.tree import Tree
from flaskprod_lint.source import Project, is_number

__all__ = ["build", "command_of", "shipped_stage"]

_PRODUCTION_STAGES = ("production", "prod", "release")


def build(
    project: Project,
    dockerfile_path: str,
    *,
    context_folder: str = "",
    target: str | None = None,
    build_args: Mapping[str, Setting] | None = None,
    uploaded: bool = False,
) -> tuple[Image, Tree]:
    """The image that a Dockerfile makes, and its file system. Raises LookupError for one that has no stage."""
    facts = project.facts(dockerfile_path, dockerfile.read)
    if facts is None:
        raise LookupError(dockerfile_path)
    for problem in facts.problems:
        if problem.place.span:
            project.note(problem)
    stage = shipped_stage(facts, target)
    if stage is None:
        raise LookupError(f"{dockerfile_path} has no FROM")
    context = build_context.of(project, dockerfile_path, context_folder, uploaded=uploaded)
    builder = Builder(facts, context, build_args or {})
    state = builder.build(stage)
    return shipped.image(builder, state, stage), state.tree


def shipped_stage(facts: Dockerfile, target: str | None = None) -> Stage | None:
    """The stage that ships: the one that is asked for, else one named for production, else the last."""
    if target:
        wanted = target.lower()
        found = next((one for one in facts.stages if one.name == wanted), None)
        if found is None and is_number(wanted) and int(wanted) < len(facts.stages):
            found = facts.stages[int(wanted)]
        if found is not None:
            return found
    named = [one for one in facts.stages if one.name in _PRODUCTION_STAGES]
    if named:
        return named[-1]
    return facts.stages[-1] if facts.stages else None


def command_of(image: Image | None, *, entrypoint: Command | None = None, cmd: Command | None = None) -> Command | None:
    """What a container of the image runs, with a manifest's entrypoint and command in place of the image's own.

    A manifest's entrypoint drops the image's CMD. A shell-form ENTRYPOINT takes no arguments. An override with no
    words stands for "none".
    """
    first = entrypoint or (image.entrypoint if image else None)
    second = cmd if cmd is not None or entrypoint is not None else (image.cmd if image else None)
    first, second = _or_none(first), _or_none(second)
    if first is None:
        return second
    if second is None or first.form == "shell":
        return first
    shell = image.shell_argv if image else ("/bin/sh", "-c")
    return _joined(first, second, shell)


def _joined(first: Command, second: Command, shell: tuple[str, ...]) -> Command:
    """ENTRYPOINT in exec form with CMD as its arguments."""
    arguments = second.argv or () if second.form == "exec" else (*shell, second.text)
    places = second.places if second.form == "exec" else (second.origin,) * len(arguments)
    argv = (*(first.argv or ()), *arguments)
    text = shlex.join(argv)
    joined = replace(first, text=text, argv=argv)
    if len(first.places) + len(places) == len(argv):
        joined = replace(joined, places=(*first.places, *places))
    return joined


def _or_none(command: Command | None) -> Command | None:
    return None if command is not None and not command.argv and not command.text.strip() else command
