"""Who connects to a pod: the Services that select it, the Ingresses before them, and its probes."""

from __future__ import annotations

from collections.abc import Iterator

from flaskprod_lint.inputs.kubernetes import KubernetesObject
from flaskprod_lint.inputs.kubernetes_pods import Container, Probe, Workload
from flaskprod_lint.inputs.nodes import Node
from flaskprod_lint.model import Setting
from flaskprod_lint.patterns import regex
from flaskprod_lint.records import dataclass
from flaskprod_lint.source import Located, Place, is_number

_TIMEOUTS = ("nginx.ingress.kubernetes.io/proxy-read-timeout", "ingress.kubernetes.io/proxy-read-timeout")
_IDLE = "alb.ingress.kubernetes.io/load-balancer-attributes"
_IDLE_SECONDS = regex(r"idle_timeout\.timeout_seconds=(\d{1,18})")
_METRICS = regex(r"metric|prometheus|admin|debug|monitor")


@dataclass(frozen=True)
class Exposure:
    """What connects to a container: `services` select its pods, `port` is where they connect to, `probed` its probes.

    `timeout` is how long an Ingress waits for an answer.
    """

    services: tuple[str, ...] = ()
    port: Setting | None = None
    probed: Setting | None = None
    timeout: Setting | None = None
    health_path: Setting | None = None


def of_container(workload: Workload, container: Container, objects: list[KubernetesObject]) -> Exposure:
    """Who connects to a container of a workload."""
    services = [one for one in objects if one.kind == "Service" and _selects(one, workload)]
    ports = [port for one in services for port in _targets(one, workload, container)]
    names = tuple(one.name.value for one in services)
    return Exposure(
        names,
        _chosen(ports),
        _probed(container),
        _timeout(objects, set(names)),
        _health_path(container),
    )


def _selects(service: KubernetesObject, workload: Workload) -> bool:
    selector = service.texts("spec", "selector")
    labels = dict(workload.labels)
    if not selector and not service.name.value:
        return False
    if selector:
        return all(labels.get(key) == value for key, value in selector.items())
    return False


def _targets(service: KubernetesObject, workload: Workload, container: Container) -> Iterator[tuple[str, Setting]]:
    """The ports of a container that a Service connects to, each with the Service's name for it."""
    ports = service.node.at("spec", "ports")
    for item in ports.items if ports is not None else ():
        target = item.get("targetPort") or item.get("port")
        name = item.string("name")
        found = _number(target, workload, container) if target is not None else None
        if found is not None and target is not None and target.located is not None:
            note = f"the Service {service.name.value} connects to port {target.text}"
            yield name.value if name is not None else "", Setting("port", found, Place(target.span, note))


def _number(target: Node, workload: Workload, container: Container) -> int | None:
    """The number of a Service's target; None for one of another container, and for what is not known."""
    if is_number(target.text):
        number = int(target.text)
        others = [one for one in workload.containers if one is not container]
        taken = any(port.value == target.text for one in others for port, _ in one.ports)
        own = any(port.value == target.text for port, _ in container.ports)
        return None if taken and not own else number
    for port, name in container.ports:
        if name and name == target.text and is_number(port.value):
            return int(port.value)
    return None


def _chosen(ports: list[tuple[str, Setting]]) -> Setting | None:
    """The port that requests come in at, where several are connected to: not the one for metrics."""
    if len({setting.value for _, setting in ports}) > 1:
        ports = [(name, setting) for name, setting in ports if not _METRICS.search(name)]
    if len({setting.value for _, setting in ports}) > 1:
        ports = [(name, setting) for name, setting in ports if name in ("http", "web", "https")]
    return ports[0][1] if len({setting.value for _, setting in ports}) == 1 else None


# Probes


def port_of(probe: Probe, container: Container) -> Setting | None:
    """The port that a probe connects to, by its number or the name that the container gives it."""
    if probe.port is None:
        return None
    text = probe.port.value
    named = next((port.value for port, name in container.ports if name == text), text)
    note = f"{probe.kind} connects to port {text}"
    return Setting("port", int(named), Place(probe.port.span, note)) if is_number(named) else None


def _probed(container: Container) -> Setting | None:
    """The port of the probes; None where they disagree."""
    ports = [port for probe in container.probes if (port := port_of(probe, container)) is not None]
    return ports[0] if len({port.value for port in ports}) == 1 else None


def _health_path(container: Container) -> Setting | None:
    """The path of the first probe with one: whether it is ready decides about requests."""
    found = next((probe for probe in container.probes if probe.path is not None), None)
    if found is None or found.path is None or "{{" in found.path.value or "$" in found.path.value:
        return None
    return Setting("health path", found.path.value, Place(found.path.span, f"{found.kind}: {found.path.value}"))


# Ingresses


def _timeout(objects: list[KubernetesObject], services: set[str]) -> Setting | None:
    """How long the Ingress before one of the Services waits, where its annotations say so."""
    for one in objects:
        if one.kind != "Ingress" or not services & set(_backends(one.node)):
            continue
        for entry in _annotations(one):
            match = _IDLE_SECONDS.search(entry[1].value) if entry[0] == _IDLE else None
            text = match[1] if match else entry[1].value if entry[0] in _TIMEOUTS else ""
            if is_number(text):
                note = f"{entry[0].rpartition('/')[2]}: {text}"
                return Setting("router timeout", float(text), Place(entry[1].span, note))
    return None


def _annotations(one: KubernetesObject) -> Iterator[tuple[str, Located[str]]]:
    found = one.node.at("metadata", "annotations")
    for entry in found.entries if found is not None else ():
        if entry.value.is_scalar:
            yield entry.key.value, Located(entry.value.text, entry.value.span)


def _backends(node: Node) -> Iterator[str]:
    """The Services that an Ingress sends requests to, in the old and the new way of writing it."""
    for one in node.walk():
        name = one.string("service", "name") or one.string("serviceName")
        if name is not None:
            yield name.value
