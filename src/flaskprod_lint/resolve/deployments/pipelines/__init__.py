"""Pipelines (Cloud Build, GitHub and GitLab workflows): the images they build, and what they deploy to Cloud Run."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator

from flaskprod_lint.inputs import cloud_run
from flaskprod_lint.inputs.cloud_run import CloudRunService
from flaskprod_lint.patterns import regex
from flaskprod_lint.records import dataclass
from flaskprod_lint.resolve.deployments import planned, standing
from flaskprod_lint.resolve.deployments.pipelines import builds, gcloud, hosts, making, steps
from flaskprod_lint.resolve.deployments.pipelines.builds import ImageBuild
from flaskprod_lint.resolve.deployments.pipelines.hosts import Named
from flaskprod_lint.resolve.deployments.pipelines.making import Made
from flaskprod_lint.resolve.deployments.pipelines.steps import Action, Pipeline
from flaskprod_lint.resolve.deployments.standing import Standing
from flaskprod_lint.resolve.options import Options
from flaskprod_lint.source import Located, Project

__all__ = [
    "ImageBuild",
    "Made",
    "build_of",
    "jobs_of",
    "made_of",
    "only_platform",
    "platforms_of",
    "services",
    "standing_of",
]

#: What the name of a pipeline says it is not for production by. Tests that come before are no matter.
_DEVELOPMENT = regex(r"(^|[-_.])(dev|develop|development|sandbox|preview|pr|qa|uat)($|[-_.])", re.IGNORECASE)
_PRODUCTION = regex(r"(^|[-_.])(prod|production|live|staging)($|[-_.])", re.IGNORECASE)


@dataclass(frozen=True)
class Ordered:
    """A service that a pipeline deploys to Cloud Run, with the image and the jobs it runs before."""

    path: str
    service: CloudRunService
    made: Made
    several: bool
    jobs: tuple[CloudRunService, ...] = ()


@dataclass
class Read:
    """What the pipelines of a project say, read once."""

    pipelines: list[Pipeline]
    builds: dict[str, list[ImageBuild]]
    orders: dict[str, list[CloudRunService]]


def _read(project: Project) -> Read:
    known: dict[str, Read] = project.kept(__name__)
    if "read" not in known:
        found = steps.find(project)
        known["read"] = Read(
            found,
            {one.path: builds.of_pipeline(project, one) for one in found},
            {one.path: list(_orders(project, one)) for one in found},
        )
    return known["read"]


def _orders(project: Project, pipeline: Pipeline) -> Iterator[CloudRunService]:
    """The services and jobs that a pipeline creates or changes."""
    for step in pipeline.steps:
        if step.tests:
            continue
        found = gcloud.of_action(project, step) if isinstance(step, Action) else gcloud.deploys(project, step)
        if found is not None:
            yield found


def build_of(project: Project, dockerfile: str) -> ImageBuild | None:
    """How pipelines build the image of a Dockerfile that they send to a registry; None where they differ.

    Of several stages, one that is named for production counts.
    """
    every = (build for found in _read(project).builds.values() for build in found)
    pushed = [build for build in every if build.pushed and not build.tests and build.dockerfile == dockerfile]
    named = [build for build in pushed if build.target is not None and standing.production_word(build.target)]
    kept = named or [one for one in pushed if one.target is None or standing.development_word(one.target) is None]
    return kept[-1] if kept and len({(build.context, build.target) for build in kept}) == 1 else None


def platforms_of(project: Project) -> Iterator[Named]:
    """The steps of pipelines that deploy, with the platform of each."""
    return (named for pipeline in _read(project).pipelines for named in hosts.of_pipeline(pipeline))


def only_platform(project: Project, among: tuple[str, ...]) -> Named | None:
    """The step that deploys to one of these platforms, where pipelines deploy to no other one."""
    found = list(platforms_of(project))
    return found[0] if len({named.platform for named in found}) == 1 and found[0].platform in among else None


def made_of(project: Project, service: CloudRunService, path: str) -> Made | None:
    """How the image of a service is made, which the file at `path` describes."""
    read = _read(project)
    every = [build for found in read.builds.values() for build in found]
    return making.of_service(project, service, read.builds.get(path, ()), every, path)


def services(project: Project) -> Iterator[Ordered]:
    """The services with an image of this project that pipelines deploy to Cloud Run."""
    for path, orders in _read(project).orders.items():
        named = [one for one in orders if not one.is_job and (one.image is not None or one.source is not None)]
        made = [(one, made_of(project, one, path)) for one in named]
        ours = [(service, how) for service, how in made if how is not None]
        for service, how in ours:
            yield Ordered(path, service, how, len(ours) > 1, jobs_of(project, service, path))


def jobs_of(project: Project, service: CloudRunService, path: str | None = None) -> tuple[CloudRunService, ...]:
    """What pipelines run once when they deploy a service: the jobs that they execute, and commands in its image.

    With a `path` only that pipeline's.
    """
    read = _read(project)
    found: list[CloudRunService] = []
    for pipeline in read.pipelines:
        if path is not None and pipeline.path != path:
            continue
        known = {one.name: one for one in (*_written_jobs(project), *read.orders[pipeline.path]) if one.is_job}
        names = [gcloud.executes(run) for run in pipeline.runs if not run.tests]
        found += [known[name] for name in names if name in known]
        found += _in_image(pipeline, read.builds[pipeline.path])
    return tuple(found)


def _written_jobs(project: Project) -> Iterator[CloudRunService]:
    """The jobs that YAML files describe."""
    for path in project.of_format("yaml"):
        if project.holds(path, b"run.googleapis.com/v"):
            facts = project.facts(path, cloud_run.read)
            yield from (one for one in (facts.services if facts is not None else ()) if one.is_job)


def _in_image(pipeline: Pipeline, made: list[ImageBuild]) -> Iterator[CloudRunService]:
    """Steps that run a command in an image which the same pipeline builds."""
    tags = {tag for build in made for tag in build.tags}
    for run in pipeline.runs:
        words = run.words if run.builder in tags else _after_image(run.words, tags)
        if words and not run.tests and planned.kind_of(" ".join(words)) == "release":
            yield CloudRunService("migrate", run.at, True, command=tuple(Located(word, run.at) for word in words))


def _after_image(words: tuple[str, ...], tags: set[str]) -> tuple[str, ...]:
    """What `docker run … IMAGE COMMAND` runs in one of these images."""
    if words[:2] != ("docker", "run"):
        return ()
    at = next((number for number, word in enumerate(words) if word in tags), None)
    return words[at + 1 :] if at is not None else ()


def standing_of(path: str, options: Options) -> Standing:
    """What a pipeline deploys for: production, unless its name says otherwise."""
    why = f"{posixpath.basename(path)} deploys it"
    told = standing.told_by_user(path, options)
    if told is not None:
        return told
    is_workflow = path.startswith(".github/") or path.endswith(".gitlab-ci.yml")
    found = standing.of_path(path, options, why) if not is_workflow else Standing("production", why)
    name = posixpath.basename(path).rpartition(".")[0]
    match = _DEVELOPMENT.search(name)
    if match is not None and not _PRODUCTION.search(name):
        return Standing("development", f"its name says {match[2].lower()}")
    return found
