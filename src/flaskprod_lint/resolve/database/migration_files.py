"""Whether the migrations are where they are run, and whether they hang together."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from flaskprod_lint.inputs import dockerignore
from flaskprod_lint.inputs.alembic import MigrationFolder
from flaskprod_lint.model import Deployment, Image, MigrationRun, Migrations, Unknown
from flaskprod_lint.patterns import regex
from flaskprod_lint.resolve.context import Context
from flaskprod_lint.source import Located, Place, Project

_SHOWN = 4
#: What makes several heads a choice: branches with names, folders of their own.
_BRANCHES = regex(r"^branch_labels[^=\n]*=\s*[^N\s]", re.MULTILINE)
_LOCATIONS = regex(r"^[ \t]*(version_locations|recursive_version_locations)[ \t]*=", re.MULTILINE)


def completed(
    found: Migrations,
    folder: MigrationFolder | None,
    project: Project,
    deployment: Deployment,
    contexts: Mapping[str, Context],
) -> Migrations:
    """The migrations, with what keeps them out of the image that runs them and what is wrong with their graph."""
    left_out, sure = _left_out(found, folder, project, deployment, contexts)
    found = replace(found, left_out=left_out, left_out_sure=sure)
    return _with_graph(found, folder, project) if folder is not None else found


# Shipped


def _left_out(
    found: Migrations,
    folder: MigrationFolder | None,
    project: Project,
    deployment: Deployment,
    contexts: Mapping[str, Context],
) -> tuple[tuple[Place, ...], bool]:
    """What keeps the migrations out, then the commands that miss them; nothing where they are there or may be."""
    runs = [run for run in found.runs if run.kind == "upgrade" and run.effective and run.process in contexts]
    if not runs:
        return (), True
    if folder is None or not folder.count:
        ignored = _ignored(folder, project)
        return ((ignored, _place(runs[0])), True) if ignored is not None else ((), True)
    for run in runs:
        context = contexts[run.process]
        image = context.image
        if image is None or not context.tree.mounts or not _is_absent(folder, context):
            continue
        excluded = _excluded(folder, image, project)
        copied = image.copies[-1].at if image.copies else image.origin
        place = excluded or Place(copied.span, f"no COPY brings {folder.path}/")
        return (place, _place(run)), run.sure
    return (), True


def _place(run: MigrationRun) -> Place:
    return Place(run.step.origin.span, f"`{' '.join(run.step.text.split())[:60]}` runs them")


def _is_absent(folder: MigrationFolder, context: Context) -> bool:
    """Whether no file of the folder stands anywhere in the image, and nothing that cannot be read may bring it."""
    paths = context.project.below(folder.path)
    if any(context.tree.paths_of(path) for path in paths):
        return False
    package = posixpath.join(posixpath.dirname(folder.path), "__init__.py")
    if package in context.project and not context.tree.paths_of(package):
        # The package around them is not copied either: it comes with a wheel, and so may they.
        return False
    name = folder.path.rpartition("/")[2]
    places = {f"{context.cwd.rstrip('/')}/{name}", f"{context.cwd.rstrip('/')}/{folder.path}", f"/{folder.path}"}
    return not any(isinstance(context.tree.locate(place), (str, Unknown)) for place in places)


def _excluded(folder: MigrationFolder, image: Image, project: Project) -> Place | None:
    """The pattern of .dockerignore that leaves the folder out."""
    path = image.context_filter.path if image.context_filter is not None else ""
    facts = project.facts(path, dockerignore.read) if path else None
    top = posixpath.dirname(path)
    inside = folder.path[len(top) :].lstrip("/") if folder.path.startswith(top) else folder.path
    pattern = facts.excluded_by(inside) if facts is not None else None
    return Place(pattern.span, f"leaves out {folder.path}/") if pattern is not None else None


def _ignored(folder: MigrationFolder | None, project: Project) -> Place | None:
    """The line of .gitignore that keeps the migrations out of the repository."""
    where = f"{folder.path}/versions/0001_first.py" if folder is not None else "migrations/versions/0001_first.py"
    if not project.is_ignored(where) or ".gitignore" not in project:
        return None
    source = project.read(".gitignore")
    for number, line in enumerate(source.lines if source is not None else (), 1):
        text = line.strip()
        if source is not None and re.search(r"\bmigrations\b|\bversions\b", text) and not text.startswith(("#", "!")):
            return Place(source.line_span(number), f"keeps {text} out of the repository")
    return None


# The graph


def _with_graph(found: Migrations, folder: MigrationFolder, project: Project) -> Migrations:
    files = [path for path in project.below(folder.path) if path.endswith(".py")]
    nested = any(path.count("/") > folder.path.count("/") + 2 for path in files if "/versions/" in path)
    if nested or _has_branches(files, project) or _locations(project):
        return found
    heads = folder.heads if len(folder.heads) > 1 and not _upgrades_heads(found.runs) else ()
    return replace(
        found,
        heads=tuple(Place(head.span, f"head {head.name}") for head in heads),
        missing=tuple(Place(revision.span, name) for revision, name in folder.missing),
        graph_sure=not folder.unread,
    )


def _has_branches(files: Sequence[str], project: Project) -> bool:
    sources = (project.read(path) for path in files)
    return any(source is not None and _BRANCHES.search(source.text) for source in sources)


def _locations(project: Project) -> bool:
    """Whether an alembic.ini names folders of its own for revisions."""
    sources = (project.read(path) for path in project.of_format("alembic-ini"))
    return any(source is not None and _LOCATIONS.search(source.text) for source in sources)


def _upgrades_heads(runs: Sequence[MigrationRun]) -> bool:
    """Whether the command asks for all heads: `flask db upgrade heads`."""
    return any("heads" in run.step.argv for run in runs)


def build_runs(deployment: Deployment, project: Project) -> Iterator[tuple[str, Place]]:
    """The programs that a platform runs to build the app without an image, each with its place."""
    platform = deployment.platform.id if deployment.platform is not None else ""
    told = _build_commands(deployment, project) if platform in ("render", "railway") else ()
    for text in (*told, *deployment.builds):
        for part in re.split(r"&&|;|\n", text.value):
            if part.strip():
                yield part.strip(), Place(text.span, text.value)
    source = project.read("bin/post_compile") if platform == "heroku" and "bin/post_compile" in project else None
    for number, line in enumerate(source.lines if source is not None and deployment.image is None else (), 1):
        if line.strip() and source is not None:
            yield line.strip(), Place(source.line_span(number), line.strip())


def _build_commands(deployment: Deployment, project: Project) -> Iterator[Located[str]]:
    from flaskprod_lint.inputs import railway, render

    path = deployment.origin.path
    if path in project.of_format("render"):
        facts = project.facts(path, render.read)
        own = {process.name for process in deployment.processes}
        services = facts.services if facts is not None else ()
        for service in services:
            if service.build_command is not None and (service.name.value in own or len(services) == 1):
                yield service.build_command
    elif path.endswith(("railway.toml", "railway.json")):
        command = project.facts(path, railway.read)
        if command is not None and command.build is not None:
            yield command.build
