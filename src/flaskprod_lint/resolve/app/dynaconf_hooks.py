"""dynaconf as far as its files say: settings.toml and its kin, the layer of the environment, variables over both."""

from __future__ import annotations

import json
import posixpath
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from flaskprod_lint.model import EnvironmentRead, Unknown
from flaskprod_lint.records import dataclass
from flaskprod_lint.resolve.app import config_files, dotenv_hooks
from flaskprod_lint.resolve.interpreter import environment
from flaskprod_lint.resolve.interpreter.paths import path_text
from flaskprod_lint.resolve.interpreter.values import Entries, Event, Instance, Value, as_value
from flaskprod_lint.source import Source

if TYPE_CHECKING:
    from flaskprod_lint.resolve.interpreter.machine import Interpreter

_MAKERS = ("dynaconf.Dynaconf", "dynaconf.LazySettings", "dynaconf.base.LazySettings")
_FLASK = ("dynaconf.FlaskDynaconf", "dynaconf.contrib.FlaskDynaconf", "dynaconf.contrib.flask_dynaconf.FlaskDynaconf")
_FORMATS = {".toml": "toml", ".tml": "toml", ".yaml": "yaml", ".yml": "yaml", ".json": "json"}
#: What FlaskDynaconf looks for when nobody says more.
_DEFAULT_FILES = ("settings.toml", ".secrets.toml", "settings.yaml", ".secrets.yaml", "settings.yml", "settings.json")
#: Options that make more of the files than is followed here.
_BEYOND = frozenset(("includes", "preload", "loaders", "merge_enabled", "post_hooks", "vault_enabled", "redis_enabled"))
_SETTINGS = "settings"


@dataclass(frozen=True)
class _Options:
    """How a settings object was asked to be: by keyword, as for_dynaconf names are not followed."""

    given: Mapping[str, Value]
    flask: bool

    def plain(self, name: str, default: object) -> object:
        value = self.given.get(name, self.given.get(name.upper()))
        return default if value is None else path_text(value) or value.plain()

    @property
    def prefix(self) -> object:
        return self.plain("envvar_prefix", "FLASK" if self.flask else "DYNACONF")

    @property
    def switcher(self) -> object:
        return self.plain("env_switcher", f"{self.prefix}_ENV" if self.flask else "ENV_FOR_DYNACONF")


def call(event: Event, machine: Interpreter) -> Value | None:
    """A settings object with what its files and variables say, or what it is asked for; None for any other call."""
    if event.kind != "call":
        return None
    if event.callee in _MAKERS:
        return Value(_made(event, machine, flask=False), event.at)
    made = event.receiver.data if event.receiver is not None else None
    if not isinstance(made, Instance) or made.callee not in _MAKERS:
        return None
    held = made.items.get((_SETTINGS, ""))
    name = event.args[0].data if event.args else None
    if held is None or not isinstance(held.data, Entries):
        return None
    if event.callee.endswith((".get", ".__call__")) and isinstance(name, str):
        default = event.args[1] if len(event.args) > 1 else event.kwargs.get("default", Value(None, event.at))
        return _asked(held.data, name, default, made, event, machine)
    if event.callee.endswith((".as_dict", ".to_dict")) and not event.args:
        return held
    return None


def _asked(held: Entries, name: str, default: Value, made: Instance, event: Event, machine: Interpreter) -> Value:
    found = held.get(name.upper())
    if found is not None:
        return found
    if held.hole is not None:
        return Value(held.hole, event.at, sure=False)
    prefix = _Options(made.kwargs, flask=False).prefix
    key = Value(f"{prefix}_{name.upper()}", event.at)
    return environment.read(machine, key, default, event.at) if isinstance(prefix, str) else default


def settings_of(event: Event, machine: Interpreter) -> Entries | None:
    """What FlaskDynaconf puts into an app's config; None for any other call."""
    if event.callee not in _FLASK:
        return None
    given = event.kwargs.get("dynaconf_instance")
    made = given.data if given is not None else _made(event, machine, flask=True)
    held = made.items.get((_SETTINGS, "")) if isinstance(made, Instance) else None
    return held.data if held is not None and isinstance(held.data, Entries) else None


def _made(event: Event, machine: Interpreter, *, flask: bool) -> Instance:
    options = _Options(event.kwargs, flask)
    made = Instance(_MAKERS[0], event.args, event.kwargs, event.at)
    held = _settings(options, event, machine)
    made.items[(_SETTINGS, "")] = Value(held, event.at)
    for name, value in held.items():
        for spelled in (name, name.lower()):
            made.members[spelled] = made.items[("", spelled)] = value
    return made


def _settings(options: _Options, event: Event, machine: Interpreter) -> Entries:
    if options.plain("load_dotenv", options.flask) is True:
        found = dotenv_hooks.find_file(".env", event, machine)
        if found is not None:
            dotenv_hooks.load_file(found[1], machine, event.at)
    held, holes = Entries(), [Unknown(f"dynaconf's {name}", event.at) for name in _BEYOND & event.kwargs.keys()]
    for path in _files(options):
        layers = _layers(path, options, event, machine)
        if isinstance(layers, Unknown):
            holes.append(layers)
            continue
        for layer in layers:
            held.update({str(name).upper(): _parsed(value) for name, value in layer.items()})
    if holes and not (options.flask and held):
        held.hole = holes[0]
    _from_variables(held, options.prefix, event, machine)
    return held


