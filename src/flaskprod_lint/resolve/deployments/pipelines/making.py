"""Which of the project's Dockerfiles makes the image that a file names."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable
from dataclasses import replace

from flaskprod_lint.inputs.cloud_run import CloudRunService
from flaskprod_lint.patterns import regex
from flaskprod_lint.records import dataclass
from flaskprod_lint.resolve.deployments import images, images_elsewhere
from flaskprod_lint.resolve.deployments.images import Built
from flaskprod_lint.resolve.deployments.kubernetes import app_images
from flaskprod_lint.resolve.deployments.pipelines.builds import ImageBuild
from flaskprod_lint.source import Project

#: Where Cloud Run puts the images that it builds from sources by itself.
_OF_SOURCE = "/cloud-run-source-deploy/"
#: Images that people deploy to see whether it works.
_OTHERS = regex(r"cloudrun/(container|placeholder)|/cloud-sql-proxy|^(nginx|redis|postgres)\b|endpoints-release/")


@dataclass(frozen=True)
class Made:
    """How an image is made: by a Dockerfile, by a buildpack from `folder`, or `elsewhere`, by no file of the project.

    `sure` is False where it is guessed which.
    """

    built: Built | None
    folder: str = ""
    sure: bool = True
    elsewhere: bool = False


def of_service(
    project: Project, service: CloudRunService, near: Iterable[ImageBuild], every: Iterable[ImageBuild], path: str
) -> Made | None:
    """How the image of a service is made: by a build of its own pipeline, else of any, else by the only Dockerfile.

    None where it is no image of this project, or none that runs Flask.
    """
    if service.image is None:
        return _of_source(project, service)
    if _OTHERS.search(service.image.value):
        return None
    own = [build for build in near if not build.tests]
    build = _named(service.image.value, own) or _named(service.image.value, [one for one in every if not one.tests])
    if build is None and len({(one.dockerfile, one.context, one.target) for one in own}) == 1:
        build = own[0] if _may_be(service.image.value, own[0]) else None
    if build is not None:
        return _of_build(project, build)
    if own:
        return None
    return _only_one(project, path) or _by_name(project, service) or _without_dockerfile(project, service)


def _by_name(project: Project, service: CloudRunService) -> Made | None:
    """The Dockerfile of several that is called like the image or the service, or that something builds as that."""
    reference = service.image.value if service.image is not None else ""
    found = app_images.Makings(project).find(reference, (service.name,), "")
    if found is None or not found.sure:
        return None
    return _checked(project, images.build(project, found.dockerfile, context=found.context, target=found.target))


def _without_dockerfile(project: Project, service: CloudRunService) -> Made | None:
    """An image of a project that has no Dockerfile: Cloud Run built it from the sources, or somebody did elsewhere."""
    reference = service.image.value if service.image is not None else ""
    if not images_elsewhere.may_be_ours(project, reference, service.name):
        return None
    if _OF_SOURCE in reference:
        found = _of_folder(project, "")
        return replace(found, sure=False) if found is not None else None
    return Made(None, elsewhere=True)


def _of_source(project: Project, service: CloudRunService) -> Made | None:
    """A service that Cloud Run builds from a folder: its Dockerfile goes before a buildpack."""
    if service.source is None or "$" in service.source.value or "://" in service.source.value:
        return None
    folder = posixpath.normpath(service.source.value.lstrip("/"))
    return _of_folder(project, "" if folder == "." else folder)


def _of_folder(project: Project, folder: str) -> Made | None:
    path = posixpath.join(folder, "Dockerfile")
    if path in project:
        return _checked(project, images.build(project, path, context=folder, uploaded=True))
    has_python = any(path.endswith(".py") for path in project.below(folder))
    return Made(None, folder) if has_python and _runs_flask(project, folder) else None


def _of_build(project: Project, build: ImageBuild) -> Made | None:
    if build.dockerfile is None:
        return _of_folder(project, build.context) if _runs_flask(project, build.context) else None
    if build.dockerfile not in project:
        return None
    found = images.build(
        project,
        build.dockerfile,
        context=build.context,
        target=build.target,
        arguments=build.arguments,
        uploaded=build.uploaded,
    )
    return _checked(project, found)


def _checked(project: Project, built: Built | None, *, sure: bool = True) -> Made | None:
    """The image, if it is one that can run the Flask app."""
    if built is None or images.runs_python(project, built.image.dockerfile) is False:
        return None
    return Made(built, built.context, sure) if _runs_flask(project, built.context) else None


def _runs_flask(project: Project, folder: str) -> bool:
    """Whether the folder is the one with Flask, or Flask is nowhere."""
    return not folder or images.mentions_flask(project, folder) or not images.mentions_flask(project, "")


def _named(image: str, builds: Iterable[ImageBuild]) -> ImageBuild | None:
    """The build of an image of that name: with the same tag, else with any."""
    listed = list(builds)
    for same in (lambda text: text, _repository):
        found = [build for build in listed if any(same(tag) == same(image) for tag in build.tags)]
        if found:
            return found[-1]
    return None


def _may_be(image: str, build: ImageBuild) -> bool:
    """Whether an image can be that of a build, where a variable decides part of its name or of the build's."""
    return not build.tags or any("$" in name or "{{" in name for name in (image, *build.tags))


def _repository(image: str) -> str:
    """An image's name without its tag or digest."""
    name = re.sub(r"\$\{\{.*?\}\}", lambda match: match[0].replace(":", ";").replace("/", "|"), image).partition("@")[0]
    head, colon, tag = name.rpartition(":")
    return head if colon and "/" not in tag else name


def _only_one(project: Project, path: str) -> Made | None:
    """The only Dockerfile that can run Python, or the one beside the file that names the image."""
    every = [one for one in project.of_format("dockerfile") if images.runs_python(project, one) is not False]
    folder = posixpath.dirname(path) if not path.startswith(".github/") else ""
    beside = posixpath.join(folder, "Dockerfile")
    chosen = beside if beside in every else every[0] if len(every) == 1 else None
    if chosen is None:
        return None
    return _checked(project, images.build(project, chosen), sure=len(every) == 1)
