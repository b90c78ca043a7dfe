"""The ways of filling a Flask config: objects, mappings, files and variables."""

from __future__ import annotations

import json
import posixpath
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from flaskprod_lint.model import Unknown
from flaskprod_lint.resolve.app.config_files import read_data
from flaskprod_lint.resolve.app.data_hooks import KINDS
from flaskprod_lint.resolve.app.flask_config import FlaskConfig, upper_attributes
from flaskprod_lint.resolve.app.flask_paths import project_file, root_path
from flaskprod_lint.resolve.app.hardcoded import is_for_others
from flaskprod_lint.resolve.interpreter import environment
from flaskprod_lint.resolve.interpreter.jumps import Raised
from flaskprod_lint.resolve.interpreter.paths import path_text
from flaskprod_lint.resolve.interpreter.values import (
    Bound,
    Class,
    Event,
    External,
    Function,
    Instance,
    Member,
    Method,
    Module,
    Object,
    Unset,
    Value,
    as_value,
    is_assumed,
)
from flaskprod_lint.source import Span

if TYPE_CHECKING:
    from flaskprod_lint.resolve.interpreter.machine import Interpreter

Fill = Callable[[FlaskConfig, Event, "Interpreter"], Value]

_MISSING = "a file that is not among the project's"


def from_object(config: FlaskConfig, event: Event, machine: Interpreter) -> Value:
    """`app.config.from_object("pkg.mod.Class")`, or the thing itself."""
    given = event.argument(0, "obj")
    if given is None:
        config.obscure(Unknown("an object that cannot be read", event.at))
        return Value(None, event.at)
    source = _imported(given, machine)
    config.loaded(_name_of(source, given), source, given, event.at)
    if source.alternatives and not source.known:
        _from_either(config, source, event)
        return Value(None, event.at)
    names = _evaluated(source, machine) if isinstance(source.data, Object) else upper_attributes(source)
    found = names if isinstance(names, Unknown) else list(names)
    if not isinstance(found, Unknown):
        _note_audience(config, source, found, chosen=bool(machine.unsure))
    how = f"from_object({_name_of(source, given)})"
    assumed = any(is_assumed(one) or not one.sure for one in (source, given))
    _fill(config, found, event.at, how, assumed=assumed)
    return Value(None, event.at)


def _evaluated(source: Value, machine: Interpreter) -> Iterator[tuple[str, Value]] | Unknown:
    """The upper-case attributes of an instance, whose properties are asked for their value."""
    names = upper_attributes(source)
    if isinstance(names, Unknown):
        return names
    return ((name, machine.attribute(source, name)) for name, _ in list(names))


def _note_audience(config: FlaskConfig, source: Value, names: Iterable[tuple[str, Value]], *, chosen: bool) -> None:
    """Keep whom the values of an object are for. `chosen` says that a condition which is not known may pass it by."""
    own = _name_of(source, source).rpartition(".")[2]
    audience = config.for_others if chosen and is_for_others(own) else config.for_all
    audience.update((name, value.at) for name, value in names)


def _fill(
    config: FlaskConfig, names: Iterable[tuple[str, Value]] | Unknown, at: Span, how: str, *, assumed: bool = False
) -> None:
    if isinstance(names, Unknown):
        config.obscure(names)
        return
    for name, value in names:
        config.write(name, value, at, how)
        if assumed:
            config.assumed.add((name, value.at or at))


def _from_either(config: FlaskConfig, source: Value, event: Event) -> None:
    """One of several objects is loaded, by a name that is not known: what all of them say is sure, the rest is not."""
    sides = []
    for one in source.alternatives:
        names = upper_attributes(one)
        if isinstance(names, Unknown):
            config.obscure(names)
            return
        sides.append(dict(names))
    mixed = not all(is_for_others(_name_of(one, one).rpartition(".")[2]) for one in source.alternatives)
    for one, side in zip(source.alternatives, sides, strict=True):
        _note_audience(config, one, side.items(), chosen=mixed)
    reason = source.data.reason if isinstance(source.data, Unknown) else "which configuration is loaded"
    for name in sorted({name for side in sides for name in side}):
        before = config.read(name) or Value(None)
        values = [side.get(name, before) for side in sides]
        config.write(name, _either(values, reason, source), event.at, "one of several configurations")


