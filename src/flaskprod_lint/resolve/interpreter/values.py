"""The values that the interpreter of Python sources works with, and the events it records."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Mapping
from dataclasses import field

from flaskprod_lint.model import EnvironmentRead, Override, Unknown
from flaskprod_lint.records import dataclass
from flaskprod_lint.resolve.interpreter.contents import Elements as Elements
from flaskprod_lint.resolve.interpreter.contents import Entries as Entries
from flaskprod_lint.resolve.interpreter.contents import Items as Items
from flaskprod_lint.resolve.interpreter.contents import hole_of as hole_of
from flaskprod_lint.source import Place, Span


@dataclass(frozen=True)
class Unset(Unknown):
    """A variable that nothing in the project sets, and that a person may have set: a default written later applies."""


@dataclass(frozen=True)
class Maybe(Unknown):
    """A name that is bound only under a condition that is not known; the Value's alternatives are what it then is."""


@dataclass(frozen=True)
class Compared(Unknown):
    """Whether something that is not known is this very text: the answer says nothing of whether it is set."""


@dataclass(frozen=True)
class Partial(Unknown):
    """A text of which parts are known: `parts` has the known texts, and None for each part that is not."""

    parts: tuple[str | None, ...] = ()

    @property
    def prefix(self) -> str:
        """The known text that it starts with, such as the scheme of an address."""
        return (self.parts[0] or "") if self.parts else ""


@dataclass(frozen=True)
class External:
    """A name from outside the project, by its dotted path: "flask.Flask", "os.path.join"."""

    path: str


@dataclass(eq=False, repr=False)
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


@dataclass(frozen=True)
class Member:
    """Something below an Instance that is not known further: `app.config` is Member(app, "config")."""

    instance: Instance
    path: str


@dataclass(eq=False, repr=False)
class Function:
    """A function of the project: its syntax, the module it stands in, and what it sees of its surroundings."""

    name: str
    node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda
    module: Module
    scopes: tuple[dict[str, Value], ...] = ()
    defaults: Mapping[str, Value] = field(default_factory=dict)
    owner: Class | None = None
    decorators: tuple[Value, ...] = ()


@dataclass(eq=False, repr=False)
class Class:
    """A class of the project. `attributes` are its own; `lookup` follows the bases."""

    name: str
    module: Module
    node: ast.ClassDef
    bases: tuple[Value, ...] = ()
    attributes: dict[str, Value] = field(default_factory=dict)
    decorators: tuple[Value, ...] = ()

    def lookup(self, name: str) -> Value | None:
        """The attribute as Python would find it through the project's bases; None when none has it."""
        for owner in self.lineage():
            if name in owner.attributes:
                return owner.attributes[name]
        return None

    def lineage(self) -> list[Class]:
        """The class and its bases within the project, in Python's order of look-up, each once."""
        return _linearise(self, 0)

    def external_bases(self) -> list[str]:
        """The dotted paths of the bases from outside the project, in order of look-up."""
        bases = [base.data for owner in self.lineage() for base in owner.bases]
        return [base.path for base in bases if isinstance(base, External) and base.path != "builtins.object"]

    def unknown_base(self) -> Unknown | None:
        """Why not all attributes can be known: a base or a metaclass that is unknown."""
        bases = [base.data for owner in self.lineage() for base in owner.bases]
        return next((base for base in bases if isinstance(base, Unknown)), None)


@dataclass(frozen=True)
class Inherited(External):
    """A name that a class of the project has from a base outside it: `as_view` of a `class Page(MethodView)`."""

    cls: Class


@dataclass(eq=False, repr=False)
class Object:
    """An instance of a class of the project. `outer` stands for its part from a base outside the project, if any."""

    cls: Class
    attributes: Entries = field(default_factory=Entries)
    at: Span | None = None
    outer: Instance | None = None


@dataclass(frozen=True)
class Method:
    """A function of the project bound to its first argument."""

    function: Function
    receiver: Value


@dataclass(frozen=True)
class Native:
    """A method of a plain value that has not been called yet: `"".join`."""

    receiver: Value
    name: str


@dataclass(frozen=True)
class Bound:
    """`functools.partial`: something callable with some of its arguments."""

    function: Value
    args: tuple[Value, ...]
    kwargs: Mapping[str, Value]


@dataclass(frozen=True)
class Super:
    """`super()` within a method of `owner`; `receiver` is the instance or class it was called with."""

    owner: Class
    receiver: Value


@dataclass(eq=False, repr=False)
class Module:
    """A module of the project that has been (or is being) run. `path` is its file in the project.

    `folders` are where its submodules are looked for, when it is a package. `opaque` is the reason when not all of its
    names can be known (an `exec`, a star import of something unknown, a file that cannot be parsed); `stars` are the
    external modules of which it imported everything. `failure` says what it raises when it is run, if that is certain.
    """

    name: str
    path: str
    names: dict[str, Value] = field(default_factory=Entries)
    tree: ast.Module | None = None
    folders: tuple[str, ...] | None = None
    stars: list[str] = field(default_factory=list)
    failure: Failure | None = None

    @property
    def opaque(self) -> Unknown | None:
        return getattr(self.names, "hole", None)


