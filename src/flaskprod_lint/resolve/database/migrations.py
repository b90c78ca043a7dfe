"""Which of a deployment's programs run the project's migrations, and when."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from flaskprod_lint.inputs import alembic, procfile
from flaskprod_lint.inputs.alembic import MigrationFolder
from flaskprod_lint.model import Deployment, MigrationRun, Migrations, Process, Step
from flaskprod_lint.patterns import regex
from flaskprod_lint.resolve.context import Context
from flaskprod_lint.resolve.database import migration_files, schema_steps, upgrade_words
from flaskprod_lint.resolve.database.schema_steps import Effect
from flaskprod_lint.source import Place, Project

#: A project with more migration folders than this is a collection of apps: a book, or a course.
_COLLECTION = 3
#: What people call a service that prepares the database and ends.
_ONCE = regex(r"(^|[-_])(init|migrate|migrations?|release|setup|upgrade)($|[-_])", re.IGNORECASE)


def of_deployment(
    project: Project, deployment: Deployment, contexts: Mapping[str, Context] | None = None
) -> Migrations | None:
    """The migrations of a deployment; None for a project without a migration folder that never touches a schema."""
    folder = _folder(project, deployment)
    runs: list[MigrationRun] = []
    writes: list[MigrationRun] = []
    every = (*_steps(deployment), *_build_steps(project, deployment), *_unused_steps(project, deployment))
    for where, name, step in every:
        effect = schema_steps.effect_of(step, project, deployment.packages)
        if effect is None:
            continue
        run = _run(_for_one(where, step, project), name, step, effect, deployment)
        (writes if effect.kind == "autogenerate" else runs).append(run)
    if folder is None and not runs and not writes:
        return None
    tool = _tool(project, folder, deployment)
    found = Migrations(
        tool,
        Place(folder.at) if folder else None,
        folder.count if folder else 0,
        tuple(runs),
        tuple(writes),
        _mentioned(project, deployment) if folder else None,
        upgrade=upgrade_words.of_deployment(tool, folder, project, deployment, contexts or {}),
    )
    return migration_files.completed(found, folder, project, deployment, contexts or {})


def _mentioned(project: Project, deployment: Deployment) -> Place | None:
    from flaskprod_lint.resolve.database import migration_mentions

    return migration_mentions.find(project, _own_files(deployment))


def _tool(project: Project, folder: MigrationFolder | None, deployment: Deployment) -> str:
    """Whose folder it is, by its env.py: Flask-Migrate's asks the app. Without one, by what is installed."""
    env = project.read(folder.at.path) if folder is not None else None
    if env is not None and "env.py" in env.path:
        beside = env.path.rpartition("/")[0].rpartition("/")[0]
        has_ini = "alembic.ini" in project or f"{beside}/alembic.ini" in project
        return "flask-migrate" if "current_app" in env.text or not has_ini else "alembic"
    packages = [process.packages for process in deployment.processes] or [deployment.packages]
    flask = any(each.find("flask-migrate") for each in packages)
    return "alembic" if not flask and any(each.find("alembic") for each in packages) else "flask-migrate"


def _folder(project: Project, deployment: Deployment) -> MigrationFolder | None:
    """The migration folder of the app that is deployed: the one nearest to its files, else to the project's root."""
    files = [file for app in deployment.apps for file in app.files]
    here = files or [deployment.origin.path, *([deployment.image.dockerfile] if deployment.image else [])]
    every = [folder for folder in alembic.find(project) if not _is_aside(folder.path)]
    found = [folder for folder in every if not _is_of_another(folder.path, here, project)]
    if len(every) > _COLLECTION:
        found = [folder for folder in found if any(_shared(folder.path, file) > 1 for file in here)]
    if len(found) > 1:
        found.sort(key=lambda folder: -max(_shared(folder.path, file) for file in here))
    filled = [folder for folder in found if folder.count]
    return next(iter(filled or found), None)


