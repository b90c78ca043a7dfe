"""App specs: the services, workers and jobs that DigitalOcean's App Platform runs."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from dataclasses import replace

from flaskprod_lint.inputs import digitalocean
from flaskprod_lint.inputs.digitalocean import AppComponent, AppSpec, AppVariable
from flaskprod_lint.model import Command, Platform, SecretLiteral, Setting, Unknown
from flaskprod_lint.patterns import regex
from flaskprod_lint.resolve import platforms
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
from flaskprod_lint.resolve.deployments.standing import Standing
from flaskprod_lint.resolve.options import Options
from flaskprod_lint.source import Located, Place, Project, is_number

#: What only an app spec holds, for specs that are called something else.
_MARKS = (b"instance_size_slug", b"environment_slug")

_BOUND = regex(r"\$\{[^{}]*\}")


def find(project: Project, options: Options) -> Iterator[Planned]:
    """The deployments of all app specs; the template of the button only where there is no spec."""
    named = project.of_format("digitalocean")
    others = [path for path in project.of_format("yaml") if project.holds(path, *_MARKS)]
    specs = [path for path in named if "template" not in path] or list(named)
    for path in (*specs, *others):
        facts = project.facts(path, digitalocean.read)
        if facts is None:
            continue
        if path in named:
            parts.note_problem(project, facts.problem)
        yield from plan(project, facts, standing.of_manifest(path, options, "App Platform"), options)


def plan(project: Project, facts: AppSpec, place: Standing, options: Options) -> list[Planned]:
    """The deployments of a spec: one for each folder or Dockerfile that its components are built from."""
    groups: dict[tuple[str, str | None], list[AppComponent]] = {}
    for one in facts.components:
        if _matters(project, one, facts):
            groups.setdefault((_folder(one), _dockerfile(project, one)), []).append(one)
    sure = replace(place, sure=place.sure and not facts.template)
    found = [_deployment(project, facts, group, sure, options, len(groups) > 1) for group in groups.values()]
    return [one for one in found if one is not None]


def _folder(one: AppComponent) -> str:
    return parts.folder_of("", one.source_dir)


def _dockerfile(project: Project, one: AppComponent) -> str | None:
    """The Dockerfile of a component: the one it names, from the repository's root, or one in its folder."""
    if one.has_image:
        return None
    if one.dockerfile is not None:
        return posixpath.normpath(one.dockerfile.value.lstrip("/"))
    own = posixpath.join(_folder(one), "Dockerfile")
    return own if own in project and one.environment is None else None


def _matters(project: Project, one: AppComponent, facts: AppSpec) -> bool:
    """Whether a component can run the app."""
    text = one.run_command.value if one.run_command is not None else ""
    path = _dockerfile(project, one)
    if path is not None:
        if path not in project or images.runs_python(project, path) is False:
            return False
        return len(facts.components) == 1 or parts.has_flask(project, images.context_at(project, path))
    if one.environment is not None:
        return one.environment.value.lower().startswith("python")
    if one.has_image:
        return planned.is_server_text(text) or len(facts.components) == 1
    return planned.runs_python(text) or (not text and parts.has_flask(project, _folder(one)))


def _deployment(
    project: Project, facts: AppSpec, group: list[AppComponent], place: Standing, options: Options, several: bool
) -> Planned | None:
    first = group[0]
    home = _home(project, first)
    if home is None:
        return None
    platform = parts.platform_of("digitalocean", facts.path, home, "an app spec of DigitalOcean")
    deployment = parts.deployment_of(project, facts.path, first.name.span, platform, place, options, home)
    if several:
        deployment.name = f"{facts.path} on {platform.name} ({first.name.value})"
    deployment.secrets = _secrets(facts, place)
    deployment.tiers = planned.tiers(options, *_tiers(facts, group))
    deployment.builds = tuple(one.build_command for one in group if one.build_command is not None)
    uses = frozenset((facts.path, *((home.built.image.dockerfile,) if home.built is not None else ())))
    found = Planned(deployment, uses=uses)
    for one in group:
        _add(project, found, home, one, facts, options)
    if home.built is None:
        web = next((one for one in group if one.kind == "web"), None)
        told = _command(web, home) if web is not None else None
        parts.note_procfile(found, project, home.folder, told)
        parts.note_release_line(found, project, home.folder, "it runs `jobs` of `kind: PRE_DEPLOY`")
    return found


def _home(project: Project, one: AppComponent) -> Home | None:
    path = _dockerfile(project, one)
    if path is not None:
        built = images.build(project, path, context=_folder(one))
        return Home(_folder(one), built) if built is not None else None
    if one.has_image:
        return Home(elsewhere=one.name.span)
    return Home(_folder(one), directory="/workspace")


def _tiers(facts: AppSpec, group: list[AppComponent]) -> Iterator[tuple[str, Located[str] | None]]:
    yield from (("instance_size_slug", one.size) for one in group)
    yield from (("size", database.size) for database in facts.databases)


