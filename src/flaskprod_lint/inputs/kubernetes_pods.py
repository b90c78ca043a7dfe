"""What an object of Kubernetes says of the pods that it runs: containers, variables, probes, volumes. No meaning."""

from __future__ import annotations

from collections.abc import Iterator

from flaskprod_lint.inputs.kubernetes import WORKLOADS, KubernetesObject
from flaskprod_lint.inputs.nodes import Node
from flaskprod_lint.records import dataclass
from flaskprod_lint.source import Located, Span

_PROBES = ("readinessProbe", "livenessProbe", "startupProbe")
_VOLUMES = {
    "emptyDir": None,
    "configMap": "name",
    "secret": "secretName",
    "persistentVolumeClaim": "claimName",
    "hostPath": "path",
    "projected": None,
    "downwardAPI": None,
}


@dataclass(frozen=True)
class Reference:
    """Where a value comes from: `kind` is ConfigMap, Secret, field, resource or unknown; `key` may be empty."""

    kind: str
    name: str
    key: str
    span: Span
    prefix: str = ""


@dataclass(frozen=True)
class PodVariable:
    """One entry of `env`: a literal value, or where it is taken from."""

    name: Located[str]
    value: Located[str] | None = None
    source: Reference | None = None


@dataclass(frozen=True)
class Probe:
    """A health check: an HTTP path and port, a port alone, or a command. `kind` is its key."""

    kind: str
    span: Span
    path: Located[str] | None = None
    port: Located[str] | None = None
    command: tuple[Located[str], ...] = ()


@dataclass(frozen=True)
class Mounted:
    """One entry of `volumeMounts`: the name of its volume and where it stands in the container."""

    volume: str
    path: Located[str]
    sub_path: str = ""


@dataclass(frozen=True)
class PodVolume:
    """One volume: `kind` is its key (emptyDir, configMap …), `refers_to` the name of what it holds."""

    name: str
    kind: str
    span: Span
    refers_to: str = ""
    in_memory: bool = False


@dataclass(frozen=True)
class User:
    """A securityContext: whom it runs as, and whether root is refused."""

    user: Located[str] | None = None
    refuses_root: Located[str] | None = None


@dataclass(frozen=True)
class Container:
    """One container as written. `command` and `arguments` are None where the image's own count.

    `open_environment` says that a template adds variables that cannot be read.
    """

    name: Located[str]
    span: Span
    image: Located[str] | None = None
    command: tuple[Located[str], ...] | None = None
    arguments: tuple[Located[str], ...] | None = None
    folder: Located[str] | None = None
    ports: tuple[tuple[Located[str], str], ...] = ()
    variables: tuple[PodVariable, ...] = ()
    sources: tuple[Reference, ...] = ()
    open_environment: bool = False
    probes: tuple[Probe, ...] = ()
    mounts: tuple[Mounted, ...] = ()
    cpus: Located[str] | None = None
    memory: Located[str] | None = None
    user: User = User()
    before_stop: tuple[Located[str], ...] = ()
    stays: bool = False


@dataclass(frozen=True)
class Workload:
    """An object that runs pods, with the template of its pods.

    `surges` says that an update starts new pods before it ends old ones.
    """

    object: KubernetesObject
    containers: tuple[Container, ...]
    first: tuple[Container, ...] = ()
    volumes: tuple[PodVolume, ...] = ()
    labels: tuple[tuple[str, str], ...] = ()
    replicas: Located[str] | None = None
    grace: Located[str] | None = None
    user: User = User()
    service_links: bool = True
    hooks: str = ""
    surges: bool = True

    @property
    def kind(self) -> str:
        return self.object.kind

    @property
    def name(self) -> Located[str]:
        return self.object.name

    @property
    def substituted(self) -> bool:
        """Whether something like envsubst goes over the file first: no name and no image has a `$` in it."""
        images = [one.image.value for one in (*self.first, *self.containers) if one.image is not None]
        return any("$" in text for text in (self.name.value, *images))


def workload(found: KubernetesObject) -> Workload | None:
    """What an object says of the pods it runs; None for one that runs none."""
    path = WORKLOADS.get(found.kind)
    template = found.node.at(*path) if path is not None else None
    spec = template.get("spec") if template is not None else None
    if template is None or spec is None:
        return None
    labels = template.at("metadata", "labels")
    return Workload(
        found,
        tuple(_containers(spec.get("containers"))),
        tuple(_containers(spec.get("initContainers"))),
        (*_volumes(spec.get("volumes")), *_claims(found.node.at("spec", "volumeClaimTemplates"))),
        tuple((entry.key.value, entry.value.text) for entry in (labels.entries if labels is not None else ())),
        found.node.string("spec", "replicas"),
        spec.string("terminationGracePeriodSeconds"),
        _user(spec),
        _is_not(spec.get("enableServiceLinks"), "false"),
        _hooks(found),
        _surges(found),
    )


def _surges(found: KubernetesObject) -> bool:
    strategy = found.node.at("spec", "strategy")
    how = strategy.string("type") if strategy is not None else None
    most = strategy.string("rollingUpdate", "maxSurge") if strategy is not None else None
    if found.kind in ("StatefulSet", "DaemonSet") or (how is not None and how.value == "Recreate"):
        return False
    return most is None or most.value not in ("0", "0%")


def _is_not(node: Node | None, text: str) -> bool:
    return node is None or node.text.lower() != text


def _hooks(found: KubernetesObject) -> str:
    """When Helm or Argo CD run an object, in their words; empty for one that is simply there."""
    notes = found.texts("metadata", "annotations")
    return ",".join(notes[key] for key in ("helm.sh/hook", "argocd.argoproj.io/hook") if key in notes)


