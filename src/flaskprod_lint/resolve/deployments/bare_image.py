"""An image that no manifest builds: a Dockerfile by itself."""

from __future__ import annotations

import posixpath
from dataclasses import replace

from flaskprod_lint.model import Command, Deployment, Image, Platform, Process, Setting
from flaskprod_lint.resolve import image as image_of
from flaskprod_lint.resolve.deployments import images, pipelines, planned
from flaskprod_lint.resolve.deployments.images import Built
from flaskprod_lint.resolve.deployments.planned import Planned
from flaskprod_lint.resolve.deployments.standing import Standing, development_word
from flaskprod_lint.resolve.options import Options
from flaskprod_lint.source import Place, Project, Span


def plan(
    project: Project,
    path: str,
    standing: Standing,
    options: Options,
    platform: Platform | None = None,
    target: str | None = None,
) -> Planned | None:
    """The deployment of a Dockerfile that nothing for production builds, on a platform if one is named.

    `target` is the stage that a manifest for development builds: it is shipped where the last stage is for development.
    """
    built = _build(project, path, target)
    if built is None:
        return None
    image = built.image
    name = path if platform is None else f"{path} on {platform.name}"
    deployment = Deployment(
        name,
        Place(Span(path, 1), "the image that `docker build` makes"),
        standing.environment,
        standing.why,
        standing.sure,
        platform=platform,
        tiers=options.told_tiers,
        image=image,
        packages=image.packages,
        python=image.python,
    )
    found = Planned(deployment, uses=frozenset((path,)))
    command = image_of.command_of(image)
    if command is None:
        planned.note_no_command(deployment, image, image.origin.span, "this image has no CMD and no ENTRYPOINT")
        return found
    _add(found, command, built, project, options)
    return found


def _add(found: Planned, command: Command, built: Built, project: Project, options: Options) -> None:
    """Add the process that the image starts, with what the platform sets for it."""
    image, platform = built.image, found.deployment.platform
    context = images.context_for(built, project)
    # Where the platform sets no PORT by itself, a manifest that is not in the project may.
    port = True if platform is not None and platform.port_injected else None
    if platform is not None:
        more = {**planned.injected(platform), **planned.injected_port(platform), **planned.injected_database(platform)}
        context = context.with_variables(planned.merged(context.variables, more))
    process = Process(
        _name(found.deployment.origin.path, command.text),
        planned.kind_of(command.text),
        command,
        trail=(command.origin,),
        instances=planned.instances(options),
        port_set=True if "PORT" in image.variables else port,
        port_expected=_expected(platform, image),
    )
    found.add(process, replace(context, platform=platform, open_environment=True))


def _build(project: Project, path: str, target: str | None) -> Built | None:
    """The image as a pipeline builds it that pushes it; else with the folder and the stage that are likely."""
    told = pipelines.build_of(project, path)
    if told is None or not project.is_folder(told.context):
        return images.build(project, path, target=_target(project, path, target))
    wanted = told.target or _target(project, path, target)
    return images.build(
        project, path, context=told.context, target=wanted, arguments=told.arguments, uploaded=told.uploaded
    )


def _target(project: Project, path: str, wanted: str | None) -> str | None:
    shipped = images.shipped_name(project, path)
    is_for_development = shipped is not None and development_word(shipped) is not None
    return wanted if wanted is not None and is_for_development and development_word(wanted) is None else None


def _name(path: str, text: str) -> str:
    folder = posixpath.dirname(path)
    kind = planned.kind_of(text)
    return kind if not folder or kind == "web" else posixpath.basename(folder)


def _expected(platform: Platform | None, image: Image) -> Setting | None:
    """The port that the platform connects to where nothing but its name is given: it may have been told another."""
    if platform is None or platform.port_default is None:
        return None
    if platform.id == "fly" and image.exposed:
        return None  # `fly launch` writes the port of EXPOSE into fly.toml.
    note = f"{platform.name} connects to it unless told otherwise"
    return Setting("port", platform.port_default, Place(None, note), sure=False)
