"""Google Cloud Run: its services, as YAML or as commands of a pipeline say them."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from dataclasses import replace

from flaskprod_lint.inputs import cloud_run
from flaskprod_lint.inputs.cloud_run import CloudRunService, Pairs
from flaskprod_lint.model import Command, Conflict, Deployment, Packages, Platform, Process, Setting, Unknown
from flaskprod_lint.patterns import regex
from flaskprod_lint.records import dataclass
from flaskprod_lint.resolve import image as images_of
from flaskprod_lint.resolve import packages, platforms
from flaskprod_lint.resolve.context import Context
from flaskprod_lint.resolve.deployments import (
    amounts,
    google,
    images,
    images_elsewhere,
    manifest_secrets,
    pipelines,
    planned,
    procfile,
    standing,
)
from flaskprod_lint.resolve.deployments.images import Built
from flaskprod_lint.resolve.deployments.pipelines.making import Made
from flaskprod_lint.resolve.deployments.planned import Planned
from flaskprod_lint.resolve.deployments.standing import Standing
from flaskprod_lint.resolve.options import Options
from flaskprod_lint.resolve.tree import Tree
from flaskprod_lint.source import Located, Place, Project

_HOME = "/workspace"
_MARKS = (b"serving.knative.dev/", b"run.googleapis.com/v")
_UP_TO = "Cloud Run starts up to 100 instances unless it is given another maximum"
#: What a pipeline or envsubst fills in.
_HOLE = regex(r"\$\{|\$[A-Za-z_]|\{\{")


@dataclass(frozen=True)
class Order:
    """A service that is to be deployed: what the file at `path` says of it, and how its image is made.

    `jobs` run before it takes over, each with its own image.
    """

    path: str
    service: CloudRunService
    made: Made
    verb: str
    several: bool = False
    jobs: tuple[CloudRunService, ...] = ()


def find(project: Project, options: Options) -> Iterator[Planned]:
    """The services that YAML files and pipelines deploy."""
    for path in project.of_format("yaml"):
        if not project.holds(path, *_MARKS):
            continue
        facts = project.facts(path, cloud_run.read)
        if facts is None:
            continue
        if facts.problem is not None and facts.problem.place.span is not None:
            project.problem(facts.problem.message, facts.problem.place.span)
        services = [service for service in facts.services if not service.is_job]
        for service in services:
            made = pipelines.made_of(project, service, path)
            if made is not None:
                jobs = pipelines.jobs_of(project, service)
                order = Order(path, service, made, "service", len(services) > 1, jobs)
                yield plan(project, order, standing.of_manifest(path, options, "Cloud Run"), options)
    for found in pipelines.services(project):
        order = Order(found.path, found.service, found.made, "deploys", found.several, found.jobs)
        yield plan(project, order, pipelines.standing_of(found.path, options), options)


def plan(project: Project, order: Order, place: Standing, options: Options) -> Planned:
    """The deployment of one service."""
    service, made = order.service, order.made
    built = made.built
    deployment = Deployment(
        f"{order.path} on Google Cloud Run" + (f" ({service.name})" if order.several else ""),
        Place(service.span, order.path),
        place.environment,
        place.why,
        sure=place.sure and made.sure,
        platform=_platform(order),
        tiers=options.told_tiers,
        image=built.image if built is not None else None,
        packages=_packages(project, order),
        python=built.image.python if built is not None else _python(project, made),
        secrets=manifest_secrets.of_pairs(
            _written(service.environment), _how(order), development=not place.is_production
        ),
    )
    files = {built.image.dockerfile} if built is not None else {posixpath.join(made.folder, "Procfile")}
    found = Planned(deployment, uses=frozenset(files & set(project.paths)))
    if built is None and not made.elsewhere and not service.command:
        deployment.web_missing = google.refused(project, made.folder, service.entrypoint)
        if deployment.web_missing is not None:
            return found
    commands = list(_commands(project, order))
    if not commands and not made.elsewhere:
        image = built.image if built is not None else None
        planned.note_no_command(deployment, image, service.span, "neither the service nor its image says what to start")
        return found
    base = _base(project, found, order)
    given = planned.injected(_platform(order))
    variables = planned.merged(base.variables, given, _own(service), _given(service, _platform(order)))
    if commands:
        found.add(_process(order, commands[0], deployment.platform, options), base.with_variables(variables))
        deployment.conflicts = tuple(_conflicts(commands))
    else:
        nothing = Command("", "exec", Place(service.span), ())
        process = _process(order, nothing, deployment.platform, options)
        images_elsewhere.assume(found, process, base.with_variables(variables), options, service.span)
    for job in order.jobs:
        _add_job(found, job, base, built)
    return found


def _python(project: Project, made: Made) -> Setting | None:
    return procfile.python_of(project, made.folder) if not made.elsewhere else None


def _how(order: Order) -> str:
    return "containers[].env" if order.verb == "service" else "--set-env-vars"


def _written(pairs: Pairs) -> Pairs:
    """The variables whose values stand in the file."""
    return tuple((name, value) for name, value in pairs if not _HOLE.search(value.value))


def _platform(order: Order) -> Platform:
    origin = Place(order.service.span, "it is deployed to Cloud Run")
    build = "image" if order.made.built is not None or order.made.elsewhere else "buildpack"
    return platforms.get("cloud-run", origin=origin, build=build) or Platform("cloud-run", "Google Cloud Run", origin)


def _packages(project: Project, order: Order) -> Packages:
    if order.made.built is not None:
        return order.made.built.image.packages
    if order.made.elsewhere:
        return images_elsewhere.context(project, order.service.span, None).packages
    found = packages.of_buildpack(project, order.made.folder)
    return found if order.service.entrypoint is not None else google.with_gunicorn(found)


# What it starts


def _commands(project: Project, order: Order) -> Iterator[Command]:
    """All that says what the service starts, the one that wins first."""
    service, built = order.service, order.made.built
    entrypoint, arguments = _words(service.command), _words(service.arguments)
    if built is not None:
        command = images_of.command_of(built.image, entrypoint=entrypoint, cmd=arguments)
        if command is not None:
            yield command
        return
    if entrypoint is not None:
        words = (*(entrypoint.argv or ()), *((arguments.argv or ()) if arguments is not None else ()))
        yield replace(entrypoint, text=" ".join(words), argv=words)
        return
    if order.made.elsewhere:
        return
    told = list(google.buildpack_commands(project, order.made.folder, service.entrypoint))
    yield from told
    guess = google.guessed_start(project, order.made.folder) if not told else None
    if guess is not None:
        yield Command(
            guess[0], "shell", Place(service.span, f"nothing says what to start: Google's builder starts `{guess[0]}`")
        )


def _words(words: tuple[Located[str], ...]) -> Command | None:
    if not words:
        return None
    argv = tuple(word.value for word in words)
    places = tuple(Place(word.span, word.value) for word in words)
    return Command(" ".join(argv), "exec", places[0], argv, places)


def _conflicts(commands: list[Command]) -> Iterator[Conflict]:
    winner = commands[0]
    for loser in commands[1:]:
        if planned.starts_differently(winner, loser) and winner.origin.path != loser.origin.path:
            reason = f"Google's builder starts what {posixpath.basename(winner.origin.path)} says"
            yield Conflict(winner, loser, reason)


def _process(order: Order, command: Command, platform: Platform | None, options: Options) -> Process:
    service = order.service
    start = Place(service.span, f"{order.verb} {service.name}")
    return Process(
        service.name if order.several else "web",
        "web",
        command,
        trail=(start, command.origin) if command.origin.span != service.span else (command.origin,),
        instances=google.instances(options, service.most, service.span, _UP_TO),
        port_set=True,
        port_expected=amounts.port(service.port, "port") or _default_port(order, platform),
        router_timeout=amounts.seconds(service.timeout, "timeout", "router timeout"),
        cpus=amounts.cpus(service.cpus, "cpu"),
        memory=amounts.memory(service.memory, "memory"),
        concurrency=_concurrency(service),
        health_path=amounts.path(service.health_path, "path"),
    )


def _concurrency(service: CloudRunService) -> Setting | None:
    """The requests that an instance is sent at a time: 0 leaves it to Cloud Run, which sends a part of a core one."""
    told = amounts.count(service.concurrency, "concurrency", "concurrency")
    if told is not None and told.value != 0:
        return told
    cpus = amounts.cpus(service.cpus, "cpu")
    if cpus is None or not isinstance(cpus.value, float) or cpus.value >= 1:
        return None
    place = Place(cpus.span, f"{cpus.origin.note}: Cloud Run sends less than a core one request at a time")
    return Setting("concurrency", 1, place, is_default=True)


def _default_port(order: Order, platform: Platform | None) -> Setting | None:
    """Cloud Run's own; a command that names no port leaves the one that the service has."""
    if order.verb == "service":
        return planned.default_port(platform, "Cloud Run connects to {} unless told otherwise")
    told = "Cloud Run connects to {} unless the service was given another port before"
    return planned.default_port(platform, told, sure=False)


