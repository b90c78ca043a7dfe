"""A part of a manifest that runs a command, whatever the platform: where it runs, and the process that it becomes."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Mapping
from dataclasses import field, replace

from flaskprod_lint.inputs import procfile
from flaskprod_lint.model import Command, Conflict, Deployment, Packages, Platform, Process, Setting, Unknown
from flaskprod_lint.records import dataclass
from flaskprod_lint.resolve import image as images_of
from flaskprod_lint.resolve import packages, platforms
from flaskprod_lint.resolve.context import Context
from flaskprod_lint.resolve.deployments import images, planned
from flaskprod_lint.resolve.deployments.images import Built
from flaskprod_lint.resolve.deployments.planned import Planned
from flaskprod_lint.resolve.deployments.standing import Standing
from flaskprod_lint.resolve.options import Options
from flaskprod_lint.resolve.tree import Tree
from flaskprod_lint.source import Located, Place, Problem, Project, Span


@dataclass(frozen=True)
class Home:
    """What runs a part: an image that is built here, an image from elsewhere, or what a buildpack makes of a folder.

    `directory` is where the buildpack puts the folder.
    """

    folder: str = ""
    built: Built | None = None
    elsewhere: Span | None = None
    directory: str = "/app"


@dataclass(frozen=True)
class Part:
    """A part of a manifest, as its platform means it. `command` is None where the manifest leaves it to the image.

    `counted` says that the user's number of instances is about it.
    """

    name: str
    kind: str
    at: Place
    command: Command | None = None
    variables: Mapping[str, Setting] = field(default_factory=dict)
    instances: Located[str] | None = None
    port_expected: Setting | None = None
    port_set: bool | None = None
    grace: Setting | None = None
    router_timeout: Setting | None = None
    cpus: Setting | None = None
    memory: Setting | None = None
    health_path: Setting | None = None


def platform_of(name: str, path: str, home: Home, note: str) -> Platform:
    """The platform whose manifest a file is, with what it sets for this kind of home."""
    build = "buildpack" if home.built is None and home.elsewhere is None else "image"
    origin = Place(Span(path, 1), note)
    return platforms.get(name, origin=origin, build=build) or Platform(name, name, origin)


def deployment_of(
    project: Project, path: str, at: Span, platform: Platform, place: Standing, options: Options, home: Home
) -> Deployment:
    """The deployment that a manifest describes, without its processes."""
    image = home.built.image if home.built is not None else None
    return Deployment(
        f"{path} on {platform.name}",
        Place(at, path),
        place.environment,
        place.why,
        sure=place.sure,
        platform=platform,
        tiers=options.told_tiers,
        image=image,
        packages=_packages(project, home),
        python=image.python if image is not None else None if home.elsewhere else _python(project, home),
    )


def _packages(project: Project, home: Home) -> Packages:
    if home.built is not None:
        return home.built.image.packages
    if home.elsewhere is not None:
        return Packages(complete=Unknown("the image is not built from a file of this project"))
    return packages.of_buildpack(project, home.folder)


def _python(project: Project, home: Home) -> Setting | None:
    from flaskprod_lint.resolve.deployments import procfile as procfiles

    return procfiles.python_of(project, home.folder)


def add(found: Planned, project: Project, home: Home, part: Part, options: Options) -> Process | None:
    """Add a part's process; None where neither the manifest nor the image says what to start."""
    image = home.built.image if home.built is not None else None
    command = images_of.command_of(image, cmd=part.command) if image is not None else part.command
    if command is None:
        return None
    context = context_of(project, home, found.deployment)
    counted = options if part.kind == "web" else replace(options, instances=None)
    trail = (part.at, command.origin) if command.origin.span != part.at.span else (command.origin,)
    variables = planned.merged(context.variables, part.variables)
    process = Process(
        part.name,
        part.kind,
        command,
        trail=trail,
        instances=planned.instances(
            counted, part.instances, f"{part.instances.value} instances" if part.instances else ""
        ),
        port_set=True if "PORT" in variables else part.port_set,
        port_expected=part.port_expected,
        grace=part.grace,
        router_timeout=part.router_timeout,
        cpus=part.cpus,
        memory=part.memory,
        health_path=part.health_path,
    )
    found.add(process, replace(context, variables=variables))
    return process


def context_of(project: Project, home: Home, deployment: Deployment) -> Context:
    """Where the parts of a home run, before their own variables."""
    platform = deployment.platform
    if home.built is not None:
        return replace(images.context_for(home.built, project), open_environment=True, platform=platform)
    tree = Tree(project)
    if home.elsewhere is not None:
        tree.mount_unknown("/", "the image is not built from a file of this project", Place(home.elsewhere))
        return Context(project, tree, packages=deployment.packages, platform=platform)
    name = platform.name if platform is not None else "the platform"
    tree.mount(home.directory, home.folder, Place(None, f"{name} puts the project at {home.directory}"))
    version = deployment.python.value if deployment.python is not None else None
    match = re.match(r"(\d{1,9})\.(\d{1,9})", version) if isinstance(version, str) else None
    return Context(
        project,
        tree,
        cwd=home.directory,
        shell="bash",
        packages=deployment.packages,
        platform=platform,
        python=(int(match[1]), int(match[2])) if match else None,
    )


# What a buildpack starts


def procfile_command(project: Project, folder: str, name: str = "web") -> Command | None:
    """What the Procfile of a folder starts as the process of that name."""
    path = posixpath.join(folder, "Procfile")
    lines = project.facts(path, procfile.read) if path in project else None
    entry = lines.find(name) if lines is not None else None
    return planned.shell_command(entry.command, f"{name}: {entry.command.value}") if entry is not None else None


def note_procfile(found: Planned, project: Project, folder: str, told: Command | None) -> None:
    """Account for a Procfile that the platform reads, and for what it says in vain where the manifest has a command."""
    path = posixpath.join(folder, "Procfile")
    if path not in project:
        return
    found.uses = found.uses | {path}
    loser = procfile_command(project, folder)
    if told is None or loser is None or not planned.starts_differently(told, loser):
        return
    platform = found.deployment.platform
    name = platform.name if platform is not None else "the platform"
    conflict = Conflict(told, loser, f"{name} starts what {told.origin.path} says")
    found.deployment.conflicts = (*found.deployment.conflicts, conflict)


def note_release_line(found: Planned, project: Project, folder: str, instead: str) -> None:
    """Say of a Procfile's `release:` line that the platform does not run it, where nothing else is the release."""
    path = posixpath.join(folder, "Procfile")
    lines = project.facts(path, procfile.read) if path in project else None
    entry = lines.find("release") if lines is not None else None
    platform = found.deployment.platform
    if entry is None or platform is None or any(one.kind == "release" for one in found.deployment.processes):
        return
    reason = f"{platform.name} does not run the `release:` line of a Procfile; {instead}"
    found.deployment.unused_release = Place(entry.line.span, reason)


def folder_of(base: str, text: Located[str] | None) -> str:
    """A folder that a manifest names, below its own or the project's."""
    joined = posixpath.normpath(posixpath.join(base, text.value.strip().lstrip("/"))) if text is not None else base
    return "" if joined in (".", "") or joined.startswith("..") else joined


def note_problem(project: Project, problem: Problem | None) -> None:
    """Note that a manifest is broken."""
    if problem is not None and problem.place.span is not None:
        project.note(problem)


def has_flask(project: Project, folder: str) -> bool:
    """Whether a folder is where the Flask app is, as far as its files say."""
    return images.mentions_flask(project, folder)