def _either(values: list[Value], reason: str, source: Value) -> Value:
    first = values[0]
    plain = first.plain()
    if first.known and not isinstance(plain, Unknown) and all(plain == other.plain() for other in values[1:]):
        return first
    reads = tuple(dict.fromkeys(read for value in (source, *values) for read in value.environment))
    return Value(Unknown(reason, source.at), source.at, reads, alternatives=tuple(values), sure=False)


def _imported(given: Value, machine: Interpreter) -> Value:
    """The object itself for what may be its dotted name, or one of several names."""
    if isinstance(given.data, str):
        return _import_string(given, machine)
    if isinstance(given.data, Unknown) and given.alternatives:
        return replace(given, alternatives=tuple(_imported(one, machine) for one in given.alternatives))
    return given


def _import_string(given: Value, machine: Interpreter) -> Value:
    """What `"pkg.mod.Class"` or `"pkg.mod:Class"` names."""
    dotted = str(given.data).replace(":", ".")
    parent, _, name = dotted.rpartition(".")
    module = machine.import_module(parent, given.at) if parent else None
    if module is None or (isinstance(module.data, Module) and name not in module.data.names):
        found = machine.import_module(dotted, given.at)
    else:
        found = machine.attribute(module, name)
    if isinstance(found.data, External):
        reason = Unknown(f"{dotted} is not among the project's modules", given.at)
        return Value(reason, given.at, given.environment)
    return replace(found, environment=(*given.environment, *found.environment))


def _name_of(source: Value, given: Value) -> str:
    data = source.data
    if isinstance(data, Object):
        data = data.cls
    if isinstance(data, Class):
        return f"{data.module.name}.{data.name}" if data.module.name != "__main__" else data.name
    if isinstance(data, Module):
        return data.name
    return given.data if isinstance(given.data, str) else "an object"


def from_mapping(config: FlaskConfig, event: Event, machine: Interpreter) -> Value:
    """`from_mapping({...}, X=1)`: upper-case names only."""
    _from_pairs(config, event, "from_mapping()", upper=True)
    return Value(True, event.at)


def update(config: FlaskConfig, event: Event, machine: Interpreter) -> Value:
    """`app.config.update({...}, X=1)`: a plain dict's update, that takes every name."""
    _from_pairs(config, event, "app.config.update()", upper=False)
    return Value(None, event.at)


def _from_pairs(config: FlaskConfig, event: Event, how: str, *, upper: bool) -> None:
    for given in event.args:
        _from_dict(config, given, event.at, how, upper=upper)
    for name, value in event.kwargs.items():
        if name == "**":
            config.obscure(_reason(value, "keyword arguments that cannot be read"))
        elif name.isupper() or not upper:
            config.write(name, value, event.at, how)


def _from_dict(config: FlaskConfig, given: Value, at: Span, how: str, *, upper: bool) -> None:
    data = given.data
    if isinstance(data, External) and data.path == "os.environ":
        _from_environment(config, at, how, upper=upper)
        return
    hole = getattr(data, "hole", None)
    if isinstance(data, dict):
        if isinstance(hole, Unknown):
            config.obscure(hole)
        for key, value in data.items():
            if isinstance(key, str) and (key.isupper() or not upper):
                config.write(key, value, at, how)
    elif isinstance(data, (list, tuple)):
        pairs = {str(pair.data[0].data): pair.data[1] for pair in data if _is_pair(pair)}
        _from_dict(config, Value(pairs, given.at), at, how, upper=upper)
    elif data is not None:
        config.obscure(_reason(given, "a mapping that cannot be read"))


def _from_environment(config: FlaskConfig, at: Span, how: str, *, upper: bool) -> None:
    """`from_mapping(os.environ)`: every variable, and where not all are known, any name may be set by one."""
    if config.machine.context.open_environment:
        config.overlay("", at)
    for name, value in environment.snapshot(config.machine, at).items():
        if str(name).isupper() or not upper:
            config.write(str(name), value, at, how)


def _is_pair(value: Value) -> bool:
    return isinstance(value.data, (list, tuple)) and len(value.data) == 2


def _reason(value: Value, otherwise: str) -> Unknown:
    return value.data if isinstance(value.data, Unknown) else Unknown(otherwise, value.at)


