"""The interpreter: what a run of Python sources shares, and the operations that its parts ask each other for."""

from __future__ import annotations

import ast
import builtins
import posixpath
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import TypeVar

from flaskprod_lint.model import Unknown
from flaskprod_lint.resolve.context import Context
from flaskprod_lint.resolve.interpreter import (
    assignments,
    attributes,
    branches,
    calls,
    classes,
    containers,
    environment,
    expressions,
    functions,
    imports,
    library,
    sequences,
    sources,
    statements,
    truth,
)
from flaskprod_lint.resolve.interpreter.files import Files
from flaskprod_lint.resolve.interpreter.frames import Arguments, Frame, Region
from flaskprod_lint.resolve.interpreter.hooks import Hooks
from flaskprod_lint.resolve.interpreter.journal import Journal
from flaskprod_lint.resolve.interpreter.jumps import Jump, Raised
from flaskprod_lint.resolve.interpreter.limits import ExhaustedError, Limits
from flaskprod_lint.resolve.interpreter.results import Results
from flaskprod_lint.resolve.interpreter.values import (
    Class,
    Entries,
    Event,
    External,
    Instance,
    Module,
    Object,
    Unset,
    Value,
    as_value,
    is_assumed,
    union,
)
from flaskprod_lint.source import Place, Span

_T = TypeVar("_T")
_RECURSION = 8_000
_NOWHERE = Span("", 1)


