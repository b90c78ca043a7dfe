"""Gunicorn's configuration file: which one is loaded, and what the names in it are when it has run."""

from __future__ import annotations

import ast
import posixpath
from collections.abc import Mapping
from dataclasses import field, replace
from typing import TYPE_CHECKING, Any

from flaskprod_lint.model import NOWHERE, EnvironmentRead, Override, Refusal, Setting, Step, Unknown
from flaskprod_lint.records import dataclass
from flaskprod_lint.resolve.context import Context
from flaskprod_lint.resolve.gunicorn.missing import is_missing, is_no_module
from flaskprod_lint.resolve.gunicorn.table import Known
from flaskprod_lint.resolve.gunicorn.validators import Hook
from flaskprod_lint.source import Place, Span

if TYPE_CHECKING:
    from flaskprod_lint.resolve.interpreter.machine import Interpreter
    from flaskprod_lint.resolve.interpreter.values import Module, Value

DEFAULT_NAME = "gunicorn.conf.py"
DOES_NOT_START = "Gunicorn does not start"

#: What PORT is taken to be, to see where it ends up in an address. Nobody writes this number.
_PROBE = "61617"


@dataclass(frozen=True)
class FileValue:
    """A setting as the file leaves it. `data` is plain, with Unknown parts, Hooks for functions."""

    data: Any
    at: Span | None
    reads: tuple[EnvironmentRead, ...] = ()
    overrides: tuple[Override, ...] = ()
    sure: bool = True


@dataclass
class ConfigFile:
    """The configuration file that is loaded. `path` is its file in the project; empty when there is none to read.

    `values` are those of its names that are settings, `others` the rest with their places. `hidden` says why names
    that are not among them may yet be set; `refusal` why Gunicorn would exit on it, `missing` the variable that it
    lacks.
    """

    origin: Place = NOWHERE
    path: str = ""
    values: dict[str, FileValue] = field(default_factory=dict)
    others: dict[str, Span] = field(default_factory=dict)
    hidden: Unknown | None = None
    refusal: Refusal | None = None
    missing: str = ""


def load(
    argument: str | Unknown | None, origin: Place, step: Step, context: Context, known: Mapping[str, Known]
) -> ConfigFile | None:
    """The file that `-c argument` names, or else the one that loads by itself; None when there is neither.

    `context` is at the working directory that Gunicorn starts in: `chdir` comes later.
    """
    if not argument:
        found = context.tree.locate(DEFAULT_NAME, context.cwd)
        if not isinstance(found, str) or found not in context.project:
            return None
        return _run(found, Place(Span(found, 1), "loaded from the working directory"), context, known)
    if isinstance(argument, Unknown):
        return ConfigFile(origin, hidden=Unknown(f"the configuration file is {argument.reason}", origin.span))
    found = _find(argument, step, context)
    if isinstance(found, Unknown):
        return ConfigFile(origin, hidden=Unknown(f"{argument}: {found.reason}", found.at or origin.span))
    if found is None:
        return _missing(argument, origin, context)
    return _run(found, Place(Span(found, 1), f"loaded by -c {argument}"), context, known)


def _find(argument: str, step: Step, context: Context) -> str | Unknown | None:
    if argument.startswith("python:"):
        from flaskprod_lint.resolve.app import python_path

        place = python_path.with_installed_project(context)
        places = python_path.search_path(replace(step, cwd=""), place)
        folders = (*places.folders, *python_path.site_packages(place))
        found = python_path.locate(argument[7:], folders, place.tree)
        return places.unknown if found is None else found
    found = context.tree.locate(argument.removeprefix("file:"), context.cwd)
    return found if not isinstance(found, str) or found in context.project else None


def _missing(argument: str, origin: Place, context: Context) -> ConfigFile:
    """A file that is not there. Only in a folder that the project fills is that certain."""
    if argument.startswith("python:"):
        if is_no_module(argument[7:], context):
            return ConfigFile(origin, refusal=Refusal(origin.span, f"there is no module {argument[7:]}", "file"))
        return ConfigFile(origin, hidden=Unknown(f"{argument[7:]} is not a module of the project", origin.span))
    if not is_missing(argument.removeprefix("file:"), context):
        return ConfigFile(origin, hidden=Unknown(f"{argument} is not a file of the project", origin.span))
    reason = f"{argument} does not exist where Gunicorn starts"
    path = argument.removeprefix("file:")
    # What an absolute path names may well be mounted there.
    sure = not path.startswith("/")
    refusal = Refusal(origin.span, reason, "file", sure, _copied(path, context))
    return ConfigFile(origin, refusal=refusal, hidden=Unknown(f"{DOES_NOT_START}: {reason}", origin.span))


def _copied(path: str, context: Context) -> str:
    """The COPY that brings a file, where the project has one of that name."""
    name = posixpath.basename(path)
    found = [each for each in context.project.paths if posixpath.basename(each) == name]
    return f"COPY {found[0]} {path}" if context.image is not None and len(found) == 1 else ""


