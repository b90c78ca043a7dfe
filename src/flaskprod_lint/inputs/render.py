"""render.yaml: the services of a Render blueprint, its databases and groups of variables."""

from __future__ import annotations

from flaskprod_lint.inputs import yaml_tree
from flaskprod_lint.inputs.nodes import Node
from flaskprod_lint.records import dataclass
from flaskprod_lint.source import Located, Problem, Source, Span


@dataclass(frozen=True)
class RenderVariable:
    """One entry of `envVars`. `how` is value, generated, database, service, group, dashboard or unknown."""

    name: Located[str]
    how: str
    value: Located[str] | None = None
    refers_to: str = ""


@dataclass(frozen=True)
class RenderService:
    """One service or cron job of a blueprint, as written."""

    name: Located[str]
    span: Span
    kind: str
    runtime: Located[str] | None = None
    root: Located[str] | None = None
    start_command: Located[str] | None = None
    docker_command: Located[str] | None = None
    build_command: Located[str] | None = None
    pre_deploy_command: Located[str] | None = None
    dockerfile: Located[str] | None = None
    docker_context: Located[str] | None = None
    image: Located[str] | None = None
    variables: tuple[RenderVariable, ...] = ()
    health_path: Located[str] | None = None
    instances: Located[str] | None = None
    most_instances: Located[str] | None = None
    plan: Located[str] | None = None
    grace: Located[str] | None = None


@dataclass(frozen=True)
class RenderDatabase:
    """One database of a blueprint."""

    name: Located[str]
    plan: Located[str] | None = None


@dataclass(frozen=True)
class Render:
    """The facts of a render.yaml."""

    path: str
    services: tuple[RenderService, ...] = ()
    databases: tuple[RenderDatabase, ...] = ()
    groups: tuple[tuple[str, tuple[RenderVariable, ...]], ...] = ()
    problem: Problem | None = None
    template: bool = False


def read(source: Source) -> Render:
    """The facts of a blueprint, those of preview projects and environments included."""
    documents = yaml_tree.read(source)
    parts = [part for root in documents.roots for part in (root, *_environments(root))]
    return Render(
        source.path,
        services=tuple(_service(node) for part in parts for node in _items(part.get("services")) if node.is_mapping),
        databases=tuple(_database(node) for part in parts for node in _items(part.get("databases"))),
        groups=tuple(_group(node) for part in parts for node in _items(part.get("envVarGroups"))),
        problem=documents.problem,
        template=documents.template,
    )


def _environments(root: Node) -> list[Node]:
    return [
        environment for project in _items(root.get("projects")) for environment in _items(project.get("environments"))
    ]


def _service(node: Node) -> RenderService:
    kind = node.string("type")
    return RenderService(
        name=node.string("name") or Located(kind.value if kind else "web", node.span),
        span=node.span,
        kind=kind.value if kind else "web",
        runtime=node.string("runtime") or node.string("env"),
        root=node.string("rootDir"),
        start_command=node.string("startCommand"),
        docker_command=node.string("dockerCommand"),
        build_command=node.string("buildCommand"),
        pre_deploy_command=node.string("preDeployCommand"),
        dockerfile=node.string("dockerfilePath"),
        docker_context=node.string("dockerContext"),
        image=node.string("image", "url"),
        variables=_variables(node.get("envVars")),
        health_path=node.string("healthCheckPath"),
        instances=node.string("numInstances"),
        most_instances=node.string("scaling", "maxInstances"),
        plan=node.string("plan"),
        grace=node.string("maxShutdownDelaySeconds"),
    )


def _database(node: Node) -> RenderDatabase:
    return RenderDatabase(node.string("name") or Located("", node.span), node.string("plan"))


def _group(node: Node) -> tuple[str, tuple[RenderVariable, ...]]:
    name = node.string("name")
    return (name.value if name else "", _variables(node.get("envVars")))


def _variables(node: Node | None) -> tuple[RenderVariable, ...]:
    return tuple(_variable(item) for item in _items(node) if item.is_mapping)


def _variable(item: Node) -> RenderVariable:
    group = item.string("fromGroup")
    if group is not None:
        return RenderVariable(group, "group", refers_to=group.value)
    name = item.string("key") or Located("", item.span)
    value, generate = item.get("value"), item.get("generateValue")
    if value is not None and value.is_scalar:
        return RenderVariable(name, "value", Located(value.text, value.span))
    if generate is not None and generate.boolean:
        return RenderVariable(name, "generated")
    for key, how in (("fromDatabase", "database"), ("fromService", "service")):
        source = item.get(key)
        if source is not None:
            target = source.string("name")
            return RenderVariable(name, how, refers_to=target.value if target else "")
    return RenderVariable(name, "dashboard" if item.get("sync") is not None else "unknown")


def _items(node: Node | None) -> tuple[Node, ...]:
    return node.items if node is not None else ()
