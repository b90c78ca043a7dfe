"""The ConfigMaps and Secrets of a bundle: their values, decoded as Kubernetes hands them out."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator
from dataclasses import field, replace

from flaskprod_lint.inputs.kubernetes import KubernetesObject
from flaskprod_lint.inputs.kubernetes_pods import Container, Workload
from flaskprod_lint.inputs.nodes import Node
from flaskprod_lint.model import SecretLiteral
from flaskprod_lint.patterns import regex
from flaskprod_lint.records import dataclass
from flaskprod_lint.resolve import secrecy
from flaskprod_lint.resolve.deployments import manifest_secrets
from flaskprod_lint.resolve.deployments.kubernetes import kustomize
from flaskprod_lint.source import Located

#: What a template, a deploy script or SOPS fills in, or a person is asked to.
FILLED_IN = regex(r"\{\{.*?\}\}|\{%.*?%\}|<%.*?%>|\$\{\{.*?\}\}|ENC\[", re.DOTALL)
_LEFT_OUT = regex(r"\$\{?[A-Za-z_]\w*\}?|<[^<>]+>")
_DATABASE = regex(r"(^|/)(postgres|postgis|timescaledb|pgvector|mysql|mariadb|mongo|redis|valkey|rabbitmq)")
_OF_DATABASE = regex(r"(POSTGRES|PG|MYSQL|MARIADB|DB|DATABASE|REDIS|RABBITMQ|MONGO)")
_HOST = regex(r"://[^/@\s]*@([^/:?\s]+)")


@dataclass(frozen=True)
class Stored:
    """One value of a ConfigMap or Secret. `file` is the path of the project's file that it is, if it is one."""

    name: Located[str]
    value: Located[str]
    encoded: bool = False
    file: str = ""

    @property
    def known(self) -> bool:
        return not is_left_out(self.value.value)


@dataclass
class Stores:
    """All ConfigMaps and Secrets of a bundle, by kind and name.

    `defaults` are files of values that whoever installs a chart puts others in place of.
    """

    values: dict[tuple[str, str], dict[str, Stored]] = field(default_factory=dict)
    defaults: tuple[str, ...] = ()

    def is_stand_in(self, name: str, value: Located[str]) -> bool:
        """Whether a value is a secret that only stands in for the one that production has."""
        if value.span.path not in self.defaults:
            return False
        judged = secrecy.judge(name, value.value)
        return judged.weak or (secrecy.is_secret_name(name) and judged.kind in ("placeholder", "reference", "name"))

    def find(self, kind: str, name: str) -> dict[str, Stored] | None:
        """The values of one, by key; None for one that is not in these files."""
        return self.values.get((kind, name))


def is_left_out(text: str) -> bool:
    """Whether a value only says what is to stand there: `<password>`, `${PASSWORD}`, what a template fills in."""
    return bool(FILLED_IN.search(text) or _LEFT_OUT.fullmatch(text.strip()))


def of_objects(objects: list[KubernetesObject], defaults: tuple[str, ...]) -> Stores:
    """The ConfigMaps and Secrets among objects."""
    found = Stores(defaults=defaults)
    for one in objects:
        if one.kind in ("ConfigMap", "Secret") and one.name.value and one.node.get("sops") is None:
            known = found.values.setdefault((one.kind, one.name.value), {})
            known.update({stored.name.value: stored for stored in _stored(one)})
    return found


def _stored(one: KubernetesObject) -> Iterator[Stored]:
    for key in ("data", "stringData"):
        node = one.node.get(key)
        for entry in node.entries if node is not None else ():
            if entry.value.is_scalar:
                yield _value(entry.key, entry.value, encoded=one.kind == "Secret" and key == "data")


def _value(name: Located[str], node: Node, *, encoded: bool) -> Stored:
    text = node.text
    if encoded and not FILLED_IN.search(text):
        text = _decoded(text)
    file = node.span.path if node.tag == kustomize.FILE else ""
    return Stored(name, Located(text, node.span), encoded, file)


def _decoded(text: str) -> str:
    try:
        return base64.b64decode("".join(text.split()), validate=True).decode().rstrip("\n")
    except (binascii.Error, ValueError):
        return text


# Secrets


def secrets(
    objects: list[KubernetesObject],
    workloads: list[Workload],
    stores: Stores,
    *,
    development: bool,
) -> tuple[SecretLiteral, ...]:
    """The secrets that stand literally in a bundle: among variables, and in Secrets and ConfigMaps.

    The password of a database that the bundle itself starts is marked: it opens nothing else.
    """
    hosts = {one.name.value for one in objects if one.kind == "Service"}
    databases = {one.name.value for one in workloads if any(map(_is_database, one.containers))}
    found: dict[object, SecretLiteral] = {}
    for name, value, how in _literals(workloads, stores):
        for secret in manifest_secrets.of_pairs([(name, value)], how, development=development):
            if stores.is_stand_in(name.value, value):
                continue
            own = bool(databases) and _is_own(name.value, value.value, hosts | databases)
            found.setdefault(secret.at, replace(secret, own_database=True) if own else secret)
    return tuple(found.values())


def _literals(workloads: list[Workload], stores: Stores) -> Iterator[tuple[Located[str], Located[str], str]]:
    for workload in workloads:
        for container in (*workload.first, *workload.containers):
            for variable in container.variables:
                if variable.value is not None and not FILLED_IN.search(variable.value.value):
                    yield variable.name, variable.value, "container env"
    for (kind, _), values in stores.values.items():
        for stored in values.values():
            if stored.known and not stored.file and "\n" not in stored.value.value:
                yield stored.name, stored.value, kind


def _is_database(container: Container) -> bool:
    return container.image is not None and _DATABASE.search(container.image.value.lower()) is not None


def _is_own(name: str, value: str, hosts: set[str]) -> bool:
    host = _HOST.search(value)
    if host is not None:
        return host[1].partition(".")[0] in hosts
    return _OF_DATABASE.search(name.upper()) is not None and not secrecy.is_signing_name(name)
