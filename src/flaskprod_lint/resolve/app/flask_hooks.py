"""What Flask does when the app's code calls it: it keeps a config, with every way there is of filling it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from flaskprod_lint.model import Unknown
from flaskprod_lint.patterns import regex
from flaskprod_lint.resolve.app import dynaconf_hooks, flask_sources, settings_hooks
from flaskprod_lint.resolve.app.flask_config import ATTRIBUTES, DEFAULTS, FlaskConfig
from flaskprod_lint.resolve.app.flask_debug import debug_flag, old_defaults
from flaskprod_lint.resolve.interpreter.hooks import Hooks
from flaskprod_lint.resolve.interpreter.values import (
    Entries,
    Event,
    External,
    Instance,
    Items,
    Member,
    Object,
    Value,
    as_value,
)
from flaskprod_lint.source import Span

if TYPE_CHECKING:
    from flaskprod_lint.resolve.app.argument_hooks import CommandLine
    from flaskprod_lint.resolve.interpreter.machine import Interpreter

FLASK = "flask.Flask"

#: Callables that make a Flask app, or something that is one for all that matters here.
APP_CLASSES = frozenset(
    {
        "flask.Flask",
        "flask.app.Flask",
        "apiflask.APIFlask",
        "apiflask.app.APIFlask",
        "flask_openapi3.OpenAPI",
        "flask_openapi3.openapi.OpenAPI",
        "eve.Eve",
        "flask_api.FlaskAPI",
        "flask_lambda.FlaskLambda",
        "flask_unchained.FlaskUnchained",
    }
)

#: Callables whose result holds a Flask app under a name.
HOLDERS: Mapping[str, str] = {
    "dash.Dash": "server",
    "dash.dash.Dash": "server",
    "connexion.FlaskApp": "app",
    "connexion.App": "app",
    "connexion.apps.flask.FlaskApp": "app",
    "connexion.apps.flask_app.FlaskApp": "app",
}

#: Functions of a library that are given the app, and by their name set it up.
_SETTING_UP = regex(r"[a-z_]\w*\.(init_app|init|setup\w*|configure\w*|\w*config|\w*settings|load_env\w*)$")

#: Extensions that put settings of their own reading into the config.
_CONFIG_EXTENSIONS = ("flask_dotenv.DotEnv", "flask_environments.Environments", "flask_env.")


#: The app that code asks for while there is one, also by a name that was imported before there was.
_CURRENT = ("flask.current_app", "flask.globals.current_app")


class FlaskHooks(Hooks):
    """Keeps the config of every Flask app that the interpreted code makes; other calls go to `libraries`."""

    def __init__(self, libraries: tuple[Callable[[Event, Interpreter], Value | None], ...] = ()) -> None:
        self.configs: list[FlaskConfig] = []
        self.machine: Interpreter | None = None
        #: The calls that were not followed: how each is called, what it was given, and where it stands.
        self.not_followed: list[tuple[str, Sequence[Value], Span]] = []
        self._libraries = libraries
        self._names: dict[str, Value] = {}

    def listen(self, line: CommandLine, script: str) -> None:
        """Let the code see the command line of a script."""
        self._libraries = (*self._libraries, line.call)
        self._names["sys.argv"] = line.argv(script)

    def config_of(self, value: Value | None) -> FlaskConfig | None:
        """The config of the app that a value is, or that it is a part of."""
        instance = flask_instance(value)
        return next((config for config in self.configs if config.instance is instance), None)

    @property
    def current(self) -> FlaskConfig | None:
        """The app made last: what `current_app` means to code that runs while the app loads."""
        return self.configs[-1] if self.configs else None

    def call(self, event: Event) -> Value | None:
        assert self.machine is not None
        if event.callee in APP_CLASSES:
            return Value(self._new_app(event), event.at)
        if event.callee in HOLDERS:
            return Value(self._new_holder(event), event.at)
        config = self.config_of(event.receiver)
        if config is not None and event.callee.startswith(FLASK + ".config."):
            return self._config_method(config, event)
        if event.callee.startswith("dynaconf."):
            self._dynaconf(event)
        if event.callee.startswith(_CONFIG_EXTENSIONS) or self._is_setting_up(event):
            self._extension(event)
        for library in self._libraries:
            value = library(event, self.machine)
            if value is not None:
                return value
        return None

    def changed(self, event: Event) -> bool:
        if event.kind == "set-attribute" and event.callee.endswith((".logger.handlers", ".getLogger.handlers")):
            # A logger changes its list by itself later on, so what the code put there says little.
            return True
        config = self.config_of(event.receiver)
        if config is None:
            return False
        name = event.callee.removeprefix(FLASK + ".")
        if event.kind == "set-item" and name == "config" and isinstance(event.args[0].data, str):
            config.write(event.args[0].data, event.args[1], event.at, "app.config[…]")
        elif event.kind == "set-item" and name == "config" and not isinstance(event.args[0].data, External):
            # A name that a library keeps as a constant is one of its own settings.
            config.obscure(Unknown("a name of the config that is not known", event.at))
        elif event.kind == "del-item" and name == "config" and isinstance(event.args[0].data, str):
            config.remove(event.args[0].data)
        elif event.kind == "set-attribute" and name in ATTRIBUTES:
            config.write(ATTRIBUTES[name], event.args[0], event.at, f"app.{name}")
        elif event.kind == "set-attribute" and name == "config":
            flask_sources.replace_config(config, event.args[0], event.at)
        else:
            return False
        return True

    def unfollowed(self, name: str, given: Sequence[Value], at: Span) -> None:
        """Code that cannot be read may set anything of an app that it is given; an extension's init_app does not."""
        self.not_followed.append((name, given, at))
        for value in given if name != "init_app" and not name.startswith("register") else ():
            config = self.config_of(value)
            whole = isinstance(value.data, (Instance, Object)) or getattr(value.data, "path", "") == "config"
            if config is not None and whole:
                config.obscure(Unknown(f"{name or 'code'} cannot be followed, and is given the app", at))

    def name(self, path: str) -> Value | None:
        if path.startswith(_CURRENT) and self.current is not None:
            app = Value(self.current.instance, self.current.instance.at)
            rest = path.partition("current_app")[2].lstrip(".")
            assert self.machine is not None
            return self.machine.attribute(app, rest) if rest else app
        return self._names.get(path)

    def entries(self, instance: Instance, path: str) -> Entries | None:
        config = self.config_of(Value(instance))
        return Entries(config.entries, _doubt(config)) if config is not None and path == "config" else None

    def left(self, value: Value) -> None:
        assert self.machine is not None
        settings_hooks.left(value, self.machine)

    def attribute(self, instance: Instance, path: str) -> Value | None:
        config = self.config_of(Value(instance))
        if config is None:
            return None
        if path in ATTRIBUTES:
            return self.item(instance, "config", ATTRIBUTES[path])
        assert self.machine is not None
        return flask_sources.path_attribute(config, path, self.machine)

    def item(self, instance: Instance, path: str, key: object) -> Value | None:
        config = self.config_of(Value(instance))
        if config is None or path != "config":
            return None
        value = config.read(key)
        if value is None and key in DEFAULTS:
            # What Flask itself has set is missing only where the code has removed it.
            assert self.machine is not None
            raise self.machine.raised("KeyError", instance.at, str(key))
        return value

    def contains(self, instance: Instance, path: str, key: object) -> bool | None:
        config = self.config_of(Value(instance))
        if config is None or path != "config":
            return None
        value = config.read(key)
        return None if value is not None and not value.known else value is not None

    def _new_app(self, event: Event) -> Instance:
        assert self.machine is not None
        instance = Instance(FLASK, event.args, event.kwargs, event.at)
        config = FlaskConfig(self.machine, instance)
        config.start({"DEBUG": debug_flag(self.machine, event.at), **old_defaults(self.machine, event.at)})
        self.configs.append(config)
        return instance

    def _new_holder(self, event: Event) -> Instance:
        """A Dash or Connexion app with the Flask app in it: the one it is given, or one of its own."""
        holder = Instance(event.callee, event.args, event.kwargs, event.at)
        given = event.kwargs.get("server")
        app = given if given is not None and flask_instance(given) else Value(self._new_app(event), event.at)
        holder.members[HOLDERS[event.callee]] = app
        return holder

    def _is_setting_up(self, event: Event) -> bool:
        """Whether a function from outside the project is given the app to set it up: `coaster.app.init_app(app)`.

        An extension made for Flask by its name (`flask_profiler.init_app`) sets what is its own.
        """
        if event.callee.startswith("flask_") and event.callee.endswith(".init_app"):
            return False
        plain = event.kind == "call" and event.receiver is None and bool(_SETTING_UP.search(event.callee))
        return plain and any(flask_instance(value) is not None for value in event.args[:2])

    def _dynaconf(self, event: Event) -> None:
        """`FlaskDynaconf(app, …)`: what dynaconf has read beats what the config had."""
        assert self.machine is not None
        given = next((one for one in (*event.args, *event.kwargs.values()) if flask_instance(one)), None)
        config = self.config_of(given)
        settings = dynaconf_hooks.settings_of(event, self.machine) if config is not None else None
        if config is None:
            return
        if settings is None or settings.hole is not None:
            config.obscure(Unknown(f"{event.callee} adds settings of its own", event.at))
        for name, value in (settings or {}).items():
            config.write(str(name), value, event.at, "dynaconf")

    def _extension(self, event: Event) -> None:
        app = next(
            (self.config_of(value) for value in (*event.args, *event.kwargs.values()) if flask_instance(value)), None
        )
        config = app or (self.current if event.callee.endswith("init_app") else None)
        if config is not None:
            config.obscure(Unknown(f"{event.callee} adds settings of its own", event.at))

    def _config_method(self, config: FlaskConfig, event: Event) -> Value | None:
        assert self.machine is not None
        method = event.callee.removeprefix(FLASK + ".config.")
        fill = flask_sources.METHODS.get(method)
        if fill is not None:
            return fill(config, event, self.machine)
        if method in _READERS:
            return _READERS[method](config, event)
        return None


