"""A Flask app's config as it grows while the code runs: every write with its place, later ones over earlier ones."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import field, replace
from typing import TYPE_CHECKING

from flaskprod_lint.model import EnvironmentRead, Override, Setting, Unknown
from flaskprod_lint.records import dataclass
from flaskprod_lint.resolve.interpreter.journal import ABSENT
from flaskprod_lint.resolve.interpreter.values import Class, Instance, Maybe, Module, Object, Unset, Value
from flaskprod_lint.source import Place, Span

if TYPE_CHECKING:
    from flaskprod_lint.resolve.interpreter.machine import Interpreter

#: What Flask itself puts into every app's config (3.1; older versions lack a few of the names).
DEFAULTS: Mapping[str, object] = {
    "DEBUG": False,
    "TESTING": False,
    "PROPAGATE_EXCEPTIONS": None,
    "SECRET_KEY": None,
    "SECRET_KEY_FALLBACKS": None,
    "USE_X_SENDFILE": False,
    "TRUSTED_HOSTS": None,
    "SERVER_NAME": None,
    "APPLICATION_ROOT": "/",
    "SESSION_COOKIE_NAME": "session",
    "SESSION_COOKIE_DOMAIN": None,
    "SESSION_COOKIE_PATH": None,
    "SESSION_COOKIE_HTTPONLY": True,
    "SESSION_COOKIE_SECURE": False,
    "SESSION_COOKIE_PARTITIONED": False,
    "SESSION_COOKIE_SAMESITE": None,
    "SESSION_REFRESH_EACH_REQUEST": True,
    "MAX_CONTENT_LENGTH": None,
    "MAX_FORM_MEMORY_SIZE": 500_000,
    "MAX_FORM_PARTS": 1_000,
    "SEND_FILE_MAX_AGE_DEFAULT": None,
    "TRAP_BAD_REQUEST_ERRORS": None,
    "TRAP_HTTP_EXCEPTIONS": False,
    "EXPLAIN_TEMPLATE_LOADING": False,
    "PREFERRED_URL_SCHEME": "http",
    "TEMPLATES_AUTO_RELOAD": None,
    "MAX_COOKIE_SIZE": 4093,
    "PROVIDE_AUTOMATIC_OPTIONS": True,
}

#: Attributes of the app that are windows on its config.
ATTRIBUTES: Mapping[str, str] = {
    "debug": "DEBUG",
    "testing": "TESTING",
    "secret_key": "SECRET_KEY",
    "permanent_session_lifetime": "PERMANENT_SESSION_LIFETIME",
    "use_x_sendfile": "USE_X_SENDFILE",
    "env": "ENV",
    "session_cookie_name": "SESSION_COOKIE_NAME",
    "send_file_max_age_default": "SEND_FILE_MAX_AGE_DEFAULT",
    "propagate_exceptions": "PROPAGATE_EXCEPTIONS",
    "templates_auto_reload": "TEMPLATES_AUTO_RELOAD",
}


#: The name under which a config keeps the reason why any of its names may have been set.
ANY = "*"

#: Where the objects are kept that from_object loaded.
OBJECT = "config object"

#: How the place of a value came into the config, for a trail.
Notes = dict[tuple[str, "Span | None"], str]


@dataclass
class FlaskConfig:
    """The config of one app: a window on what the interpreter keeps for it, so that branches merge as everything does.

    `notes` say how a value came in, `definitions` where the objects stand that from_object loaded; `assumed` are the
    values of an object that is loaded only as long as nobody sets the variable that chooses it, `shadowed` those over
    which something unread may have written. `for_others` are the values of objects that are named for development or
    tests, where a condition that is not known chooses between them and others; `for_all` those that others hold too.
    """

    machine: Interpreter
    instance: Instance
    notes: Notes = field(default_factory=dict)
    definitions: dict[str, Place] = field(default_factory=dict)
    assumed: set[tuple[str, Span | None]] = field(default_factory=set)
    shadowed: dict[str, Value] = field(default_factory=dict)
    for_others: set[tuple[str, Span | None]] = field(default_factory=set)
    for_all: set[tuple[str, Span | None]] = field(default_factory=set)
    #: The prefixes of variables that may set any name, where a person may have set them, with the places that say so.
    prefixes: dict[str, Span | None] = field(default_factory=dict)

    def start(self, defaults: Mapping[str, Value]) -> None:
        """Fill in what Flask itself puts into a new config."""
        for name, value in {**{name: Value(data) for name, data in DEFAULTS.items()}, **defaults}.items():
            self._put(name, value)

    @property
    def entries(self) -> dict[str, Value]:
        """Every name that is or may be set, with its value."""
        items = self.instance.items.items()
        return {str(key): _present(key, value) for (path, key), value in items if path == "config" and key != ANY}

    @property
    def doubt(self) -> Value | None:
        """Why any name may have been set, if something unread has written to the config."""
        return self.instance.items.get(("config", ANY))

    def write(self, name: str, value: Value, at: Span | None, how: str) -> None:
        """Set a name; `at` is where the write stands when the value has no place of its own."""
        old = self._here(name)
        beaten: tuple[Override, ...] = ()
        if old is not None and not is_default(old):
            note = self.notes.get((name, old.at), "")
            beaten = (Override(old.plain(), Place(old.at, note)), *old.overrides)
        sure = value.sure and not self.machine.unsure
        value = replace(value, at=value.at or at, overrides=(*value.overrides, *beaten), sure=sure)
        self.notes[(name, value.at)] = how
        self._put(name, value)

    def is_sure(self, name: str) -> bool:
        """Whether the value of a name is the one in production: no condition or variable leads elsewhere."""
        value = self.read(name)
        return value is not None and value.sure and (name, value.at) not in self.assumed

    def is_for_others(self, name: str, value: Value) -> bool:
        """Whether only an object for development or tests has this value, and production may load another one."""
        return (name, value.at) in self.for_others - self.for_all

    def remove(self, name: str) -> None:
        """What `del` and `pop` do."""
        if ("config", name) in self.instance.items:
            self.machine.journal.write(self.instance.items, ("config", name), ABSENT)

    def obscure(self, reason: Unknown) -> None:
        """Note that something unread may have set any name: what was there may be in effect, or something else."""
        self._put(ANY, Value(reason, reason.at))
        plain = Unknown(reason.reason, reason.at)
        for name, value in self.entries.items():
            if value.known or value.alternatives:
                self.shadowed[name] = value
            self._put(name, replace(value, data=plain, environment=(), alternatives=(), sure=False))

    def overlay(self, prefix: str, at: Span | None) -> None:
        """Note that a variable with this prefix would set any name, where the environment is not fully known."""
        self.prefixes[prefix] = at
        self._overlay(lambda name: prefix + name, at)

    def overlay_all(self, variable: str, at: Span | None) -> None:
        """Note that this one variable, which a person may set, would lead to a file that replaces any name."""
        self._overlay(lambda name: variable, at)

    def _overlay(self, variable: Callable[[str], str], at: Span | None) -> None:
        for name, value in self.entries.items():
            read = EnvironmentRead(variable(name), value.plain(), True, None, at)
            if (
                value.known
                and not is_default(value)
                and not any(known.name == read.name for known in value.environment)
            ):
                self._put(name, replace(value, environment=(*value.environment, read)))

    def read(self, name: object) -> Value | None:
        """The value under a name; None when it is surely not there."""
        value = self._here(name)
        if value is None or (is_default(value) and value.data is None):
            value = self._of_variable(name) or value
        return value if value is not None else self.doubt

    def _of_variable(self, name: object) -> Value | None:
        """What a variable with a prefix may have set, of which the project says nothing.

        Settings of Flask-SQLAlchemy beside the address are left as they are written: hardly anyone puts them there.
        """
        prefix = next(reversed(self.prefixes), None)
        if prefix is None or not isinstance(name, str) or not name.isupper():
            return None
        if name.startswith("SQLALCHEMY_") and name != "SQLALCHEMY_DATABASE_URI":
            return None
        at = self.prefixes[prefix]
        reason = f"the variable {prefix}{name} is not set in the project"
        return Value(Unset(reason, at), at, (EnvironmentRead(prefix + name, None, False, None, at),), sure=False)

    def _here(self, name: object) -> Value | None:
        value = self.instance.items.get(("config", name))
        return _present(name, value) if value is not None else None

    def setting(self, name: str) -> Setting:
        """The name as a Setting with the place that won."""
        value = self.read(name) or Value(None)
        note = self.notes.get((name, value.at), "Flask's default" if is_default(value) else "")
        origin = Place(value.at, note)
        return Setting(name, value.plain(), origin, value.overrides, value.environment, is_default(value), value.sure)

    def loaded(self, name: str, source: Value, given: Value, at: Span) -> None:
        """Note that a configuration object was loaded; the ones before it become what it beats."""
        old = self.instance.items.get((OBJECT, ""))
        beaten = (Override(old, Place(old.at)),) if old is not None else ()
        reads = tuple(dict.fromkeys((*given.environment, *source.environment)))
        data = name if source.known else source.data
        value = Value(data, at, reads, beaten, source.alternatives, source.sure and not self.machine.unsure)
        self.machine.journal.write(self.instance.items, (OBJECT, ""), value)
        self.definitions[name] = _definition(source)

    def objects(self) -> list[Setting]:
        """The configuration objects that were loaded, in order: name, place of the call, what chose it."""
        found: list[Setting] = []
        value = self.instance.items.get((OBJECT, ""))
        while isinstance(value, Value):
            name = value.data if isinstance(value.data, str) else ""
            origin = self.definitions.get(name, Place(value.at))
            found.append(
                Setting(name, value.data, replace(origin, span=value.at), (), value.environment, False, value.sure)
            )
            value = next((beaten.value for beaten in value.overrides if isinstance(beaten.value, Value)), None)
        return list(reversed(found))

    def _put(self, name: str, value: Value) -> None:
        self.machine.journal.write(self.instance.items, ("config", name), value)


def _present(name: object, value: Value) -> Value:
    """A value that may be absent only because the app itself may not have been made: Flask's own names never are."""
    if name in DEFAULTS and isinstance(value.data, Maybe) and len(value.alternatives) == 1:
        return replace(value.alternatives[0], sure=False)
    return value


