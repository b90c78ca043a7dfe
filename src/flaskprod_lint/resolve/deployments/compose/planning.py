"""Deployments out of compose files: the services that run the app, as processes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import field, replace

from flaskprod_lint.model import (
    Command,
    CommandFault,
    Deployment,
    Image,
    Packages,
    Platform,
    Process,
    Setting,
    Unknown,
)
from flaskprod_lint.patterns import regex
from flaskprod_lint.records import dataclass
from flaskprod_lint.resolve import platforms
from flaskprod_lint.resolve.deployments import amounts, interpolation, planned, proxies, standing
from flaskprod_lint.resolve.deployments.compose import choosing, opening, units
from flaskprod_lint.resolve.deployments.compose import secrets as manifest_secrets
from flaskprod_lint.resolve.deployments.compose import service as services
from flaskprod_lint.resolve.deployments.compose.service import Resolved
from flaskprod_lint.resolve.deployments.compose.units import Unit
from flaskprod_lint.resolve.deployments.images import Built
from flaskprod_lint.resolve.deployments.planned import Planned
from flaskprod_lint.resolve.deployments.standing import Standing
from flaskprod_lint.resolve.options import Options
from flaskprod_lint.source import Located, Place, Project, Span

_DEVELOPMENT_COMMAND = regex(
    r"--reload\b|--debug\b|\bflask\b.*\brun\b|\bdebugpy\b|\bptvsd\b|runserver|watchmedo|nodemon"
)


def plan(project: Project, options: Options, *, others: bool) -> list[Planned]:
    """The deployments of a project's compose files. `others` says that another file deploys the project as well."""
    found = [_Start(unit, _services(project, unit)) for unit in units.find(project, options)]
    known: dict[object, Built | None] = {}
    for start in found:
        start.chosen = choosing.that_run_the_app(project, start.every, [one.every for one in found if one is not start])
        for service in start.chosen:
            services.build(project, service, known)
        _look_for_signs(project, start)
    found = [start for start in found if start.chosen]
    return [one for start in found for one in _of_start(project, start, found, options, others)]


@dataclass
class _Start:
    """A unit with its services, those that run the app, and what says that it is for development.

    `is_named_so` says that names alone do: of all its services, or of the Dockerfile or stage that they build.
    `has_another_image` that the project has another Dockerfile which starts something.
    """

    unit: Unit
    every: list[Resolved]
    chosen: list[Resolved] = field(default_factory=list)
    sign: str = ""
    is_named_so: bool = False
    has_another_image: bool = False


def _look_for_signs(project: Project, start: _Start) -> None:
    """Note what says that a unit is for development, unless one of its services is named for production."""
    chosen = start.chosen
    if not chosen or any(standing.production_word(one.name) for one in chosen):
        return
    names = [_sign_in_names(one) for one in chosen]
    signs = [sign or _sign_of_development(project, one) for sign, one in zip(names, chosen, strict=True)]
    start.sign = next((sign for sign in signs if sign), "")
    start.is_named_so = all(names)
    own = {one.dockerfile for one in chosen}
    start.has_another_image = any(path not in own for path in choosing.for_production(project))


def _services(project: Project, unit: Unit) -> list[Resolved]:
    filler = interpolation.of_folder(project, unit.folder)
    return [services.resolve(project, service, unit.folder, filler) for service in unit.merged.services.values()]


def _of_start(project: Project, start: _Start, starts: list[_Start], options: Options, others: bool) -> list[Planned]:
    place = _standing(start, starts, others)
    groups = _by_app(start.chosen)
    return [_deployment(project, start.unit, group, start.every, place, options, len(groups) > 1) for group in groups]


# Which services


def _by_app(chosen: list[Resolved]) -> list[list[Resolved]]:
    """The services in groups that are one app each: those built from one folder, if several folders serve requests."""
    web = {one.context for one in chosen if one.dockerfile is not None and _kind(one, chosen) == "web"}
    if len(web) < 2:
        return [chosen]
    folders = dict.fromkeys(one.context for one in chosen)
    return [[one for one in chosen if one.context == folder] for folder in folders]


