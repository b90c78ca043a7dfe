"""Dockerrun.aws.json: the image that Elastic Beanstalk's Docker platform runs, or containers as ECS has them.

https://docs.aws.amazon.com/elasticbeanstalk/latest/dg/single-container-docker-configuration.html
"""

from __future__ import annotations

import shlex

from flaskprod_lint.inputs import ecs, yaml_tree
from flaskprod_lint.inputs.ecs import Ecs
from flaskprod_lint.inputs.nodes import Node
from flaskprod_lint.records import dataclass
from flaskprod_lint.source import Located, Problem, Source


@dataclass(frozen=True)
class Dockerrun:
    """The facts of the file. `several` has the containers of versions 2 and 3."""

    path: str
    image: Located[str] | None = None
    ports: tuple[Located[str], ...] = ()
    entrypoint: tuple[Located[str], ...] | None = None
    command: tuple[Located[str], ...] | None = None
    several: Ecs | None = None
    problem: Problem | None = None


def read(source: Source) -> Dockerrun:
    """The facts of the file; only a problem for a broken one."""
    documents = yaml_tree.read(source)
    root = documents.root
    if root is None:
        return Dockerrun(source.path, problem=documents.problem)
    listed = root.get("Ports")
    return Dockerrun(
        source.path,
        image=root.string("Image", "Name"),
        ports=_ports(listed.items if listed is not None else ()),
        entrypoint=_words(root.string("Entrypoint")),
        command=_words(root.string("Command")),
        several=ecs.read(source) if root.get("containerDefinitions") is not None else None,
        problem=documents.problem,
    )


def _ports(items: tuple[Node, ...]) -> tuple[Located[str], ...]:
    return tuple(port for item in items if (port := item.string("ContainerPort")) is not None)


def _words(text: Located[str] | None) -> tuple[Located[str], ...] | None:
    """The words of a command, which is appended to `docker run`."""
    if text is None:
        return None
    try:
        words = shlex.split(text.value)
    except ValueError:
        words = text.value.split()
    return tuple(Located(word, text.span) for word in words)
