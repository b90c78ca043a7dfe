"""Koyeb: the services of a koyeb.yaml, built by a buildpack or from a Dockerfile."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator

from flaskprod_lint.inputs import koyeb
from flaskprod_lint.inputs.koyeb import Koyeb, KoyebService
from flaskprod_lint.model import Command, Platform, Setting, Unknown
from flaskprod_lint.patterns import regex
from flaskprod_lint.resolve.deployments import (
    amounts,
    images,
    instance_sizes,
    manifest_secrets,
    parts,
    planned,
    standing,
)
from flaskprod_lint.resolve.deployments.parts import Home, Part
from flaskprod_lint.resolve.deployments.planned import Planned
from flaskprod_lint.resolve.options import Options
from flaskprod_lint.source import Located, Place, Project, is_number

_FILLED_IN = regex(r"\{\{[^{}]*\}\}|^@[\w-]+$")


def find(project: Project, options: Options) -> Iterator[Planned]:
    """The deployments of all services that can run the app."""
    for path in project.of_format("koyeb"):
        facts = project.facts(path, koyeb.read)
        if facts is None:
            continue
        parts.note_problem(project, facts.problem)
        services = [one for one in facts.services if _matters(project, facts, one)]
        for one in services:
            found = _plan(project, facts, one, options, several=len(services) > 1)
            if found is not None:
                yield found


def _matters(project: Project, facts: Koyeb, one: KoyebService) -> bool:
    """Whether a service can run the app."""
    text = one.run_command.value if one.run_command is not None else ""
    if one.image is not None and not one.is_docker:
        return planned.runs_python(text)
    path = _dockerfile(project, facts, one)
    if path is not None:
        return images.runs_python(project, path) is not False
    return planned.runs_python(text) or (not text and parts.has_flask(project, _folder(facts, one)))


def _folder(facts: Koyeb, one: KoyebService) -> str:
    return parts.folder_of(posixpath.dirname(facts.path), one.folder)


def _dockerfile(project: Project, facts: Koyeb, one: KoyebService) -> str | None:
    """The Dockerfile of a service that is built from one; Koyeb's buildpack is the default."""
    if not one.is_docker:
        return None
    name = one.dockerfile.value.lstrip("/") if one.dockerfile is not None else "Dockerfile"
    path = posixpath.normpath(posixpath.join(_folder(facts, one), name))
    return path if path in project else None


def _plan(project: Project, facts: Koyeb, one: KoyebService, options: Options, *, several: bool) -> Planned | None:
    path, folder = _dockerfile(project, facts, one), _folder(facts, one)
    built = images.build(project, path, context=folder) if path is not None else None
    elsewhere = one.name.span if built is None and (one.image is not None or one.is_docker) else None
    home = Home(folder, built, elsewhere, "/workspace")
    place = standing.of_manifest(facts.path, options, "Koyeb")
    platform = parts.platform_of("koyeb", facts.path, home, "a koyeb.yaml")
    deployment = parts.deployment_of(project, facts.path, one.name.span, platform, place, options, home)
    deployment.sure = deployment.sure and not facts.template
    if several:
        deployment.name = f"{facts.path} on {platform.name} ({one.name.value})"
    written = manifest_secrets.without_filled_in(one.variables, _FILLED_IN.pattern)
    deployment.secrets = manifest_secrets.of_pairs(written, "services.env", development=not place.is_production)
    deployment.builds = (one.build_command,) if one.build_command is not None and built is None else ()
    found = Planned(deployment, uses=frozenset((facts.path, *((path,) if path is not None else ()))))
    process = parts.add(found, project, home, _part(project, platform, home, one), options)
    if process is None and one.kind == "web":
        reason = f"`{one.name.value}` has no run command, and neither a Procfile nor an image says what to start"
        deployment.unknowns.append(("the start command", Unknown(reason, one.name.span)))
    if built is None and elsewhere is None:
        parts.note_procfile(found, project, folder, _command(one, home))
        parts.note_release_line(found, project, folder, "it has no release step")
    return found


def _part(project: Project, platform: Platform, home: Home, one: KoyebService) -> Part:
    command = _command(one, home)
    if command is None and home.built is None and home.elsewhere is None:
        command = parts.procfile_command(project, home.folder)
    port = one.ports[0] if one.ports else None
    size = one.size
    limits = instance_sizes.of(platform.id, size.value, size.span) if size is not None else (None, None)
    return Part(
        one.name.value,
        one.kind,
        Place(one.name.span, f"service {one.name.value}"),
        command,
        _variables(platform, one, port),
        one.most_instances,
        amounts.port(port, "port") if one.kind == "web" else None,
        cpus=limits[0],
        memory=limits[1],
        health_path=amounts.path(one.health_path, "path"),
    )


def _command(one: KoyebService, home: Home) -> Command | None:
    """A run command: by a shell where a buildpack built the service, in words where an image runs it."""
    text = one.run_command
    if text is None:
        return None
    note = f"run command: {text.value}"
    if home.built is None and home.elsewhere is None:
        return planned.shell_command(text, note)
    return planned.exec_command(text, note=note) if "$" not in text.value else planned.shell_command(text, note)


def _variables(platform: Platform, one: KoyebService, port: Located[str] | None) -> dict[str, Setting]:
    own = {name.value: _setting(name, value) for name, value in one.variables}
    injected = planned.injected_port(platform) if one.kind == "web" else {}
    if injected and port is not None and is_number(port.value):
        place = Place(port.span, f"port: {port.value}, which Koyeb puts into PORT")
        injected = {"PORT": Setting("PORT", port.value, place)}
    return planned.merged(planned.injected(platform), injected, own)


def _setting(name: Located[str], value: Located[str]) -> Setting:
    if _FILLED_IN.search(value.value):
        return planned.filled_in_later(name.value, value, _FILLED_IN.pattern, "Koyeb")
    return planned.literal(name.value, value)