def _kind(one: Resolved, chosen: list[Resolved]) -> str:
    """web where it publishes ports or names a server; a worker otherwise, unless it is the only one.

    What others wait for, until it has ended, is a step of each release.
    """
    if any(one.name == name.value for other in chosen for name in other.service.waits_for):
        return "release"
    text = services.says(one)
    told = planned.kind_of(text) if text else "web"
    if told != "web":
        return told
    is_web = bool(services.published(one) or one.service.expose or planned.is_server_text(text))
    return "web" if is_web or len(chosen) == 1 or "web" in one.name.lower() else "worker"


# Production or development


def _standing(start: _Start, starts: list[_Start], others: bool) -> Standing:
    by_name = start.unit.by_name
    if not by_name.is_production or not by_name.why.startswith("Compose"):
        return by_name
    for other in starts:
        if other is not start and other.unit.folder == start.unit.folder and _is_for_production(other.unit):
            return Standing("development", f"{other.unit.name} beside it is the one for production")
    if start.is_named_so:
        return Standing("development", start.sign)
    if not start.sign:
        return Standing("production", "`docker compose up` starts it, and nothing says it is for development")
    others = others or start.has_another_image
    others = others or any(_is_the_one(other) for other in starts if other is not start)
    if others or all(_image_starts(one) for one in start.chosen):
        return Standing("development", f"{start.sign}, and another file starts this project as well")
    return Standing("production", f"{start.sign}, but nothing else starts this project", sure=False)


def _is_the_one(start: _Start) -> bool:
    """Whether a start is for production by its name, or by nothing that says otherwise."""
    return _is_for_production(start.unit) or (not start.sign and start.unit.by_name.is_production)


def _is_for_production(unit: Unit) -> bool:
    return unit.by_name.is_production and not unit.by_name.why.startswith("Compose")


def _sign_in_names(one: Resolved) -> str:
    """The name of a service, of its Dockerfile, stage or image, or a run of tests; empty when none says development."""
    image = one.image_name.rpartition("/")[2] if one.dockerfile is not None else ""
    named = (("service", one.name), ("stage", one.target), ("Dockerfile", one.dockerfile), ("image", image))
    for what, name in named:
        word = standing.development_word(name) if name else None
        if word is not None:
            return f"the name of the {what} `{name}` says {word}"
    return f"`{one.name}` runs the tests" if choosing.runs_tests(one) else ""


def _sign_of_development(project: Project, one: Resolved) -> str:
    """What says that a service is started for development; empty when nothing does."""
    mount = services.mounts_sources(project, one) if one.dockerfile is not None else None
    if mount is not None:
        return f"`{one.name}` mounts the sources over its image (line {mount.span.line if mount.span else 0})"
    for variable in one.service.environment:
        value = one.fill(variable.value).text.lower() if variable.value is not None else ""
        if value in choosing.DEVELOPMENT_VALUES.get(variable.name.value.upper(), ()):
            return f"`{one.name}` sets {variable.name.value} to {value}"
    for entry in one.service.env_files:
        path = one.fill(entry.path).text
        is_template = standing.development_word(path) in ("example", "sample")
        if not is_template and not standing.of_path(path, Options(), "").is_production:
            return f"`{one.name}` takes its variables from {path}"
    if _DEVELOPMENT_COMMAND.search(one.text):
        return f"`{one.name}` starts a server for development"
    return ""


def _image_starts(one: Resolved) -> bool:
    """Whether the image that a service builds starts something by itself."""
    return one.built is not None and (one.built.image.cmd or one.built.image.entrypoint) is not None


# Putting it together