@dataclass(frozen=True)
class Failure:
    """An exception that ends a module: its dotted path ("builtins.KeyError", "builtins.SystemExit") and where.

    `detail` is what is missing, for a KeyError of the environment or an import; never a value.
    """

    path: str
    at: Span | None = None
    detail: str = ""
    sure: bool = True


@dataclass(frozen=True)
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
        return _Plain().of(self, 0)


@dataclass(frozen=True)
class Event:
    """One thing that running the code does to the world outside the project, in the order in which it happens.

    kind "call": `callee` is the dotted path of what is called. For a method it starts with what the receiver is an
    Instance of: `app.config.from_object(X)` is "flask.Flask.config.from_object" with `receiver` the Flask instance;
    a method that a class of the project inherits from an external base ("class App(Flask)") has the base's path.
    kind "set-item": `app.config["X"] = v` has callee "flask.Flask.config" and args (key, v).
    kind "set-attribute": `app.secret_key = v` has callee "flask.Flask.secret_key" and args (v,).
    kind "del-item" is `del app.config["X"]`, with args (key,).
    kind "decorate": `@app.route("/")` is a "call" of "flask.Flask.route", then a "decorate" of "flask.Flask.route" with
    the function as its argument and the result of that call as its receiver.
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

    def argument(self, index: int, name: str) -> Value | None:
        """What the call is given at a position, or by a name; None where it is given neither."""
        return self.args[index] if len(self.args) > index else self.kwargs.get(name)


def union(*values: Value) -> tuple[EnvironmentRead, ...]:
    """The variables that any of these values was read from, each once."""
    filled = [value.environment for value in values if value.environment]
    if len(filled) < 2:
        return filled[0] if filled else ()
    return tuple({(read.name, read.at): read for reads in filled for read in reads}.values())


def is_assumed(value: Value) -> bool:
    """Whether the value rests on the default of a variable that a person may have set where we cannot look."""
    if not value.sure or any(read.is_set is None for read in value.environment):
        return True
    data = value.data.values() if isinstance(value.data, dict) else value.data
    parts = data if isinstance(data, Iterable) and not isinstance(data, (str, bytes, set)) else ()
    return any(isinstance(one, Value) and not one.sure for one in parts)


def as_value(data: object, at: Span | None = None, environment: tuple[EnvironmentRead, ...] = ()) -> Value:
    """Plain Python data as a Value, all the way down."""
    if isinstance(data, dict):
        entries = Entries({key: as_value(item, at, environment) for key, item in data.items()})
        return Value(entries, at, environment)
    if isinstance(data, list):
        return Value(Items(as_value(item, at, environment) for item in data), at, environment)
    if isinstance(data, (set, frozenset)):
        return Value(Elements(as_value(item) for item in data), at, environment)
    if isinstance(data, tuple):
        return Value(tuple(as_value(item, at, environment) for item in data), at, environment)
    return Value(data, at, environment)


#: A plain value with more parts than this is not looked at further: shared lists can unfold without end.
MAX_PARTS = 20_000


class _Plain:
    def __init__(self) -> None:
        self.parts = 0

    def of(self, value: Value, depth: int) -> object:
        data = value.data
        self.parts += 1
        if depth > 50 or self.parts > MAX_PARTS:
            return Unknown("nested too deeply", value.at)
        if data is None or isinstance(data, (str, bytes, int, float, bool, Unknown)):
            return data
        hole = getattr(data, "hole", None)
        if hole is not None:
            return hole
        if isinstance(data, dict):
            return self._entries(data, depth)
        if isinstance(data, (list, tuple, set, frozenset)):
            return self._items(data, depth)
        return Unknown(_not_plain(data), value.at)

    def _items(self, data: Iterable[Value], depth: int) -> object:
        items = []
        for item in data:
            items.append(self.of(item, depth + 1))
            if isinstance(items[-1], Unknown):
                return items[-1]
        if isinstance(data, list):
            return items
        return set(items) if isinstance(data, (set, frozenset)) else tuple(items)

    def _entries(self, data: Mapping[object, Value], depth: int) -> object:
        pairs = {}
        for key, item in data.items():
            if isinstance(key, (Class, Function, Module, External, Object, Instance)):
                return Unknown(_not_plain(key))
            pairs[key] = self.of(item, depth + 1)
            if isinstance(pairs[key], Unknown):
                return pairs[key]
        return pairs


def _not_plain(data: object) -> str:
    """Why something has no plain value, in words."""
    if isinstance(data, Instance):
        return f"what {data.callee}() gives"
    if isinstance(data, Member):
        return f"what {data.instance.callee}.{data.path} is"
    if isinstance(data, External):
        return f"what {data.path} is"
    if isinstance(data, Object):
        return f"an object of the class {data.cls.name}"
    return f"the {type(data).__name__.lower()} {getattr(data, 'name', '')}".strip()


def _linearise(cls: Class, depth: int) -> list[Class]:
    """C3, the order in which Python looks through bases; where it is impossible, the plain order."""
    parents = [base.data for base in cls.bases if isinstance(base.data, Class)]
    if depth > 50:
        return [cls]
    rows = [row for row in [*(_linearise(parent, depth + 1) for parent in parents), parents] if row]
    found = [cls]
    while rows:
        head = next((row[0] for row in rows if not any(row[0] in other[1:] for other in rows)), rows[0][0])
        if head not in found:
            found.append(head)
        rows = [kept for kept in ([item for item in row if item is not head] for row in rows) if kept]
    return found
