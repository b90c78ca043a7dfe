"""environs and its kin: settings that are read from the environment one by one, each by a method of its type."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from flaskprod_lint.model import EnvironmentRead, Unknown
from flaskprod_lint.resolve.app import dotenv_hooks
from flaskprod_lint.resolve.interpreter import environment
from flaskprod_lint.resolve.interpreter.journal import ABSENT
from flaskprod_lint.resolve.interpreter.values import Event, Instance, Unset, Value, as_value
from flaskprod_lint.resolve.packages.versions import version_of
from flaskprod_lint.source import is_number

if TYPE_CHECKING:
    from flaskprod_lint.resolve.interpreter.machine import Interpreter

_ENVIRONS = ("environs.Env.", "environs.FlaskEnv.", "environs.env", "environ.Env.", "envparse.env", "envparse.Env.")
_TRUTHY = frozenset(("t", "true", "on", "y", "yes", "1"))
_FALSY = frozenset(("f", "false", "off", "n", "no", "0", ""))
#: From this version on, environs keeps what it reads from a file to itself, and leaves defaults as they are.
_APART = (15, 0)
#: Where an Env keeps its prefix and the variables of its files.
_PREFIX, _OWN = "prefix in effect", "of files"

Cast = Callable[[str], object]


def call(event: Event, machine: Interpreter) -> Value | None:
    """The result of a call that reads a setting; None for any other."""
    if event.kind != "call" or not event.callee.startswith(_ENVIRONS):
        return None
    method = event.callee.rpartition(".")[2]
    if method in ("read_env", "read_envfile"):
        return _read_env(event, machine)
    if method == "prefixed":
        return _prefixed(event, machine)
    if method == "seal":
        return Value(None, event.at)
    cast = _CASTS.get("str" if method in ("__call__", "Env", "FlaskEnv", "env") else method)
    if cast is not None and _SUBCASTS & event.kwargs.keys():
        cast = _of_parts(cast, event)
    if cast is None:
        return _unreadable(event, machine, _prefix(event))
    return _read(event, machine, cast)


def _prefixed(event: Event, machine: Interpreter) -> Value | None:
    """`with env.prefixed("APP_"):` lets the names below start so, until the block ends."""
    given = event.argument(0, "prefix")
    made = event.receiver.data if event.receiver is not None else None
    if not isinstance(made, Instance) or given is None or not isinstance(given.data, str):
        return None
    machine.journal.write(made.members, _PREFIX, Value(_prefix(event) + given.data, event.at))
    return event.receiver


def left(value: Value, machine: Interpreter) -> None:
    """What ends with a `with` block on an Env: its prefix."""
    made = value.data
    if isinstance(made, Instance) and made.callee.startswith("environs.") and _PREFIX in made.members:
        machine.journal.write(made.members, _PREFIX, ABSENT)


def _prefix(event: Event) -> str:
    made = event.receiver.data if event.receiver is not None else None
    if not isinstance(made, Instance):
        return ""
    prefix = made.members.get(_PREFIX) or made.kwargs.get("prefix")
    return prefix.data if prefix is not None and isinstance(prefix.data, str) else ""


def _is_apart(event: Event, machine: Interpreter) -> bool:
    return event.callee.startswith("environs.") and version_of(machine.context, "environs") >= _APART


def _read_env(event: Event, machine: Interpreter) -> Value:
    path = dotenv_hooks.named_file(event.argument(0, "path"), event, machine)
    if not isinstance(path, str):
        return Value(False, event.at)
    override = event.kwargs.get("override")
    replaces = override is not None and bool(override.data)
    made = event.receiver.data if event.receiver is not None else None
    if not isinstance(made, Instance) or not _is_apart(event, machine):
        dotenv_hooks.load_file(path, machine, event.at, override=replaces)
        return Value(True, event.at)
    for name, value in dotenv_hooks.assignments(path, machine).items():
        if replaces or (_OWN, name) not in made.items:
            machine.journal.write(made.items, (_OWN, name), value)
    return Value(True, event.at)


def _read(event: Event, machine: Interpreter, cast: Cast) -> Value:
    name = event.argument(0, "name")
    if name is None or not isinstance(name.data, str):
        return Value(Unknown("a variable whose name is not known", event.at), event.at)
    made = event.receiver.data if event.receiver is not None else None
    key = Value(_prefix(event) + name.data, name.at)
    text = environment.read(machine, key, None, event.at)
    own = made.items.get((_OWN, key.data)) if isinstance(made, Instance) else None
    if isinstance(text.data, (Unset, type(None))) and own is not None:
        text = in_file(text, own)
    default = event.argument(1, "default")
    if isinstance(text.data, (Unset, type(None))):
        value = fall_back(text, default, event)
        as_it_is = not isinstance(value.data, str) or _is_apart(event, machine)
        return value if as_it_is else converted(value, cast, event)
    return converted(text, cast, event) if isinstance(text.data, str) else text


def in_file(text: Value, own: Value) -> Value:
    """The value that a file has for a variable that is not set: a variable of that name would beat it."""
    reads = tuple(replace(read, default=own.data, has_default=True) for read in text.environment)
    return replace(own, environment=reads, sure=text.sure)


def fall_back(text: Value, default: Value | None, event: Event) -> Value:
    """The default of a variable that is not set; without one the program does not start, so a person sets it."""
    if default is None:
        if text.data is None:
            reads = tuple(replace(read, is_set=None) for read in text.environment)
            return Value(Unknown("a variable that must be set", event.at), event.at, reads, sure=False)
        return text
    plain = default.plain()
    literal = None if isinstance(plain, Unknown) else plain
    reads = tuple(replace(read, default=literal, has_default=default.data is not None) for read in text.environment)
    return replace(default, at=default.at or event.at, environment=(*reads, *default.environment), sure=False)


def converted(text: Value, cast: Cast, event: Event) -> Value:
    """A text as its type."""
    try:
        data = cast(str(text.data))
    except (ValueError, TypeError, RecursionError):
        return replace(text, data=Unknown("a text that cannot be converted", event.at))
    if isinstance(data, Unknown):
        return replace(text, data=data)
    return as_value(data, text.at, text.environment) if not isinstance(data, str) else replace(text, data=data)


def _unreadable(event: Event, machine: Interpreter, prefix: str) -> Value:
    name = event.argument(0, "name")
    if name is None or not isinstance(name.data, str):
        return Value(Unknown("a setting that is not known", event.at), event.at)
    read = EnvironmentRead(prefix + name.data, None, False, None, event.at)
    return Value(Unknown("a conversion that is not known", event.at), event.at, (read,), sure=False)


_SUBCASTS = frozenset(("subcast", "delimiter", "subcast_keys", "subcast_key", "subcast_values"))


def _of_parts(cast: Cast, event: Event) -> Cast | None:
    """A list's cast with that of its parts; None for what is not known."""
    path = getattr(event.kwargs["subcast"].data, "path", "") if "subcast" in event.kwargs else "builtins.str"
    part = _CASTS.get(path.removeprefix("builtins."))
    delimiter = event.kwargs["delimiter"].data if "delimiter" in event.kwargs else ","
    if cast is not _to_list or part is None or not isinstance(delimiter, str) or not delimiter:
        return None
    return lambda text: [part(one) for one in text.split(delimiter)] if text else []


def _same(text: str) -> object:
    return text


def to_bool(text: str) -> object:
    """A switch as environs, decouple and pydantic read it; ValueError for what they refuse."""
    lower = text.strip().lower()
    if lower not in _TRUTHY | _FALSY:
        raise ValueError("not a switch")
    return lower in _TRUTHY


def _to_list(text: str) -> object:
    return text.split(",") if text else []


def _to_dict(text: str) -> object:
    pairs = (part.partition("=") for part in text.split(",")) if text else ()
    return {key.strip(): value.strip() for key, _, value in pairs}


def _to_level(text: str) -> object:
    level = int(text) if is_number(text) else logging.getLevelName(text.upper())
    if not isinstance(level, int):
        raise ValueError("no level")
    return level


_CASTS: Mapping[str, Cast] = {
    "str": _same,
    "bool": to_bool,
    "int": int,
    "float": float,
    "list": _to_list,
    "dict": _to_dict,
    "json": json.loads,
    "url": _same,
    "log_level": _to_level,
}
