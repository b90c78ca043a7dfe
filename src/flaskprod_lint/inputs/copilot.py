"""copilot/*/manifest.yml: the services of AWS Copilot, which runs them on ECS or App Runner.

https://aws.github.io/copilot-cli/docs/manifest/overview/
"""

from __future__ import annotations

import shlex

from flaskprod_lint.inputs import yaml_tree
from flaskprod_lint.inputs.nodes import Node
from flaskprod_lint.records import dataclass
from flaskprod_lint.source import Located, Problem, Source

Pairs = tuple[tuple[Located[str], Located[str]], ...]


@dataclass(frozen=True)
class CopilotEnvironment:
    """What a manifest says otherwise for one environment."""

    name: str
    environment: Pairs = ()
    count: Located[str] | None = None
    cpu: Located[str] | None = None
    memory: Located[str] | None = None


@dataclass(frozen=True)
class Copilot:
    """The facts of a manifest. `dockerfile` and `context` are what it builds, seen from the project's root.

    `count` is the most instances that run. `secrets` are names that AWS fills in.
    """

    path: str
    name: Located[str] | None = None
    kind: Located[str] | None = None
    dockerfile: Located[str] | None = None
    context: Located[str] | None = None
    target: Located[str] | None = None
    location: Located[str] | None = None
    port: Located[str] | None = None
    entrypoint: tuple[Located[str], ...] | None = None
    command: tuple[Located[str], ...] | None = None
    environment: Pairs = ()
    secrets: tuple[Located[str], ...] = ()
    from_file: Located[str] | None = None
    health_path: Located[str] | None = None
    cpu: Located[str] | None = None
    memory: Located[str] | None = None
    count: Located[str] | None = None
    environments: tuple[CopilotEnvironment, ...] = ()
    problem: Problem | None = None


def read(source: Source) -> Copilot:
    """The facts of a manifest; only a problem for a broken one."""
    documents = yaml_tree.read(source)
    root = documents.root
    if root is None:
        return Copilot(source.path, problem=documents.problem)
    build = root.at("image", "build")
    plain = build is not None and build.is_scalar
    secrets, environments = root.get("secrets"), root.get("environments")
    return Copilot(
        source.path,
        name=root.string("name"),
        kind=root.string("type"),
        dockerfile=root.string("image", "build") if plain else root.string("image", "build", "dockerfile"),
        context=root.string("image", "build", "context"),
        target=root.string("image", "build", "target"),
        location=root.string("image", "location"),
        port=root.string("image", "port"),
        entrypoint=_words(root.get("entrypoint")),
        command=_words(root.get("command")),
        environment=_pairs(root.get("variables")),
        secrets=tuple(entry.key for entry in (secrets.entries if secrets is not None else ())),
        from_file=root.string("env_file"),
        health_path=root.string("http", "healthcheck") or root.string("http", "healthcheck", "path"),
        cpu=root.string("cpu"),
        memory=root.string("memory"),
        count=_count(root.get("count")),
        environments=tuple(
            CopilotEnvironment(
                entry.key.value,
                _pairs(entry.value.get("variables")),
                _count(entry.value.get("count")),
                entry.value.string("cpu"),
                entry.value.string("memory"),
            )
            for entry in (environments.entries if environments is not None else ())
            if entry.value.is_mapping
        ),
        problem=documents.problem,
    )


def _words(node: Node | None) -> tuple[Located[str], ...] | None:
    """The words of a list, or of a text, which Copilot splits without a shell."""
    if node is None or node.is_null:
        return None
    if node.is_sequence:
        return node.strings()
    try:
        words = shlex.split(node.text)
    except ValueError:
        words = node.text.split()
    return tuple(Located(word, node.span) for word in words)


def _pairs(node: Node | None) -> Pairs:
    entries = node.entries if node is not None else ()
    return tuple((one.key, Located(one.value.text, one.value.span)) for one in entries if one.value.is_scalar)


def _count(node: Node | None) -> Located[str] | None:
    """How many tasks run at most: a number, or the end of a range such as `1-10`."""
    if node is None:
        return None
    found = node.located or node.string("range") or node.string("range", "max")
    return Located(found.value.rpartition("-")[2], found.span) if found is not None else None