def flask_instance(value: Value | None) -> Instance | None:
    """The Flask instance that a value is, is a part of, or stands for."""
    data = value.data if value is not None else None
    if isinstance(data, Member):
        data = data.instance
    if isinstance(data, Object):
        data = data.outer
    return data if isinstance(data, Instance) and data.callee == FLASK else None


def _get(config: FlaskConfig, event: Event) -> Value:
    key = event.argument(0, "key")
    default = event.argument(1, "default") or Value(None, event.at)
    if key is None or not isinstance(key.data, str):
        return Value(Unknown("a name of the config that is not known", event.at), event.at)
    return config.read(key.data) or default


def _pop(config: FlaskConfig, event: Event) -> Value:
    value = _get(config, event)
    key = event.argument(0, "key")
    if key is not None and isinstance(key.data, str):
        config.remove(key.data)
    return value


def _setdefault(config: FlaskConfig, event: Event) -> Value:
    key = event.argument(0, "key")
    value = event.argument(1, "default") or Value(None, event.at)
    if key is None or not isinstance(key.data, str):
        return value
    if config.read(key.data) is None:
        config.write(key.data, value, event.at, "app.config.setdefault()")
    return config.read(key.data) or value


def _namespace(config: FlaskConfig, event: Event) -> Value:
    prefix = event.argument(0, "namespace")
    if prefix is None or not isinstance(prefix.data, str):
        return Value(Unknown("a part of the config", event.at), event.at)
    lower = _flag(event, 1, "lowercase")
    trim = _flag(event, 2, "trim_namespace")
    found: dict[object, Value] = {}
    for name, value in config.entries.items():
        if name.startswith(prefix.data):
            key = name[len(prefix.data) :] if trim else name
            found[key.lower() if lower else key] = value
    return Value(Entries(found, _doubt(config)), event.at)


def _copy(config: FlaskConfig, event: Event) -> Value:
    return Value(Entries(config.entries, _doubt(config)), event.at)


def _listed(config: FlaskConfig, event: Event) -> Value:
    """`app.config.items()`, and the keys or the values alone."""
    rows = [
        Value((as_value(key), value)) if event.callee.endswith("items") else value
        for key, value in config.entries.items()
    ]
    rows = [as_value(key) for key in config.entries] if event.callee.endswith("keys") else rows
    return Value(Items(rows, _doubt(config)), event.at)


def _doubt(config: FlaskConfig) -> Unknown | None:
    doubt = config.doubt.data if config.doubt is not None else None
    return doubt if isinstance(doubt, Unknown) else None


_READERS: Mapping[str, Callable[[FlaskConfig, Event], Value]] = {
    "get": _get,
    "pop": _pop,
    "setdefault": _setdefault,
    "get_namespace": _namespace,
    "copy": _copy,
    "items": _listed,
    "keys": _listed,
    "values": _listed,
}


def _flag(event: Event, index: int, name: str) -> bool:
    value = event.argument(index, name)
    return value is None or bool(value.data)
