"""render.yaml: the services of a Render blueprint, built natively or as images."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from dataclasses import replace

from flaskprod_lint.inputs import render
from flaskprod_lint.inputs.render import Render, RenderService, RenderVariable
from flaskprod_lint.model import (
    Command,
    Deployment,
    ImageRun,
    Packages,
    Platform,
    Process,
    SecretLiteral,
    Setting,
    Step,
    Unknown,
)
from flaskprod_lint.resolve import image as images_of
from flaskprod_lint.resolve import packages, platforms
from flaskprod_lint.resolve.context import Context
from flaskprod_lint.resolve.deployments import (
    amounts,
    images,
    instance_sizes,
    manifest_secrets,
    planned,
    procfile,
    standing,
)
from flaskprod_lint.resolve.deployments.images import Built
from flaskprod_lint.resolve.deployments.planned import Planned
from flaskprod_lint.resolve.deployments.standing import Standing
from flaskprod_lint.resolve.options import Options
from flaskprod_lint.resolve.tree import Tree
from flaskprod_lint.source import Located, Place, Project, Span, is_number

_HOME = "/opt/render/project/src"
_KINDS = {"web": "web", "pserv": "web", "private_service": "web", "worker": "worker", "cron": "cron"}
_DEFAULT = "gunicorn app:app"


def find(project: Project, options: Options) -> Iterator[Planned]:
    """The deployments of all blueprints."""
    for path in project.of_format("render"):
        yield from plan(project, path, standing.of_manifest(path, options, "Render"), options)


def plan(project: Project, path: str, place: Standing, options: Options) -> list[Planned]:
    """The deployments of a blueprint: one for each folder or Dockerfile that its services are built from."""
    facts = project.facts(path, render.read)
    if facts is None:
        return []
    if facts.problem is not None and facts.problem.place.span is not None:
        project.problem(facts.problem.message, facts.problem.place.span)
    groups: dict[tuple[bool, str], list[RenderService]] = {}
    for service in facts.services:
        if service.kind in _KINDS and _matters(project, service):
            groups.setdefault((_is_docker(service), _source(service)), []).append(service)
    several = len(groups) > 1
    return [_deployment(project, facts, group, place, options, several) for group in groups.values()]


def _matters(project: Project, service: RenderService) -> bool:
    """Whether a service can run the app: native Python, or an image with Python in it."""
    runtime = service.runtime.value.lower() if service.runtime is not None else ""
    if runtime in ("docker", "image") or service.dockerfile is not None:
        path = _dockerfile(service)
        return runtime == "image" or path not in project or images.runs_python(project, path) is not False
    return runtime.startswith("python") or (not runtime and planned.runs_python(_start(service)))


def _start(service: RenderService) -> str:
    return service.start_command.value if service.start_command is not None else ""


def _is_docker(service: RenderService) -> bool:
    return (service.runtime is not None and service.runtime.value.lower() in ("docker", "image")) or (
        service.dockerfile is not None
    )


def _root(service: RenderService) -> str:
    root = posixpath.normpath(service.root.value.lstrip("/")) if service.root is not None else ""
    return "" if root == "." else root


def _dockerfile(service: RenderService) -> str:
    name = service.dockerfile.value if service.dockerfile is not None else "Dockerfile"
    return posixpath.normpath(posixpath.join(_root(service), name.lstrip("/")))


def _source(service: RenderService) -> str:
    return _dockerfile(service) if _is_docker(service) else _root(service)


def _deployment(
    project: Project, facts: Render, group: list[RenderService], place: Standing, options: Options, several: bool
) -> Planned:
    first = group[0]
    built = _build(project, first) if _is_docker(first) else None
    native = not _is_docker(first)
    platform = _platform(facts.path, native)
    deployment = Deployment(
        f"{facts.path} on Render" + (f" ({first.name.value})" if several else ""),
        Place(first.name.span, facts.path),
        place.environment,
        place.why,
        sure=place.sure and not facts.template,
        platform=_own(platform, first),
        tiers=planned.tiers(options, *(("plan", plan) for plan in _plans(facts, group))),
        image=built.image if built is not None else None,
        packages=_packages(project, first, built),
        python=built.image.python if built is not None else _python(project, facts, first),
        secrets=_secrets(facts, place),
    )
    uses = {facts.path, _dockerfile(first)} if built is not None else {facts.path}
    found = Planned(deployment, uses=frozenset(uses))
    for service in group:
        _add(project, found, facts, service, built, platform, options)
    return found


def _platform(path: str, native: bool) -> Platform:
    origin = Place(Span(path, 1), "a render.yaml")
    build = "buildpack" if native else "image"
    return platforms.get("render", origin=origin, build=build) or Platform("render", "Render", origin)


def _own(platform: Platform, service: RenderService) -> Platform:
    """The platform with the service's own patience."""
    text = service.grace.value if service.grace is not None else ""
    return replace(platform, grace_seconds=float(text)) if is_number(text) else platform


