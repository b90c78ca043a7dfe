"""Container Apps of Azure as YAML, as `az containerapp create --yaml` takes them.

https://learn.microsoft.com/azure/container-apps/azure-resource-manager-api-spec
"""

from __future__ import annotations

from flaskprod_lint.inputs import yaml_tree
from flaskprod_lint.inputs.nodes import Node
from flaskprod_lint.patterns import regex
from flaskprod_lint.records import dataclass
from flaskprod_lint.source import Located, Problem, Source, Span

#: One of these is in the bytes of every such file.
MARKS = (b"Microsoft.App/", b"managedEnvironmentId", b"environmentId", b"ingress", b"activeRevisionsMode")

#: What shows that a YAML file is one of them, broken as it may be. (JSON is what Bicep makes, with comments allowed.)
_MEANT = regex(r"Microsoft\.App/containerApps|\b(managedEnvironmentId|activeRevisionsMode)\s*:")

Pairs = tuple[tuple[Located[str], Located[str]], ...]


@dataclass(frozen=True)
class AppContainer:
    """One container. `secrets` are variables that a secret fills in; `health_paths` those of its probes."""

    name: Located[str]
    span: Span
    image: Located[str] | None = None
    command: tuple[Located[str], ...] | None = None
    arguments: tuple[Located[str], ...] | None = None
    environment: Pairs = ()
    secrets: tuple[Located[str], ...] = ()
    cpu: Located[str] | None = None
    memory: Located[str] | None = None
    health_path: Located[str] | None = None


@dataclass(frozen=True)
class ContainerApp:
    """The facts of a container app; no containers for a file of something else. `has_ingress` is False without one."""

    path: str
    name: Located[str] | None = None
    containers: tuple[AppContainer, ...] = ()
    start: tuple[AppContainer, ...] = ()
    port: Located[str] | None = None
    has_ingress: bool = False
    grace: Located[str] | None = None
    most: Located[str] | None = None
    template: bool = False
    problem: Problem | None = None


def read(source: Source) -> ContainerApp:
    """The facts of the file; nothing for one that describes no container app."""
    documents = yaml_tree.read(source)
    root = documents.root
    properties = root.get("properties") if root is not None else None
    template = properties.get("template") if properties is not None else None
    if root is None or properties is None or template is None:
        broken = documents.problem if _MEANT.search(source.text) and not source.path.endswith(".json") else None
        return ContainerApp(source.path, problem=broken)
    ingress = properties.at("configuration", "ingress")
    return ContainerApp(
        source.path,
        name=root.string("name"),
        containers=_containers(template.get("containers")),
        start=_containers(template.get("initContainers")),
        port=ingress.string("targetPort") if ingress is not None else None,
        has_ingress=ingress is not None and not ingress.is_null,
        grace=template.string("terminationGracePeriodSeconds"),
        most=template.string("scale", "maxReplicas"),
        template=documents.template,
        problem=documents.problem,
    )


def _containers(node: Node | None) -> tuple[AppContainer, ...]:
    return tuple(_container(item) for item in (node.items if node is not None else ()) if item.is_mapping)


def _container(node: Node) -> AppContainer:
    variables = node.get("env")
    items = [item for item in (variables.items if variables is not None else ()) if item.is_mapping]
    return AppContainer(
        node.string("name") or Located("container", node.span),
        node.span,
        image=node.string("image"),
        command=_words(node.get("command")),
        arguments=_words(node.get("args")),
        environment=_environment(items),
        secrets=tuple(name for item in items if item.get("secretRef") and (name := item.string("name"))),
        cpu=node.string("resources", "cpu"),
        memory=node.string("resources", "memory"),
        health_path=_health_path(node.get("probes")),
    )


def _words(node: Node | None) -> tuple[Located[str], ...] | None:
    return node.strings() if node is not None and not node.is_null else None


def _environment(items: list[Node]) -> Pairs:
    found = []
    for item in items:
        name, value = item.string("name"), item.get("value")
        if name is not None and value is not None and value.is_scalar:
            found.append((name, Located(value.text, value.span)))
    return tuple(found)


def _health_path(node: Node | None) -> Located[str] | None:
    """The path of the readiness probe, else of another one."""
    probes = sorted(node.items if node is not None else (), key=lambda item: not _is_readiness(item))
    return next((path for probe in probes if (path := probe.string("httpGet", "path"))), None)


def _is_readiness(item: Node) -> bool:
    kind = item.string("type")
    return kind is not None and kind.value.lower() == "readiness"
