"""app.json of Heroku and Dokku, and scalingo.json of nearly the same form: variables, formation, add-ons, scripts."""

from __future__ import annotations

from flaskprod_lint.inputs import yaml_tree
from flaskprod_lint.inputs.nodes import Entry, Node
from flaskprod_lint.records import dataclass
from flaskprod_lint.source import Located, Problem, Source


@dataclass(frozen=True)
class AppVariable:
    """One entry of `env`. `value` is None when a person gives it, or Heroku makes it up for a new app."""

    name: Located[str]
    value: Located[str] | None = None


@dataclass(frozen=True)
class Formation:
    """How many dynos of a process run, and how large."""

    process: Located[str]
    quantity: Located[str] | None = None
    size: Located[str] | None = None


@dataclass(frozen=True)
class AppJson:
    """The facts of an app.json. `is_heroku` is False for a file of that name with nothing of this format in it."""

    path: str
    variables: tuple[AppVariable, ...] = ()
    formation: tuple[Formation, ...] = ()
    addons: tuple[Located[str], ...] = ()
    buildpacks: tuple[Located[str], ...] = ()
    stack: Located[str] | None = None
    dokku_predeploy: Located[str] | None = None
    dokku_postdeploy: Located[str] | None = None
    health_path: Located[str] | None = None
    problem: Problem | None = None
    is_heroku: bool = True


_KEYS = frozenset(
    ("buildpacks", "env", "formation", "addons", "scripts", "stack", "repository", "environments", "healthchecks")
)


def read(source: Source) -> AppJson:
    """The facts of an app.json; an Expo app's file of the same name is none of ours."""
    documents = yaml_tree.read(source)
    root = documents.root
    if root is None or not root.is_mapping or root.get("expo") is not None:
        return AppJson(source.path, problem=documents.problem, is_heroku=False)
    return AppJson(
        source.path,
        variables=tuple(_variable(entry.key, entry.value) for entry in _entries(root.get("env"))),
        formation=tuple(_formation(entry.key, entry.value) for entry in _entries(root.get("formation"))),
        addons=_named(root.get("addons"), "plan"),
        buildpacks=_named(root.get("buildpacks"), "url"),
        stack=root.string("stack"),
        dokku_predeploy=root.string("scripts", "dokku", "predeploy"),
        dokku_postdeploy=root.string("scripts", "dokku", "postdeploy"),
        health_path=_health_path(root.at("healthchecks", "web")),
        problem=documents.problem,
        is_heroku=any(entry.key.value in _KEYS for entry in root.entries),
    )


def _variable(name: Located[str], node: Node) -> AppVariable:
    if node.is_scalar:
        return AppVariable(name, node.located)
    return AppVariable(name, node.string("value"))


def _formation(process: Located[str], node: Node) -> Formation:
    if node.is_scalar:
        return Formation(process, node.located)
    return Formation(process, node.string("quantity") or node.string("amount"), node.string("size"))


def _health_path(checks: Node | None) -> Located[str] | None:
    """The path of the first check of the web process that asks for one, in Dokku's form."""
    found = (check.string("path") for check in (checks.items if checks is not None else ()))
    return next((path for path in found if path is not None), None)


def _named(node: Node | None, key: str) -> tuple[Located[str], ...]:
    """The items of a list, each a text or a mapping with the text at `key`."""
    items = node.items if node is not None else ()
    found = (item.string(key) if item.is_mapping else item.located for item in items)
    return tuple(text for text in found if text is not None)


def _entries(node: Node | None) -> tuple[Entry, ...]:
    return node.entries if node is not None else ()
