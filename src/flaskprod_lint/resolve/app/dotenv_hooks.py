"""python-dotenv: which file `load_dotenv()` finds in production, and what it puts into the environment."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING

from flaskprod_lint.inputs import dotenv
from flaskprod_lint.model import Unknown
from flaskprod_lint.resolve.context import Context
from flaskprod_lint.resolve.interpreter import environment
from flaskprod_lint.resolve.interpreter.paths import path_text
from flaskprod_lint.resolve.interpreter.values import Entries, Event, Unset, Value
from flaskprod_lint.source import Span

if TYPE_CHECKING:
    from flaskprod_lint.resolve.interpreter.machine import Interpreter

LOADERS = frozenset(("dotenv.load_dotenv", "dotenv.main.load_dotenv"))
_FINDERS = frozenset(("dotenv.find_dotenv", "dotenv.main.find_dotenv"))
_READERS = frozenset(("dotenv.dotenv_values", "dotenv.main.dotenv_values"))


def call(event: Event, machine: Interpreter) -> Value | None:
    """The result of a call of python-dotenv; None for any other."""
    if event.callee in LOADERS:
        return _load(event, machine)
    if event.callee in _FINDERS:
        return _find(event, machine)
    if event.callee in _READERS:
        path = _path(event, machine)
        return Value(Entries(assignments(path, machine) if isinstance(path, str) else {}, _hole(path)), event.at)
    return None


def _load(event: Event, machine: Interpreter) -> Value:
    path = _path(event, machine)
    override = event.kwargs.get("override")
    if isinstance(path, str):
        load_file(path, machine, event.at, override=override is not None and bool(override.data))
        return Value(True, event.at)
    return Value(_hole(path) or False, event.at)


def load_file(path: str, machine: Interpreter, at: Span, *, override: bool = False) -> None:
    """Put the assignments of a project's file into the environment, under what is set there already."""
    for name, value in assignments(path, machine).items():
        key = Value(str(name), value.at)
        if override or isinstance(environment.read(machine, key, None, at).data, (Unset, type(None))):
            environment.write(machine, key, value)


def assignments(path: str, machine: Interpreter) -> dict[object, Value]:
    """The variables that a dotenv file sets, by name; of several lines the last counts."""
    found = machine.context.project.facts(path, dotenv.read) or []
    return {name.value: Value(value.value, value.span) for name, value in found}


def _hole(path: str | Unknown | None) -> Unknown | None:
    return path if isinstance(path, Unknown) else None


def _find(event: Event, machine: Interpreter) -> Value:
    given = event.args[0] if event.args else event.kwargs.get("filename")
    name = given.data if given is not None and isinstance(given.data, str) else ".env"
    use_cwd = event.kwargs.get("usecwd")
    found = find_file(name, event, machine, use_cwd=use_cwd is not None and bool(use_cwd.data))
    if found is None:
        return Value("", event.at)
    return Value(found[0], event.at)


def _path(event: Event, machine: Interpreter) -> str | Unknown | None:
    return named_file(event.args[0] if event.args else event.kwargs.get("dotenv_path"), event, machine)


def named_file(given: Value | None, event: Event, machine: Interpreter) -> str | Unknown | None:
    """The project file that is loaded: the one that is named, else the first .env upwards from the calling file."""
    if given is None or given.data in (None, ""):
        found = find_file(".env", event, machine)
        return found[1] if found is not None else None
    text = path_text(given) or given.data
    if not isinstance(text, str):
        return text if isinstance(text, Unknown) else Unknown("the path of a dotenv file", given.at)
    return shipped(machine.context, posixpath.join(machine.context.cwd, text))


def find_file(name: str, event: Event, machine: Interpreter, *, use_cwd: bool = False) -> tuple[str, str] | None:
    """The absolute path and the project path of the nearest such file, upwards from the calling file."""
    context = machine.context
    places = [context.cwd] if use_cwd else [posixpath.dirname(path) for path in context.tree.paths_of(event.at.path)]
    return next(filter(None, (upwards(name, folder, context) for folder in places)), None)


def upwards(name: str, folder: str, context: Context) -> tuple[str, str] | None:
    """The absolute path and the project path of the nearest such file in a folder or above it."""
    while True:
        absolute = posixpath.join(folder, name)
        found = shipped(context, absolute)
        if isinstance(found, str):
            return absolute, found
        if folder in ("/", ""):
            return None
        folder = posixpath.dirname(folder)


def shipped(context: Context, absolute: str) -> str | Unknown | None:
    """The project file at a path in production, if it gets there: committed, or copied into the image."""
    found = context.tree.locate(absolute)
    if not isinstance(found, str) or found not in context.project:
        return found if isinstance(found, Unknown) else None
    copied = context.image is not None and any(found in copy.files for copy in context.image.env_files)
    return found if copied or context.project.is_committed(found) else None
