"""python-decouple and its kin: a setting is a variable, else in the nearest settings.ini or .env, else the default."""

from __future__ import annotations

import posixpath
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from flaskprod_lint.model import Unknown
from flaskprod_lint.resolve.app import dotenv_hooks, ini_hooks
from flaskprod_lint.resolve.app.settings_hooks import converted, fall_back, in_file, to_bool
from flaskprod_lint.resolve.interpreter import environment
from flaskprod_lint.resolve.interpreter.paths import path_text
from flaskprod_lint.resolve.interpreter.values import Event, External, Instance, Items, Unset, Value, as_value
from flaskprod_lint.source import Source

if TYPE_CHECKING:
    from flaskprod_lint.resolve.interpreter.machine import Interpreter

_READERS = (
    "decouple.config",
    "decouple.AutoConfig.",
    "decouple.Config.",
    "prettyconf.config",
    "starlette.config.Config.",
)
_CSV = ("decouple.Csv", "decouple.Csv.__call__")

Repository = Mapping[str, Value]


def call(event: Event, machine: Interpreter) -> Value | None:
    """The result of a call that reads a setting; None for any other."""
    named = event.callee.rpartition(".")[2] in ("config", "__call__", "get")
    if event.kind != "call" or not event.callee.startswith(_READERS) or not named:
        return None
    name = event.args[0] if event.args else event.kwargs.get("option") or event.kwargs.get("key")
    if name is None or not isinstance(name.data, str):
        return None
    default = event.argument(1, "default")
    cast = event.argument(2, "cast")
    text = environment.read(machine, name, None, event.at)
    if isinstance(text.data, (Unset, type(None))):
        own = _repository(event, machine).get(name.data)
        if own is None:
            text = fall_back(text, default, event)
            return text if default is None else _cast(text, cast, event, machine)
        text = in_file(text, own)
    return _cast(text, cast, event, machine)


def _cast(value: Value, cast: Value | None, event: Event, machine: Interpreter) -> Value:
    """What `cast` makes of a text, or of the default."""
    if cast is None or isinstance(value.data, Unknown):
        return value
    if isinstance(cast.data, External) and cast.data.path == "builtins.bool":
        return converted(value, to_bool, event) if not isinstance(value.data, bool) else value
    if isinstance(cast.data, Instance) and cast.data.callee in _CSV:
        return _csv(value, cast.data, event, machine)
    result = machine.call(cast, (value,), {}, event.at)
    return replace(result, at=value.at, environment=value.environment, sure=value.sure and result.sure)


def _csv(value: Value, csv: Instance, event: Event, machine: Interpreter) -> Value:
    if csv.kwargs.keys() - {"cast"} or len(csv.args) > 1 or not isinstance(value.data, str):
        return replace(value, data=Unknown("a list that is not followed", event.at))
    cast = csv.args[0] if csv.args else csv.kwargs.get("cast")
    parts = [as_value(part.strip(), value.at) for part in value.data.split(",") if part.strip()]
    if cast is not None:
        parts = [machine.call(cast, (part,), {}, event.at) for part in parts]
    return replace(value, data=Items(parts))


def _repository(event: Event, machine: Interpreter) -> Repository:
    """The settings of the file that is nearest to the code that asks, or of the file that was named."""
    given = _named(event)
    if given is not None:
        text = path_text(given) or given.data
        absolute = posixpath.join(machine.context.cwd, text) if isinstance(text, str) else ""
        path = dotenv_hooks.shipped(machine.context, absolute) if absolute else None
    else:
        path = _nearest(event, machine)
    if not isinstance(path, str):
        return {}
    return machine.context.project.facts(path, _ini if path.endswith(".ini") else _env) or {}


def _named(event: Event) -> Value | None:
    """The file of `Config(RepositoryEnv("x.env"))`."""
    made = event.receiver.data if event.receiver is not None else None
    repository = made.args[0].data if isinstance(made, Instance) and made.args else None
    return repository.args[0] if isinstance(repository, Instance) and repository.args else None


def _nearest(event: Event, machine: Interpreter) -> str | None:
    found = [dotenv_hooks.find_file(name, event, machine) for name in ("settings.ini", ".env")]
    here = [one for one in found if one is not None]
    return max(here, key=lambda one: len(posixpath.dirname(one[0])))[1] if here else None


def _env(source: Source) -> Repository:
    """decouple's own way with a dotenv file: the line as it stands, without `export`, comments or escapes."""
    found: dict[str, Value] = {}
    for number, line in enumerate(source.text.splitlines(), 1):
        name, equals, text = line.strip().partition("=")
        if equals and not name.startswith("#"):
            text = text.strip()
            quoted = len(text) > 1 and text[0] == text[-1] and text[0] in "'\""
            found[name.strip()] = Value(text[1:-1] if quoted else text, source.line_span(number))
    return found


def _ini(source: Source) -> Repository:
    section = ini_hooks.of_sources((source,)).get("settings")
    return section if isinstance(section, dict) else {}
