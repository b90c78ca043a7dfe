"""The variables of a container: its image's, those of ConfigMaps and Secrets, its own, and those of Services."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Mapping

from flaskprod_lint.inputs.kubernetes import KubernetesObject
from flaskprod_lint.inputs.kubernetes_pods import Container, PodVariable, Reference, Workload
from flaskprod_lint.model import EnvironmentRead, Setting, Unknown
from flaskprod_lint.patterns import regex
from flaskprod_lint.records import dataclass
from flaskprod_lint.resolve.deployments import planned
from flaskprod_lint.resolve.deployments.kubernetes import quantities
from flaskprod_lint.resolve.deployments.kubernetes.stores import FILLED_IN, Stored, Stores, is_left_out
from flaskprod_lint.source import Located, Place, Span

_SUBSTITUTED = regex(r"\$\{?\{?[A-Za-z_]\w*\}?\}?")
_REFERENCE = regex(r"\$(\$|\(([A-Za-z_.-][\w.-]*)\))")


@dataclass(frozen=True)
class Filled:
    """A text after Kubernetes put in `$(NAME)`; by their writing, `holes` are what is not known in it."""

    text: str
    holes: Mapping[str, Setting]


@dataclass(frozen=True)
class Environment:
    """A container's variables without its image's. `is_open` says that there may be more which are not here."""

    variables: dict[str, Setting]
    is_open: bool


def of_container(workload: Workload, container: Container, stores: Stores, services: Iterable[str]) -> Environment:
    """What Kubernetes sets for a container: each later source wins over those before it."""
    links = dict(_links(services)) if workload.service_links else {}
    is_open = container.open_environment
    taken: dict[str, Setting] = {}
    for source in container.sources:
        values = stores.find(source.kind, source.name)
        is_open = is_open or values is None
        for key, stored in (values or {}).items():
            taken[source.prefix + key] = _stored(source.prefix + key, stored, source, stores)
    own: dict[str, Setting] = {}
    for variable in container.variables:
        if variable.source is not None:
            own[variable.name.value] = _from(variable.name.value, variable.source, container, stores)
        else:
            own[variable.name.value] = _literal(variable, {**links, **own}, stores, substituted=workload.substituted)
    return Environment(planned.merged(links, taken, own), is_open)


def _links(services: Iterable[str]) -> Iterator[tuple[str, Setting]]:
    """What Kubernetes sets for each Service, in the manner of Docker's links: REDIS_PORT=tcp://10.0.0.5:6379."""
    for service in services:
        name = service.upper().replace("-", "_")
        place = Place(None, f"set by Kubernetes for the Service {service}")
        for tail, what in (("HOST", "address"), ("PORT", "port")):
            unknown = Unknown(f"Kubernetes sets it to the {what} of the Service {service}")
            yield f"{name}_SERVICE_{tail}", Setting(f"{name}_SERVICE_{tail}", unknown, place)
        unknown = Unknown(f"Kubernetes sets it to tcp:// and the address of the Service {service}")
        yield f"{name}_PORT", Setting(f"{name}_PORT", unknown, place)


def _stored(name: str, stored: Stored, source: Reference, stores: Stores) -> Setting:
    how = f"{source.kind} {source.name}"
    if not stored.known or stores.is_stand_in(name, stored.value):
        unknown = Unknown(f"what the {how} holds is filled in elsewhere", stored.value.span)
        return Setting(name, unknown, Place(stored.value.span, how))
    shown = planned.shown(Setting(name, stored.value.value)).value
    return Setting(name, stored.value.value, Place(stored.value.span, f"{name}={shown} in the {how}"))


def _literal(variable: PodVariable, known: Mapping[str, Setting], stores: Stores, *, substituted: bool) -> Setting:
    name, span = variable.name.value, variable.name.span
    value = variable.value or Located("", span)
    if stores.is_stand_in(name, value):
        unknown = Unknown("whoever installs the chart puts another value in its place", value.span)
        return Setting(name, unknown, Place(value.span, name))
    filled = fill(value, known, is_open=False, substituted=substituted)
    for hole in filled.holes.values():
        if isinstance(hole.value, Unknown):
            return Setting(name, hole.value, Place(value.span, name))
    if is_left_out(value.value):
        return Setting(name, Unknown("it is left for somebody to fill in", value.span), Place(value.span, name))
    return planned.literal(name, Located(filled.text, value.span))


def _from(name: str, source: Reference, container: Container, stores: Stores) -> Setting:
    place = Place(source.span, name)
    if source.kind in ("ConfigMap", "Secret"):
        values = stores.find(source.kind, source.name)
        if values is not None and source.key in values:
            return _stored(name, values[source.key], source, stores)
        reason = f"it comes from the {source.kind} {source.name}, which is not in these files"
        return Setting(name, Unknown(reason, source.span), place)
    if source.kind == "resource":
        return Setting(name, _resource(source, container), place)
    what = f"it is {source.key} of the pod" if source.kind == "field" else "Kubernetes takes it from elsewhere"
    return Setting(name, Unknown(what, source.span), place)


def _resource(source: Reference, container: Container) -> str | Unknown:
    """A limit of the container as a text, such as a number of processors rounded up."""
    known = {"limits.cpu": container.cpus, "limits.memory": container.memory}.get(source.key)
    divisor = quantities.number(source.name) if source.name not in ("", "0") else 1.0
    amount = quantities.number(known.value) if known is not None else None
    if amount is None or not divisor:
        return Unknown(f"it is the {source.key} of the container", source.span)
    return str(math.ceil(amount / divisor))


def fill(text: Located[str], known: Mapping[str, Setting], *, is_open: bool, substituted: bool = False) -> Filled:
    """A text with each `$(NAME)` replaced; one that nothing sets stays, unless it may be set where we cannot look.

    `substituted` says that something like envsubst goes over the file first.
    """
    unknown = Unknown("something fills it in before it is applied", text.span)
    written = [*FILLED_IN.findall(text.value), *(_SUBSTITUTED.findall(text.value) if substituted else ())]
    holes = {one: Setting("", unknown, Place(text.span, one), environment=_read(one, text.span)) for one in written}

    def put(match: re.Match[str]) -> str:
        if match[1] == "$":
            return "$"
        setting = known.get(match[2])
        if setting is None:
            if is_open:
                holes[match[0]] = _missing(match[2], text.span)
            return match[0]
        if isinstance(setting.value, Unknown):
            holes[match[0]] = setting
            return match[0]
        return str(setting.value)

    return Filled(_REFERENCE.sub(put, text.value), holes)


def _read(written: str, span: Span) -> tuple[EnvironmentRead, ...]:
    """The variable that `$NAME` is taken from by whatever goes over the file."""
    name = written.strip("${}")
    return (EnvironmentRead(name, at=span),) if re.fullmatch(r"\w+", name) else ()


def _missing(name: str, span: Span) -> Setting:
    unknown = Unknown(f"{name} may come from what is not in these files", span)
    return Setting(name, unknown, Place(span, name), environment=(EnvironmentRead(name, at=span),))


def service_names(objects: Iterable[KubernetesObject]) -> list[str]:
    """The names of all Services, as far as they are known."""
    names = [one.name.value for one in objects if one.kind == "Service"]
    return [name for name in names if re.fullmatch(r"[a-z]([-a-z0-9]*[a-z0-9])?", name)]