def _secrets(facts: AppSpec, place: Standing) -> tuple[SecretLiteral, ...]:
    """The secrets with a value: neither a reference to another component, nor what App Platform has encrypted."""
    variables = [*facts.variables, *(variable for one in facts.components for variable in one.variables)]
    pairs = [
        (variable.name, variable.value)
        for variable in variables
        if variable.value is not None and not variable.value.value.startswith("EV[")
    ]
    written = manifest_secrets.without_filled_in(pairs, _BOUND.pattern)
    return manifest_secrets.of_pairs(written, "envs", development=not place.is_production)


# Processes


def _add(project: Project, found: Planned, home: Home, one: AppComponent, facts: AppSpec, options: Options) -> None:
    platform = found.deployment.platform
    assert platform is not None
    kind = _kind(one)
    command = _command(one, home)
    if command is None and home.built is None and kind == "web":
        command = parts.procfile_command(project, home.folder)
    size = one.size.value if one.size is not None else ""
    limits = instance_sizes.of(platform.id, size, one.size.span if one.size is not None else None)
    part = Part(
        one.name.value,
        kind,
        Place(one.name.span, f"{'service' if one.kind == 'web' else one.kind} {one.name.value}"),
        command,
        _variables(platform, one, facts, kind),
        one.most_instances or one.instances,
        _port(one) if kind == "web" else None,
        grace=amounts.seconds(one.grace, "grace_period_seconds"),
        cpus=limits[0],
        memory=limits[1],
        health_path=amounts.path(one.health_path, "http_path"),
    )
    process = parts.add(found, project, home, part, options)
    if process is None and kind == "web":
        reason = f"`{one.name.value}` has no run_command, and neither a Procfile nor an image says what to start"
        unknown = Unknown(reason, one.name.span)
        found.deployment.unknowns.append(("the start command", unknown))


def _kind(one: AppComponent) -> str:
    """A job counts as the release only where it says that it runs before the deployment: the default is after."""
    if one.kind != "job":
        return one.kind
    when = one.job.value.upper() if one.job is not None else "POST_DEPLOY"
    return "release" if when == "PRE_DEPLOY" else "after" if when in ("POST_DEPLOY", "UNSPECIFIED") else "cron"


def _command(one: AppComponent, home: Home) -> Command | None:
    """What a component's run_command starts. Whether a shell stays above it in an image is not known: taken as none."""
    text = one.run_command
    if text is None:
        return None
    command = planned.shell_command(text, f"run_command: {text.value}")
    if home.built is None or text.value.startswith("exec "):
        return command
    return replace(command, text=f"exec {text.value}") if planned.is_server_text(text.value) else command


def _port(one: AppComponent) -> Setting | None:
    """Where App Platform sends requests; None where http_port leaves it to its default, which PORT then has."""
    return amounts.port(one.http_port, "http_port") if one.http_port is not None else None


def _variables(platform: Platform, one: AppComponent, facts: AppSpec, kind: str) -> dict[str, Setting]:
    own = {
        variable.name.value: _setting(variable)
        for variable in (*facts.variables, *one.variables)
        if variable.scope.upper() != "BUILD_TIME"
    }
    port = planned.injected_port(platform) if kind == "web" else {}
    if one.http_port is not None and port:
        text = one.http_port
        place = Place(text.span, f"http_port: {text.value}, which is put into PORT")
        value = text.value if is_number(text.value) else Unknown("http_port is no number as written", text.span)
        port = {"PORT": Setting("PORT", value, place)}
    native = {} if one.dockerfile is not None or one.has_image else _of_buildpack(platform)
    return planned.merged(planned.injected(platform), native, port, own)


def _of_buildpack(platform: Platform) -> dict[str, Setting]:
    """What the buildpack sets that App Platform took over from another platform.

    How many workers it makes of the memory that it finds is not known.
    """
    node = platforms.facts(platform.id)
    of = node.string("buildpack", "of") if node is not None else None
    source = platforms.get(of.value) if of is not None else None
    if source is None:
        return {}
    place = Place(None, f"set by the buildpack of {platform.name}, which is {source.name}'s")
    unknown = Unknown(f"{platform.name}'s buildpack sets it by the memory that it finds")
    found = {name: Setting(name, value, place) for name, value in source.injects.items()}
    return {**found, "WEB_CONCURRENCY": Setting("WEB_CONCURRENCY", unknown, place)}


def _setting(variable: AppVariable) -> Setting:
    name, value = variable.name.value, variable.value
    if value is None or (variable.secret and value.value.startswith("EV[")):
        unknown = Unknown("it is set in DigitalOcean's control panel", variable.name.span)
        return Setting(name, unknown, Place(variable.name.span, name))
    if _BOUND.search(value.value):
        return planned.filled_in_later(name, value, _BOUND.pattern, "App Platform")
    return planned.literal(name, Located(value.value, value.span))
