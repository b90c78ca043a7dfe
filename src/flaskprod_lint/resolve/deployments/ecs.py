"""Amazon ECS: task definitions in JSON, YAML and CloudFormation, with the services that say how often they run."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator

from flaskprod_lint.inputs import ecs
from flaskprod_lint.inputs.ecs import EcsContainer, EcsService, EcsTask
from flaskprod_lint.model import Command, Platform, Setting, Unknown
from flaskprod_lint.resolve.deployments import (
    amounts,
    containers,
    health_checks,
    manifest_secrets,
    parts,
    planned,
    standing,
)
from flaskprod_lint.resolve.deployments.containers import Container
from flaskprod_lint.resolve.deployments.parts import Home
from flaskprod_lint.resolve.deployments.planned import Planned
from flaskprod_lint.resolve.deployments.standing import Standing
from flaskprod_lint.resolve.options import Options
from flaskprod_lint.source import Located, Place, Project, is_number

#: CPU units of one processor.
_UNITS = 1024


def find(project: Project, options: Options) -> Iterator[Planned]:
    """The deployments of all task definitions that can run the app."""
    files = (*project.of_format("json"), *project.of_format("yaml"))
    services = [one for path in files if project.holds(path, *ecs.SERVICE_MARKS) for one in _services(project, path)]
    for path in files:
        facts = project.facts(path, ecs.read) if project.holds(path, *ecs.MARKS) else None
        if facts is None:
            continue
        parts.note_problem(project, facts.problem)
        place = standing.of_manifest(path, options, "ECS")
        for task in facts.tasks:
            planned_task = plan(project, path, task, place, options, services)
            if planned_task is not None:
                yield _named(planned_task, task, several=len(facts.tasks) > 1)


def _services(project: Project, path: str) -> tuple[EcsService, ...]:
    facts = project.facts(path, ecs.read)
    return facts.services if facts is not None else ()


def _named(found: Planned, task: EcsTask, *, several: bool) -> Planned:
    if several and task.family is not None:
        found.deployment.name += f" ({task.family.value})"
    return found


def plan(
    project: Project,
    path: str,
    task: EcsTask,
    place: Standing,
    options: Options,
    services: list[EcsService],
    platform: Platform | None = None,
) -> Planned | None:
    """The deployment of a task definition; None for one with no container that can run the app.

    `platform` is who runs it, where that is not ECS itself; its containers then have networks of their own.
    """
    homes = dict(_homes(project, path, task, folder="" if platform is None else posixpath.dirname(path)))
    if not homes:
        return None
    first = next(iter(homes.values()))[0]
    own = platform or parts.platform_of("ecs", path, first, "a task definition of ECS")
    deployment = parts.deployment_of(project, path, task.span, own, place, options, first)
    pairs = [pair for one in task.containers for pair in one.environment]
    deployment.secrets = manifest_secrets.of_pairs(pairs, "containerDefinitions", development=not place.is_production)
    images = (home.built.image.dockerfile for home, _ in homes.values() if home.built is not None)
    found = Planned(deployment, uses=frozenset((path, *images)))
    proxy = None if platform is not None else _proxy(task)
    for number, (home, sure) in homes.items():
        one = task.containers[number]
        containers.add(found, project, home, _container(task, one, sure, proxy, _count(task, services)), options)
    return found


def _homes(project: Project, path: str, task: EcsTask, folder: str) -> Iterator[tuple[int, tuple[Home, bool]]]:
    """What each container runs that can be the app, by its number."""
    family = task.family.value if task.family is not None else ""
    for number, one in enumerate(task.containers):
        image = one.image.value if one.image is not None else ""
        if containers.is_aside(image, one.name.value):
            continue
        home = containers.home_of(project, folder, one.span, image, one.name.value, family, path)
        if home is not None and (home[0].built is not None or _is_likely(project, one)):
            yield number, home


def _is_likely(project: Project, one: EcsContainer) -> bool:
    """Whether an image that is not built here may still be the app's."""
    text = " ".join(word.value for word in one.command or one.entrypoint or ())
    if text:
        return planned.runs_python(text)
    return parts.has_flask(project, "") and not project.of_format("dockerfile")


