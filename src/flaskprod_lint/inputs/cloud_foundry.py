"""Cloud Foundry's manifest.yml: applications with their command, processes, memory, services and variables."""

from __future__ import annotations

import re
from dataclasses import replace

from flaskprod_lint.inputs import yaml_tree
from flaskprod_lint.inputs.nodes import Entry, Node
from flaskprod_lint.patterns import regex
from flaskprod_lint.records import dataclass
from flaskprod_lint.source import Located, Problem, Source

#: What a manifest of Cloud Foundry holds at the start of a line, and files of other tools by that name do not.
_APPLICATIONS = regex(r"^applications\s*:", re.MULTILINE)


@dataclass(frozen=True)
class CfProcess:
    """One process of an application: what its `processes` say, or the application itself as its web process."""

    kind: str
    name: Located[str]
    command: Located[str] | None = None
    instances: Located[str] | None = None
    memory: Located[str] | None = None
    health_type: Located[str] | None = None
    health_path: Located[str] | None = None


@dataclass(frozen=True)
class CfApplication:
    """One entry of `applications`, as written."""

    name: Located[str]
    processes: tuple[CfProcess, ...]
    folder: Located[str] | None = None
    buildpacks: tuple[Located[str], ...] = ()
    docker_image: Located[str] | None = None
    services: tuple[Located[str], ...] = ()
    variables: tuple[tuple[Located[str], Located[str]], ...] = ()
    has_route: bool = True


@dataclass(frozen=True)
class CfManifest:
    """The facts of a manifest. A `((name))` in it is filled in when it is pushed."""

    path: str
    applications: tuple[CfApplication, ...] = ()
    template: bool = False
    problem: Problem | None = None


def is_manifest(source: Source) -> bool:
    """Whether a YAML file is a manifest of Cloud Foundry by what it holds."""
    return _APPLICATIONS.search(source.text) is not None


def read(source: Source) -> CfManifest:
    """The facts of a manifest; only a problem for a broken one."""
    documents = yaml_tree.read(source)
    root = documents.root
    items = root.get("applications") if root is not None else None
    if root is None or items is None:
        return CfManifest(source.path, problem=documents.problem)
    found = tuple(_application(node, root) for node in items.items if node.is_mapping)
    return CfManifest(source.path, found, documents.template, documents.problem)


def _application(node: Node, root: Node) -> CfApplication:
    """An application, with what stands above all of them in manifests of the older form."""
    both = replace(
        node, entries=(*(entry for entry in root.entries if entry.key.value != "applications"), *node.entries)
    )
    name = node.string("name") or Located("web", node.span)
    no_route, health = both.get("no-route"), both.string("health-check-type")
    idle = no_route is not None and bool(no_route.boolean)
    main = _process(both, "worker" if idle else "web", name)
    others = [_process(one, _kind(one), name) for one in _items(node.get("processes"))]
    named = next((one for one in others if one.kind == "web"), None)
    if named is not None:
        main = replace(
            main,
            command=named.command or main.command,
            instances=named.instances or main.instances,
            memory=named.memory or main.memory,
            health_type=named.health_type or health,
            health_path=named.health_path or main.health_path,
        )
    return CfApplication(
        name,
        (main, *(one for one in others if one is not named)),
        both.string("path"),
        _texts(both.get("buildpacks")) or _texts(both.get("buildpack")),
        both.string("docker", "image"),
        _services(both.get("services")),
        _pairs(root.get("env")) + _pairs(node.get("env")),
        not idle,
    )


def _kind(node: Node) -> str:
    kind = node.string("type")
    return kind.value if kind is not None else "web"


def _process(node: Node, kind: str, name: Located[str]) -> CfProcess:
    own = node.string("type")
    return CfProcess(
        kind,
        own or name,
        node.string("command"),
        node.string("instances"),
        node.string("memory"),
        node.string("health-check-type"),
        node.string("health-check-http-endpoint"),
    )


def _services(node: Node | None) -> tuple[Located[str], ...]:
    items = node.items if node is not None else ()
    found = (item.string("name") if item.is_mapping else item.located for item in items)
    return tuple(name for name in found if name is not None)


def _pairs(node: Node | None) -> tuple[tuple[Located[str], Located[str]], ...]:
    entries: tuple[Entry, ...] = node.entries if node is not None else ()
    return tuple((entry.key, Located(entry.value.text, entry.value.span)) for entry in entries if entry.value.is_scalar)


def _texts(node: Node | None) -> tuple[Located[str], ...]:
    return node.strings() if node is not None else ()


def _items(node: Node | None) -> tuple[Node, ...]:
    return tuple(item for item in (node.items if node is not None else ()) if item.is_mapping)
