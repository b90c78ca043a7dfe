"""Railway's files: railway.toml and railway.json, and those of its builders, nixpacks.toml and railpack.json."""

from __future__ import annotations

from dataclasses import dataclass

from flaskprod_lint.inputs import toml_tree, yaml_tree
from flaskprod_lint.inputs.nodes import Node
from flaskprod_lint.source import Located, Problem, Source

#: Names of the files, the one that counts most first.
NAMES = ("railway.toml", "railway.json", "nixpacks.toml", "railpack.json")


@dataclass(frozen=True, slots=True)
class Railway:
    """The facts of one file. `is_manifest` is False for a file of a builder, which a Dockerfile leaves unread."""

    path: str
    is_manifest: bool
    start: Located[str] | None = None
    pre_deploy: tuple[Located[str], ...] = ()
    draining: Located[str] | None = None
    replicas: Located[str] | None = None
    dockerfile: Located[str] | None = None
    builder: Located[str] | None = None
    build: Located[str] | None = None
    problem: Problem | None = None


def read(source: Source) -> Railway:
    """The facts of a file; only a problem for a broken one."""
    name = source.path.rpartition("/")[2]
    documents = toml_tree.read(source) if name.endswith(".toml") else yaml_tree.read(source)
    is_manifest = name.startswith("railway.")
    root = documents.root
    if root is None:
        return Railway(source.path, is_manifest, problem=documents.problem)
    pre_deploy = root.at("deploy", "preDeployCommand")
    return Railway(
        source.path,
        is_manifest,
        start=root.string("start", "cmd") if name == "nixpacks.toml" else root.string("deploy", "startCommand"),
        pre_deploy=pre_deploy.strings() if pre_deploy is not None else (),
        draining=root.string("deploy", "drainingSeconds"),
        replicas=_replicas(root),
        dockerfile=root.string("build", "dockerfilePath"),
        builder=root.string("build", "builder"),
        build=root.string("build", "buildCommand"),
        problem=documents.problem,
    )


def _replicas(root: Node) -> Located[str] | None:
    """The number of replicas: of the only region, or in the older form."""
    regions = root.at("deploy", "multiRegionConfig")
    counts = [region.value.string("numReplicas") for region in (regions.entries if regions is not None else ())]
    counts.append(root.string("deploy", "numReplicas"))
    return next((count for count in counts if count is not None), None)
