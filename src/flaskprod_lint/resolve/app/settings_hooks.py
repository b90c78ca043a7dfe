"""Libraries that read settings from the environment: environs, python-decouple, pydantic-settings and their kin."""

from __future__ import annotations

import json
import posixpath
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from flaskprod_lint.model import EnvironmentRead, Unknown
from flaskprod_lint.resolve.app import dotenv_hooks
from flaskprod_lint.resolve.interpreter import environment
from flaskprod_lint.resolve.interpreter.paths import path_text
from flaskprod_lint.resolve.interpreter.values import Event, External, Unset, Value, as_value

if TYPE_CHECKING:
    from flaskprod_lint.resolve.interpreter.machine import Interpreter

_ENVIRONS = ("environs.Env.", "environs.FlaskEnv.", "environ.Env.", "envparse.env", "envparse.Env.")
_DECOUPLE = (
    "decouple.config",
    "decouple.AutoConfig.",
    "decouple.Config.",
    "prettyconf.config",
    "starlette.config.Config.",
)
_TRUTHY = frozenset(("t", "true", "on", "y", "yes", "1"))
_FALSY = frozenset(("f", "false", "off", "n", "no", "0", ""))

Cast = Callable[[str], object]


def call(event: Event, machine: Interpreter) -> Value | None:
    """The result of a call that reads a setting; None for any other."""
    if event.kind != "call":
        return None
    if event.callee.startswith(_ENVIRONS):
        return _environs(event, machine)
    if event.callee.startswith(_DECOUPLE) and event.callee.rpartition(".")[2] in ("config", "__call__", "get"):
        return _decouple(event, machine)
    return None


def _environs(event: Event, machine: Interpreter) -> Value | None:
    method = event.callee.rpartition(".")[2]
    if method in ("read_env", "read_envfile"):
        return _read_env(event, machine)
    if method in ("seal", "prefixed"):
        return None
    cast = _CASTS.get("str" if method in ("__call__", "Env", "FlaskEnv", "env") else method)
    prefix = _prefix(event)
    if cast is None:
        return _unreadable(event, machine, prefix)
    return _read(event, machine, prefix, _argument(event, 1, "default"), cast)


def _prefix(event: Event) -> str:
    made = getattr(event.receiver.data, "kwargs", {}) if event.receiver is not None else {}
    prefix = made.get("prefix")
    return prefix.data if prefix is not None and isinstance(prefix.data, str) else ""


def _read_env(event: Event, machine: Interpreter) -> Value:
    given = event.args[0] if event.args else event.kwargs.get("path")
    if given is None or given.data is None:
        found = dotenv_hooks.find_file(".env", event, machine)
        path = found[1] if found is not None else None
    else:
        name = path_text(given) or (given.data if isinstance(given.data, str) else "")
        located = dotenv_hooks.shipped(machine.context, posixpath.join(machine.context.cwd, name)) if name else None
        path = located if isinstance(located, str) else None
    if path is not None:
        dotenv_hooks.load_file(path, machine, event.at)
    return Value(path is not None, event.at)


def _decouple(event: Event, machine: Interpreter) -> Value | None:
    """`config("NAME", default=…, cast=…)`: the environment, then the nearest .env, then the default."""
    name = _argument(event, 0, "option") or _argument(event, 0, "key")
    if name is None or not isinstance(name.data, str):
        return None
    if isinstance(environment.read(machine, name, None, event.at).data, (Unset, type(None))):
        found = dotenv_hooks.find_file(".env", event, machine)
        if found is not None:
            dotenv_hooks.load_file(found[1], machine, event.at)
    given = event.kwargs.get("cast")
    cast = _cast_of(given) if given is not None else _same
    return _read(event, machine, "", event.kwargs.get("default") or _second(event), cast)


def _second(event: Event) -> Value | None:
    return event.args[1] if len(event.args) > 1 else None


def _cast_of(given: Value) -> Cast | None:
    path = given.data.path if isinstance(given.data, External) else ""
    return _CASTS.get(path.rpartition(".")[2])


def _read(event: Event, machine: Interpreter, prefix: str, default: Value | None, cast: Cast | None) -> Value:
    name = _argument(event, 0, "name") or _argument(event, 0, "option")
    if name is None or not isinstance(name.data, str):
        return Value(Unknown("a variable whose name is not known", event.at), event.at)
    text = environment.read(machine, Value(prefix + name.data, name.at), None, event.at)
    if isinstance(text.data, (Unset, type(None))):
        return _fall_back(text, default, cast, event)
    if not isinstance(text.data, str):
        return text
    return _converted(text, cast, event)


def _fall_back(text: Value, default: Value | None, cast: Cast | None, event: Event) -> Value:
    """The default of a variable that is not set; without one the program does not start, so a person sets it."""
    if default is None:
        if text.data is None:
            reads = tuple(replace(read, is_set=None) for read in text.environment)
            return Value(Unknown("a variable that must be set", event.at), event.at, reads, sure=False)
        return text
    plain = default.plain()
    literal = None if isinstance(plain, Unknown) else plain
    reads = tuple(replace(read, default=literal, has_default=default.data is not None) for read in text.environment)
    value = replace(default, at=default.at or event.at, environment=(*reads, *default.environment), sure=False)
    return _converted(value, cast, event) if isinstance(value.data, str) else value


def _converted(text: Value, cast: Cast | None, event: Event) -> Value:
    if cast is None:
        return replace(text, data=Unknown("a conversion that is not known", event.at))
    try:
        data = cast(str(text.data))
    except (ValueError, TypeError, RecursionError):
        return replace(text, data=Unknown("a text that cannot be converted", event.at))
    return as_value(data, text.at, text.environment) if not isinstance(data, str) else replace(text, data=data)


def _unreadable(event: Event, machine: Interpreter, prefix: str) -> Value:
    name = _argument(event, 0, "name")
    if name is None or not isinstance(name.data, str):
        return Value(Unknown("a setting that is not known", event.at), event.at)
    read = EnvironmentRead(prefix + name.data, None, False, None, event.at)
    return Value(Unknown("a conversion that is not known", event.at), event.at, (read,), sure=False)


def _argument(event: Event, index: int, name: str) -> Value | None:
    return event.args[index] if len(event.args) > index else event.kwargs.get(name)


def _same(text: str) -> object:
    return text


def to_bool(text: str) -> object:
    """A switch as environs, decouple and pydantic read it; ValueError for what they refuse."""
    lower = text.strip().lower()
    if lower not in _TRUTHY | _FALSY:
        raise ValueError("not a switch")
    return lower in _TRUTHY


def _to_list(text: str) -> object:
    return [part.strip() for part in text.split(",")] if text else []


def _to_dict(text: str) -> object:
    return {key.strip(): value.strip() for key, _, value in (part.partition("=") for part in text.split(","))}


_CASTS: Mapping[str, Cast] = {
    "str": _same,
    "url": _same,
    "bool": to_bool,
    "boolean": to_bool,
    "int": int,
    "float": float,
    "list": _to_list,
    "Csv": _to_list,
    "dict": _to_dict,
    "json": json.loads,
}
