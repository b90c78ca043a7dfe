"""Cloud Foundry: the applications of a manifest.yml, with a Procfile where it names no command."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from dataclasses import replace

from flaskprod_lint.inputs import cloud_foundry
from flaskprod_lint.inputs.cloud_foundry import CfApplication, CfManifest, CfProcess
from flaskprod_lint.model import Command, Platform, Setting, Unknown
from flaskprod_lint.patterns import regex
from flaskprod_lint.resolve.deployments import amounts, containers, manifest_secrets, parts, planned, standing
from flaskprod_lint.resolve.deployments.parts import Home, Part
from flaskprod_lint.resolve.deployments.planned import Planned
from flaskprod_lint.resolve.deployments.standing import Standing
from flaskprod_lint.resolve.options import Options
from flaskprod_lint.source import Located, Place, Project

_FILLED_IN = regex(r"\(\(([^()]+)\)\)")
#: Where the app stands, which is also the HOME of its processes.
_HOME = "/home/vcap/app"
_DATABASE = regex(r"postgres|psql|\bpg\b|mysql|maria|sql|database|\bdb\b|rds|elephant", re.IGNORECASE)
#: Files that the Python buildpack goes by where no buildpack is named.
_PYTHON = ("requirements.txt", "setup.py", "Pipfile", "pyproject.toml", "environment.yml")


def find(project: Project, options: Options) -> Iterator[Planned]:
    """The deployments of all manifests, told from other YAML files by what they hold."""
    for path in project.of_format("yaml"):
        if not project.holds(path, b"applications"):
            continue
        source = project.read(path)
        if source is None or not cloud_foundry.is_manifest(source):
            continue
        facts = project.facts(path, cloud_foundry.read)
        if facts is not None and facts.applications:
            parts.note_problem(project, facts.problem)
            yield from plan(project, facts, standing.of_manifest(path, options, "Cloud Foundry"), options)


def plan(project: Project, facts: CfManifest, place: Standing, options: Options) -> list[Planned]:
    """The deployments of a manifest: one for each folder that its applications are made from."""
    base = posixpath.dirname(facts.path)
    groups: dict[tuple[str, bool], list[CfApplication]] = {}
    for one in facts.applications:
        folder = _folder(project, base, one)
        if _matters(project, one, folder):
            groups.setdefault((folder, one.docker_image is not None), []).append(one)
    sure = replace(place, sure=place.sure and not facts.template)
    return [
        _deployment(project, facts, folder, group, sure, options, len(groups) > 1)
        for (folder, _), group in groups.items()
    ]


def _folder(project: Project, base: str, one: CfApplication) -> str:
    """The folder that is pushed: the one it names, else the manifest's, or the project's where no Python is there."""
    if one.folder is not None:
        joined = posixpath.normpath(posixpath.join(base, one.folder.value))
        return "" if joined.startswith(".") else joined
    return base if not base or any(path.endswith(".py") for path in project.below(base)) else ""


def _matters(project: Project, one: CfApplication, folder: str) -> bool:
    """Whether an application can be the Flask app: by its buildpack, its command, or the files that are pushed."""
    commands = " ".join(process.command.value for process in one.processes if process.command is not None)
    if one.docker_image is not None:
        home = _of_image(project, folder, one, one.docker_image)
        return home is not None and (home.built is not None or planned.runs_python(commands))
    if one.buildpacks:
        last = one.buildpacks[-1].value.lower()
        return "python" in last or (not last.strip("( )") and planned.runs_python(commands))
    if planned.runs_python(commands):
        return True
    files = any(posixpath.join(folder, name) in project for name in _PYTHON)
    return files and parts.has_flask(project, folder)


def _deployment(
    project: Project,
    facts: CfManifest,
    folder: str,
    group: list[CfApplication],
    place: Standing,
    options: Options,
    several: bool,
) -> Planned:
    first = group[0]
    of_image = _of_image(project, folder, first, first.docker_image) if first.docker_image is not None else None
    home = of_image or Home(folder, directory=_HOME)
    platform = parts.platform_of("cloud-foundry", facts.path, home, "a manifest of Cloud Foundry")
    deployment = parts.deployment_of(project, facts.path, first.name.span, platform, place, options, home)
    if several:
        deployment.name = f"{facts.path} on {platform.name} ({first.name.value})"
    every = (pair for one in facts.applications for pair in one.variables)
    pairs = manifest_secrets.without_filled_in(every, _FILLED_IN.pattern)
    deployment.secrets = manifest_secrets.of_pairs(pairs, "applications", development=not place.is_production)
    built = (home.built.image.dockerfile,) if home.built is not None else ()
    found = Planned(deployment, uses=frozenset((facts.path, *built)))
    for one in group:
        for process in one.processes:
            _add(project, found, home, one, process, options)
    if of_image is None:
        parts.note_procfile(found, project, folder, _command(first.processes[0]))
        parts.note_release_line(found, project, folder, "a task of `cf run-task` can")
    return found


def _of_image(project: Project, folder: str, one: CfApplication, image: Located[str]) -> Home | None:
    """What an application of an image runs: the project's Dockerfile that makes it, or an image from elsewhere."""
    found = containers.home_of(project, folder, image.span, image.value, one.name.value)
    return found[0] if found is not None else None