def _base(project: Project, found: Planned, order: Order) -> Context:
    """Where the service runs, before it is given variables of its own."""
    if order.made.built is not None:
        base = images.context_for(order.made.built, project)
    elif order.made.elsewhere:
        base = images_elsewhere.context(project, order.service.span, found.deployment.platform)
    else:
        tree = Tree(project)
        place = Place(None, f"Google's builder puts the project at {_HOME}")
        tree.mount(_HOME, order.made.folder, place, google.not_uploaded(project, order.made.folder))
        base = Context(project, tree, cwd=_HOME, shell="bash", packages=found.deployment.packages)
    return replace(base, open_environment=True, platform=found.deployment.platform)


def _own(service: CloudRunService) -> dict[str, Setting]:
    """The variables that a service or a job is given."""
    found = {name.value: _setting(name, value) for name, value in service.environment}
    for name in service.secrets:
        unknown = Unknown("it comes from Secret Manager", name.span)
        found[name.value] = Setting(name.value, unknown, Place(name.span, name.value))
    return found


def _setting(name: Located[str], value: Located[str]) -> Setting:
    if not _HOLE.search(value.value):
        return planned.literal(name.value, value)
    unknown = Unknown("it is filled in when this is deployed", value.span)
    return Setting(name.value, unknown, Place(value.span, name.value))


