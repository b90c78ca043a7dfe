"""azure.yaml: the services that the Azure Developer CLI deploys, and to what.

https://learn.microsoft.com/azure/developer/azure-developer-cli/azd-schema
"""

from __future__ import annotations

from flaskprod_lint.inputs import yaml_tree
from flaskprod_lint.inputs.nodes import Node
from flaskprod_lint.records import dataclass
from flaskprod_lint.source import Located, Problem, Source, Span


@dataclass(frozen=True)
class AzdService:
    """One service. `folder` is its project's, seen from the file; `dockerfile` and `context` are seen from there."""

    name: Located[str]
    span: Span
    host: Located[str] | None = None
    folder: Located[str] | None = None
    language: Located[str] | None = None
    dockerfile: Located[str] | None = None
    context: Located[str] | None = None
    target: Located[str] | None = None
    image: Located[str] | None = None


@dataclass(frozen=True)
class Azd:
    """The facts of an azure.yaml. `hooks` are what it runs besides, by key."""

    path: str
    services: tuple[AzdService, ...] = ()
    hooks: tuple[tuple[str, Located[str]], ...] = ()
    template: bool = False
    problem: Problem | None = None


def read(source: Source) -> Azd:
    """The services of the file; only a problem for a broken one."""
    documents = yaml_tree.read(source)
    root = documents.root
    if root is None:
        return Azd(source.path, problem=documents.problem)
    services = root.get("services")
    return Azd(
        source.path,
        services=tuple(
            AzdService(
                entry.key,
                entry.key.span,
                host=entry.value.string("host"),
                folder=entry.value.string("project"),
                language=entry.value.string("language"),
                dockerfile=entry.value.string("docker", "path"),
                context=entry.value.string("docker", "context"),
                target=entry.value.string("docker", "target"),
                image=entry.value.string("image"),
            )
            for entry in (services.entries if services is not None else ())
            if entry.value.is_mapping
        ),
        hooks=tuple(_hooks(root)),
        template=documents.template,
        problem=documents.problem,
    )


def _hooks(root: Node) -> list[tuple[str, Located[str]]]:
    """What runs before and after azd's own steps: `run` of each hook, or of its form for POSIX."""
    services = root.get("services")
    holders = [root, *(entry.value for entry in (services.entries if services is not None else ()))]
    found = []
    for holder in holders:
        hooks = holder.get("hooks")
        for entry in hooks.entries if hooks is not None else ():
            for node in (*entry.value.items, entry.value):
                run = node.string("run") or node.string("posix", "run")
                if run is not None:
                    found.append((entry.key.value, run))
    return found