class Interpreter(Results, Files):
    """Runs files of a project in the mind, with the files and the environment of a context.

    `search` are the folders that imports look in, absolute ones of the process's tree or folders of the project; by
    default PYTHONPATH and the working directory. `events` are what running did to the world outside, in order.
    """

    def __init__(
        self,
        context: Context,
        *,
        hooks: Hooks | None = None,
        search: Sequence[str] = (),
        limits: Limits = Limits(),  # noqa: B008 - immutable
    ) -> None:
        Results.__init__(self, limits)
        Files.__init__(self, context, search)
        self.hooks = hooks or Hooks()
        self.journal = Journal()
        self.modules: dict[str, Module] = {}
        #: Where modules are, by their simple name and the folders that were searched.
        self.found: dict[tuple[str, ...], imports.Found | None] = {}
        self.environ: dict[str, Value] = {}
        self.events: list[Event] = []
        self.unknowns: list[Unknown] = []
        self.file_list: list[str] = []
        self.trail: list[Place] = []
        self.regions: list[Region] = []
        self.running: list[Module] = []
        self.unsure = 0
        #: Whether an import of what the project does not have ends the file, as it would; else the rest is still run.
        self.strict = False
        self.calls = 0
        self._answers: dict[tuple[int, Callable[[ast.AST], bool]], bool] = {}
        self._emitted: dict[tuple[str, Span], int] = {}

    # What callers use

    @property
    def files(self) -> tuple[str, ...]:
        """The files of the project that were run, in order."""
        return tuple(self.file_list)

    def run_file(self, project_path: str, name: str = "__main__") -> Module:
        """Run a file of the project under a module name."""
        if name == "__main__":
            folder = posixpath.dirname(self.file_of(project_path))
            if folder not in self.search:
                self.search.insert(0, folder if self.context.tree.mounts else posixpath.dirname(project_path))
        folders = None
        if posixpath.basename(project_path) == "__init__.py":
            folders = (posixpath.dirname(project_path),)
        return self._guard(lambda: imports.run(self, project_path, name, folders), Module(name, project_path))

    def import_module(self, dotted: str, at: Span | None = None) -> Value:
        """Import a module by its dotted name: a Module of the project, External, or Unknown."""
        if at is not None or self.trail:
            return imports.import_module(self, dotted, at)
        failed = Value(Unknown(f"{dotted} cannot be imported"))
        try:
            return self._guard(lambda: imports.import_module(self, dotted, at), failed)
        except Raised as raised:
            return Value(Unknown(f"importing {dotted} raises {raised.path.removeprefix('builtins.')}", raised.at))

    def call(
        self,
        callee: Value,
        args: Sequence[Value] = (),
        kwargs: Mapping[str, Value] | None = None,
        at: Span | None = None,
    ) -> Value:
        """Call a value, as the project's code would; what it raises counts as unknown when nothing is running."""
        arguments = Arguments(tuple(args), kwargs or {})
        place = at or callee.at or _NOWHERE
        if self.trail or self.running:
            return calls.apply(self, callee, arguments, place)
        try:
            return self._guard(
                lambda: calls.apply(self, callee, arguments, place), Value(Unknown("takes too long to follow", place))
            )
        except Raised as raised:
            return Value(Unknown(f"it raises {raised.path.removeprefix('builtins.')}", raised.at))

    def attribute(self, value: Value, name: str, at: Span | None = None) -> Value:
        """`value.name`."""
        return attributes.read(self, value, name, at or value.at or _NOWHERE)

    def uppercase(self, value: Value) -> dict[str, Value]:
        """The UPPERCASE names of a class, instance or module, inherited ones too: what `from_object` reads."""
        data = value.data
        if isinstance(data, Module):
            return {name: one for name, one in data.names.items() if name.isupper()}
        cls = data.cls if isinstance(data, Object) else data
        found: dict[str, Value] = {}
        if isinstance(cls, Class):
            for owner in reversed(cls.lineage()):
                found.update({name: one for name, one in owner.attributes.items() if name.isupper()})
        if isinstance(data, Object):
            found.update({name: one for name, one in data.attributes.items() if name.isupper()})
        return {name: self._read_again(value, name, one) for name, one in found.items()}

    def instance_of(self, value: Value | None) -> Instance | None:
        """The Instance that a value is, or the part of it that comes from a base outside the project."""
        data = value.data if value is not None else None
        return data.outer if isinstance(data, Object) else data if isinstance(data, Instance) else None

    def _read_again(self, value: Value, name: str, one: Value) -> Value:
        try:
            return self.attribute(value, name, one.at)
        except Jump:
            return Value(Unknown("reading it raises an exception", one.at), one.at)

    def _guard(self, run: Callable[[], _T], otherwise: _T) -> _T:
        """Run with room for recursion; what takes too long ends in `otherwise`."""
        limit = sys.getrecursionlimit()
        sys.setrecursionlimit(max(limit, _RECURSION))
        unsure, regions, depth, started = self.unsure, len(self.regions), self.budget.depth, len(self.trail)
        try:
            return run()
        except (ExhaustedError, RecursionError):
            self.unsure, self.budget.depth = unsure, depth
            del self.regions[regions:]
            del self.trail[started:]
            return otherwise
        finally:
            sys.setrecursionlimit(limit)

    # What its parts ask each other for

    def evaluate(self, node: ast.expr, frame: Frame) -> Value:
        return expressions.evaluate(self, node, frame)

    def condition(self, node: ast.expr, frame: Frame) -> Value:
        """A condition: Unknown carries why."""
        value = self.evaluate(node, frame)
        known = self.truth(value)
        if known is None and value.known:
            return self.unknown(self.reason(value, self.span(frame, node)), self.span(frame, node), value)
        return value if known is None else replace(value, data=known, alternatives=(), sure=not is_assumed(value))

    def truth(self, value: Value) -> bool | None:
        return truth.truth(value)

    def execute(self, body: list[ast.stmt], frame: Frame) -> None:
        statements.execute(self, body, frame)

    def call_node(self, node: ast.Call, frame: Frame) -> Value:
        return calls.call_node(self, node, frame)

    def call_arguments(self, callee: Value, arguments: Arguments, at: Span) -> Value:
        return calls.apply(self, callee, arguments, at)

    def decorate(self, value: Value, decorators: Sequence[Value], at: Span) -> Value:
        return calls.decorate(self, value, decorators, at)

    def defaults_of(self, args: ast.arguments, frame: Frame) -> dict[str, Value]:
        return functions.defaults_of(self, args, frame)

    def assign(self, target: ast.expr, value: Value, frame: Frame) -> None:
        assignments.assign(self, target, value, frame)

    def bind(self, frame: Frame, name: str, value: Value) -> None:
        assignments.bind(self, frame, name, value)

    def set_attribute(self, target: Value, name: str, value: Value, at: Span) -> None:
        attributes.set_attribute(self, target, name, value, at)

    def item(self, value: Value, index: Value, at: Span) -> Value:
        return attributes.item(self, value, index, at)

    def set_item(self, target: Value, index: Value, value: Value, at: Span) -> None:
        attributes.set_item(self, target, index, value, at)

    def delete_item(self, target: Value, index: Value, at: Span) -> None:
        attributes.delete_item(self, target, index, at)

    def slice(self, value: Value, bounds: Sequence[Value], at: Span) -> Value:
        return containers.slice_of(self, value, bounds, at)

    def contains(self, container: Value, element: Value, at: Span) -> Value:
        return attributes.contains(self, container, element, at)

    def iterate(self, value: Value, at: Span) -> list[Value] | Unknown:
        return containers.iterate(self, value, at)

    def iterate_special(self, value: Value, at: Span) -> list[Value] | Unknown:
        """Iterating over what is no plain container: the members of an enumeration, the environment's names."""
        if isinstance(value.data, External) and value.data.path == "os.environ":
            return [as_value(key, at) for key in environment.snapshot(self, at)]
        if isinstance(value.data, Class):
            members = [one for one in value.data.attributes.values() if isinstance(one.data, Object)]
            if members and all(isinstance(one.data, Object) and one.data.cls is value.data for one in members):
                return members
        entries = self.mapping(value, at)
        if entries is not None:
            return entries.hole if entries.hole is not None else [as_value(key, at) for key in entries]
        lines = library.method(self, value, "readlines", Arguments(), at)
        if lines is not None and isinstance(lines.data, list):
            return lines.data
        return Unknown("what iterating over something that is no plain value gives", at)

    def mapping(self, value: Value, at: Span) -> Entries | None:
        return attributes.mapping(self, value, at)

    def sort(self, source: Value, arguments: Arguments, at: Span) -> Value:
        return sequences.sort(self, source, arguments, at)

    def read_environment(self, name: Value, at: Span) -> Value:
        """`os.environ[name]`: where a `try` waits for its KeyError, both may happen."""
        value = environment.read(self, name, None, at, strict=True)
        if isinstance(value.data, Unset):
            branches.pend_raise(self, self.raised("KeyError", at, str(name.data)), value)
        return value

    def branch(self, sides: Sequence[Callable[[], None]], why: Value) -> None:
        branches.branch(self, sides, why)

    def over_alternatives(self, value: Value, use: Callable[[Value], Value], at: Span, *sources: Value) -> Value:
        """What an operation on an unknown value gives: on each of its alternatives, if it has some."""
        known = [one for one in value.alternatives if not isinstance(one.data, Unknown)][:4]
        hidden = self.unknown(self.reason(value, at), at, value, *sources)
        if not known:
            return hidden
        sides: list[Callable[[], Value]] = [partial(use, one) for one in known]
        if len(known) < len(value.alternatives):
            sides.append(lambda: hidden)
        try:
            result = branches.branch(self, sides, value)
        except Raised as raised:
            if branches.region_of(self, raised) is not None:
                raise
            return hidden
        return replace(result, environment=union(value, result)) if result is not None else Value(None, at)

    def look_up(self, frame: Frame, name: str, at: Span) -> Value:
        """The value of a name."""
        if name not in frame.global_names:
            if name in frame.names:
                return frame.names[name]
            for scope in reversed(frame.scopes):
                if name in scope:
                    return scope[name]
        module = frame.module
        if name in module.names:
            return module.names[name]
        return self._not_bound(frame, name, at)

    def _not_bound(self, frame: Frame, name: str, at: Span) -> Value:
        module = frame.module
        if module.opaque is not None:
            return self.unknown(module.opaque, at)
        if hasattr(builtins, name) and name not in ("copyright", "credits", "license"):
            value = getattr(builtins, name)
            plain = value is None or isinstance(value, (bool, int))
            return Value(value if plain else External(f"builtins.{name}"), at)
        if module.stars:
            return library.name(self, f"{module.stars[-1]}.{name}", at)
        parsed = self.context.project.facts(module.path, sources.read)
        if parsed is not None and name not in parsed.bound and not self.unsure:
            raise self.raised("NameError", at, name)
        return self.unknown(Unknown(f"{name} is not bound here", at), at)

    def remembered(self, node: ast.AST, asked: Callable[[ast.AST], bool]) -> bool:
        """What a question about a piece of syntax is answered with, asked once."""
        key = (id(node), asked)
        found = self._answers.get(key)
        if found is None:
            found = self._answers[key] = asked(node)
        return found

    def span(self, frame: Frame, node: ast.AST) -> Span:
        """The place of a node."""
        parsed = self.context.project.facts(frame.module.path, sources.read)
        return parsed.span(node) if parsed is not None else _NOWHERE

    def raise_value(self, value: Value, at: Span) -> Raised:
        """`raise value`."""
        data = value.data
        if isinstance(data, External):
            return Raised(data.path, Value(Instance(data.path, at=at), at), at)
        if isinstance(data, Class):
            value = classes.instantiate(self, value, Arguments(), at)
            data = value.data
        if isinstance(data, Object):
            bases = data.cls.external_bases()
            return Raised(f"{data.cls.module.name}.{data.cls.name}" if bases else data.cls.name, value, at)
        path = data.callee if isinstance(data, Instance) else "builtins.Exception"
        return Raised(path, value, at)

    def set_on_object(self, target: Value, data: Object, name: str, value: Value, at: Span) -> None:
        attributes.set_on_object(self, data, name, value, at)

    def namespaces(self) -> list[dict[str, Value]]:
        return [module.names for module in self.modules.values()]

    def emit(
        self,
        kind: str,
        callee: str,
        args: tuple[Value, ...],
        at: Span,
        *,
        kwargs: Mapping[str, Value] | None = None,
        receiver: Value | None = None,
        node: ast.AST | None = None,
    ) -> Event:
        """Record an event."""
        event = Event(kind, callee, args, kwargs or {}, at, receiver, tuple(self.trail), not self.unsure, None, node)
        seen = self._emitted[(callee, at)] = self._emitted.get((callee, at), 0) + 1
        if seen <= 50:
            self.events.append(event)
        return event

    def emit_call(
        self,
        callee: str,
        arguments: Arguments,
        at: Span,
        *,
        receiver: Value | None = None,
        node: ast.AST | None = None,
        fallback: Value | None = None,
    ) -> Value:
        """Record a call of something outside the project; gives what a hook says it gives, else an Instance."""
        args, kwargs = arguments.args, dict(arguments.kwargs)
        if arguments.hole is not None:
            kwargs["**"] = Value(arguments.hole, at, sure=False)
        event = self.emit("call", callee, args, at, kwargs=kwargs, receiver=receiver, node=node)
        index = len(self.events) - 1
        result = self.hooks.call(event)
        if result is None:
            result = fallback or Value(Instance(callee, args, kwargs, at), at, sure=not self.unsure)
        if index >= 0 and self.events[index] is event:
            self.events[index] = replace(event, result=result)
        return result