def _given(service: CloudRunService, platform: Platform) -> dict[str, Setting]:
    """What Cloud Run itself sets: PORT to the port that it connects to, and the names of the service."""
    place = Place(None, f"set by {platform.name}")
    port = amounts.port(service.port, "port")
    found = google.unknown_variables(("K_REVISION",), platform.name)
    for name in ("K_SERVICE", "K_CONFIGURATION"):
        hole = _HOLE.search(service.name)
        found[name] = Setting(name, Unknown(f"{platform.name} sets it") if hole else service.name, place)
    if port is None:
        return {**found, **planned.injected_port(platform)}
    text = port.value if isinstance(port.value, Unknown) else str(port.value)
    found["PORT"] = Setting("PORT", text, port.origin)
    return found


# Jobs


def _add_job(found: Planned, job: CloudRunService, base: Context, built: Built | None) -> None:
    """A job that the pipeline runs: in the image of the service, with variables of its own."""
    entrypoint, arguments = _words(job.command), _words(job.arguments)
    command = images_of.command_of(built.image if built is not None else None, entrypoint=entrypoint, cmd=arguments)
    if command is None:
        return
    place = Place(job.span, f"runs the job {job.name}")
    trail = (place, command.origin) if command.origin.span != job.span else (command.origin,)
    found.add(Process("release", "release", command, trail=trail), base.with_variables(_own(job)))