def _container(
    task: EcsTask, one: EcsContainer, sure: bool, proxy: Place | None, count: Located[str] | None
) -> Container:
    kind = "web" if one.ports else ""
    return Container(
        one.name.value,
        kind,
        Place(one.span, f"container {one.name.value}"),
        containers.words(one.entrypoint, "entryPoint"),
        containers.words(one.command, "command"),
        _variables(one),
        one.from_files,
        count,
        _port(one, sure),
        grace=amounts.seconds(one.grace, "stopTimeout"),
        cpus=_cpus(one.cpu) or _cpus(task.cpu),
        memory=_memory(one.memory) or _memory(task.memory),
        health_path=_health_path(one),
        proxy=proxy,
    )


def _variables(one: EcsContainer) -> dict[str, Setting]:
    found = {name.value: planned.literal(name.value, value) for name, value in one.environment}
    for name in one.secrets:
        unknown = Unknown("AWS takes it from a secret", name.span)
        found[name.value] = Setting(name.value, unknown, Place(name.span, name.value))
    for name in one.holes:
        unknown = Unknown("it is filled in when this is deployed", name.span)
        found[name.value] = Setting(name.value, unknown, Place(name.span, name.value))
    return found


def _port(one: EcsContainer, sure: bool) -> Setting | None:
    """The port that the balancer connects to, where there is only one. Not sure where the image is only likely."""
    if len(one.ports) != 1:
        return None
    text = one.ports[0]
    value = int(text.value) if is_number(text.value) else Unknown("it is filled in when this is deployed", text.span)
    return Setting("port", value, Place(text.span, f"containerPort {text.value}"), sure=sure)


def _proxy(task: EcsTask) -> Place | None:
    """The web server of the same task, which reaches the app over the loopback that all containers of it share."""
    for one in task.containers:
        image = one.image.value if one.image is not None else ""
        if containers.is_proxy(image, one.name.value):
            return Place(one.span, f"{one.name.value} of the same task passes requests on")
    return None


def _count(task: EcsTask, services: list[EcsService]) -> Located[str] | None:
    """How many tasks run: of the service that names this one, or of the only service there is."""
    family = task.family.value if task.family is not None else None
    named = [one for one in services if family and one.task.rpartition("/")[2].partition(":")[0] == family]
    found = named or (services if len(services) == 1 else [])
    return found[0].count if len(found) == 1 else None


def _cpus(text: Located[str] | None) -> Setting | None:
    """Processors, of CPU units (`256`) or as written (`.5 vCPU`)."""
    if text is None or not (
        match := re.fullmatch(r"(\d{0,18}\.?\d{1,18})\s*(vcpu)?", text.value.strip(), re.IGNORECASE)
    ):
        return None
    value = float(match[1]) if match[2] else float(match[1]) / _UNITS
    return Setting("cpus", value, Place(text.span, f"cpu: {text.value}")) if value else None


def _memory(text: Located[str] | None) -> Setting | None:
    """MiB, of a plain number or of `2 GB`."""
    if text is None or not (match := re.fullmatch(r"(\d{0,18}\.?\d{1,18})\s*(gb)?", text.value.strip(), re.IGNORECASE)):
        return None
    value = float(match[1]) * (1024 if match[2] else 1)
    return Setting("memory", value, Place(text.span, f"memory: {text.value}")) if value else None


def _health_path(one: EcsContainer) -> Setting | None:
    """The path that a health check asks for on the container's own port, where an answer of 404 would fail it."""
    if not one.health:
        return None
    words = tuple(word.value for word in one.health)
    asked = health_checks.asked_by(Command(" ".join(words), "exec", Place(one.health[-1].span), words))
    own = {port.value for port in one.ports}
    return asked[1] if asked is not None and asked[0] in own else None
