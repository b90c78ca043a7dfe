"""The manifests of hosting platforms: which module reads files of which format, loaded only where there are some."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from importlib import import_module
from typing import Protocol, cast

from flaskprod_lint.resolve.deployments.planned import Planned
from flaskprod_lint.resolve.options import Options
from flaskprod_lint.source import Project

#: Of any file of a format.
_ANY: tuple[bytes, ...] = ()
#: Each module that reads manifests, beside this one, with the formats of its files (see file_formats). Where most files
#: of a format are something else, only those matter that hold one of these words.
READERS: Mapping[str, Mapping[str, tuple[bytes, ...]]] = {
    "heroku_image": {"heroku-yml": _ANY},
    "fly": {"fly": _ANY},
    "render": {"render": _ANY},
    "railway": {"railway": _ANY},
    "apprunner": {"apprunner": _ANY},
    "beanstalk": {"ebextensions": _ANY, "dockerrun": _ANY, "procfile": _ANY, "yaml": _ANY, "shell": _ANY},
    "ecs": dict.fromkeys(("json", "yaml"), (b"ontainerDefinitions", b"portMappings", b"esiredCount")),
    "copilot": {"copilot": _ANY},
    "azure": {
        "azd": _ANY,
        "app-service": _ANY,
        "shell": _ANY,
        **dict.fromkeys(
            ("json", "yaml"),
            (b"Microsoft.App/", b"managedEnvironmentId", b"environmentId", b"ingress", b"activeRevisionsMode"),
        ),
    },
    "app_engine": {"yaml": (b"runtime",)},
    "cloud_run": {
        "yaml": (b"serving.knative.dev/", b"run.googleapis.com/v", b"gcloud", b"cloud-sdk"),
        **dict.fromkeys(("github-workflow", "gitlab-ci", "shell"), (b"gcloud", b"deploy-cloudrun")),
    },
    "workflow_deploys": dict.fromkeys(
        ("github-workflow", "gitlab-ci"), (b"webapp", b"WebApp", b"Webapp", b"heroku", b"Heroku", b"HEROKU")
    ),
    "digitalocean": {"digitalocean": _ANY, "yaml": (b"instance_size_slug", b"environment_slug")},
    "cloud_foundry": {"yaml": (b"applications",)},
    "kamal": {"kamal": _ANY},
    "captain": {"captain": _ANY},
    "koyeb": {"koyeb": _ANY},
    "quadlet": {"quadlet": _ANY},
    "kubernetes": dict.fromkeys(("json", "yaml"), (b"apiVersion",)),
}


class Reader(Protocol):
    """A module of this room that reads one platform's manifests."""

    def find(self, project: Project, options: Options) -> Iterable[Planned]:
        """The deployments that all of a project's files of its formats describe."""


def find(project: Project, options: Options) -> Iterator[Planned]:
    """The deployments that the project's manifests describe, platform by platform."""
    for name in READERS:
        if matters(project, name):
            yield from reader(name).find(project, options)


def matters(project: Project, name: str) -> bool:
    """Whether the project has a file that the module of that name may read."""
    return any(
        not words or project.holds(path, *words)
        for format, words in READERS[name].items()
        for path in project.of_format(format)
    )


def reader(name: str) -> Reader:
    """The module of that name."""
    return cast(Reader, import_module(f"flaskprod_lint.resolve.deployments.{name}"))
