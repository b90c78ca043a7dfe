"""Kamal: the roles that run the project's image on servers of one's own, one deployment for each destination."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from dataclasses import replace

from flaskprod_lint.inputs import kamal
from flaskprod_lint.inputs.kamal import Kamal, KamalRole
from flaskprod_lint.model import Command, Disk, Platform, Setting, Unknown
from flaskprod_lint.patterns import regex
from flaskprod_lint.resolve.deployments import amounts, images, manifest_secrets, parts, planned, standing
from flaskprod_lint.resolve.deployments.images import Built
from flaskprod_lint.resolve.deployments.parts import Home, Part
from flaskprod_lint.resolve.deployments.planned import Planned
from flaskprod_lint.resolve.options import Options
from flaskprod_lint.source import Located, Place, Project, Source, Span

_BASE = regex(r"(?:.*/)?deploy\.ya?ml")
_RUBY = regex(r"<%.*?%>")
_HEALTH_PATH = "/up"


def find(project: Project, options: Options) -> Iterator[Planned]:
    """The deployments of all configurations: by each destination's file, or by the base alone."""
    for path in project.of_format("kamal"):
        source = project.read(path) if _BASE.fullmatch(path) else None
        if source is None:
            continue
        base = kamal.read(source)
        if not base.is_kamal:
            continue
        parts.note_problem(project, base.problem)
        destinations = [other for other in project.of_format("kamal") if _is_over(other, path)]
        if not destinations or (base.roles and not base.require_destination):
            yield from _plan(project, source, None, options)
        for other in destinations:
            yield from _plan(project, source, project.read(other), options)


def _is_over(path: str, base: str) -> bool:
    """Whether a file is a destination's, beside its base: deploy.staging.yml beside deploy.yml."""
    return path != base and posixpath.dirname(path) == posixpath.dirname(base) and not _BASE.fullmatch(path)


def _plan(project: Project, source: Source, destination: Source | None, options: Options) -> Iterator[Planned]:
    facts = kamal.merged(source, destination)
    path = destination.path if destination is not None else source.path
    folder = posixpath.dirname(posixpath.dirname(source.path))
    built = _build(project, facts, folder)
    if built is None or images.runs_python(project, built.image.dockerfile) is False:
        return
    home = Home(folder, built)
    place = standing.of_manifest(path, options, "Kamal")
    platform = parts.platform_of("kamal", path, home, "a configuration of Kamal")
    if facts.is_first_version:
        platform = replace(platform, name="Kamal 1")
    at = facts.service.span if facts.service is not None else Span(path, 1)
    deployment = parts.deployment_of(project, path, at, platform, place, options, home)
    deployment.sure = deployment.sure and not facts.template
    literals = manifest_secrets.without_filled_in(facts.literals, _RUBY.pattern)
    arguments = manifest_secrets.without_filled_in(facts.build_args, _RUBY.pattern)
    deployment.secrets = (
        *manifest_secrets.of_pairs(literals, "env.clear", development=not place.is_production),
        *manifest_secrets.of_build(arguments, "builder.args", development=not place.is_production),
    )
    found = Planned(deployment, uses=frozenset((source.path, path, built.image.dockerfile)))
    for role in facts.roles or (KamalRole(Located("web", at), 1),):
        _add(project, found, home, facts, role, options)
    if not any(process.kind == "web" for process in deployment.processes) and not deployment.processes:
        planned.note_no_command(deployment, built.image, at, "neither a role's `cmd` nor the image says what to start")
    yield found


def _build(project: Project, facts: Kamal, folder: str) -> Built | None:
    context = parts.folder_of(folder, facts.context) if facts.context is not None else folder
    name = facts.dockerfile.value if facts.dockerfile is not None else "Dockerfile"
    path = posixpath.normpath(posixpath.join(folder, name))
    if path not in project:
        return None
    arguments = {name.value: planned.literal(name.value, value) for name, value in facts.build_args}
    target = facts.target.value if facts.target is not None else None
    return images.build(project, path, context=context, target=target, arguments=arguments)


