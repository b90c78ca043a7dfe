"""fly.toml: what it builds, starts, sets and expects."""

from __future__ import annotations

from flaskprod_lint.inputs import toml_tree
from flaskprod_lint.inputs.nodes import Node
from flaskprod_lint.records import dataclass
from flaskprod_lint.source import Located, Problem, Source, is_number


@dataclass(frozen=True)
class FlyService:
    """A port that Fly's proxy connects to. `processes` are the groups it serves; empty means the one named app."""

    internal_port: Located[str] | None
    processes: tuple[str, ...] = ()
    public: bool = True


@dataclass(frozen=True)
class FlyMachine:
    """A [[vm]]: how large the Machines of some process groups are, of all where `processes` is empty.

    `kind` is shared or performance; memory without a unit is megabytes and has one here.
    """

    size: Located[str] | None
    memory: Located[str] | None
    cpus: Located[str] | None
    kind: Located[str] | None
    processes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Fly:
    """The facts of a fly.toml, as written."""

    path: str
    app: Located[str] | None = None
    dockerfile: Located[str] | None = None
    build_target: Located[str] | None = None
    build_args: tuple[tuple[Located[str], Located[str]], ...] = ()
    image: Located[str] | None = None
    builder: Located[str] | None = None
    processes: tuple[tuple[Located[str], Located[str]], ...] = ()
    command: tuple[Located[str], ...] = ()
    entrypoint: tuple[Located[str], ...] = ()
    environment: tuple[tuple[Located[str], Located[str]], ...] = ()
    release_command: Located[str] | None = None
    services: tuple[FlyService, ...] = ()
    kill_signal: Located[str] | None = None
    kill_timeout: Located[str] | None = None
    strategy: Located[str] | None = None
    health_paths: tuple[Located[str], ...] = ()
    min_running: Located[str] | None = None
    machines: tuple[FlyMachine, ...] = ()
    problem: Problem | None = None


def read(source: Source) -> Fly:
    """The facts of a fly.toml; only a problem for a broken one."""
    documents = toml_tree.read(source)
    root = documents.root
    if root is None:
        return Fly(source.path, problem=documents.problem)
    return Fly(
        source.path,
        app=root.string("app"),
        dockerfile=root.string("build", "dockerfile"),
        build_target=root.string("build", "build-target"),
        build_args=_pairs(root.at("build", "args")),
        image=root.string("build", "image"),
        builder=root.string("build", "builder"),
        processes=_pairs(root.get("processes")),
        command=_strings(root.at("experimental", "cmd")),
        entrypoint=_strings(root.at("experimental", "entrypoint")),
        environment=_environment(root.get("env")),
        release_command=root.string("deploy", "release_command"),
        services=_services(root),
        kill_signal=root.string("kill_signal"),
        kill_timeout=root.string("kill_timeout"),
        strategy=root.string("deploy", "strategy"),
        health_paths=_health_paths(root),
        min_running=root.string("http_service", "min_machines_running"),
        machines=tuple(_machine(node) for node in _tables(root.get("vm"))),
    )


def _pairs(node: Node | None) -> tuple[tuple[Located[str], Located[str]], ...]:
    entries = node.entries if node is not None else ()
    return tuple((entry.key, Located(entry.value.text, entry.value.span)) for entry in entries if entry.value.is_scalar)


def _environment(node: Node | None) -> tuple[tuple[Located[str], Located[str]], ...]:
    """[env], also in the old form of an array of tables."""
    if node is not None and node.is_sequence:
        return tuple(pair for item in node.items for pair in _pairs(item))
    return _pairs(node)


def _strings(node: Node | None) -> tuple[Located[str], ...]:
    return node.strings() if node is not None else ()


def _services(root: Node) -> tuple[FlyService, ...]:
    found = []
    for key in ("http_service", "services"):
        for node in _tables(root.get(key)):
            groups = tuple(group.value for group in _strings(node.get("processes")))
            ports = node.get("ports")
            public = key == "http_service" or ports is not None
            found.append(FlyService(node.string("internal_port"), groups, public))
    return tuple(found)


def _machine(node: Node) -> FlyMachine:
    memory = node.string("memory") or node.string("memory_mb")
    if memory is not None and is_number(memory.value):
        memory = Located(f"{memory.value}mb", memory.span)
    groups = tuple(group.value for group in _strings(node.get("processes")))
    return FlyMachine(node.string("size"), memory, node.string("cpus"), node.string("cpu_kind"), groups)


def _health_paths(root: Node) -> tuple[Located[str], ...]:
    checks = [*_tables(root.at("http_service", "checks"))]
    for service in _tables(root.get("services")):
        checks += _tables(service.get("http_checks"))
    named = root.get("checks")
    checks += [entry.value for entry in named.entries] if named is not None else []
    return tuple(path for path in (check.string("path") for check in checks) if path is not None)


def _tables(node: Node | None) -> tuple[Node, ...]:
    """The tables of an array of tables, or the one table that stands for it."""
    if node is None:
        return ()
    return node.items if node.is_sequence else (node,)
