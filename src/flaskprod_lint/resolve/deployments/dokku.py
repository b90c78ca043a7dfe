"""Dokku where it builds a Dockerfile: the Procfile's commands run in that image."""

from __future__ import annotations

import posixpath
from dataclasses import replace

from flaskprod_lint.inputs import procfile
from flaskprod_lint.inputs.procfile import ProcfileEntry
from flaskprod_lint.model import Command, Platform, Process, Setting
from flaskprod_lint.resolve.deployments import amounts, images, parts, planned
from flaskprod_lint.resolve.deployments import procfile as procfiles
from flaskprod_lint.resolve.deployments.images import Built
from flaskprod_lint.resolve.deployments.parts import Home, Part
from flaskprod_lint.resolve.deployments.planned import Planned
from flaskprod_lint.resolve.deployments.standing import Standing
from flaskprod_lint.resolve.options import Options
from flaskprod_lint.source import Place, Project, Span

#: Files that make Dokku build by buildpacks although there is a Dockerfile.
_BUILDPACKS = (".buildpacks", "project.toml")


def builds_image(project: Project, folder: str) -> bool:
    """Whether Dokku builds a folder by its Dockerfile."""
    there = {name for name in ("Dockerfile", *_BUILDPACKS) if posixpath.join(folder, name) in project}
    return there == {"Dockerfile"}


def plan(project: Project, path: str, platform: Platform, standing: Standing, options: Options) -> Planned | None:
    """The deployment of a Procfile beside a Dockerfile; None where one of them is broken."""
    folder = posixpath.dirname(path)
    dockerfile = posixpath.join(folder, "Dockerfile")
    facts = project.facts(path, procfile.read)
    built = images.build(project, dockerfile, context=folder)
    if facts is None or built is None:
        return None
    home = Home(folder, built)
    own = replace(platform, injects={})
    deployment = parts.deployment_of(project, path, Span(path, 1), own, standing, options, home)
    app = procfiles.read_app_json(project, folder)
    deployment.secrets = procfiles.secrets_of(app, development=not standing.is_production)
    found = Planned(deployment, uses=frozenset((path, dockerfile)))
    variables = {**planned.injected_database(own), **procfiles.variables_of(app)}
    for name in dict.fromkeys(entry.name.value for entry in facts.entries):
        entry = facts.find(name)
        if entry is None:
            continue
        kind = procfiles.process_kind(name, own)
        port = _port(built) if kind == "web" else None
        is_injected = kind == "web" and port is None
        part = Part(
            name,
            kind,
            Place(entry.command.span, f"{name} of {path}"),
            _command(entry),
            planned.merged(variables, planned.injected_port(own) if is_injected else {}),
            port_expected=port,
            health_path=amounts.path(app.health_path, "path") if app is not None and kind == "web" else None,
        )
        process = parts.add(found, project, home, part, options)
        if process is not None:
            _count(project, process, found, name, options)
    if app is not None:
        procfiles.add_scripts(found, app, parts.context_of(project, home, deployment))
    return found


def _command(entry: ProcfileEntry) -> Command:
    """A line's command. Whether a shell stays above a server is not known: taken as none."""
    text = entry.command
    command = planned.shell_command(text, f"{entry.name.value}: {text.value}")
    is_plain_server = planned.is_server_text(text.value) and not text.value.startswith("exec ")
    return replace(command, text=f"exec {text.value}") if is_plain_server else command


def _port(built: Built) -> Setting | None:
    """The port that the image exposes, which Dokku connects to; None where it exposes none, and PORT counts."""
    exposed = built.image.exposed
    return exposed[0] if len(exposed) == 1 else None


def _count(project: Project, process: Process, found: Planned, name: str, options: Options) -> None:
    app = procfiles.read_app_json(project, posixpath.dirname(found.deployment.origin.path))
    process.instances = procfiles.instances_on_dokku(project, found, app, name, options)
