"""pydantic-settings: a settings class whose fields are read from the environment when it is called."""

from __future__ import annotations

import ast
import json
import posixpath
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from flaskprod_lint.model import Unknown
from flaskprod_lint.resolve.app import dotenv_hooks
from flaskprod_lint.resolve.app.settings_hooks import to_bool
from flaskprod_lint.resolve.interpreter import environment
from flaskprod_lint.resolve.interpreter.paths import path_text
from flaskprod_lint.resolve.interpreter.values import Class, Event, Instance, Object, Unset, Value, as_value

if TYPE_CHECKING:
    from flaskprod_lint.resolve.interpreter.machine import Interpreter

BASES = frozenset(("pydantic_settings.BaseSettings", "pydantic.BaseSettings", "pydantic.env_settings.BaseSettings"))


def call(event: Event, machine: Interpreter) -> Value | None:
    """The fields of a settings object that is made; None for any other call."""
    made = event.receiver.data if event.receiver is not None else None
    if not isinstance(made, Object) or event.callee.removesuffix(".__init__") not in BASES:
        return None
    fill(made, event, machine)
    return None


def fill(made: Object, event: Event, machine: Interpreter) -> None:
    """Set every field of a settings object: an argument, else its variable, else its default."""
    options = _options(made.cls)
    _load_files(options, event, machine)
    for name, annotation in _fields(made.cls):
        given = event.kwargs.get(name)
        value = given if given is not None else _field(name, annotation, made.cls, options, event, machine)
        machine.journal.write(made.attributes, name, value)


def _fields(cls: Class) -> Iterator[tuple[str, str]]:
    seen: set[str] = set()
    for owner in cls.lineage():
        for node in owner.node.body:
            if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and node.target.id not in seen:
                seen.add(node.target.id)
                yield node.target.id, ast.unparse(node.annotation)


def _options(cls: Class) -> dict[str, Value]:
    """`model_config = SettingsConfigDict(env_prefix=…)`, or the inner class Config of pydantic 1."""
    found: dict[str, Value] = {}
    for owner in reversed(cls.lineage()):
        config = owner.attributes.get("model_config")
        data = config.data if config is not None else None
        if isinstance(data, Instance):
            found.update(data.kwargs)
        elif isinstance(data, dict):
            found.update({str(key): value for key, value in data.items()})
        inner = owner.attributes.get("Config")
        if inner is not None and isinstance(inner.data, Class):
            found.update(inner.data.attributes)
    return found


def _load_files(options: dict[str, Value], event: Event, machine: Interpreter) -> None:
    given = options.get("env_file")
    names = given.data if given is not None and isinstance(given.data, (list, tuple)) else [given] if given else []
    for name in names:
        text = (path_text(name) or name.data) if isinstance(name, Value) else None
        if isinstance(text, str):
            path = dotenv_hooks.shipped(machine.context, posixpath.join(machine.context.cwd, text))
            if isinstance(path, str):
                dotenv_hooks.load_file(path, machine, event.at)


def _field(
    name: str, annotation: str, cls: Class, options: dict[str, Value], event: Event, machine: Interpreter
) -> Value:
    default = cls.lookup(name)
    field = default.data if default is not None else None
    alias = None
    if isinstance(field, Instance) and field.callee.endswith("Field"):
        default, alias = _of_field(field)
    prefix = options.get("env_prefix")
    start = prefix.data if prefix is not None and isinstance(prefix.data, str) and alias is None else ""
    text = _variable(start + (alias or name), event, machine)
    if isinstance(text.data, (Unset, type(None))):
        return _default(text, default, event)
    return _converted(text, annotation) if isinstance(text.data, str) else text


def _of_field(field: Instance) -> tuple[Value | None, str | None]:
    """Default and variable of `Field("x", validation_alias="NAME")`; an ellipsis means that there is no default."""
    default = field.args[0] if field.args else field.kwargs.get("default")
    if default is not None and not isinstance(default.data, (str, int, float, bool, list, dict, tuple)):
        default = default if default.data is None else None
    named = field.kwargs.get("validation_alias") or field.kwargs.get("env") or field.kwargs.get("alias")
    return default, named.data if named is not None and isinstance(named.data, str) else None


def _variable(name: str, event: Event, machine: Interpreter) -> Value:
    """A variable by its name in any case, as pydantic looks it up."""
    exact = environment.read(machine, Value(name.upper(), event.at), None, event.at)
    if not isinstance(exact.data, (Unset, type(None))) or name == name.upper():
        return exact
    lower = environment.read(machine, Value(name.lower(), event.at), None, event.at)
    return exact if isinstance(lower.data, (Unset, type(None))) else lower


def _default(text: Value, default: Value | None, event: Event) -> Value:
    if default is None:
        reads = tuple(replace(read, is_set=None) for read in text.environment)
        return Value(Unknown("a variable that must be set", event.at), event.at, reads, sure=False)
    plain = default.plain()
    literal = None if isinstance(plain, Unknown) else plain
    reads = tuple(replace(read, default=literal, has_default=literal is not None) for read in text.environment)
    return replace(default, environment=(*reads, *default.environment), sure=False)


def _converted(text: Value, annotation: str) -> Value:
    kinds: dict[str, Callable[[str], object]] = {"bool": to_bool, "int": int, "float": float, "str": str}
    base = annotation.replace("Optional[", "").replace("]", "").split("|")[0].strip()
    try:
        cast = kinds.get(base, _loads if base.lower().startswith(("list", "dict", "set", "tuple")) else str)
        return as_value(cast(str(text.data)), text.at, text.environment)
    except (ValueError, TypeError, RecursionError):
        return replace(text, data=Unknown("a text that cannot be converted", text.at))


def _loads(text: str) -> object:
    return json.loads(text)