def _containers(node: Node | None) -> Iterator[Container]:
    for item in node.items if node is not None else ():
        if item.is_mapping:
            yield _container(item)


def _container(node: Node) -> Container:
    env, sources = node.get("env"), node.get("envFrom")
    return Container(
        node.string("name") or Located("", node.span),
        node.span,
        node.string("image"),
        _words(node.get("command")),
        _words(node.get("args")),
        node.string("workingDir"),
        tuple(_ports(node.get("ports"))),
        tuple(_variables(env)),
        tuple(_sources(sources)),
        _has_hole(env) or _has_hole(sources),
        tuple(probe for key in _PROBES if (probe := _probe(key, node.get(key))) is not None),
        tuple(_mounts(node.get("volumeMounts"))),
        node.string("resources", "limits", "cpu"),
        node.string("resources", "limits", "memory"),
        _user(node),
        _before_stop(node),
        node.string("restartPolicy") is not None,
    )


def _words(node: Node | None) -> tuple[Located[str], ...] | None:
    """The words of a command; None where there is none, or something that Kubernetes does not take for one."""
    if node is None or node.is_null:
        return None
    if not node.is_sequence:
        return (Located(node.text, node.span),) if node.template else None
    return tuple(Located(item.text, item.span) for item in node.items if item.is_scalar) or None


def _ports(node: Node | None) -> Iterator[tuple[Located[str], str]]:
    for item in node.items if node is not None else ():
        port, name = item.string("containerPort"), item.string("name")
        if port is not None:
            yield port, name.value if name is not None else ""


def _has_hole(node: Node | None) -> bool:
    """Whether a template stands for part of a list, or for the name of one of its entries."""
    if node is None:
        return False
    if not node.is_sequence:
        return node.template
    return any(not item.is_mapping and item.template for item in node.items) or any(
        (name := item.get("name")) is not None and name.template for item in node.items
    )


def _variables(node: Node | None) -> Iterator[PodVariable]:
    for item in node.items if node is not None else ():
        name = item.string("name")
        if name is None:
            continue
        source = item.get("valueFrom")
        if source is not None:
            yield PodVariable(name, None, _value_from(source))
        else:
            value = item.get("value")
            text = Located(value.text, value.span) if value is not None and value.is_scalar else Located("", name.span)
            yield PodVariable(name, text)


def _value_from(node: Node) -> Reference:
    for key, kind in (("configMapKeyRef", "ConfigMap"), ("secretKeyRef", "Secret")):
        inner = node.get(key)
        if inner is not None:
            return Reference(kind, _text(inner, "name"), _text(inner, "key"), inner.span)
    field = node.string("fieldRef", "fieldPath")
    if field is not None:
        return Reference("field", "", field.value, field.span)
    resource = node.string("resourceFieldRef", "resource")
    if resource is not None:
        return Reference("resource", _text(node, "resourceFieldRef", "divisor"), resource.value, resource.span)
    return Reference("unknown", "", "", node.span)


def _sources(node: Node | None) -> Iterator[Reference]:
    for item in node.items if node is not None else ():
        for key, kind in (("configMapRef", "ConfigMap"), ("secretRef", "Secret")):
            inner = item.get(key)
            if inner is not None:
                yield Reference(kind, _text(inner, "name"), "", inner.span, _text(item, "prefix"))


def _text(node: Node, *path: str) -> str:
    found = node.string(*path)
    return found.value if found is not None else ""


def _probe(key: str, node: Node | None) -> Probe | None:
    if node is None or not node.is_mapping:
        return None
    command = _words(node.at("exec", "command")) or ()
    port = node.string("httpGet", "port") or node.string("tcpSocket", "port")
    return Probe(key, node.span, node.string("httpGet", "path"), port, command)


def _mounts(node: Node | None) -> Iterator[Mounted]:
    for item in node.items if node is not None else ():
        path = item.string("mountPath")
        if path is not None:
            yield Mounted(_text(item, "name"), path, _text(item, "subPath"))


def _volumes(node: Node | None) -> Iterator[PodVolume]:
    for item in node.items if node is not None else ():
        kind = next((entry.key.value for entry in item.entries if entry.key.value != "name"), "unknown")
        inner = item.get(kind)
        key = _VOLUMES.get(kind)
        refers_to = _text(inner, key) if inner is not None and key else ""
        in_memory = inner is not None and _text(inner, "medium") == "Memory"
        yield PodVolume(_text(item, "name"), kind, item.span, refers_to, in_memory)


def _claims(node: Node | None) -> Iterator[PodVolume]:
    """The volumes that a StatefulSet makes for each of its pods."""
    for item in node.items if node is not None else ():
        yield PodVolume(_text(item, "metadata", "name"), "persistentVolumeClaim", item.span)


def _user(node: Node) -> User:
    context = node.get("securityContext")
    if context is None:
        return User()
    refuses = context.string("runAsNonRoot")
    return User(context.string("runAsUser"), refuses if refuses is not None and refuses.value == "true" else None)


def _before_stop(node: Node) -> tuple[Located[str], ...]:
    """What runs before the container is told to stop, as words: a command, or `sleep` with its seconds."""
    hook = node.at("lifecycle", "preStop")
    seconds = hook.string("sleep", "seconds") if hook is not None else None
    if seconds is not None:
        return (Located("sleep", seconds.span), seconds)
    return (_words(hook.at("exec", "command")) or ()) if hook is not None else ()
