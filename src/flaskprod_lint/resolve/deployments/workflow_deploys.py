"""What workflows deploy to platforms that need no manifest: code to App Service, an image to Heroku."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator

from flaskprod_lint.resolve import platforms
from flaskprod_lint.resolve.deployments import appservice, bare_image, images, pipelines
from flaskprod_lint.resolve.deployments.pipelines.hosts import Named
from flaskprod_lint.resolve.deployments.pipelines.steps import Action
from flaskprod_lint.resolve.deployments.planned import Planned
from flaskprod_lint.resolve.options import Options
from flaskprod_lint.source import Place, Project


def find(project: Project, options: Options) -> Iterator[Planned]:
    """The deployments of workflows, where no manifest of the platform says more."""
    seen: set[tuple[str, str]] = set()
    for named in pipelines.platforms_of(project):
        planned = None
        if named.platform == "azure-appservice" and not project.of_format("azd"):
            planned = _app_service(project, named, options)
        elif named.platform == "heroku" and not project.of_format("heroku-yml"):
            planned = _heroku_image(project, named, options)
        if planned is not None and (named.platform, named.place.path) not in seen:
            seen.add((named.platform, named.place.path))
            yield planned


def _app_service(project: Project, named: Named, options: Options) -> Planned | None:
    """Code that azure/webapps-deploy sends; an image has no startup command of App Service's."""
    if not isinstance(named.step, Action) or named.step.step.input("images") is not None:
        return None
    given = named.step.step.input
    package = given("package")
    folder = posixpath.normpath(package.value.strip()) if package is not None else "."
    folder = folder if folder != "." and project.is_folder(folder) else ""
    if not any(path.endswith(".py") for path in project.below(folder)) or not images.mentions_flask(project, folder):
        return None
    place = pipelines.standing_of(named.place.path, options)
    return appservice.plan(project, folder, named.place, place, options, startup=given("startup-command"))


def _heroku_image(project: Project, named: Named, options: Options) -> Planned | None:
    """The image that is built and released on Heroku."""
    folder = _image_folder(named)
    path = posixpath.join(folder, "Dockerfile") if folder is not None else ""
    if path not in project or images.runs_python(project, path) is False:
        return None
    origin = Place(named.place.span, "its image is released on Heroku")
    platform = platforms.get("heroku", origin=origin, build="image")
    return bare_image.plan(project, path, pipelines.standing_of(named.place.path, options), options, platform)


def _image_folder(named: Named) -> str | None:
    """The folder whose image goes to Heroku; None where its code goes there, for a buildpack."""
    if not isinstance(named.step, Action):
        return named.step.folder if "container:release" in named.step.words else None
    uses = named.step.step.input("usedocker")
    if uses is None or uses.value.lower() != "true":
        return None
    folder = named.step.step.input("appdir")
    return posixpath.normpath(folder.value).strip(".") if folder is not None else ""
