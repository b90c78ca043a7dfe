"""Containers as Amazon ECS describes them: task definitions, services, Dockerrun.aws.json and CloudFormation.

https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_definition_parameters.html
"""

from __future__ import annotations

from collections.abc import Iterator

from flaskprod_lint.inputs import yaml_tree
from flaskprod_lint.inputs.nodes import Node
from flaskprod_lint.patterns import regex
from flaskprod_lint.records import dataclass
from flaskprod_lint.source import Located, Problem, Source, Span

#: What is in the bytes of every file that describes containers.
MARKS = (b"containerDefinitions", b"ContainerDefinitions", b"portMappings")
#: What is in the bytes of every file that describes a service.
SERVICE_MARKS = (b"desiredCount", b"DesiredCount")
_HOLE = regex(r"\$\{|\{\{|<[A-Za-z_ -]+>|\$\(|\bREPLACE|%[A-Z_]+%")

Pairs = tuple[tuple[Located[str], Located[str]], ...]


@dataclass(frozen=True)
class EcsContainer:
    """One container. `secrets` are names that AWS fills in; `holes` names of variables whose value is not plain text.

    `entrypoint` and `command` are None where the container says nothing. `from_files` says that more variables come
    from files that are not here.
    """

    name: Located[str]
    span: Span
    image: Located[str] | None = None
    entrypoint: tuple[Located[str], ...] | None = None
    command: tuple[Located[str], ...] | None = None
    ports: tuple[Located[str], ...] = ()
    environment: Pairs = ()
    secrets: tuple[Located[str], ...] = ()
    holes: tuple[Located[str], ...] = ()
    from_files: bool = False
    health: tuple[Located[str], ...] = ()
    grace: Located[str] | None = None
    cpu: Located[str] | None = None
    memory: Located[str] | None = None
    user: Located[str] | None = None


@dataclass(frozen=True)
class EcsTask:
    """A task definition: its containers, and what they share."""

    span: Span
    family: Located[str] | None = None
    containers: tuple[EcsContainer, ...] = ()
    cpu: Located[str] | None = None
    memory: Located[str] | None = None


@dataclass(frozen=True)
class EcsService:
    """How often a task runs; `task` is the family, or the reference, of its definition."""

    task: str
    count: Located[str]


@dataclass(frozen=True)
class Ecs:
    """What a file says of ECS: nothing, for most files."""

    path: str
    tasks: tuple[EcsTask, ...] = ()
    services: tuple[EcsService, ...] = ()
    problem: Problem | None = None


def read(source: Source) -> Ecs:
    """The task definitions and services of a file. A file with places to fill in is not called broken."""
    documents = yaml_tree.read(source)
    tasks = [task for root in documents.roots for task in _tasks(root)]
    services = [service for root in documents.roots for service in _services(root)]
    problem = documents.problem if not _HOLE.search(source.text) else None
    return Ecs(source.path, tuple(tasks), tuple(services), problem)


def is_hole(text: str) -> bool:
    """Whether something fills in part of a text before ECS reads it."""
    return bool(_HOLE.search(text))


def _get(node: Node, key: str) -> Node | None:
    """The value of a key, which CloudFormation writes with a capital."""
    found = node.get(key)
    return found if found is not None else node.get(key[0].upper() + key[1:])


def _plain(node: Node, key: str) -> Located[str] | None:
    """The text of a key; None for what a function of CloudFormation or a template makes."""
    found = _get(node, key)
    if found is None or not found.is_scalar or found.tag.startswith("!"):
        return None
    return found.located


def _tasks(root: Node) -> Iterator[EcsTask]:
    if root.is_sequence and root.items and all(_is_container(item) for item in root.items):
        yield EcsTask(root.span, containers=tuple(_container(item) for item in root.items))
        return
    for node in (root, *_resources(root, "AWS::ECS::TaskDefinition"), *_members(root, "taskDefinition")):
        listed = _get(node, "containerDefinitions")
        containers = tuple(_container(item) for item in (listed.items if listed is not None else ()) if item.is_mapping)
        if containers:
            yield EcsTask(node.span, _plain(node, "family"), containers, _plain(node, "cpu"), _plain(node, "memory"))


def _members(root: Node, key: str) -> Iterator[Node]:
    """The answer of `aws ecs describe-task-definition`, which holds the definition under a key."""
    found = root.get(key)
    if found is not None and found.is_mapping:
        yield found


def _resources(root: Node, kind: str) -> Iterator[Node]:
    """The properties of all resources of that type in a template of CloudFormation."""
    resources = root.get("Resources")
    for entry in resources.entries if resources is not None else ():
        properties, type_ = entry.value.get("Properties"), entry.value.string("Type")
        if type_ is not None and type_.value == kind and properties is not None:
            yield properties


def _is_container(item: Node) -> bool:
    return item.is_mapping and item.get("name") is not None and item.get("image") is not None


def _container(node: Node) -> EcsContainer:
    files = _get(node, "environmentFiles")
    environment, holes = _environment(_get(node, "environment"))
    check = _get(node, "healthCheck")
    health = _get(check, "command") if check is not None else None
    return EcsContainer(
        _plain(node, "name") or Located("container", node.span),
        node.span,
        image=_plain(node, "image"),
        entrypoint=_words(_get(node, "entryPoint")),
        command=_words(_get(node, "command")),
        ports=_each(_get(node, "portMappings"), "containerPort"),
        environment=environment,
        secrets=_each(_get(node, "secrets"), "name"),
        holes=holes,
        from_files=files is not None and bool(files.items),
        health=health.strings() if health is not None else (),
        grace=_plain(node, "stopTimeout"),
        cpu=_plain(node, "cpu"),
        memory=_plain(node, "memory") or _plain(node, "memoryReservation"),
        user=_plain(node, "user"),
    )


def _each(node: Node | None, key: str) -> tuple[Located[str], ...]:
    """The text of a key in each item of a list."""
    return tuple(text for item in (node.items if node is not None else ()) if (text := _plain(item, key)) is not None)


def _words(node: Node | None) -> tuple[Located[str], ...] | None:
    """The words of a list; None where there is none, and for one that holds what is no plain text."""
    if node is None or node.is_null or not node.items or any(item.tag.startswith("!") for item in node.items):
        return None
    return tuple(Located(item.text, item.span) for item in node.items if item.is_scalar)


def _environment(node: Node | None) -> tuple[Pairs, tuple[Located[str], ...]]:
    """The variables with a plain value, and the names of the others."""
    pairs, holes = [], []
    for item in node.items if node is not None else ():
        name, value = _plain(item, "name"), _plain(item, "value")
        if name is not None and value is not None and not is_hole(value.value):
            pairs.append((name, value))
        elif name is not None:
            holes.append(name)
    return tuple(pairs), tuple(holes)


def _services(root: Node) -> Iterator[EcsService]:
    for node in (root, *_resources(root, "AWS::ECS::Service"), *_members(root, "service")):
        count, task = _plain(node, "desiredCount"), _plain(node, "taskDefinition")
        if count is not None:
            yield EcsService(task.value if task is not None else "", count)
