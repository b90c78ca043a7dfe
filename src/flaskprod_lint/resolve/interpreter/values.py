"""The values that the interpreter of Python sources works with, and the events it records."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import dataclass, field

from flaskprod_lint.model import EnvironmentRead, Override, Unknown
from flaskprod_lint.source import Place, Span


@dataclass(frozen=True, slots=True)
class External:
    """A name from outside the project, by its dotted path: "flask.Flask", "os.path.join"."""

    path: str


@dataclass(eq=False, slots=True)
class Instance:
    """What a call of something external gave: `Flask(__name__)` is an Instance of "flask.Flask".

    `members` are attributes that the project's code set, `items` subscripts it set, by member path: for
    `app.config["X"] = 1` items[("config", "X")] is that value.
    """

    callee: str
    args: tuple[Value, ...] = ()
    kwargs: Mapping[str, Value] = field(default_factory=dict)
    at: Span | None = None
    members: dict[str, Value] = field(default_factory=dict)
    items: dict[tuple[str, object], Value] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Member:
    """Something below an Instance that is not known further: `app.config` is Member(app, "config")."""

    instance: Instance
    path: str


@dataclass(eq=False, slots=True)
class Function:
    """A function of the project: its syntax, the module it stands in, and what it sees of its surroundings."""

    name: str
    node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda
    module: Module
    scopes: tuple[dict[str, Value], ...] = ()
    defaults: Mapping[str, Value] = field(default_factory=dict)
    owner: Class | None = None
    decorators: tuple[Value, ...] = ()


@dataclass(eq=False, slots=True)
class Class:
    """A class of the project. `attributes` are its own; `lookup` follows the bases."""

    name: str
    module: Module
    node: ast.ClassDef
    bases: tuple[Value, ...] = ()
    attributes: dict[str, Value] = field(default_factory=dict)

    def lookup(self, name: str) -> Value | None:
        """The attribute as Python would find it through the project's bases; None when none has it."""
        for owner in self.lineage():
            if name in owner.attributes:
                return owner.attributes[name]
        return None

    def lineage(self) -> list[Class]:
        """The class and its bases within the project, in the order of look-up, each once."""
        found: list[Class] = []
        waiting: list[Class] = [self]
        while waiting:
            owner = waiting.pop(0)
            if owner not in found:
                found.append(owner)
                waiting.extend(base.data for base in owner.bases if isinstance(base.data, Class))
        return found


@dataclass(eq=False, slots=True)
class Object:
    """An instance of a class of the project."""

    cls: Class
    attributes: dict[str, Value] = field(default_factory=dict)
    at: Span | None = None


@dataclass(eq=False, slots=True)
class Module:
    """A module of the project that has been (or is being) run. `path` is its file in the project."""

    name: str
    path: str
    names: dict[str, Value] = field(default_factory=dict)
    tree: ast.Module | None = None


@dataclass(frozen=True, slots=True)
class Value:
    """A value with its history.

    `data` is a Python scalar (str, bytes, int, float, bool, None), a list, tuple or set of Values, a dict from scalars
    to Values, one of the classes above, or Unknown. `at` is where it was written; `environment` the variables it was
    read from; `overrides` what a later assignment to the same name replaced; `alternatives` the values it may have
    when it is Unknown because a condition is. `sure` is False when it was assigned under an unknown condition.
    """

    data: object
    at: Span | None = None
    environment: tuple[EnvironmentRead, ...] = ()
    overrides: tuple[Override, ...] = ()
    alternatives: tuple[Value, ...] = ()
    sure: bool = True

    @property
    def known(self) -> bool:
        return not isinstance(self.data, Unknown)

    def plain(self) -> object:
        """The value as plain Python data, all the way down; Unknown when any part of it is, or is no data."""
        return _plain(self, 0)


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that running the code does to the world outside the project, in the order in which it happens.

    kind "call": `callee` is the dotted path of what is called. For a method it starts with what the receiver is an
    Instance of: `app.config.from_object(X)` is "flask.Flask.config.from_object" with `receiver` the Flask instance;
    a method that a class of the project inherits from an external base ("class App(Flask)") has the base's path.
    kind "set-item": `app.config["X"] = v` has callee "flask.Flask.config" and args (key, v).
    kind "set-attribute": `app.secret_key = v` has callee "flask.Flask.secret_key" and args (v,).
    `trail` is the chain of imports and calls that leads here, outermost first; `sure` is False below a condition that
    cannot be known. `result` is the value that the call gave.
    """

    kind: str
    callee: str
    args: tuple[Value, ...]
    kwargs: Mapping[str, Value]
    at: Span
    receiver: Value | None = None
    trail: tuple[Place, ...] = ()
    sure: bool = True
    result: Value | None = None
    node: ast.AST | None = None


def _plain(value: Value, depth: int) -> object:
    data = value.data
    if depth > 50:
        return Unknown("nested too deeply", value.at)
    if data is None or isinstance(data, (str, bytes, int, float, bool, Unknown)):
        return data
    if isinstance(data, (list, tuple, set, frozenset)):
        items = [_plain(item, depth + 1) for item in data]
        hole = next((item for item in items if isinstance(item, Unknown)), None)
        return hole if hole is not None else type(data)(items)
    if isinstance(data, dict):
        pairs = {key: _plain(item, depth + 1) for key, item in data.items()}
        hole = next((item for item in pairs.values() if isinstance(item, Unknown)), None)
        return hole if hole is not None else pairs
    return Unknown("not a plain value", value.at)
