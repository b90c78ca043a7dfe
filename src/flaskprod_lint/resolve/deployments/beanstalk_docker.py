"""Elastic Beanstalk's Docker platform: the image of a Dockerfile or of Dockerrun.aws.json, behind nginx of the host."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from dataclasses import replace

from flaskprod_lint.inputs import dockerrun
from flaskprod_lint.inputs.dockerrun import Dockerrun
from flaskprod_lint.model import Platform, Setting
from flaskprod_lint.resolve.deployments import amounts, containers, ecs, images, parts, standing
from flaskprod_lint.resolve.deployments.beanstalk_options import EbOptions
from flaskprod_lint.resolve.deployments.containers import Container
from flaskprod_lint.resolve.deployments.parts import Home
from flaskprod_lint.resolve.deployments.planned import Planned
from flaskprod_lint.resolve.options import Options
from flaskprod_lint.source import Place, Project, Span

_COMPOSE = ("docker-compose.yml", "docker-compose.yaml")


def is_docker(project: Project, folder: str, settings: EbOptions, named: str) -> bool:
    """Whether a folder is for the Docker platform: as its configuration names it, else by what stands there."""
    if named:
        return "docker" in named.lower()
    if posixpath.join(folder, "Dockerrun.aws.json") in project:
        return True
    has_python = any(one.namespace.startswith("aws:elasticbeanstalk:container:python") for one in settings.options)
    own = ("Procfile", "application.py")
    return posixpath.join(folder, "Dockerfile") in project and not (
        has_python or any(posixpath.join(folder, name) in project for name in own)
    )


def find(project: Project, folder: str, settings: EbOptions, options: Options) -> Iterator[Planned]:
    """The deployment of a folder; none where a compose file says what runs, which is judged as such."""
    path = posixpath.join(folder, "Dockerrun.aws.json")
    facts = project.facts(path, dockerrun.read) if path in project else None
    if facts is not None:
        parts.note_problem(project, facts.problem)
    if facts is None and any(posixpath.join(folder, name) in project for name in _COMPOSE):
        return
    found = _several(project, facts, options) if facts is not None and facts.several is not None else None
    if found is None and (facts is None or facts.several is None):
        found = _single(project, folder, facts, settings, options)
    if found is not None:
        yield found


def _several(project: Project, facts: Dockerrun, options: Options) -> Planned | None:
    assert facts.several is not None
    platform = _platform(facts.path)
    place = standing.of_manifest(facts.path, options, "Elastic Beanstalk")
    for task in facts.several.tasks:
        found = ecs.plan(project, facts.path, task, place, options, [], platform)
        if found is not None:
            return found
    return None


def _platform(path: str) -> Platform:
    """Elastic Beanstalk with containers: what listens on loopback cannot be reached, and no port is set by itself."""
    platform = parts.platform_of("beanstalk", path, Home(elsewhere=Span(path, 1)), f"{path} is Elastic Beanstalk's")
    return replace(platform, proxy_on_same_host=False, port_default=None, injects={})


def _single(
    project: Project, folder: str, facts: Dockerrun | None, settings: EbOptions, options: Options
) -> Planned | None:
    own = posixpath.join(folder, "Dockerfile")
    path = facts.path if facts is not None else settings.first or own
    named = facts.image if facts is not None else None
    if own in project:
        if images.runs_python(project, own) is False:
            return None
        built = images.build(project, own, context=folder)
        home, sure = (Home(folder, built), True) if built is not None else (Home(elsewhere=Span(path, 1)), False)
    else:
        guessed = containers.home_of(project, folder, Span(path, 1), named.value if named is not None else "")
        if guessed is None:
            return None
        home, sure = guessed
    place = standing.of_manifest(path, options, "Elastic Beanstalk")
    deployment = parts.deployment_of(project, path, Span(path, 1), _platform(path), place, options, home)
    deployment.name = f"{folder} on Elastic Beanstalk" if folder else "Elastic Beanstalk"
    deployment.secrets = settings.secrets(development=not place.is_production)
    dockerfile = (home.built.image.dockerfile,) if home.built is not None else ()
    found = Planned(deployment, uses=frozenset((path, *settings.paths, *dockerfile)))
    containers.add(found, project, home, _container(facts, settings, home, sure, path), options)
    return found


def _container(facts: Dockerrun | None, settings: EbOptions, home: Home, sure: bool, path: str) -> Container:
    return Container(
        "web",
        "web",
        _start(facts, path),
        containers.words(facts.entrypoint, "Entrypoint") if facts is not None else None,
        containers.words(facts.command, "Command") if facts is not None else None,
        settings.variables,
        True,
        settings.most_instances,
        _port(facts, home, sure),
        router_timeout=settings.router_timeout,
        health_path=settings.health_path,
    )


def _start(facts: Dockerrun | None, path: str) -> Place:
    if facts is not None and facts.image is not None:
        return Place(facts.image.span, f"runs the image {facts.image.value}")
    return Place(Span(path, 1), "Elastic Beanstalk builds and runs the Dockerfile")


def _port(facts: Dockerrun | None, home: Home, sure: bool) -> Setting | None:
    """The port of the container that nginx connects to: the first of the file, else the first that is exposed."""
    told = facts.ports[0] if facts is not None and facts.ports else None
    if told is not None:
        port = amounts.port(told, "ContainerPort")
        return replace(port, sure=sure) if port is not None else None
    exposed = home.built.image.exposed if home.built is not None else ()
    return next((one for one in exposed if isinstance(one.value, int)), None)