def _run(path: str, origin: Place, context: Context, known: Mapping[str, Known]) -> ConfigFile:
    from flaskprod_lint.resolve.app import loading

    interpreter = loading.interpreter(context)
    interpreter.strict = True
    module = interpreter.run_file(path, name="__config__")
    file = ConfigFile(origin, path, hidden=module.opaque)
    if module.failure is not None and module.failure.sure:
        file.missing = module.failure.detail if module.failure.path == "builtins.KeyError" else ""
        file.refusal = Refusal(module.failure.at, f"the configuration file fails: {_failure(module)}", "file")
    if module.tree is None:
        file.refusal = Refusal(Span(path, 1), "the configuration file is not valid Python", "file")
    if file.refusal is not None:
        file.hidden = Unknown(f"{DOES_NOT_START}: {file.refusal.note}", file.refusal.span)
    for name, value in module.names.items():
        if name in known:
            file.values[name] = file_value(value, known[name], interpreter)
        elif value.at is not None and not name.startswith("_") and _is_plain(value.data):
            file.others[name] = value.at
    _probe_port(file, context, known)
    return file


def _is_plain(data: object) -> bool:
    """Whether a name holds a value, as a setting would, and not a module, a function or a class."""
    return data is None or isinstance(data, (str, int, float, list, tuple, dict, Unknown))


def _failure(module: Module) -> str:
    assert module.failure is not None
    return f"{module.failure.path.removeprefix('builtins.')} {module.failure.detail}".strip()


def file_value(value: Value, known: Known, interpreter: Interpreter | None) -> FileValue:
    """A value of the interpreter as a setting."""
    data = _plain(value, known, interpreter, 0)
    return FileValue(data, value.at, value.environment, value.overrides, value.sure)


def _plain(value: Value, known: Known, interpreter: Interpreter | None, depth: int) -> Any:
    """The value as plain data whose unknown parts are Unknown; functions and classes by their names."""
    from flaskprod_lint.resolve.interpreter.values import Class, External, Function, Method

    data = value.data
    if isinstance(data, Function):
        return _function(value, data, known, interpreter, depth)
    if isinstance(data, Method):
        return Hook(data.function.name)
    if isinstance(data, Class):
        return Hook(data.name) if known.validator != "class" else f"{data.module.name}.{data.name}"
    if isinstance(data, External):
        return _external(data, known, value.at)
    if isinstance(data, (list, tuple, set, frozenset)) and depth < 20:
        return [_plain(item, known, interpreter, depth + 1) for item in data]
    if isinstance(data, dict) and depth < 20:
        return {key: _plain(item, known, interpreter, depth + 1) for key, item in data.items()}
    plain = value.plain()
    return Unknown(plain.reason, plain.at or value.at, plain.symbol) if isinstance(plain, Unknown) else plain


def _function(value: Value, function: Any, known: Known, interpreter: Interpreter | None, depth: int) -> Any:
    """A hook; for a setting that takes a class, Gunicorn calls the function and takes what it gives."""
    if known.validator == "class" and depth == 0 and interpreter is not None:
        return _plain(interpreter.call(value, (), {}), known, interpreter, 1)
    arguments: ast.arguments = function.node.args
    arity = None if function.decorators else len(arguments.posonlyargs) + len(arguments.args)
    return Hook(function.name, arity)


def _external(data: Any, known: Known, at: Span | None) -> Any:
    if known.validator == "class":
        return data.path
    is_hook = known.validator.startswith("callable:") or known.validator == "post_request"
    if is_hook or data.path.startswith("builtins."):
        return Hook(data.path.removeprefix("builtins."))
    return Unknown(f"{data.path} is not part of the project", at)


def _probe_port(file: ConfigFile, context: Context, known: Mapping[str, Known]) -> None:
    """Where the address is unknown for want of PORT alone, write it with "$PORT" in it."""
    bind = file.values.get("bind")
    if bind is None or not any(read.name == "PORT" for read in bind.reads) or not _has_unknown(bind.data):
        return
    from flaskprod_lint.resolve.app import loading

    interpreter = loading.interpreter(context.with_variables({"PORT": Setting("PORT", _PROBE)}))
    value = interpreter.run_file(file.path, name="__config__").names.get("bind")
    if value is None:
        return
    data = _plain(value, known["bind"], interpreter, 0)
    if not _has_unknown(data):
        file.values["bind"] = replace(bind, data=_with_variable(data))


def _has_unknown(data: Any) -> bool:
    return isinstance(data, Unknown) or (isinstance(data, list) and any(isinstance(item, Unknown) for item in data))


def _with_variable(data: Any) -> Any:
    if isinstance(data, list):
        return [_with_variable(item) for item in data]
    return data.replace(_PROBE, "$PORT") if isinstance(data, str) else data