def _command(process: CfProcess) -> Command | None:
    text = process.command
    if text is None or text.value in ("null", "default"):
        return None
    command = planned.shell_command(text, f"command: {text.value}")
    unknown = Unknown("it is filled in when the manifest is pushed", text.span)
    holes = {found[0]: found[1] for found in _FILLED_IN.finditer(text.value)}
    filled = {written: Setting(name, unknown, Place(text.span, written)) for written, name in holes.items()}
    return replace(command, filled_in=filled) if filled else command


def _add(
    project: Project, found: Planned, home: Home, one: CfApplication, process: CfProcess, options: Options
) -> None:
    platform = found.deployment.platform
    assert platform is not None
    told = _command(process)
    if told is None and home.elsewhere is None and home.built is None:
        told = parts.procfile_command(project, home.folder, process.name.value if process.kind != "web" else "web")
    kind = process.kind if process.kind == "web" else "worker"
    if kind == "worker" and told is not None and planned.is_server_text(told.text) and one.has_route:
        kind = "web"
    part = Part(
        process.name.value,
        kind,
        Place(one.name.span, f"application {one.name.value}"),
        told,
        _variables(platform, one, kind),
        process.instances,
        memory=amounts.memory(process.memory, "memory"),
        health_path=amounts.path(process.health_path, "health-check-http-endpoint") if _is_http(process) else None,
    )
    if parts.add(found, project, home, part, options) is None and kind == "web":
        reason = f"`{one.name.value}` has no command, and no Procfile says what to start"
        found.deployment.unknowns.append(("the start command", Unknown(reason, one.name.span)))


def _is_http(process: CfProcess) -> bool:
    return process.health_type is not None and process.health_type.value == "http"


def _variables(platform: Platform, one: CfApplication, kind: str) -> dict[str, Setting]:
    own = {name.value: _setting(name, value) for name, value in one.variables}
    port = planned.injected_port(platform) if kind == "web" else {}
    home = {"HOME": Setting("HOME", _HOME, Place(None, f"set by {platform.name}"))}
    return planned.merged(planned.injected(platform), home, port, _database(platform, one), own)


def _setting(name: Located[str], value: Located[str]) -> Setting:
    if _FILLED_IN.search(value.value):
        return planned.filled_in_later(name.value, value, r"\(\([^()]+\)\)", "whoever pushes the manifest")
    return planned.literal(name.value, value)


def _database(platform: Platform, one: CfApplication) -> dict[str, Setting]:
    """DATABASE_URL, which Cloud Foundry sets to the first database that is bound."""
    service = next((name for name in one.services if _DATABASE.search(name.value)), None)
    if service is None:
        return {}
    unknown = Unknown(f"{platform.name} sets it to the address of the database `{service.value}`", service.span)
    return {"DATABASE_URL": Setting("DATABASE_URL", unknown, Place(service.span, f"service {service.value}"))}
