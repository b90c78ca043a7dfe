"""Services and jobs of Cloud Run as YAML (Knative), and the form in which other files describe them as well."""

from __future__ import annotations

from collections.abc import Iterator

from flaskprod_lint.inputs import yaml_tree
from flaskprod_lint.inputs.nodes import Node
from flaskprod_lint.patterns import regex
from flaskprod_lint.records import dataclass
from flaskprod_lint.source import Located, Problem, Source, Span

_MARK = regex(r"serving\.knative\.dev/|run\.googleapis\.com/v")
_MAX_SCALE = "autoscaling.knative.dev/maxScale"
#: The function that a service is made of: Google's own framework then serves it, and no server of the project.
_FUNCTION = "run.googleapis.com/build-function-target"

Pairs = tuple[tuple[Located[str], Located[str]], ...]


@dataclass(frozen=True)
class CloudRunService:
    """A service or a job as a file says it; None where it says nothing.

    `command` and `arguments` replace the image's ENTRYPOINT and CMD. `secrets` are variables that Secret Manager or
    another place fills in. `source` is the folder that Cloud Run builds from by itself, `entrypoint` what it
    is told to start then. `concurrency` is how many requests one instance is sent at a time.
    """

    name: str
    span: Span
    is_job: bool = False
    image: Located[str] | None = None
    source: Located[str] | None = None
    command: tuple[Located[str], ...] = ()
    arguments: tuple[Located[str], ...] = ()
    environment: Pairs = ()
    secrets: tuple[Located[str], ...] = ()
    port: Located[str] | None = None
    cpus: Located[str] | None = None
    memory: Located[str] | None = None
    timeout: Located[str] | None = None
    concurrency: Located[str] | None = None
    most: Located[str] | None = None
    health_path: Located[str] | None = None
    entrypoint: Located[str] | None = None


@dataclass(frozen=True)
class CloudRun:
    """What a YAML file says of Cloud Run: nothing, for most files."""

    path: str
    services: tuple[CloudRunService, ...] = ()
    template: bool = False
    problem: Problem | None = None


def read(source: Source) -> CloudRun:
    """The services and jobs of Cloud Run in a YAML file."""
    if not _MARK.search(source.text):
        return CloudRun(source.path)
    documents = yaml_tree.read(source)
    found = tuple(service for root in documents.roots for service in _services(root))
    return CloudRun(source.path, found, documents.template, documents.problem)


def _services(root: Node) -> Iterator[CloudRunService]:
    kind, version = root.string("kind"), root.string("apiVersion")
    if kind is None or version is None or not _MARK.match(version.value):
        return
    if kind.value == "Service" and root.at("metadata", "annotations", _FUNCTION) is None:
        yield _service(root, ("spec", "template"), is_job=False)
    elif kind.value == "Job":
        yield _service(root, ("spec", "template", "spec", "template"), is_job=True)


def _service(root: Node, template: tuple[str, ...], *, is_job: bool) -> CloudRunService:
    spec = root.at(*template, "spec")
    container = _serving(spec)
    name = root.string("metadata", "name")
    annotations = (*template, "metadata", "annotations", _MAX_SCALE)
    limits = container.at("resources", "limits") if container is not None else None
    environment, secrets = _environment(container)
    return CloudRunService(
        name.value if name is not None else "service",
        name.span if name is not None else root.span,
        is_job,
        image=container.string("image") if container is not None else None,
        command=_strings(container, "command"),
        arguments=_strings(container, "args"),
        environment=environment,
        secrets=secrets,
        port=next(iter(_ports(container)), None),
        cpus=limits.string("cpu") if limits is not None else None,
        memory=limits.string("memory") if limits is not None else None,
        timeout=spec.string("timeoutSeconds") if spec is not None else None,
        concurrency=spec.string("containerConcurrency") if spec is not None else None,
        most=root.string(*annotations) or root.string("spec", "scaling", "maxInstanceCount"),
        health_path=_health_path(container),
    )


def _serving(spec: Node | None) -> Node | None:
    """The container that gets the requests: the one with a port where there are sidecars."""
    containers = spec.get("containers") if spec is not None else None
    items = containers.items if containers is not None else ()
    return next((item for item in items if item.get("ports") is not None), items[0] if items else None)


def _strings(container: Node | None, key: str) -> tuple[Located[str], ...]:
    node = container.get(key) if container is not None else None
    return node.strings() if node is not None else ()


def _ports(container: Node | None) -> Iterator[Located[str]]:
    ports = container.get("ports") if container is not None else None
    for port in ports.items if ports is not None else ():
        number = port.string("containerPort")
        if number is not None:
            yield number


def _environment(container: Node | None) -> tuple[Pairs, tuple[Located[str], ...]]:
    """The variables with a value, and those that are taken from elsewhere."""
    node = container.get("env") if container is not None else None
    pairs, elsewhere = [], []
    for item in node.items if node is not None else ():
        name, value = item.string("name"), item.get("value")
        if name is None:
            continue
        if value is not None and value.is_scalar:
            pairs.append((name, Located(value.text, value.span)))
        elif item.get("valueFrom") is not None:
            elsewhere.append(name)
    return tuple(pairs), tuple(elsewhere)


def _health_path(container: Node | None) -> Located[str] | None:
    probes = ("livenessProbe", "readinessProbe", "startupProbe")
    found = (container.string(probe, "httpGet", "path") if container is not None else None for probe in probes)
    return next((path for path in found if path is not None), None)