def _is_of_another(path: str, here: list[str], project: Project) -> bool:
    """Whether the folder belongs to another service of the project, with an image or dependencies of its own."""
    top, slash, _ = path.partition("/")
    if not slash or any(file.startswith(f"{top}/") for file in here):
        return False
    return any(f"{top}/{name}" in project for name in ("Dockerfile", "requirements.txt", "pyproject.toml", "Procfile"))


def _is_aside(path: str) -> bool:
    return bool({"tests", "test", "examples", "example", "docs"} & set(path.split("/")))


def _shared(left: str, right: str) -> int:
    """How many folders two paths have in common from the root."""
    count = 0
    for one, other in zip(left.split("/"), right.split("/"), strict=False):
        if one != other:
            break
        count += 1
    return count


# Steps


def _steps(deployment: Deployment) -> Iterator[tuple[str, str, Step]]:
    """Every program of the deployment that may upgrade, with when it runs and the name of its process."""
    for run in deployment.image.runs if deployment.image else ():
        for step in run.steps:
            yield "build", "build", step
    for process in deployment.processes:
        for index, step in enumerate(process.steps):
            where = _where(process, index)
            if where:
                yield where, process.name, step


def _build_steps(project: Project, deployment: Deployment) -> Iterator[tuple[str, str, Step]]:
    """The programs of a manifest's build command."""
    for text, place in migration_files.build_runs(deployment, project):
        yield "build", "build", Step(tuple(text.split()), text, place)


def _for_one(where: str, step: Step, project: Project) -> str:
    """`release` for what a script runs at the start of one instance only, as Cloud Foundry numbers them."""
    span = step.origin.span
    source = project.read(span.path) if where == "boot" and span is not None and not step.sure else None
    if source is None or span is None:
        return where
    above = (source.line(number) for number in range(max(1, span.line - 3), span.line + 1))
    return "release" if any("CF_INSTANCE_INDEX" in line for line in above) else where


def _unused_steps(project: Project, deployment: Deployment) -> Iterator[tuple[str, str, Step]]:
    """The program of a Procfile's release line that the platform passes over."""
    span = deployment.unused_release.span if deployment.unused_release is not None else None
    lines = project.facts(span.path, procfile.read) if span is not None else None
    for entry in lines.entries if lines is not None else ():
        if span is not None and entry.line.span.line == span.line:
            text = entry.command
            yield "unused", "release", Step(tuple(text.value.split()), text.value, Place(text.span, text.value))


def _where(process: Process, index: int) -> str:
    """When a step of a process runs. What a web process stays in is its server, and no migration."""
    if process.kind in ("release", "init", "cron", "build", "after"):
        return process.kind if process.once else "boot"
    is_main = index == process.main or (process.main is None and index == len(process.steps) - 1)
    if process.kind == "web":
        return "" if index == process.main else "boot"
    return "release" if is_main or _ONCE.search(process.name) else "worker"


def _run(where: str, name: str, step: Step, effect: Effect, deployment: Deployment) -> MigrationRun:
    reason = _why_not(where, step, deployment)
    return MigrationRun(
        where,
        name,
        step,
        effective=not reason,
        reason=reason,
        kind=effect.kind,
        sure=step.sure and effect.sure,
        trail=effect.trail,
    )


def _why_not(where: str, step: Step, deployment: Deployment) -> str:
    """Why a step that would upgrade does not, or not in time."""
    if step.background:
        return "it runs in the background, and nothing waits for it"
    if where == "after":
        return "it runs only after the new version has been started"
    if where == "unused" and deployment.unused_release is not None:
        return deployment.unused_release.note
    return ""


def _own_files(deployment: Deployment) -> set[str]:
    """The files that the deployment's processes are started by: what they run has been followed."""
    steps = [step for process in deployment.processes for step in process.steps]
    return {place.path for step in steps for place in (step.origin, *step.trail)}
