"""pydantic-settings: a settings class whose fields are read from the environment when it is called."""

from __future__ import annotations

import ast
import json
import posixpath
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from flaskprod_lint.model import Unknown
from flaskprod_lint.records import dataclass
from flaskprod_lint.resolve.app import dotenv_hooks
from flaskprod_lint.resolve.app.settings_hooks import in_file, to_bool
from flaskprod_lint.resolve.interpreter import environment
from flaskprod_lint.resolve.interpreter.paths import path_text
from flaskprod_lint.resolve.interpreter.values import (
    Class,
    Entries,
    Event,
    Instance,
    Object,
    Unset,
    Value,
    as_value,
)

if TYPE_CHECKING:
    from flaskprod_lint.resolve.interpreter.machine import Interpreter

_NEW = "pydantic_settings.BaseSettings"
_OLD = frozenset(("pydantic.BaseSettings", "pydantic.env_settings.BaseSettings", "pydantic.v1.BaseSettings"))
BASES = frozenset((_NEW, "pydantic_settings.main.BaseSettings", *_OLD))
_DUMPS = frozenset(("dict", "model_dump"))
#: Where a settings object keeps its fields for those who ask for all of them.
_FIELDS = "fields"
_SECRETS = ("SecretStr", "SecretBytes", "Secret")
#: Types whose value is the variable's text.
_TEXTS = ("str", "Any", "EmailStr", "AnyUrl", "AnyHttpUrl", "HttpUrl", "Literal", "FilePath", "DirectoryPath")


@dataclass(frozen=True)
class _Making:
    """One settings object that is made: its options, the variables of its files, and what it was called with."""

    cls: Class
    options: Mapping[str, Value]
    files: Mapping[str, Value]
    event: Event
    machine: Interpreter
    old: bool


def call(event: Event, machine: Interpreter) -> Value | None:
    """The fields of a settings object that is made, or asked for; None for any other call."""
    made = event.receiver.data if event.receiver is not None else None
    if isinstance(made, Instance) and event.callee == "pydantic.SecretStr.get_secret_value":
        return made.args[0] if made.args else None
    base, _, method = event.callee.rpartition(".")
    if isinstance(made, Object) and (event.callee in BASES or (base in BASES and method == "__init__")):
        fill(made, event, machine)
    elif isinstance(made, Instance) and base in BASES and method in _DUMPS and not event.args and not event.kwargs:
        return made.items.get((_FIELDS, ""))
    return None


def fill(made: Object, event: Event, machine: Interpreter) -> None:
    """Set every field of a settings object: an argument, else its variable, else its default."""
    options = _options(made.cls)
    old = bool(_OLD & set(made.cls.external_bases()))
    making = _Making(made.cls, options, _in_files(options, machine), event, machine, old)
    found = Entries()
    for name, annotation in _fields(made.cls, old=old):
        given = event.kwargs.get(name)
        found[name] = given if given is not None else _field(name, annotation, making)
        machine.journal.write(made.attributes, name, found[name])
    if made.outer is not None:
        made.outer.items[(_FIELDS, "")] = Value(found, event.at)


def _fields(cls: Class, *, old: bool) -> Iterator[tuple[str, str]]:
    """The fields with their types; pydantic 1 takes what has a default and no type as well."""
    seen: set[str] = set()
    for owner in cls.lineage():
        for node in owner.node.body:
            if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
                name, annotation = node.target.id, ast.unparse(node.annotation)
            elif old and isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
                name, annotation = node.targets[0].id, _type_of(owner.attributes.get(node.targets[0].id))
            else:
                continue
            if (
                name not in seen
                and not name.startswith("_")
                and not annotation.startswith(("ClassVar", "typing.Class"))
            ):
                seen.add(name)
                yield name, annotation


def _type_of(default: Value | None) -> str:
    data = default.data if default is not None else None
    return type(data).__name__ if isinstance(data, (bool, int, float, str)) else "Any"


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


def _in_files(options: Mapping[str, Value], machine: Interpreter) -> dict[str, Value]:
    """The variables of the dotenv files, by their names in small letters; a later file over an earlier one."""
    given = options.get("env_file")
    names = given.data if given is not None and isinstance(given.data, (list, tuple)) else [given] if given else []
    found: dict[str, Value] = {}
    for name in names:
        text = (path_text(name) or name.data) if isinstance(name, Value) else None
        path = text if isinstance(text, str) else None
        shipped = dotenv_hooks.shipped(machine.context, posixpath.join(machine.context.cwd, path)) if path else None
        if isinstance(shipped, str):
            file = dotenv_hooks.assignments(shipped, machine)
            found.update({str(key).lower(): value for key, value in file.items()})
    return found


