"""AWS Copilot: the services of copilot/*/manifest.yml, which run on ECS or, request-driven, on App Runner."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from dataclasses import replace

from flaskprod_lint.inputs import copilot
from flaskprod_lint.inputs.copilot import Copilot
from flaskprod_lint.model import Setting, Unknown
from flaskprod_lint.resolve.deployments import amounts, containers, images, manifest_secrets, parts, planned, standing
from flaskprod_lint.resolve.deployments.containers import Container
from flaskprod_lint.resolve.deployments.parts import Home
from flaskprod_lint.resolve.deployments.planned import Planned
from flaskprod_lint.resolve.deployments.standing import Standing
from flaskprod_lint.resolve.options import Options
from flaskprod_lint.source import Place, Project, Span, is_number

_KINDS = {
    "load balanced web service": "web",
    "request-driven web service": "web",
    "backend service": "",
    "worker service": "worker",
    "scheduled job": "cron",
}
_ON_APP_RUNNER = "request-driven web service"


def find(project: Project, options: Options) -> Iterator[Planned]:
    """The deployments of all manifests whose image can run the app."""
    for path in project.of_format("copilot"):
        facts = project.facts(path, copilot.read)
        if facts is None:
            continue
        parts.note_problem(project, facts.problem)
        found = plan(project, _in_production(facts), standing.of_manifest(path, options, "Copilot"), options)
        if found is not None:
            yield found


def _in_production(facts: Copilot) -> Copilot:
    """The facts as they are for the environment that is called production, if one is."""
    named = [one for one in facts.environments if standing.production_word(one.name)]
    own = next(iter(sorted(named, key=lambda one: "stag" in one.name)), None)
    if own is None:
        return facts
    return replace(
        facts,
        environment=(*facts.environment, *own.environment),
        count=own.count or facts.count,
        cpu=own.cpu or facts.cpu,
        memory=own.memory or facts.memory,
    )


def plan(project: Project, facts: Copilot, place: Standing, options: Options) -> Planned | None:
    """The deployment of a manifest; None for one that describes no service with Python."""
    kind = facts.kind.value.lower() if facts.kind is not None else ""
    home = _home(project, facts)
    if kind not in _KINDS or home is None:
        return None
    on_app_runner = kind == _ON_APP_RUNNER
    platform = parts.platform_of("apprunner" if on_app_runner else "ecs", facts.path, home, "a manifest of Copilot")
    deployment = parts.deployment_of(project, facts.path, Span(facts.path, 1), platform, place, options, home)
    deployment.secrets = manifest_secrets.of_pairs(facts.environment, "variables", development=not place.is_production)
    dockerfile = (home.built.image.dockerfile,) if home.built is not None else ()
    found = Planned(deployment, uses=frozenset((facts.path, *dockerfile)))
    containers.add(found, project, home, _container(facts, _KINDS[kind], on_app_runner), options)
    return found


def _root(facts: Copilot) -> str:
    """The folder in which `copilot` is run: the one that holds the folder copilot."""
    return posixpath.dirname(posixpath.dirname(posixpath.dirname(facts.path)))


def _home(project: Project, facts: Copilot) -> Home | None:
    """The image that is built, or one from elsewhere; None for an image without Python."""
    if facts.dockerfile is None:
        return Home(elsewhere=facts.location.span) if facts.location is not None else None
    path = posixpath.normpath(posixpath.join(_root(facts), facts.dockerfile.value))
    if path not in project or images.runs_python(project, path) is False:
        return None
    context = parts.folder_of(_root(facts), facts.context) if facts.context is not None else posixpath.dirname(path)
    target = facts.target.value if facts.target is not None else None
    built = images.build(project, path, context=context, target=target)
    return Home(context, built) if built is not None else None


def _container(facts: Copilot, kind: str, on_app_runner: bool) -> Container:
    name = facts.name.value if facts.name is not None else posixpath.basename(posixpath.dirname(facts.path))
    port = amounts.port(facts.port, "image.port")
    variables = _variables(facts)
    if on_app_runner and port is not None:
        variables = {"PORT": Setting("PORT", str(port.value), port.origin), **variables}
    return Container(
        name,
        kind or ("web" if port is not None else ""),
        Place(facts.name.span if facts.name is not None else Span(facts.path, 1), f"service {name}"),
        containers.words(facts.entrypoint, "entrypoint"),
        containers.words(facts.command, "command"),
        variables,
        facts.from_file is not None,
        facts.count,
        port,
        cpus=_cpus(facts),
        memory=_memory(facts),
        health_path=amounts.path(facts.health_path, "healthcheck"),
    )


def _variables(facts: Copilot) -> dict[str, Setting]:
    found = {name.value: planned.literal(name.value, value) for name, value in facts.environment}
    for name in facts.secrets:
        unknown = Unknown("AWS takes it from a secret", name.span)
        found[name.value] = Setting(name.value, unknown, Place(name.span, name.value))
    return found


def _cpus(facts: Copilot) -> Setting | None:
    text = facts.cpu
    known = text is not None and is_number(text.value) and int(text.value) > 0
    return Setting("cpus", int(text.value) / 1024, Place(text.span, f"cpu: {text.value}")) if text and known else None


def _memory(facts: Copilot) -> Setting | None:
    text = facts.memory
    known = text is not None and is_number(text.value)
    return Setting("memory", int(text.value), Place(text.span, f"memory: {text.value}")) if text and known else None
