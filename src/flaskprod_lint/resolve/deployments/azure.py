"""Azure: the services of azure.yaml, on App Service or as container apps, and container apps of their own."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from dataclasses import replace

from flaskprod_lint.inputs import azd, bicep, container_app
from flaskprod_lint.inputs.azd import Azd, AzdService
from flaskprod_lint.inputs.container_app import AppContainer, ContainerApp
from flaskprod_lint.model import Setting, Unknown
from flaskprod_lint.resolve.deployments import (
    amounts,
    appservice,
    containers,
    images,
    manifest_secrets,
    parts,
    pipelines,
    planned,
    standing,
)
from flaskprod_lint.resolve.deployments.containers import Container
from flaskprod_lint.resolve.deployments.parts import Home
from flaskprod_lint.resolve.deployments.planned import Planned
from flaskprod_lint.resolve.deployments.standing import Standing
from flaskprod_lint.resolve.options import Options
from flaskprod_lint.source import Located, Place, Project, Span

#: What a .deployment, a manifest of Oryx or a startup.txt holds that is for Python on App Service.
_OF_APP_SERVICE = (b"SCM_DO_BUILD_DURING_DEPLOYMENT", b'PlatformName="python"', b"gunicorn", b"uvicorn", b"flask")
#: What a startup.sh holds that is for App Service, and not for any host.
_OF_AZURE = (b"Azure", b"azure", b"/home/site/wwwroot")
_LANGUAGES = ("py", "python", "docker")


def find(project: Project, options: Options) -> Iterator[Planned]:
    """The deployments of all services and container apps that can run the app."""
    planned_folders: set[str] = set()
    for path in project.of_format("azd"):
        facts = project.facts(path, azd.read)
        if facts is not None:
            parts.note_problem(project, facts.problem)
            planned_folders |= {parts.folder_of(posixpath.dirname(path), one.folder) for one in facts.services}
            yield from _services(project, facts, options)
    yield from _by_their_files(project, options, planned_folders)
    for path in (*project.of_format("yaml"), *project.of_format("json")):
        app = project.facts(path, container_app.read) if project.holds(path, *container_app.MARKS) else None
        if app is not None:
            parts.note_problem(project, app.problem)
        if app is not None and app.containers:
            found = _container_app(project, app, standing.of_manifest(path, options, "Container Apps"), options)
            if found is not None:
                yield found


def _by_their_files(project: Project, options: Options, known: set[str]) -> Iterator[Planned]:
    """The deployments of folders that hold a file of App Service's, but for those that are known.

    A workflow that deploys there has the startup command, or leaves it to these files: it is then judged by that.
    """
    if any(named.platform == "azure-appservice" for named in pipelines.platforms_of(project)):
        return
    scripts = [path for path in project.of_format("shell") if posixpath.basename(path) == "startup.sh"]
    for path in (*project.of_format("app-service"), *scripts):
        folder = posixpath.dirname(path)
        if folder in known or not project.holds(path, *(_OF_AZURE if path in scripts else _OF_APP_SERVICE)):
            continue
        known.add(folder)
        place = standing.of_manifest(path, options, "App Service")
        origin = Place(Span(path, 1), f"{posixpath.basename(path)} is App Service's")
        found = appservice.plan(project, folder, origin, place, options)
        if found is not None:
            yield found


# azure.yaml


def _services(project: Project, facts: Azd, options: Options) -> Iterator[Planned]:
    place = standing.of_manifest(facts.path, options, "azd")
    place = replace(place, sure=place.sure and not facts.template)
    several = len(facts.services) > 1
    for one in facts.services:
        host = one.host.value.lower() if one.host is not None else ""
        language = one.language.value.lower() if one.language is not None else ""
        if language and language not in _LANGUAGES:
            continue
        found = None
        if host == "appservice" and language != "docker" and one.dockerfile is None:
            folder = parts.folder_of(posixpath.dirname(facts.path), one.folder)
            origin = Place(one.host.span if one.host is not None else one.span, f"service {one.name.value}")
            found = appservice.plan(project, folder, origin, place, options)
        elif host in ("appservice", "containerapp"):
            found = _azd_image(project, facts, one, host, place, options)
        if found is not None:
            if several:
                found.deployment.name += f" ({one.name.value})"
            yield found


def _azd_image(
    project: Project, facts: Azd, one: AzdService, host: str, place: Standing, options: Options
) -> Planned | None:
    """A service that azd builds as an image; None where there is no Dockerfile with Python."""
    folder = parts.folder_of(posixpath.dirname(facts.path), one.folder)
    path = posixpath.normpath(posixpath.join(folder, one.dockerfile.value if one.dockerfile else "Dockerfile"))
    if path not in project or images.runs_python(project, path) is False:
        return None
    context = posixpath.normpath(posixpath.join(folder, one.context.value)) if one.context is not None else folder
    target = one.target.value if one.target is not None else None
    built = images.build(project, path, context="" if context == "." else context, target=target)
    if built is None:
        return None
    home = Home(folder, built)
    name = "azure-containerapps" if host == "containerapp" else "azure-appservice"
    platform = parts.platform_of(name, facts.path, home, "an azure.yaml")
    if host == "appservice":
        # An image of one's own is asked on the port that WEBSITES_PORT says, which the app's settings hold.
        platform = replace(platform, port_injected=None, port_default=None)
    deployment = parts.deployment_of(project, facts.path, one.span, platform, place, options, home)
    found = Planned(deployment, uses=frozenset((facts.path, path)))
    at = Place(one.span, f"service {one.name.value}")
    port = _target_port(project) if host == "containerapp" and len(facts.services) == 1 else None
    containers.add(found, project, home, Container(one.name.value, "web", at, open=True, port_expected=port), options)
    return found


def _target_port(project: Project) -> Setting | None:
    """The port of the ingress, where the Bicep files give a plain one and only one."""
    facts = [found for path in project.of_format("bicep") if (found := project.facts(path, bicep.read)) is not None]
    ports = [value for one in facts for value in one.of("targetPort")]
    return amounts.port(ports[0], "targetPort") if len({port.value for port in ports}) == 1 else None


# Container apps


def _container_app(project: Project, app: ContainerApp, place: Standing, options: Options) -> Planned | None:
    """The deployment of a container app; None where none of its containers can run the app."""
    homes: dict[int, tuple[Home, bool]] = {}
    for number, one in enumerate(app.containers):
        meant = _home(project, app, one)
        if meant is not None:
            homes[number] = meant
    if not homes:
        return None
    first = next(iter(homes.values()))[0]
    platform = parts.platform_of("azure-containerapps", app.path, first, "a container app")
    at = app.name.span if app.name is not None else Span(app.path, 1)
    deployment = parts.deployment_of(project, app.path, at, platform, place, options, first)
    deployment.sure = place.sure and not app.template
    pairs = [pair for one in app.containers for pair in one.environment]
    deployment.secrets = manifest_secrets.of_pairs(pairs, "containers", development=not place.is_production)
    built = (home.built.image.dockerfile for home, _ in homes.values() if home.built is not None)
    found = Planned(deployment, uses=frozenset((app.path, *built)))
    proxy = _proxy(app)
    for number, (home, sure) in homes.items():
        containers.add(found, project, home, _container(app, app.containers[number], sure, proxy), options)
    return found


def _home(project: Project, app: ContainerApp, one: AppContainer) -> tuple[Home, bool] | None:
    image = one.image.value if one.image is not None else ""
    if containers.is_aside(image, one.name.value):
        return None
    name = app.name.value if app.name is not None else ""
    home = containers.home_of(project, "", one.span, image, one.name.value, name, app.path)
    text = " ".join(word.value for word in (*(one.command or ()), *(one.arguments or ())))
    likely = planned.runs_python(text) or (not text and not project.of_format("dockerfile"))
    return home if home is not None and (home[0].built is not None or likely) else None


def _proxy(app: ContainerApp) -> Place | None:
    """The web server of the same replica, which shares its network."""
    for one in app.containers:
        if containers.is_proxy(one.image.value if one.image is not None else "", one.name.value):
            return Place(one.span, f"{one.name.value} of the same replica passes requests on")
    return None


def _container(app: ContainerApp, one: AppContainer, sure: bool, proxy: Place | None) -> Container:
    port = amounts.port(app.port, "targetPort") if proxy is None else None
    return Container(
        one.name.value,
        "web" if app.has_ingress else "",
        Place(one.span, f"container {one.name.value}"),
        containers.words(one.command, "command"),
        containers.words(one.arguments, "args"),
        _variables(one),
        False,
        app.most,
        replace(port, sure=sure) if port is not None else None,
        grace=amounts.seconds(app.grace, "terminationGracePeriodSeconds"),
        cpus=amounts.cpus(one.cpu, "cpu"),
        memory=_memory(one.memory),
        health_path=amounts.path(one.health_path, "path"),
        proxy=proxy,
    )


def _memory(text: Located[str] | None) -> Setting | None:
    return amounts.memory(text, "memory") if text is not None else None


def _variables(one: AppContainer) -> dict[str, Setting]:
    found = {name.value: planned.literal(name.value, value) for name, value in one.environment}
    for name in one.secrets:
        unknown = Unknown("a secret of the container app fills it in", name.span)
        found[name.value] = Setting(name.value, unknown, Place(name.span, name.value))
    return found
