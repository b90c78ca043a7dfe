"""App specs of DigitalOcean's App Platform: .do/app.yaml, and .do/deploy.template.yaml with the same under `spec`."""

from __future__ import annotations

from flaskprod_lint.inputs import yaml_tree
from flaskprod_lint.inputs.nodes import Node
from flaskprod_lint.records import dataclass
from flaskprod_lint.source import Located, Problem, Source

#: The lists of a spec that hold components which run a command.
_LISTS = (("services", "web"), ("workers", "worker"), ("jobs", "job"))


@dataclass(frozen=True)
class AppVariable:
    """One entry of `envs`. `value` is None where the dashboard gives it; `secret` says `type: SECRET`."""

    name: Located[str]
    value: Located[str] | None
    scope: str
    secret: bool


@dataclass(frozen=True)
class AppComponent:
    """One service, worker or job, as written. `kind` is web, worker or job; `job` is the kind that a job names."""

    name: Located[str]
    kind: str
    job: Located[str] | None = None
    run_command: Located[str] | None = None
    build_command: Located[str] | None = None
    dockerfile: Located[str] | None = None
    source_dir: Located[str] | None = None
    environment: Located[str] | None = None
    has_image: bool = False
    http_port: Located[str] | None = None
    instances: Located[str] | None = None
    most_instances: Located[str] | None = None
    size: Located[str] | None = None
    health_path: Located[str] | None = None
    grace: Located[str] | None = None
    variables: tuple[AppVariable, ...] = ()


@dataclass(frozen=True)
class AppDatabase:
    """One entry of `databases`."""

    name: Located[str] | None
    engine: Located[str] | None = None
    size: Located[str] | None = None
    production: bool = False


@dataclass(frozen=True)
class AppSpec:
    """The facts of an app spec. `variables` are those of all components."""

    path: str
    components: tuple[AppComponent, ...] = ()
    databases: tuple[AppDatabase, ...] = ()
    variables: tuple[AppVariable, ...] = ()
    template: bool = False
    problem: Problem | None = None


def read(source: Source) -> AppSpec:
    """The facts of a spec; only a problem for a broken one."""
    documents = yaml_tree.read(source)
    root = documents.root
    if root is None:
        return AppSpec(source.path, problem=documents.problem)
    spec = root.get("spec") or root
    return AppSpec(
        source.path,
        tuple(_component(node, kind) for key, kind in _LISTS for node in _mappings(spec.get(key))),
        tuple(_database(node) for node in _mappings(spec.get("databases"))),
        _variables(spec.get("envs")),
        documents.template,
        documents.problem,
    )


def _component(node: Node, kind: str) -> AppComponent:
    return AppComponent(
        node.string("name") or Located(kind, node.span),
        kind,
        job=node.string("kind"),
        run_command=node.string("run_command"),
        build_command=node.string("build_command"),
        dockerfile=node.string("dockerfile_path"),
        source_dir=node.string("source_dir"),
        environment=node.string("environment_slug"),
        has_image=node.get("image") is not None,
        http_port=node.string("http_port"),
        instances=node.string("instance_count"),
        most_instances=node.string("autoscaling", "max_instance_count"),
        size=node.string("instance_size_slug"),
        health_path=node.string("health_check", "http_path") or node.string("liveness_health_check", "http_path"),
        grace=node.string("termination", "grace_period_seconds"),
        variables=_variables(node.get("envs")),
    )


def _database(node: Node) -> AppDatabase:
    production = node.get("production")
    return AppDatabase(
        node.string("name"),
        node.string("engine"),
        node.string("size"),
        bool(production is not None and production.boolean),
    )


def _variables(node: Node | None) -> tuple[AppVariable, ...]:
    return tuple(found for found in map(_variable, _mappings(node)) if found is not None)


def _variable(node: Node) -> AppVariable | None:
    name, scope, kind = node.string("key"), node.string("scope"), node.string("type")
    if name is None:
        return None
    value = node.get("value")
    known = value is not None and value.is_scalar and not value.template
    return AppVariable(
        name,
        Located(value.text, value.span) if value is not None and known else None,
        scope.value if scope is not None else "RUN_AND_BUILD_TIME",
        kind is not None and kind.value.upper() == "SECRET",
    )


def _mappings(node: Node | None) -> tuple[Node, ...]:
    return tuple(item for item in (node.items if node is not None else ()) if item.is_mapping)