def _plans(facts: Render, group: list[RenderService]) -> tuple[Located[str] | None, ...]:
    return (*(service.plan for service in group), *(database.plan for database in facts.databases))


def _secrets(facts: Render, place: Standing) -> tuple[SecretLiteral, ...]:
    variables = [variable for service in facts.services for variable in service.variables]
    variables += [variable for _, group in facts.groups for variable in group]
    pairs = [(variable.name, variable.value) for variable in variables if variable.value is not None]
    return manifest_secrets.of_pairs(pairs, "envVars", development=not place.is_production)


def _build(project: Project, service: RenderService) -> Built | None:
    if service.image is not None:
        return None
    context = service.docker_context.value.lstrip("/") if service.docker_context is not None else "."
    folder = posixpath.normpath(posixpath.join(_root(service), context))
    return images.build(project, _dockerfile(service), context="" if folder == "." else folder)


# Native services


def _python(project: Project, facts: Render, service: RenderService) -> Setting | None:
    """The version of Python that a native service runs on: PYTHON_VERSION, else what its files say."""
    told = _variables(facts, service).get("PYTHON_VERSION")
    if told is not None and isinstance(told.value, str):
        return replace(told, name="python")
    return procfile.python_of(project, _root(service))


def _packages(project: Project, service: RenderService, built: Built | None) -> Packages:
    """What is installed: by the image, or by the build command."""
    if built is not None:
        return built.image.packages
    if _is_docker(service):
        return Packages(complete=Unknown("the image is not built from a file of this project"))
    if service.build_command is None:
        return packages.of_buildpack(project, _root(service))
    place = Place(service.build_command.span, service.build_command.value)
    steps = tuple(_build_steps(service, place))
    run = ImageRun(service.build_command.value, place, steps, "build")
    return packages.of_image([run], {"build": _tree(project)}, project)


def _build_steps(service: RenderService, place: Place) -> Iterator[Step]:
    """The programs of a build command that is a plain sequence of commands."""
    cwd = posixpath.join(_HOME, _root(service))
    for text in re.split(r"&&|;|\n", service.build_command.value if service.build_command is not None else ""):
        argv = planned.split(text.strip())
        if argv[:1] == ("cd",) and len(argv) == 2:
            cwd = posixpath.join(cwd, argv[1])
        elif argv:
            yield Step(argv, text.strip(), place, cwd=cwd)


def _tree(project: Project) -> Tree:
    tree = Tree(project)
    tree.mount(_HOME, "", Place(None, f"Render puts the project at {_HOME}"))
    return tree


# Processes


def _add(
    project: Project,
    found: Planned,
    facts: Render,
    service: RenderService,
    built: Built | None,
    platform: Platform,
    options: Options,
) -> None:
    kind = _KINDS[service.kind]
    context = _context(project, found, facts, service, built, _own(platform, service))
    if kind == "web":
        port = planned.injected_port(platform)
        context = replace(context, variables=planned.merged(port, context.variables))
    command = _command(found, service, built)
    if command is None:
        reason = f"`{service.name.value}` has no command, and its image has none"
        image = built.image if built is not None else None
        planned.note_no_command(found.deployment, image, service.name.span, reason)
        return
    process = Process(
        service.name.value if len(facts.services) > 1 else kind,
        kind,
        command,
        trail=_trail(service, command),
        instances=_instances(service, kind, options),
        port_set=True if kind == "web" else None,
        port_expected=_port(context) if kind == "web" else None,
        grace=amounts.seconds(service.grace, "maxShutdownDelaySeconds"),
        health_path=amounts.path(service.health_path, "healthCheckPath"),
    )
    if service.plan is not None and not options.tiers:
        process.cpus, process.memory = instance_sizes.of("render", service.plan.value, service.plan.span)
    found.add(process, context)
    if service.pre_deploy_command is not None:
        text = service.pre_deploy_command
        release = planned.shell_command(text, f"preDeployCommand: {text.value}")
        found.add(Process("release", "release", release, trail=(release.origin,)), context)


