"""app.yaml of Google App Engine: the runtime, what it starts, sets and allows."""

from __future__ import annotations

import re

from flaskprod_lint.inputs import yaml_tree
from flaskprod_lint.inputs.nodes import Node
from flaskprod_lint.patterns import regex
from flaskprod_lint.records import dataclass
from flaskprod_lint.source import Located, Problem, Source

#: What every app.yaml of App Engine has, and hardly another YAML file at its top level.
_MARK = regex(r"^runtime\s*:", re.MULTILINE)
_RUNTIME = regex(r"(python|custom|nodejs|go|java|php|ruby|dotnet|aspnetcore)[\w.-]*")
#: Keys that tell the older runtimes and custom ones apart from other tools' files with a `runtime`.
_KEYS = frozenset(
    "entrypoint env env_variables handlers service instance_class automatic_scaling manual_scaling basic_scaling "
    "runtime_config inbound_services beta_settings resources liveness_check readiness_check api_version threadsafe "
    "vpc_access_connector app_engine_apis default_expiration includes network libraries vm module".split()
)


@dataclass(frozen=True)
class AppEngine:
    """The facts of an app.yaml. `is_app_engine` says whether it is one at all.

    `most` is the largest number of instances, `fixed` the number of manual scaling, `memory` is in GB. `includes` says
    that other files add to it. `health_paths` are those of the flexible environment, readiness first. `scripts` are
    the objects that handlers name, `module.app`, which the first generation of Python serves.
    """

    path: str
    is_app_engine: bool = False
    runtime: Located[str] | None = None
    flexible: bool = False
    service: Located[str] | None = None
    entrypoint: Located[str] | None = None
    environment: tuple[tuple[Located[str], Located[str]], ...] = ()
    instance_class: Located[str] | None = None
    most: Located[str] | None = None
    fixed: Located[str] | None = None
    basic: bool = False
    cpus: Located[str] | None = None
    memory: Located[str] | None = None
    health_paths: tuple[Located[str], ...] = ()
    python: Located[str] | None = None
    scripts: tuple[Located[str], ...] = ()
    includes: bool = False
    template: bool = False
    problem: Problem | None = None


def read(source: Source) -> AppEngine:
    """The facts of an app.yaml; an empty reading for any other YAML file."""
    if not _MARK.search(source.text):
        return AppEngine(source.path)
    documents = yaml_tree.read(source)
    root = documents.root
    is_named = re.search(r"(^|[/._-])app[._-].*ya?ml$|(^|/)app\.ya?ml$", source.path) is not None
    if root is None or not _is_app_engine(root):
        return AppEngine(source.path, problem=documents.problem if is_named and root is None else None)
    return AppEngine(
        source.path,
        True,
        runtime=root.string("runtime"),
        flexible=_is_flexible(root),
        service=root.string("service") or root.string("module"),
        entrypoint=root.string("entrypoint") or root.string("entrypoint", "shell"),
        environment=_pairs(root.get("env_variables")),
        instance_class=root.string("instance_class"),
        most=_most(root),
        fixed=root.string("manual_scaling", "instances"),
        basic=root.get("basic_scaling") is not None,
        cpus=root.string("resources", "cpu"),
        memory=root.string("resources", "memory_gb"),
        health_paths=_health_paths(root),
        python=root.string("runtime_config", "runtime_version") or root.string("runtime_config", "python_version"),
        scripts=_scripts(root.get("handlers")),
        includes=root.get("includes") is not None,
        template=documents.template,
        problem=documents.problem,
    )


def _is_app_engine(root: Node) -> bool:
    runtime = root.string("runtime")
    if runtime is None or not _RUNTIME.fullmatch(runtime.value):
        return False
    keys = {entry.key.value for entry in root.entries}
    return bool(keys & _KEYS) or keys == {"runtime"}


def _is_flexible(root: Node) -> bool:
    env = root.string("env")
    vm = root.get("vm")
    return (env is not None and env.value in ("flex", "flexible")) or bool(vm is not None and vm.boolean)


def _most(root: Node) -> Located[str] | None:
    places = (
        ("automatic_scaling", "max_instances"),
        ("automatic_scaling", "max_num_instances"),
        ("basic_scaling", "max_instances"),
    )
    return next((found for found in (root.string(*place) for place in places) if found is not None), None)


def _health_paths(root: Node) -> tuple[Located[str], ...]:
    found = (root.string(name, "path") for name in ("readiness_check", "liveness_check"))
    return tuple(path for path in found if path is not None)


def _scripts(handlers: Node | None) -> tuple[Located[str], ...]:
    found = (handler.string("script") for handler in (handlers.items if handlers is not None else ()))
    return tuple(script for script in found if script is not None and "." in script.value)


def _pairs(node: Node | None) -> tuple[tuple[Located[str], Located[str]], ...]:
    """The variables: a mapping, or (as people also write it) a sequence of mappings."""
    nodes = node.items if node is not None and node.is_sequence else (node,)
    entries = (entry for one in nodes if one is not None for entry in one.entries)
    return tuple((entry.key, Located(entry.value.text, entry.value.span)) for entry in entries if entry.value.is_scalar)
