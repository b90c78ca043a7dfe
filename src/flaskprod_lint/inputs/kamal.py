"""Kamal's config/deploy.yml, alone or with a destination's file on top of it."""

from __future__ import annotations

from dataclasses import replace

from flaskprod_lint.inputs import yaml_tree
from flaskprod_lint.inputs.nodes import Entry, Node
from flaskprod_lint.records import dataclass
from flaskprod_lint.source import Located, Problem, Source


@dataclass(frozen=True)
class KamalRole:
    """One role of `servers`: the hosts that run it, and its own command and limits, where it has some."""

    name: Located[str]
    hosts: int | None = None
    command: Located[str] | None = None
    has_proxy: bool | None = None
    variables: tuple[tuple[Located[str], Located[str]], ...] = ()
    cpus: Located[str] | None = None
    memory: Located[str] | None = None
    stop_wait: Located[str] | None = None


@dataclass(frozen=True)
class Kamal:
    """The facts of a configuration. `is_kamal` is False for a deploy.yml of another tool.

    Values are as written: where a `<%` stands in them, Ruby fills it in. `literals` are those of the app and of all
    its accessories.
    """

    path: str
    is_kamal: bool = False
    service: Located[str] | None = None
    image: Located[str] | None = None
    roles: tuple[KamalRole, ...] = ()
    variables: tuple[tuple[Located[str], Located[str]], ...] = ()
    secrets: tuple[Located[str], ...] = ()
    dockerfile: Located[str] | None = None
    context: Located[str] | None = None
    target: Located[str] | None = None
    build_args: tuple[tuple[Located[str], Located[str]], ...] = ()
    app_port: Located[str] | None = None
    has_proxy: bool = True
    is_first_version: bool = False
    health_path: Located[str] | None = None
    response_timeout: Located[str] | None = None
    drain: Located[str] | None = None
    stop_wait: Located[str] | None = None
    require_destination: bool = False
    primary_role: str = "web"
    literals: tuple[tuple[Located[str], Located[str]], ...] = ()
    volumes: tuple[Located[str], ...] = ()
    template: bool = False
    problem: Problem | None = None


def read(source: Source) -> Kamal:
    """The facts of one file by itself; only a problem for a broken one."""
    return merged(source, None)


def merged(source: Source, destination: Source | None) -> Kamal:
    """The facts of a configuration with a destination's file laid over it, as Kamal merges them."""
    documents = yaml_tree.read(source)
    root = documents.root
    if root is None or not root.is_mapping:
        return Kamal(source.path, problem=documents.problem)
    template = documents.template
    if destination is not None:
        more = yaml_tree.read(destination)
        root = _laid_over(root, more.root) if more.root is not None else root
        template = template or more.template
    return _facts(source.path, root, template, documents.problem)


def _facts(path: str, root: Node, template: bool, problem: Problem | None) -> Kamal:
    proxy, traefik = root.get("proxy"), root.get("traefik")
    required, primary = root.get("require_destination"), root.string("primary_role")
    old = traefik is not None or (root.get("healthcheck") is not None and proxy is None)
    return Kamal(
        path,
        is_kamal=root.get("image") is not None and (root.get("servers") is not None or root.get("service") is not None),
        service=root.string("service"),
        image=root.string("image"),
        roles=_roles(root.get("servers")),
        variables=_clear(root.get("env")),
        secrets=_texts(root.at("env", "secret")),
        dockerfile=root.string("builder", "dockerfile"),
        context=root.string("builder", "context"),
        target=root.string("builder", "target"),
        build_args=_pairs(root.at("builder", "args")),
        app_port=root.string("proxy", "app_port") or root.string("healthcheck", "port"),
        has_proxy=proxy is None or proxy.boolean is not False,
        is_first_version=old,
        health_path=root.string("proxy", "healthcheck", "path") or root.string("healthcheck", "path"),
        response_timeout=root.string("proxy", "response_timeout"),
        drain=root.string("drain_timeout"),
        stop_wait=root.string("stop_wait_time") or root.string("stop_timeout"),
        primary_role=primary.value if primary is not None else "web",
        require_destination=required is not None and bool(required.boolean),
        literals=_literals(root),
        volumes=_texts(root.get("volumes")),
        template=template,
        problem=problem,
    )


def _roles(node: Node | None) -> tuple[KamalRole, ...]:
    if node is None:
        return ()
    if node.is_sequence:
        return (KamalRole(Located("web", node.span), len(node.items)),)
    return tuple(_role(entry.key, entry.value) for entry in node.entries)


def _role(name: Located[str], node: Node) -> KamalRole:
    if not node.is_mapping:
        return KamalRole(name, len(node.items) if node.is_sequence else None)
    hosts, proxy = node.get("hosts"), node.get("proxy")
    told = proxy.boolean if proxy is not None and proxy.is_scalar else True if proxy is not None else None
    return KamalRole(
        name,
        len(hosts.items) if hosts is not None and hosts.is_sequence else None,
        node.string("cmd"),
        told,
        _clear(node.get("env")),
        node.string("options", "cpus"),
        node.string("options", "memory"),
        node.string("stop_timeout") or node.string("stop_wait_time"),
    )


def _clear(node: Node | None) -> tuple[tuple[Located[str], Located[str]], ...]:
    """Variables with their values: those under `clear`, or all where `env` is not divided."""
    if node is None:
        return ()
    divided = node.get("clear") is not None or node.get("secret") is not None
    return _pairs(node.get("clear") if divided else node)


def _literals(root: Node) -> tuple[tuple[Located[str], Located[str]], ...]:
    """Every value that is written down for a variable: of the app, of its roles and of its accessories."""
    found = list(_clear(root.get("env")))
    for key in ("servers", "accessories"):
        group = root.get(key)
        for entry in group.entries if group is not None else ():
            found += _clear(entry.value.get("env"))
    password = root.entry("registry")
    return (*found, *(_password(password.value) if password is not None else ()))


def _password(registry: Node) -> tuple[tuple[Located[str], Located[str]], ...]:
    """The registry's password where it is a text, and no list that names a secret."""
    entry = registry.entry("password")
    if entry is None or not entry.value.is_scalar or entry.value.is_null:
        return ()
    return ((Located("KAMAL_REGISTRY_PASSWORD", entry.key.span), Located(entry.value.text, entry.value.span)),)


def _pairs(node: Node | None) -> tuple[tuple[Located[str], Located[str]], ...]:
    entries = node.entries if node is not None else ()
    return tuple((entry.key, Located(entry.value.text, entry.value.span)) for entry in entries if entry.value.is_scalar)


def _texts(node: Node | None) -> tuple[Located[str], ...]:
    return node.strings() if node is not None else ()


def _laid_over(base: Node, over: Node) -> Node:
    """Mappings merged key by key; everything else is replaced."""
    if not base.is_mapping or not over.is_mapping:
        return over
    own = {entry.key.value: entry for entry in over.entries}
    known = {entry.key.value for entry in base.entries}
    kept = [
        Entry(entry.key, _laid_over(entry.value, own[entry.key.value].value)) if entry.key.value in own else entry
        for entry in base.entries
    ]
    return replace(base, entries=(*kept, *(entry for entry in over.entries if entry.key.value not in known)))
