"""The manifests of hosting platforms: which module reads files of which format, loaded only where there are some."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from importlib import import_module
from typing import Protocol, cast

from flaskprod_lint.resolve.deployments.planned import Planned
from flaskprod_lint.resolve.options import Options
from flaskprod_lint.source import Project

#: Each module that reads manifests, beside this one, with the formats of its files (see discover).
READERS = {
    "heroku_image": ("heroku-yml",),
    "fly": ("fly",),
    "render": ("render",),
    "railway": ("railway",),
    "apprunner": ("apprunner",),
    "beanstalk": ("ebextensions", "dockerrun", "procfile", "yaml", "shell"),
    "ecs": ("json", "yaml"),
    "copilot": ("copilot",),
    "azure": ("azd", "app-service", "yaml", "json", "shell"),
    "app_engine": ("yaml",),
    "cloud_run": ("yaml", "github-workflow", "gitlab-ci", "shell"),
    "workflow_deploys": ("github-workflow", "gitlab-ci"),
    "digitalocean": ("digitalocean", "yaml"),
    "cloud_foundry": ("yaml",),
    "kamal": ("kamal",),
    "captain": ("captain",),
    "koyeb": ("koyeb",),
    "quadlet": ("quadlet",),
    "kubernetes": ("yaml", "json"),
}


class Reader(Protocol):
    """A module of this room that reads one platform's manifests."""

    def find(self, project: Project, options: Options) -> Iterable[Planned]:
        """The deployments that all of a project's files of its formats describe."""


def find(project: Project, options: Options) -> Iterator[Planned]:
    """The deployments that the project's manifests describe, platform by platform."""
    for name, formats in READERS.items():
        if any(project.of_format(one) for one in formats):
            yield from reader(name).find(project, options)


def reader(name: str) -> Reader:
    """The module of that name."""
    return cast(Reader, import_module(f"flaskprod_lint.resolve.deployments.{name}"))