def from_pyfile(config: FlaskConfig, event: Event, machine: Interpreter) -> Value:
    """`from_pyfile("settings.cfg", silent=True)`: a Python file beside the app, or in its instance folder."""
    return _python_file(config, event.argument(0, "filename"), event, machine, silent=_is_true(event, 1, "silent"))


def _python_file(
    config: FlaskConfig, given: Value | None, event: Event, machine: Interpreter, *, silent: bool
) -> Value:
    path = _file(config, given, machine)
    if not isinstance(path, str):
        return _absent(config, path, event, machine, silent=silent)
    module = machine.run_file(path, "config")
    if module.opaque is not None:
        config.obscure(module.opaque)
    _fill(config, upper_attributes(Value(module)), event.at, f"from_pyfile({posixpath.basename(path)})")
    return Value(True, event.at)


def _file(config: FlaskConfig, given: Value | None, machine: Interpreter) -> str | Unknown | None:
    """The project file that a name given to the config means; None when it is surely no file of the project."""
    data = (path_text(given) or given.data) if given is not None else None
    if not isinstance(data, str):
        return data if isinstance(data, Unknown) else Unknown("the name of a configuration file")
    return project_file(config, data, machine)


def _absent(config: FlaskConfig, path: Unknown | None, event: Event, machine: Interpreter, *, silent: bool) -> Value:
    """A configuration file that is not there: nothing happens if that is allowed and nobody can have put it there."""
    context = machine.context
    shipped = context.image is not None or context.platform is not None or not context.open_environment
    if path is None and silent and shipped:
        return Value(False, event.at)
    config.obscure(path if path is not None else Unknown(_MISSING, event.at))
    return Value(Unknown(_MISSING, event.at), event.at)


def from_envvar(config: FlaskConfig, event: Event, machine: Interpreter) -> Value:
    """`from_envvar("APP_SETTINGS")`: the Python file whose path a variable holds."""
    name = event.argument(0, "variable_name") or Value(None)
    silent = _is_true(event, 1, "silent")
    value = environment.read(machine, name, None, event.at)
    if isinstance(value.data, Unset):
        return _from_unset(config, str(name.data), value, event, silent=silent)
    if value.data in (None, ""):
        return Value(False, event.at, value.environment)
    return _python_file(config, value, event, machine, silent=silent)


def _from_unset(config: FlaskConfig, variable: str, value: Value, event: Event, *, silent: bool) -> Value:
    """A variable that nothing in the project sets: without it nothing is loaded, if that is allowed."""
    if silent:
        config.overlay_all(variable, event.at)
        return Value(False, event.at, value.environment, sure=False)
    config.obscure(Unknown(f"the file that {variable} names", event.at))
    return Value(True, event.at)


def from_file(config: FlaskConfig, event: Event, machine: Interpreter) -> Value:
    """`from_file("config.toml", load=tomllib.load, text=False)`: by its ending, JSON, TOML or YAML."""
    path = _file(config, event.argument(0, "filename"), machine)
    if not isinstance(path, str):
        return _absent(config, path, event, machine, silent=_is_true(event, 2, "silent"))
    data = _loaded_file(path, event.argument(1, "load"), event, machine)
    if isinstance(data, Unknown):
        config.obscure(data)
    else:
        _from_dict(config, data, event.at, f"from_file({posixpath.basename(path)})", upper=True)
    return Value(True, event.at)


def _loaded_file(path: str, load: Value | None, event: Event, machine: Interpreter) -> Value | Unknown:
    """What a loader makes of a file: one that is known reads its format, one of the project's own is followed."""
    if load is None or not isinstance(load.data, (Function, Method, Bound)):
        kind = KINDS.get(load.data.path, "") if load is not None and isinstance(load.data, External) else ""
        return read_data(machine.context.project, path, kind)
    file = Instance("builtins.open", (Value(machine.file_of(path), event.at),), at=event.at)
    return machine.call(load, (Value(file, event.at),), {}, event.at)


