"""Railway's files: railway.toml and railway.json, and those of its builders, nixpacks.toml and railpack.json."""

from __future__ import annotations

from flaskprod_lint.inputs import toml_tree, yaml_tree
from flaskprod_lint.inputs.nodes import Node
from flaskprod_lint.records import dataclass
from flaskprod_lint.source import Located, Problem, Source, is_number

#: Names of the files, the one that counts most first.
NAMES = ("railway.toml", "railway.json", "nixpacks.toml", "railpack.json")


@dataclass(frozen=True)
class Railway:
    """The facts of one file. `is_manifest` is False for a file of a builder, which a Dockerfile leaves unread.

    What a manifest says for the environment called production beats what it says for all. `phases` are the commands
    of nixpacks.toml that build the image, `variables` what it sets in it.
    """

    path: str
    is_manifest: bool
    start: Located[str] | None = None
    pre_deploy: tuple[Located[str], ...] = ()
    draining: Located[str] | None = None
    health_path: Located[str] | None = None
    replicas: Located[str] | None = None
    dockerfile: Located[str] | None = None
    builder: Located[str] | None = None
    build: Located[str] | None = None
    phases: tuple[Located[str], ...] = ()
    variables: tuple[tuple[Located[str], Located[str]], ...] = ()
    problem: Problem | None = None


def read(source: Source) -> Railway:
    """The facts of a file; only a problem for a broken one."""
    name = source.path.rpartition("/")[2]
    documents = toml_tree.read(source) if name.endswith(".toml") else yaml_tree.read(source)
    is_manifest = name.startswith("railway.")
    root = documents.root
    if root is None:
        return Railway(source.path, is_manifest, problem=documents.problem)
    own = root.at("environments", "production") or root
    pre_deploy = own.at("deploy", "preDeployCommand") or root.at("deploy", "preDeployCommand")
    start = ("start", "cmd") if name == "nixpacks.toml" else ("deploy", "startCommand")
    return Railway(
        source.path,
        is_manifest,
        start=own.string(*start) or root.string(*start),
        pre_deploy=pre_deploy.strings() if pre_deploy is not None else (),
        health_path=own.string("deploy", "healthcheckPath") or root.string("deploy", "healthcheckPath"),
        draining=own.string("deploy", "drainingSeconds") or root.string("deploy", "drainingSeconds"),
        replicas=_replicas(own) or _replicas(root),
        dockerfile=own.string("build", "dockerfilePath") or root.string("build", "dockerfilePath"),
        builder=own.string("build", "builder") or root.string("build", "builder"),
        build=own.string("build", "buildCommand") or root.string("build", "buildCommand"),
        phases=_phases(root) if name == "nixpacks.toml" else (),
        variables=_variables(root.get("variables")) if name == "nixpacks.toml" else (),
        problem=documents.problem,
    )


def _phases(root: Node) -> tuple[Located[str], ...]:
    """The commands of all phases, in the order of the file."""
    phases = root.get("phases")
    found = [entry.value.get("cmds") for entry in (phases.entries if phases is not None else ())]
    return tuple(text for node in found if node is not None for text in node.strings())


def _variables(node: Node | None) -> tuple[tuple[Located[str], Located[str]], ...]:
    entries = node.entries if node is not None else ()
    return tuple((entry.key, Located(entry.value.text, entry.value.span)) for entry in entries if entry.value.is_scalar)


def _replicas(root: Node) -> Located[str] | None:
    """The number of replicas, summed over the regions, or in the older form."""
    regions = root.at("deploy", "multiRegionConfig")
    found = [region.value.string("numReplicas") for region in (regions.entries if regions is not None else ())]
    counts = [count for count in found if count is not None and is_number(count.value)]
    if counts:
        return Located(str(sum(int(count.value) for count in counts)), counts[0].span)
    return root.string("deploy", "numReplicas")