def _trail(service: RenderService, command: Command) -> tuple[Place, ...]:
    start = Place(service.name.span, f"service {service.name.value}")
    return (start, command.origin)


def _command(found: Planned, service: RenderService, built: Built | None) -> Command | None:
    if _is_docker(service):
        text = service.docker_command or service.start_command
        command = _in_image(text) if text is not None else None
        return images_of.command_of(built.image if built is not None else None, cmd=command)
    if service.start_command is not None:
        return planned.shell_command(service.start_command, f"startCommand: {service.start_command.value}")
    place = Place(service.name.span, f"no startCommand: Render starts `{_DEFAULT}`")
    return Command(_DEFAULT, "shell", place)


def _in_image(text: Located[str]) -> Command:
    """A command in place of an image's own. Whether a shell stays above a server is not known: taken as none."""
    command = planned.shell_command(text, f"dockerCommand: {text.value}")
    starts_server = planned.is_server_text(text.value) and not text.value.startswith("exec ")
    return replace(command, text=f"exec {text.value}") if starts_server else command


def _port(context: Context) -> Setting | None:
    port = context.variables.get("PORT")
    if port is None or not isinstance(port.value, str) or not is_number(port.value):
        return None
    # A PORT that no file sets may be another in the dashboard.
    return Setting("port", int(port.value), port.origin, sure=port.span is not None)


def _instances(service: RenderService, kind: str, options: Options) -> Setting:
    most = service.most_instances or service.instances
    chosen = options if kind == "web" else replace(options, instances=None)
    return planned.instances(chosen, most, _up_to(most.value) if most is not None else "")


def _up_to(number: str) -> str:
    return "1 instance" if number == "1" else f"up to {number} instances"


def _context(
    project: Project,
    found: Planned,
    facts: Render,
    service: RenderService,
    built: Built | None,
    platform: Platform,
) -> Context:
    if built is not None:
        base = images.context_for(built, project)
    elif _is_docker(service):
        base = Context(project, Tree(project), packages=found.deployment.packages)
        base.tree.mount_unknown("/", "the image is not built from a file of this project", Place(service.name.span))
    else:
        cwd = posixpath.normpath(posixpath.join(_HOME, _root(service)))
        base = Context(project, _tree(project), cwd=cwd, shell="bash", packages=found.deployment.packages)
    own = _variables(facts, service)
    variables = planned.merged(base.variables, planned.injected(platform), _workers(platform), own)
    return replace(base, variables=variables, open_environment=True, platform=platform)


def _workers(platform: Platform) -> dict[str, Setting]:
    """WEB_CONCURRENCY, which Render sets to a number that depends on when the service was made."""
    if not platforms.injects_web_concurrency(platform.id):
        return {}
    unknown = Unknown("Render sets it, to a number that depends on when the service was created")
    return {"WEB_CONCURRENCY": Setting("WEB_CONCURRENCY", unknown, Place(None, f"set by {platform.name}"))}


def _variables(facts: Render, service: RenderService) -> dict[str, Setting]:
    groups = dict(facts.groups)
    found: dict[str, Setting] = {}
    for variable in service.variables:
        for one in groups.get(variable.refers_to, ()) if variable.how == "group" else (variable,):
            found[one.name.value] = _setting(one)
    return found


def _setting(variable: RenderVariable) -> Setting:
    name = variable.name.value
    if variable.value is not None:
        return planned.literal(name, variable.value)
    reasons = {
        "generated": "Render makes up a random value",
        "database": "Render sets it to the address of the database",
        "service": "Render takes it from another service",
        "dashboard": "it is set in Render's dashboard",
    }
    unknown = Unknown(reasons.get(variable.how, "its value is not in the blueprint"), variable.name.span)
    return Setting(name, unknown, Place(variable.name.span, name))
