"""heroku.yml: images on Heroku's container stack."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from dataclasses import replace

from flaskprod_lint.inputs import heroku_yml
from flaskprod_lint.inputs.heroku_yml import HerokuProcess, HerokuYml
from flaskprod_lint.model import Command, Deployment, Packages, Platform, Process, Setting, Unknown
from flaskprod_lint.resolve import image as images_of
from flaskprod_lint.resolve import platforms
from flaskprod_lint.resolve.context import Context
from flaskprod_lint.resolve.deployments import images, manifest_secrets, planned, procfile, standing
from flaskprod_lint.resolve.deployments.images import Built
from flaskprod_lint.resolve.deployments.planned import Planned
from flaskprod_lint.resolve.deployments.standing import Standing
from flaskprod_lint.resolve.options import Options
from flaskprod_lint.resolve.tree import Tree
from flaskprod_lint.source import Located, Place, Project, Span


def find(project: Project, options: Options) -> Iterator[Planned]:
    """The deployments of all files of its format."""
    for path in project.of_format("heroku-yml"):
        planned = plan(project, path, standing.of_manifest(path, options, "Heroku"), options)
        if planned is not None:
            yield planned


def plan(project: Project, path: str, place: Standing, options: Options) -> Planned | None:
    """The deployment that a heroku.yml describes; None where it builds no image."""
    facts = project.facts(path, heroku_yml.read)
    if facts is None:
        return None
    if facts.problem is not None and facts.problem.place.span is not None:
        project.problem(facts.problem.message, facts.problem.place.span)
    built = _images(project, facts)
    if not facts.images and not facts.processes:
        return None
    image = _image_of("web", facts, built)
    if image is not None and images.runs_python(project, image.image.dockerfile) is False:
        return None
    origin = Place(Span(path, 1), "a heroku.yml")
    platform = platforms.get("heroku", origin=origin, build="image") or Platform("heroku", "Heroku", origin)
    app = procfile.read_app_json(project, posixpath.dirname(path))
    deployment = Deployment(
        f"{path} on Heroku",
        Place(Span(path, 1), path),
        place.environment,
        place.why,
        sure=place.sure,
        platform=platform,
        tiers=planned.tiers(options, *(("addons", addon) for addon in facts.addons), *procfile.tiers_of(app)),
        image=image.image if image is not None else None,
        packages=image.image.packages if image is not None else Packages(complete=Unknown("no image of this project")),
        python=image.image.python if image is not None else None,
        secrets=(
            *manifest_secrets.of_pairs(facts.setup_config, "setup.config", development=not place.is_production),
            *procfile.secrets_of(app, development=not place.is_production),
        ),
    )
    found = Planned(deployment, uses=frozenset((path, *(one.image.dockerfile for one in built.values()))))
    config = {name.value: planned.literal(name.value, value) for name, value in facts.setup_config}
    config = planned.merged(config, procfile.variables_of(app))
    for process in _processes(facts):
        _add(project, found, process, facts, built, config, procfile.instances_of(app, process.name.value, options))
    if not any(process.kind == "web" for process in deployment.processes):
        deployment.web_missing = Place(facts.span, "this heroku.yml starts no `web` process")
    return found


def _images(project: Project, facts: HerokuYml) -> dict[str, Built]:
    """The image of each process of `build.docker`, each Dockerfile built from its own folder as Heroku does."""
    found = {}
    arguments = {name.value: planned.literal(name.value, value) for name, value in facts.build_config}
    for one in facts.images:
        path = posixpath.normpath(posixpath.join(posixpath.dirname(facts.path), one.dockerfile.value))
        target = one.target.value if one.target is not None else None
        built = None
        if path in project:
            built = images.build(project, path, context=posixpath.dirname(path), target=target, arguments=arguments)
        if built is not None:
            found[one.process.value] = built
    return found


def _processes(facts: HerokuYml) -> list[HerokuProcess]:
    """What runs: the processes of `run`, else each image's own command; and the release."""
    named = list(facts.processes)
    if not named:
        named = [HerokuProcess(one.process) for one in facts.images]
    if facts.release is not None:
        release = facts.release
        named.append(HerokuProcess(Located("release", release.name.span), release.command, release.image))
    return named


def _image_of(name: str, facts: HerokuYml, built: dict[str, Built], wanted: str | None = None) -> Built | None:
    """The image a process runs in: the one it names, its own, or web's."""
    for one in (wanted, name, "web"):
        if one is not None and one in built:
            return built[one]
    return next(iter(built.values()), None)


def _add(
    project: Project,
    found: Planned,
    process: HerokuProcess,
    facts: HerokuYml,
    built: dict[str, Built],
    config: dict[str, Setting],
    count: Setting,
) -> None:
    platform = found.deployment.platform
    assert platform is not None
    name = process.name.value
    image = _image_of(name, facts, built, process.image.value if process.image is not None else None)
    own = process.command
    cmd = planned.shell_command(own, f"{name}: {own.value}") if own is not None else None
    command: Command | None = images_of.command_of(image.image if image is not None else None, cmd=cmd)
    if command is None:
        return
    kind = procfile.process_kind(name, platform)
    if image is not None:
        base = images.context_for(image, project)
    else:
        base = Context(project, Tree(project), packages=found.deployment.packages)
        base.tree.mount_unknown("/", "the image is not built from a file of this project", Place(process.name.span))
    port = planned.injected_port(platform) if kind == "web" else {}
    variables = planned.merged(base.variables, port, planned.injected_database(platform), config)
    start = Place(process.name.span, f"{name} of {facts.path}")
    trail = (start, command.origin) if command.origin.path != facts.path else (command.origin,)
    made = Process(
        name,
        kind,
        command,
        trail=trail,
        instances=count,
        port_set=bool(platform.port_injected) if kind == "web" else None,
    )
    found.add(made, replace(base, variables=variables, platform=platform, open_environment=True))