def _field(name: str, annotation: str, making: _Making) -> Value:
    default = making.cls.lookup(name)
    field = default.data if default is not None else None
    aliases: tuple[str, ...] = ()
    if isinstance(field, Instance) and field.callee.endswith("Field"):
        default, aliases = _of_field(field, making)
    prefix = making.options.get("env_prefix")
    start = prefix.data if prefix is not None and isinstance(prefix.data, str) else ""
    names = aliases or (start + name,)
    texts = [_variable(one, making) for one in names]
    text = next((one for one in texts if not isinstance(one.data, (Unset, type(None)))), texts[0])
    if isinstance(text.data, (Unset, type(None))):
        return _secret(_default(text, default, making.event), annotation)
    return _secret(_converted(text, annotation, old=making.old) if isinstance(text.data, str) else text, annotation)


def _of_field(field: Instance, making: _Making) -> tuple[Value | None, tuple[str, ...]]:
    """Default and variables of `Field("x", validation_alias="NAME")`; an ellipsis means that there is no default."""
    factory = field.kwargs.get("default_factory")
    default = field.args[0] if field.args else field.kwargs.get("default")
    if factory is not None:
        default = making.machine.call(factory, (), {}, making.event.at)
    if default is not None and default.data is ...:
        default = None
    key = ("env",) if making.old else ("validation_alias", "alias")
    named = next((field.kwargs[name] for name in key if name in field.kwargs), None)
    data = named.data if named is not None else None
    rows = data.args if isinstance(data, Instance) else data if isinstance(data, (list, tuple)) else [named]
    return default, tuple(one.data for one in rows if one is not None and isinstance(one.data, str))


def _variable(name: str, making: _Making) -> Value:
    """A variable by its name in any case, as pydantic looks it up; else what its files have."""
    machine, at = making.machine, making.event.at
    found = environment.read(machine, Value(name.upper(), at), None, at)
    for spelled in environment.spelled(machine, name):
        found = environment.read(machine, Value(spelled, at), None, at)
    own = making.files.get(name.lower())
    if isinstance(found.data, (Unset, type(None))) and own is not None:
        return in_file(found, own)
    return found


def _default(text: Value, default: Value | None, event: Event) -> Value:
    if default is None:
        reads = tuple(replace(read, is_set=None) for read in text.environment)
        return Value(Unknown("a variable that must be set", event.at), event.at, reads, sure=False)
    plain = default.plain()
    literal = None if isinstance(plain, Unknown) else plain
    reads = tuple(replace(read, default=literal, has_default=literal is not None) for read in text.environment)
    return replace(default, environment=(*reads, *default.environment), sure=False)


def _secret(value: Value, annotation: str) -> Value:
    """A text that shows itself only when asked: `settings.key.get_secret_value()`."""
    if not any(annotation.startswith(name) for name in _SECRETS) or not isinstance(value.data, (str, Unknown)):
        return value
    return Value(Instance("pydantic.SecretStr", (value,), at=value.at), value.at, value.environment, sure=value.sure)


def _converted(text: Value, annotation: str, *, old: bool) -> Value:
    cast = _cast_of(annotation, old=old)
    try:
        if cast is not None:
            return as_value(cast(str(text.data)), text.at, text.environment)
    except (ValueError, TypeError, RecursionError):
        return replace(text, data=Unknown("a text that cannot be converted", text.at))
    return replace(text, data=Unknown(f"a text as {annotation}", text.at))


def _cast_of(annotation: str, *, old: bool) -> Callable[[str], object] | None:
    """What makes a text the type of a field; None for a type that is not followed."""
    kinds: dict[str, Callable[[str], object]] = {"bool": to_bool, "int": int, "float": float, "str": str}
    parts = [part for part in _parts(annotation) if part != "None"]
    if len(parts) != 1:
        # pydantic 1 takes the first type that accepts a text, pydantic 2 the one that a text is.
        if "str" not in parts or old:
            return None
        return str
    base = parts[0].removeprefix("typing.")
    if base.lower().startswith(("list", "dict", "set", "tuple", "frozenset", "sequence")):
        return lambda text: _loaded(text, dict if base.lower().startswith("dict") else list)
    if base.startswith((*_TEXTS, *_SECRETS)) or base.endswith(("Dsn", "Url")):
        return kinds.get(base, str)
    return kinds.get(base)


def _loaded(text: str, kind: type) -> object:
    found = json.loads(text)
    if not isinstance(found, kind):
        raise ValueError("of another kind")
    return found


def _parts(annotation: str) -> list[str]:
    """The types of a union, however it is written."""
    base = annotation.removeprefix("typing.").strip()
    for wrapper in ("Optional[", "Union[", "Annotated["):
        if base.startswith(wrapper) and base.endswith("]"):
            inside = _split(base[len(wrapper) : -1], ",")
            return [part for one in (inside[:1] if wrapper == "Annotated[" else inside) for part in _parts(one)]
    return [part.strip() for part in _split(base, "|")]


def _split(text: str, mark: str) -> list[str]:
    """A text at the marks outside all brackets."""
    rows, depth = [""], 0
    for letter in text:
        depth += (letter == "[") - (letter == "]")
        if letter == mark and not depth:
            rows.append("")
        else:
            rows[-1] += letter
    return [row.strip() for row in rows]
