"""Kubernetes manifests: the objects of a file as written, each with its kind, its name and its tree."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from flaskprod_lint.inputs import yaml_tree
from flaskprod_lint.inputs.nodes import Node
from flaskprod_lint.patterns import regex
from flaskprod_lint.records import dataclass
from flaskprod_lint.source import Located, Problem, Source

#: Both stand in each file that holds objects, as text, before anything is parsed.
MARKS = (b"apiVersion", b"kind")
#: What runs containers, with the path to the template of its pods.
WORKLOADS = {
    "Deployment": ("spec", "template"),
    "StatefulSet": ("spec", "template"),
    "DaemonSet": ("spec", "template"),
    "ReplicaSet": ("spec", "template"),
    "ReplicationController": ("spec", "template"),
    "DeploymentConfig": ("spec", "template"),
    "Rollout": ("spec", "template"),
    "Job": ("spec", "template"),
    "CronJob": ("spec", "jobTemplate", "spec", "template"),
    "Pod": (),
}

#: The groups of the API whose objects are meant: others have kinds of the same name (Knative's Service).
_GROUPS = regex(
    r"v\d\w*|(apps|batch|extensions|autoscaling|networking\.k8s\.io|policy|template\.openshift\.io"
    r"|apps\.openshift\.io|route\.openshift\.io|argoproj\.io)/v\d\w*"
)
_TEMPLATE = regex(r"\{\{|\{%|<%")


@dataclass(frozen=True)
class KubernetesObject:
    """One object: its `kind`, its `name` (empty where it has none) and all that it says."""

    kind: str
    name: Located[str]
    node: Node

    @property
    def path(self) -> str:
        return self.node.span.path

    def texts(self, *path: str) -> dict[str, str]:
        """The texts of a mapping at a path of keys, such as its labels."""
        found = self.node.at(*path)
        return {entry.key.value: entry.value.text for entry in (found.entries if found is not None else ())}


@dataclass(frozen=True)
class Manifest:
    """The objects of a file, in order. `template` says that something fills in part of it first."""

    path: str
    objects: tuple[KubernetesObject, ...] = ()
    problem: Problem | None = None
    template: bool = False


def read(source: Source) -> Manifest:
    """The objects of a manifest in YAML or JSON. Lists and OpenShift's templates are taken apart."""
    documents = yaml_tree.read(source)
    return Manifest(source.path, tuple(of_nodes(documents.roots)), documents.problem, documents.template)


def of_nodes(roots: Iterable[Node]) -> Iterator[KubernetesObject]:
    """The objects that documents describe; what is none of Kubernetes' own is passed over."""
    for root in roots:
        kind, api = root.string("kind"), root.string("apiVersion")
        if kind is None or api is None:
            continue
        inner = root.get("items") if kind.value.endswith("List") else None
        inner = root.get("objects") if kind.value == "Template" else inner
        if inner is not None:
            yield from of_nodes(inner.items)
        elif _GROUPS.fullmatch(api.value) or _TEMPLATE.search(api.value):
            name = root.string("metadata", "name") or Located("", root.span)
            yield KubernetesObject(kind.value, name, root)