def _deployment(
    project: Project,
    unit: Unit,
    group: list[Resolved],
    every: list[Resolved],
    place: Standing,
    options: Options,
    several: bool,
) -> Planned:
    platform = _platform(unit)
    web = next((one for one in group if _kind(one, group) == "web"), group[0])
    image = services.image_of(web)
    deployment = Deployment(
        f"{unit.name} ({web.name})" if several else unit.name,
        Place(Span(unit.name, web.service.name.span.line if web.service.name.span.path == unit.name else 1), unit.name),
        place.environment,
        place.why,
        sure=place.sure and not unit.merged.template and "{{" not in unit.name,
        platform=services.platform_for(platform, web),
        tiers=options.told_tiers,
        image=image,
        packages=image.packages if image is not None else Packages(complete=Unknown("no image of this project")),
        python=image.python if image is not None else None,
        secrets=manifest_secrets.of_services(every if not several else group, development=not place.is_production),
    )
    used = frozenset((*unit.merged.paths, *(one.dockerfile for one in group if one.dockerfile)))
    found = Planned(deployment, uses=used)
    for one in group:
        _add(project, found, one, group, platform, options)
    for process in deployment.processes:
        opened = next((opening.to_all(one) for one in group if one.name == process.name), None)
        process.published = opened if process.kind == "web" else None
    if not any(process.kind == "web" for process in deployment.processes) and deployment.web_missing is None:
        _note_missing(deployment, web)
    return found


def _platform(unit: Unit) -> Platform:
    origin = Place(Span(unit.name, 1), "a compose file")
    return platforms.get("docker-compose", origin=origin) or Platform("docker-compose", "Docker Compose", origin)


def _note_missing(deployment: Deployment, web: Resolved) -> None:
    if all(process.kind != "worker" for process in deployment.processes):
        reason = f"`{web.name}` has no command, and its image has none"
        planned.note_no_command(deployment, services.image_of(web), web.service.name.span, reason)


def _add(
    project: Project, found: Planned, one: Resolved, group: list[Resolved], platform: Platform, options: Options
) -> None:
    command = services.command_of(one)
    if command is None:
        return
    kind = _kind(one, group)
    context = services.context_for(project, one, services.platform_for(platform, one))
    ports = services.published(one) if kind == "web" else []
    if kind == "web" and not ports:
        names = (one.name, *(one.fill(name).text for name in one.service.also_called))
        behind = proxies.to_service(project, names, one.folder)
        ports = list(behind.values())
    counted = options if kind == "web" else replace(options, instances=None)
    replicas = one.service.replicas
    process = Process(
        one.name,
        kind,
        command,
        trail=_trail(one, services.image_of(one), command.origin),
        instances=planned.instances(counted, one.fill(replicas).located if replicas is not None else None),
        port_set=True if "PORT" in context.variables else None if context.open_environment else False,
        port_expected=ports[0] if len({port.value for port in ports}) == 1 else None,
        proxy=None,
    )
    process.faults = _faults(one, command)
    process.cpus = _amount(one, one.service.cpus, amounts.cpus, "cpus")
    process.memory = _amount(one, one.service.memory, amounts.memory, "memory")
    process.grace = _amount(one, one.service.stop_grace_period, amounts.seconds, "stop_grace_period")
    process.memory_folders = frozenset(entry.value.partition(":")[0].rstrip("/") for entry in one.service.tmpfs)
    found.add(process, context)


def _amount(
    one: Resolved, text: Located[str] | None, read: Callable[[Located[str], str], Setting | None], key: str
) -> Setting | None:
    """An amount with its variables filled in, as far as they are known, and what it was read from."""
    if text is None:
        return None
    filled = one.fill(text)
    setting = read(filled.located, key)
    return replace(setting, environment=filled.reads) if setting is not None else None


def _faults(one: Resolved, command: Command) -> tuple[CommandFault, ...]:
    """What Compose ignores of a command written for a shell: all from the first `&&`, `;` or `|` on."""
    lost = services.dropped(one)
    operator = lost[: len(lost) - len(lost.lstrip("&|;"))]
    if not operator or operator == "&" or not lost[len(operator) :].strip():
        return ()
    runs = " ".join(command.argv or ())
    reason = f"Compose runs no shell here, so `{operator}` and all after it is ignored and only `{runs}` runs"
    instead = f'command: sh -c "{runs} {operator} exec {lost[len(operator) :].strip()}"'
    return (CommandFault("dropped", reason, command.origin, instead),)


def _trail(one: Resolved, image: Image | None, origin: Place) -> tuple[Place, ...]:
    """From the service to the line that says what runs."""
    start = Place(one.service.name.span, f"service {one.name}")
    if origin.span is not None and image is not None and origin.span.path == image.dockerfile:
        return (start, origin)
    return (start,) if origin == start else (start, origin)