def from_prefixed_env(config: FlaskConfig, event: Event, machine: Interpreter) -> Value:
    """`from_prefixed_env("FLASK")`: every variable with the prefix, its text read as JSON where it is JSON."""
    given = event.argument(0, "prefix") or Value("FLASK")
    if not isinstance(given.data, str):
        config.obscure(Unknown("a prefix that is not known", event.at))
        return Value(True, event.at)
    prefix = given.data + "_"
    if machine.context.open_environment:
        config.overlay(prefix, event.at)
    known = environment.snapshot(machine, event.at, prefix)
    loads = event.argument(1, "loads")
    for name in sorted(str(key) for key in known if str(key).startswith(prefix)):
        value = _by_loads(known[name], loads, event.at, machine)
        _prefixed(config, name.removeprefix(prefix), value, event.at, machine)
    return Value(True, event.at)


def _by_loads(value: Value, loads: Value | None, at: Span, machine: Interpreter) -> Value:
    """A variable's text as `loads` gives it; json.loads is what Flask takes by itself."""
    if loads is None or (isinstance(loads.data, External) and loads.data.path == "json.loads"):
        return _loaded(value)
    try:
        result = machine.call(loads, (value,), {}, at)
    except Raised:
        return value
    return replace(result, at=value.at, environment=value.environment)


def _prefixed(config: FlaskConfig, key: str, loaded: Value, at: Span, machine: Interpreter) -> None:
    top, *rest = key.split("__")
    if not rest:
        config.write(key, loaded, at, "from_prefixed_env()")
        return
    current = config.read(top)
    if current is not None and current.known and not isinstance(current.data, dict):
        raise machine.raised_unless_assumed("TypeError", at, (current, loaded), "a part of what has no parts")
    if current is not None and not current.known:
        hidden = Unknown("a variable sets a part of what is not known", at)
        config.write(top, replace(loaded, data=hidden, sure=False), at, "from_prefixed_env()")
        return
    nested = dict(current.data) if current is not None and isinstance(current.data, dict) else {}
    config.write(top, replace(_nest(nested, rest, loaded), at=loaded.at), at, "from_prefixed_env()")


def _nest(nested: Mapping[object, Value], keys: list[str], value: Value) -> Value:
    first, *rest = keys
    inner = nested.get(first)
    if rest:
        below = inner.data if inner is not None and isinstance(inner.data, dict) else {}
        value = _nest(below, rest, value)
    return Value({**nested, first: value}, value.at, value.environment)


def _loaded(value: Value) -> Value:
    """A variable's text as JSON where it is: `true` is True, but `True` stays a text."""
    if not isinstance(value.data, str):
        return value
    try:
        return as_value(json.loads(value.data), value.at, value.environment)
    except (ValueError, RecursionError):
        return value


def replace_config(config: FlaskConfig, value: Value, at: Span) -> None:
    """`app.config = …`: what was there is gone, unless it is put back as after `app.config |= …`."""
    if isinstance(value.data, Member) and value.data.instance is config.instance:
        return
    for name in config.entries:
        config.remove(name)
    _from_dict(config, value, at, "app.config =", upper=False)


def path_attribute(config: FlaskConfig, path: str, machine: Interpreter) -> Value | None:
    """`app.root_path`, `app.instance_path` and their kin, where the file of the app is known."""
    if path in ("root_path", "config.root_path", "instance_path"):
        folder = root_path(config, machine, instance=path == "instance_path")
        return Value(folder, config.instance.at) if folder is not None else None
    if path in ("name", "import_name") and config.instance.args:
        return config.instance.args[0]
    return None


def set_item(config: FlaskConfig, event: Event, machine: Interpreter) -> Value:
    """`app.config.__setitem__("X", 1)`."""
    name = event.argument(0, "key")
    value = event.argument(1, "value")
    if name is None or value is None or not isinstance(name.data, str):
        config.obscure(Unknown("a name of the config that is not known", event.at))
    else:
        config.write(name.data, value, event.at, "app.config[…]")
    return Value(None, event.at)


METHODS: Mapping[str, Fill] = {
    "from_object": from_object,
    "from_mapping": from_mapping,
    "update": update,
    "from_pyfile": from_pyfile,
    "from_envvar": from_envvar,
    "from_file": from_file,
    "from_json": from_file,
    "from_prefixed_env": from_prefixed_env,
    "__setitem__": set_item,
}


def _is_true(event: Event, index: int, name: str) -> bool:
    value = event.argument(index, name)
    return value is not None and bool(value.data)