def _add(project: Project, found: Planned, home: Home, facts: Kamal, role: KamalRole, options: Options) -> None:
    is_primary = role.name.value == facts.primary_role
    proxied = role.has_proxy if role.has_proxy is not None else is_primary and facts.has_proxy
    kind = "web" if proxied or role.name.value == "web" else "worker"
    text = role.command
    command = _command(text) if text is not None else None
    pairs = (*facts.variables, *role.variables)
    variables = {name.value: _variable(name, value) for name, value in pairs}
    hosts = Located(str(role.hosts), role.name.span) if role.hosts else None
    part = Part(
        role.name.value,
        kind,
        Place(role.name.span, f"role {role.name.value}"),
        command,
        variables,
        hosts,
        _port(facts, found.deployment.platform) if proxied else None,
        grace=_grace(facts, role, proxied),
        router_timeout=_timeout(facts) if proxied else None,
        cpus=amounts.cpus(role.cpus, "cpus"),
        memory=amounts.memory(role.memory, "memory"),
        health_path=_health(facts, role) if proxied else None,
    )
    process = parts.add(found, project, home, part, options)
    if process is not None:
        process.disk = _disk(facts, found.deployment.origin, found.contexts[process.name].cwd)


def _command(text: Located[str]) -> Command:
    """A role's cmd, split into words; what Ruby fills in is one piece of a word."""
    pieces = {re.sub(r"[\s\"']", "", piece): piece for piece in _RUBY.findall(text.value)}
    written = text.value
    for mark, piece in pieces.items():
        written = written.replace(piece, mark)
    unknown = Unknown("Ruby fills it in when Kamal reads the file", text.span)
    filled = {mark: Setting(piece, unknown, Place(text.span, piece)) for mark, piece in pieces.items()}
    return replace(planned.exec_command(text, planned.split(written), f"cmd: {text.value}"), filled_in=filled)


def _variable(name: Located[str], value: Located[str]) -> Setting:
    if _RUBY.search(value.value):
        unknown = Unknown("Ruby fills it in when Kamal reads the file", value.span)
        return Setting(name.value, unknown, Place(value.span, f"{name.value}, filled in by Ruby"))
    return planned.literal(name.value, value)


def _disk(facts: Kamal, origin: Place, cwd: str) -> Disk:
    """Each deploy starts a new container: only the volumes stay."""
    mounts = tuple(volume.value.split(":")[1] for volume in facts.volumes if ":" in volume.value)
    return Disk(
        "each deploy starts a new container without the files of the old one", mounts, origin, cwd, shared=False
    )


def _port(facts: Kamal, platform: Platform | None) -> Setting | None:
    """Where the proxy connects to. Kamal 1's Traefik goes by what the image exposes."""
    if facts.app_port is not None:
        return amounts.port(facts.app_port, "app_port" if not facts.is_first_version else "healthcheck.port")
    if facts.is_first_version:
        return None
    return planned.default_port(platform, "kamal-proxy connects to port {} unless app_port says otherwise")


def _timeout(facts: Kamal) -> Setting | None:
    return amounts.seconds(facts.response_timeout, "response_timeout", "router timeout")


def _grace(facts: Kamal, role: KamalRole, proxied: bool) -> Setting | None:
    """How long Kamal waits for a container to stop: `docker stop`'s own patience, or a role's without a proxy."""
    told = role.stop_wait or facts.stop_wait
    if told is not None:
        return amounts.seconds(told, "stop_timeout")
    return amounts.seconds(facts.drain, "drain_timeout") if not proxied and facts.drain is not None else None


def _health(facts: Kamal, role: KamalRole) -> Setting:
    told = amounts.path(facts.health_path, "healthcheck.path")
    if told is not None:
        return told
    note = f"Kamal asks for {_HEALTH_PATH} unless healthcheck.path says otherwise"
    return Setting("health path", _HEALTH_PATH, Place(role.name.span, note), is_default=True)