def _files(options: _Options) -> list[str]:
    """The files that are read, in order."""
    default: list[str] = list(_DEFAULT_FILES) if options.flask else []
    rows: list[str] = []
    for name in ("settings_files", "settings_file", "secrets"):
        given = options.plain(name, None)
        for one in given if isinstance(given, (list, tuple)) else [given]:
            rows += [part.strip() for part in one.replace(";", ",").split(",")] if isinstance(one, str) else []
    return rows or default


def _layers(name: str, options: _Options, event: Event, machine: Interpreter) -> list[Entries] | Unknown:
    """What a file says, weakest layer first: by environments, or as a whole. A file that is not there says nothing."""
    kind = _FORMATS.get(posixpath.splitext(name)[1])
    layers: list[Entries] = []
    for spelled in (name, ".local".join(posixpath.splitext(name))):
        found = next(
            filter(None, (_located(one, machine) for one in _candidates(spelled, options, event, machine))), None
        )
        if found is None:
            continue
        data = (
            config_files.read_data(machine.context.project, found, kind) if kind else Unknown(f"{name} is not followed")
        )
        if isinstance(data, Unknown) or not isinstance(data.data, Entries):
            return data if isinstance(data, Unknown) else Unknown(f"{name} cannot be read", data.at)
        by_environment = options.plain("environments", options.flask)
        layers += _of_environment(data.data, options, event, machine) if by_environment else [data.data]
    secret = ".secrets" in name or not machine.context.open_environment
    return (
        layers if layers or secret or options.flask else Unknown(f"{name} is not among the project's files", event.at)
    )


def _candidates(name: str, options: _Options, event: Event, machine: Interpreter) -> Iterator[str]:
    root = options.plain("root_path", None)
    folders = [posixpath.dirname(path) for path in machine.context.tree.paths_of(event.at.path)]
    cwd = machine.context.cwd
    for folder in (*([root] if isinstance(root, str) else []), cwd, posixpath.join(cwd, "config"), *folders):
        yield posixpath.normpath(posixpath.join(cwd, folder, name))


def _located(absolute: str, machine: Interpreter) -> str | None:
    found = dotenv_hooks.shipped(machine.context, absolute)
    return found if isinstance(found, str) else None


def _of_environment(data: Entries, options: _Options, event: Event, machine: Interpreter) -> list[Entries]:
    """The sections that count: [default], the environment's own, [global]."""
    switcher = options.switcher
    default = options.plain("env", options.plain("default_env_name", "development"))
    chosen = environment.read(machine, Value(str(switcher), event.at), Value(str(default), event.at), event.at)
    name = str(chosen.data).lower()
    layers = []
    for wanted in ("default", name, "global"):
        section = next((value for key, value in data.items() if str(key).lower() == wanted), None)
        if section is not None and isinstance(section.data, Entries):
            reads = chosen.environment if wanted == name else ()
            pairs = {key: replace(one, environment=(*reads, *one.environment)) for key, one in section.data.items()}
            layers.append(Entries(pairs))
    return layers


def _from_variables(held: Entries, prefix: object, event: Event, machine: Interpreter) -> None:
    """Variables beat every file; where the environment is not fully known, each of them may be set."""
    if not isinstance(prefix, str):
        held.hole = held.hole or Unknown("any variable may be a setting", event.at)
        return
    for name, value in held.items():
        if machine.context.open_environment:
            read = EnvironmentRead(f"{prefix}_{name}", value.plain(), True, None, event.at)
            held[name] = replace(value, environment=(*value.environment, read), sure=False)
    for name, value in environment.snapshot(machine, event.at, f"{prefix.upper()}_").items():
        key = str(name).removeprefix(f"{prefix.upper()}_").upper()
        nested = "__" in key
        hidden = replace(value, data=Unknown("a part of it is set by a variable", event.at))
        held[key.partition("__")[0]] = hidden if nested else _of_variable(value)


def _of_variable(value: Value) -> Value:
    """A variable's text as TOML where it is TOML: `true`, `12`, `[1, 2]`; else the text."""
    text = value.data
    if not isinstance(text, str) or text.startswith("@"):
        return _parsed(value)
    text = text.lower() if text.strip() in ("True", "False") else text
    data = config_files.of_source(Source("", f"key={text}"), "toml")
    found = data.data.get("key") if isinstance(data, Value) and isinstance(data.data, Entries) else None
    if found is None or len(data.data) != 1:  # type: ignore[union-attr,arg-type]
        return value
    return as_value(found.plain(), value.at, value.environment)


_CASTS: Mapping[str, Callable[[str], object]] = {"@int": int, "@float": float, "@str": str, "@json": json.loads}


def _parsed(value: Value) -> Value:
    """`@int 4` as its type; other marks are not followed."""
    text = value.data
    if not isinstance(text, str) or not text.startswith("@"):
        return value
    mark, _, rest = text.partition(" ")
    try:
        if mark in _CASTS:
            return as_value(_CASTS[mark](rest), value.at, value.environment)
    except (ValueError, RecursionError):
        pass
    return replace(value, data=Unknown(f"what {mark} makes of a text", value.at))
