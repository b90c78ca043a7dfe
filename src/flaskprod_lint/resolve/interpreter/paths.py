"""Paths of files: `os.path`, `pathlib` and which files of the project stand where the program looks for them."""

from __future__ import annotations

import posixpath
from collections.abc import Callable
from typing import TYPE_CHECKING

from flaskprod_lint.model import Unknown
from flaskprod_lint.resolve.interpreter.frames import Arguments
from flaskprod_lint.resolve.interpreter.values import Instance, Value, as_value
from flaskprod_lint.source import Span

if TYPE_CHECKING:
    from flaskprod_lint.resolve.interpreter.machine import Interpreter

_CLASSES = frozenset(f"pathlib.{name}" for name in ("Path", "PosixPath", "PurePath", "PurePosixPath"))


def path_text(value: Value) -> str | None:
    """The text of a pathlib path that is known."""
    data = value.data
    if not isinstance(data, Instance) or data.callee not in _CLASSES or len(data.args) != 1:
        return None
    text = data.args[0].data
    return text if isinstance(text, str) else None


def is_path(value: Value) -> bool:
    """Whether a value is a pathlib path."""
    return isinstance(value.data, Instance) and value.data.callee in _CLASSES


def make(text: Value, at: Span) -> Value:
    """A pathlib path of one text."""
    return Value(Instance("pathlib.Path", (text,), at=at), at, text.environment, sure=text.sure)


def _piece(value: Value) -> Value:
    data = value.data
    return data.args[0] if isinstance(data, Instance) and is_path(value) and data.args else value


def new(vm: Interpreter, arguments: Arguments, at: Span) -> Value:
    """`Path(…)`."""
    return make(join(vm, arguments.args, at, normal=True) if arguments.args else Value(".", at), at)


def divide(vm: Interpreter, left: Value, right: Value, at: Span) -> Value | None:
    """`path / more`; None when neither side is a path."""
    if not is_path(left) and not is_path(right):
        return None
    return make(join(vm, (left, right), at, normal=True), at)


def join(vm: Interpreter, pieces: tuple[Value, ...], at: Span, *, normal: bool = False) -> Value:
    """`os.path.join`; with `normal`, pathlib's way, which drops dots and doubled slashes."""
    values = [_piece(piece) for piece in pieces]
    hidden = next((value for value in values if not isinstance(value.data, str)), None)
    if hidden is not None:
        reason = hidden.data if isinstance(hidden.data, Unknown) else Unknown("not a path", at)
        return vm.unknown(reason, at, *values)
    texts = [str(value.data) for value in values]
    text = posixpath.join(*texts)
    if normal:
        parts = [part for part in text.split("/") if part not in ("", ".")]
        text = ("/" if text.startswith("/") else "") + "/".join(parts) or "."
    return vm.text(text, at, *values)


def absolute(vm: Interpreter, text: str) -> str:
    """A path from the program's working directory."""
    return posixpath.normpath(posixpath.join(vm.context.cwd or "/", text))


_PROPERTIES: dict[str, Callable[[str], object]] = {
    "name": posixpath.basename,
    "stem": lambda text: posixpath.splitext(posixpath.basename(text))[0],
    "suffix": lambda text: posixpath.splitext(text)[1],
    "parts": lambda text: tuple(([text[0]] if text.startswith("/") else []) + [p for p in text.split("/") if p]),
}


def attribute(vm: Interpreter, value: Value, name: str, at: Span) -> Value | None:
    """A property of a pathlib path."""
    text = path_text(value)
    if text is None:
        return None
    if name == "parent":
        return make(as_value(posixpath.dirname(text) or ".", at, value.environment), at)
    if name == "parents":
        parents = []
        while posixpath.dirname(text) not in (text, ""):
            text = posixpath.dirname(text)
            parents.append(make(as_value(text, at, value.environment), at))
        return Value(tuple(parents), at)
    if name in _PROPERTIES:
        return as_value(_PROPERTIES[name](text), at, value.environment)
    return None


def method(vm: Interpreter, value: Value, name: str, arguments: Arguments, at: Span) -> Value | None:
    """A method of a pathlib path; None for one that only run time can answer."""
    text = path_text(value)
    if text is None:
        return value if name in ("resolve", "absolute", "expanduser") and is_path(value) else None
    if name in ("resolve", "absolute"):
        return make(as_value(absolute(vm, text), at, value.environment), at)
    if name == "joinpath":
        return make(join(vm, (value, *arguments.args), at, normal=True), at)
    if name in ("as_posix", "__str__", "__fspath__"):
        return as_value(text, at, value.environment)
    if name in ("exists", "is_file", "is_dir"):
        return exists(vm, as_value(text, at), at, name)
    if name == "read_text":
        return content(vm, text, at)
    return None


def exists(vm: Interpreter, path: Value, at: Span, kind: str = "exists") -> Value:
    """Whether a path exists: true for what the project brings there, else unknown."""
    text = _piece(path).data
    if isinstance(text, str):
        found = vm.locate(text)
        if found is not None:
            is_file = found in vm.context.project
            return Value(kind in ("exists", "lexists") or is_file == (kind in ("is_file", "isfile")), at)
    reason = text if isinstance(text, Unknown) else Unknown("whether a file exists when the program runs", at)
    return vm.unknown(reason, at, path)


def content(vm: Interpreter, text: str, at: Span) -> Value:
    """What a file holds, when the project brings it."""
    found = vm.locate(text)
    source = vm.context.project.read(found) if found and found in vm.context.project else None
    if source is None:
        return Value(Unknown("the content of a file that is not part of the project", at), at)
    return vm.text(source.text, at)