def _definition(source: Value) -> Place:
    """Where a configuration object stands: its note says it for a trail."""
    data = source.data.cls if isinstance(source.data, Object) else source.data
    if isinstance(data, Class):
        return Place(None, f"class {data.name}, {data.module.path}:{data.node.lineno}")
    return Place(None, data.path) if isinstance(data, Module) else Place(None)


def is_default(value: Value) -> bool:
    """Whether a value is one that Flask itself put into the config."""
    return value.at is None and not value.environment and value.known


def upper_attributes(source: Value) -> Iterator[tuple[str, Value]] | Unknown:
    """The upper-case names that `from_object` would take from a module, class or instance, in its order."""
    data = source.data
    if isinstance(data, Unknown):
        return data
    if isinstance(data, Module):
        return _upper(data.names)
    if isinstance(data, Class):
        return _upper(attributes_of(data))
    if isinstance(data, Object):
        return _upper({**attributes_of(data.cls), **data.attributes})
    if isinstance(data, Instance):
        return Unknown(f"what {data.callee} holds", source.at)
    if isinstance(data, (dict, str, int, float, bool)) or data is None:
        return iter(())
    return Unknown("a configuration object that cannot be read", source.at)


def _upper(names: Mapping[str, Value]) -> Iterator[tuple[str, Value]]:
    return ((name, names[name]) for name in sorted(names) if name.isupper())


def attributes_of(cls: Class) -> dict[str, Value]:
    """A class's attributes with those of its bases; what a subclass replaces becomes an override."""
    found: dict[str, Value] = {}
    for owner in reversed(cls.lineage()):
        for name, value in owner.attributes.items():
            beaten = found.get(name)
            if beaten is not None and name.isupper():
                override = Override(beaten.plain(), Place(beaten.at, f"before {owner.name} replaces it"))
                value = replace(value, overrides=(*value.overrides, override, *beaten.overrides))
            found[name] = value
    return found
