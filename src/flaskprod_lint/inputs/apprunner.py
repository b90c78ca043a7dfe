"""apprunner.yaml: how AWS App Runner builds and starts a service from its sources.

https://docs.aws.amazon.com/apprunner/latest/dg/config-file-ref.html
"""

from __future__ import annotations

from flaskprod_lint.inputs import yaml_tree
from flaskprod_lint.inputs.nodes import Node
from flaskprod_lint.records import dataclass
from flaskprod_lint.source import Located, Problem, Source

Pairs = tuple[tuple[Located[str], Located[str]], ...]


@dataclass(frozen=True)
class AppRunner:
    """The facts of an apprunner.yaml. `port_variable` also gets the port; `secrets` are filled in by AWS."""

    path: str
    runtime: Located[str] | None = None
    version: Located[str] | None = None
    build: tuple[Located[str], ...] = ()
    before: tuple[Located[str], ...] = ()
    command: Located[str] | None = None
    port: Located[str] | None = None
    port_variable: Located[str] | None = None
    environment: Pairs = ()
    secrets: tuple[Located[str], ...] = ()
    template: bool = False
    problem: Problem | None = None


def read(source: Source) -> AppRunner:
    """The facts of the file; only a problem for a broken one."""
    documents = yaml_tree.read(source)
    root = documents.root
    if root is None:
        return AppRunner(source.path, problem=documents.problem)
    commands = root.at("build", "commands")
    run = root.get("run")
    variables = [item for key in ("env", "secrets") for item in _items(run, key) if item.is_mapping]
    return AppRunner(
        source.path,
        runtime=root.string("runtime"),
        version=root.string("run", "runtime-version") or root.string("build", "runtime-version"),
        build=tuple(text for key in ("pre-build", "build", "post-build") for text in _texts(commands, key)),
        before=_texts(run, "pre-run"),
        command=root.string("run", "command"),
        port=root.string("run", "network", "port"),
        port_variable=root.string("run", "network", "env"),
        environment=_environment(variables),
        secrets=tuple(name for item in variables if item.get("value-from") and (name := item.string("name"))),
        template=documents.template,
        problem=documents.problem,
    )


def _items(node: Node | None, key: str) -> tuple[Node, ...]:
    found = node.get(key) if node is not None else None
    return found.items if found is not None else ()


def _texts(node: Node | None, key: str) -> tuple[Located[str], ...]:
    found = node.get(key) if node is not None else None
    return found.strings() if found is not None else ()


def _environment(items: list[Node]) -> Pairs:
    found = []
    for item in items:
        name, value = item.string("name"), item.get("value")
        if name is not None and value is not None and value.is_scalar:
            found.append((name, Located(value.text, value.span)))
    return tuple(found)
