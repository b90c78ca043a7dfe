"""koyeb.yaml: the services of a Koyeb app, in the form of Koyeb's own definitions and the shorter ones people write."""

from __future__ import annotations

from flaskprod_lint.inputs import yaml_tree
from flaskprod_lint.inputs.nodes import Node
from flaskprod_lint.records import dataclass
from flaskprod_lint.source import Located, Problem, Source


@dataclass(frozen=True)
class KoyebService:
    """One service, as written. `kind` is web or worker."""

    name: Located[str]
    kind: str = "web"
    folder: Located[str] | None = None
    dockerfile: Located[str] | None = None
    is_docker: bool = False
    image: Located[str] | None = None
    run_command: Located[str] | None = None
    build_command: Located[str] | None = None
    ports: tuple[Located[str], ...] = ()
    most_instances: Located[str] | None = None
    size: Located[str] | None = None
    health_path: Located[str] | None = None
    variables: tuple[tuple[Located[str], Located[str]], ...] = ()


@dataclass(frozen=True)
class Koyeb:
    """The facts of a koyeb.yaml."""

    path: str
    services: tuple[KoyebService, ...] = ()
    template: bool = False
    problem: Problem | None = None


def read(source: Source) -> Koyeb:
    """The facts of a file; only a problem for a broken one."""
    documents = yaml_tree.read(source)
    root = documents.root
    if root is None or not root.is_mapping:
        return Koyeb(source.path, problem=documents.problem)
    services = root.get("services") or root.at("app", "services")
    nodes = _services(services)
    single = root.get("service") or (root if not nodes else None)
    if not nodes and single is not None and single.is_mapping:
        nodes = ((None, single),)
    return Koyeb(
        source.path,
        tuple(_service(name, node) for name, node in nodes),
        documents.template,
        documents.problem,
    )


def _services(node: Node | None) -> tuple[tuple[Located[str] | None, Node], ...]:
    if node is None:
        return ()
    if node.is_mapping:
        return tuple((entry.key, entry.value) for entry in node.entries if entry.value.is_mapping)
    return tuple((None, item) for item in node.items if item.is_mapping)


def _service(name: Located[str] | None, node: Node) -> KoyebService:
    definition = node.get("definition") or node
    git, docker, build = definition.get("git") or definition, definition.get("docker"), definition.get("build")
    kind = definition.string("type") or node.string("type")
    dockerfile = _first(git.string("docker", "dockerfile"), definition.string("dockerfile"), _at(build, "dockerfile"))
    builder = _first(definition.string("builder"), _at(build, "builder"), _at(build, "type"), git.string("builder"))
    return KoyebService(
        name or node.string("name") or definition.string("name") or Located("web", node.span),
        "worker" if kind is not None and kind.value.lower() == "worker" else "web",
        _first(git.string("workdir"), definition.string("workdir")),
        dockerfile,
        dockerfile is not None or (builder is not None and builder.value.lower().startswith("docker")),
        _first(_at(docker, "image"), definition.string("image")),
        _run(definition, git, docker),
        _first(git.string("buildpack", "build_command"), git.string("build_command"), _at(build, "command")),
        _ports(definition.get("ports") or definition.get("port")),
        _most(definition),
        _size(definition),
        _health(definition),
        _variables(definition.get("env")),
    )


def _first(*found: Located[str] | None) -> Located[str] | None:
    return next((one for one in found if one is not None), None)


def _at(node: Node | None, key: str) -> Located[str] | None:
    return node.string(key) if node is not None else None


def _run(definition: Node, git: Node, docker: Node | None) -> Located[str] | None:
    run = definition.get("run")
    return _first(
        git.string("buildpack", "run_command"),
        git.string("docker", "command"),
        git.string("run_command"),
        definition.string("run_command"),
        definition.string("command"),
        run.located if run is not None else None,
        _at(run, "command"),
        _at(docker, "command"),
    )


def _ports(node: Node | None) -> tuple[Located[str], ...]:
    if node is None:
        return ()
    if node.is_scalar:
        return node.strings()
    found = (item.string("port") if item.is_mapping else item.located for item in node.items)
    return tuple(port for port in found if port is not None)


def _size(definition: Node) -> Located[str] | None:
    listed = definition.get("instance_types")
    found = (item.string("type") if item.is_mapping else item.located for item in (listed.items if listed else ()))
    return _first(definition.string("instance_type"), definition.string("instance"), *found)


def _most(definition: Node) -> Located[str] | None:
    scalings = definition.get("scalings") or definition.get("scaling")
    nodes = scalings.items if scalings is not None and scalings.is_sequence else (scalings,) if scalings else ()
    found = (node.string("max") or node.string("max_instances") for node in nodes)
    return _first(*found, definition.string("instances"))


def _health(definition: Node) -> Located[str] | None:
    checks = definition.get("health_checks") or definition.get("health_check") or definition.get("healthcheck")
    nodes = checks.items if checks is not None and checks.is_sequence else (checks,) if checks else ()
    return _first(*(node.string("http", "path") or node.string("path") for node in nodes))


def _variables(node: Node | None) -> tuple[tuple[Located[str], Located[str]], ...]:
    """Variables as a list of keys and values, or as a mapping."""
    if node is None:
        return ()
    if node.is_mapping:
        return tuple(
            (entry.key, Located(entry.value.text, entry.value.span)) for entry in node.entries if entry.value.is_scalar
        )
    found = ((item.string("key") or item.string("name"), item.get("value")) for item in node.items if item.is_mapping)
    return tuple(
        (name, Located(value.text, value.span))
        for name, value in found
        if name is not None and value is not None and value.is_scalar
    )
