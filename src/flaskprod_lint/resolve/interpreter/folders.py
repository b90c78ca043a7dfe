"""What folders hold where the program runs: `os.listdir`, `glob.glob`, and what pathlib has for them."""

from __future__ import annotations

import fnmatch
import posixpath
from typing import TYPE_CHECKING

from flaskprod_lint.model import Unknown
from flaskprod_lint.patterns import regex
from flaskprod_lint.resolve.interpreter.frames import Arguments, Frame
from flaskprod_lint.resolve.interpreter.paths import make, path_text
from flaskprod_lint.resolve.interpreter.values import Items, Value, as_value
from flaskprod_lint.source import Span

if TYPE_CHECKING:
    from flaskprod_lint.resolve.interpreter.machine import Interpreter

_WILDCARD = regex(r"[*?\[]")


def listdir(vm: Interpreter, arguments: Arguments, at: Span, frame: Frame | None) -> Value:
    """`os.listdir(path)`."""
    given = arguments.args[0] if arguments.args else arguments.kwargs.get("path", Value("."))
    names = _names_in(vm, _text(given))
    return _listed(vm, names, given, at) if names is not None else _hidden(vm, given, at)


def glob(vm: Interpreter, arguments: Arguments, at: Span, frame: Frame | None) -> Value:
    """`glob.glob(pattern)` with its wildcards in the last part."""
    given = arguments.args[0] if arguments.args else arguments.kwargs.get("pathname", Value(None))
    folder, _, pattern = (_text(given) or "").rpartition("/")
    names = _matching(vm, folder, pattern)
    if names is None or "root_dir" in arguments.kwargs:
        return _hidden(vm, given, at)
    return _listed(vm, [posixpath.join(folder, name) for name in names], given, at)


def of_path(vm: Interpreter, path: Value, name: str, arguments: Arguments, at: Span) -> Value:
    """`Path.iterdir()` and `Path.glob(pattern)`."""
    pattern = arguments.args[0].data if arguments.args else "*" if name == "iterdir" else None
    folder = _text(path)
    names = _matching(vm, folder, pattern, hidden=True) if folder is not None and isinstance(pattern, str) else None
    if names is None:
        return _hidden(vm, path, at)
    found = (as_value(posixpath.join(folder or "", each), at, path.environment) for each in names)
    return Value(Items([make(each, at) for each in found], _more(vm, at)), at, path.environment)


def _listed(vm: Interpreter, paths: list[str], given: Value, at: Span) -> Value:
    items = Items((as_value(path, at, given.environment) for path in paths), _more(vm, at))
    return Value(items, at, given.environment)


def _more(vm: Interpreter, at: Span) -> Unknown | None:
    """Why there may be more than the project's own files: on a host, people put files of theirs beside them."""
    return None if vm.context.is_shipped else Unknown("what a folder holds when the program runs", at)


def _text(value: Value) -> str | None:
    return value.data if isinstance(value.data, str) else path_text(value)


def _matching(vm: Interpreter, folder: str, pattern: str, *, hidden: bool = False) -> list[str] | None:
    if not pattern or "**" in pattern or "/" in pattern or _WILDCARD.search(folder):
        return None
    names = _names_in(vm, folder or ".")
    if names is None:
        return None
    shown = [name for name in names if hidden or not name.startswith(".") or pattern.startswith(".")]
    return [name for name in shown if fnmatch.fnmatchcase(name, pattern)]


def _names_in(vm: Interpreter, text: str | None) -> list[str] | None:
    """The names of the project's files and folders in a folder; None where the project brings no such folder."""
    folder = vm.locate(text) if text is not None else None
    if folder is None or text is None or folder in vm.context.project:
        return None
    begin = len(folder) + 1 if folder else 0
    names = {path[begin:].partition("/")[0] for path in vm.context.project.below(folder)}
    return [name for name in sorted(names) if vm.locate(posixpath.join(text, name)) is not None]


def _hidden(vm: Interpreter, given: Value, at: Span) -> Value:
    return vm.unknown(Unknown("what a folder holds when the program runs", at), at, given)
