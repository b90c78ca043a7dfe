"""The URL of a database engine: where it comes from and what it says, without ever keeping its password."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from urllib.parse import quote

from flaskprod_lint.model import EnvironmentRead, Override, Setting, Unknown
from flaskprod_lint.patterns import regex
from flaskprod_lint.records import dataclass
from flaskprod_lint.resolve.context import Context
from flaskprod_lint.resolve.interpreter.values import Instance, Partial, Value
from flaskprod_lint.resolve.secrecy import is_secret_name, mask_url, url_password
from flaskprod_lint.source import Place

_SCHEME = regex(r"^\s*([A-Za-z][A-Za-z0-9_]*)(?:\+([A-Za-z0-9_]+))?:")
_WRITTEN = regex(r"""^\(?\s*[rRfFuU]{0,2}['"]{1,3}\s*([A-Za-z][A-Za-z0-9_]*)(?:\+([A-Za-z0-9_]+))?://""")
_IN_QUERY = regex(r"([?&](?:password|sslpassword|passwd)=)[^&\s]*", re.IGNORECASE)
#: Calls that give a URL made of parts, with the names of their positional arguments.
_URL_CALLS = {"sqlalchemy.engine.URL.create", "sqlalchemy.engine.url.URL.create", "sqlalchemy.URL.create"}
_URL_CALLS |= {"sqlalchemy.engine.url.URL", "sqlalchemy.engine.URL"}
_URL_PARTS = ("drivername", "username", "password", "host", "port", "database", "query")
_MAKE_URL = {"sqlalchemy.engine.make_url", "sqlalchemy.engine.url.make_url", "sqlalchemy.make_url"}
_ALIASES = {"postgres": "postgresql"}


@dataclass(frozen=True)
class Url:
    """What is known of an engine's URL. `in_memory` is None where an SQLite URL's path is not known."""

    setting: Setting
    kind: str = "unknown"
    variables: tuple[EnvironmentRead, ...] = ()
    dialect: str | None = None
    driver: str | None = None
    has_password: bool = False
    in_memory: bool | None = None


def of_value(value: Value | None, name: str, context: Context, note: str = "") -> Url:
    """The URL that a value of the program is. `note` says what holds it, such as the configuration key."""
    if value is None:
        return Url(Setting(name, Unknown("no URL is given")))
    value = _unwrapped(value)
    if isinstance(value.data, Instance):
        return _from_parts(value, value.data, name, note)
    firm = any(_is_firm(read, context) for read in value.environment)
    text = _text(value)
    if text is None and not firm:
        text = _platform_default(value)
    text = text if text is None or (value.data == text and not value.environment) or _is_usable(text) else None
    kind = _kind(value, text, firm)
    dialect, driver = _scheme(value, text, kind, context)
    return Url(
        _masked(_placed(value, text), name, note),
        kind,
        _reads(value, text if kind == "fallback" else None),
        dialect,
        driver,
        _has_password(text) if kind in ("literal", "fallback") else False,
        _in_memory(text) if dialect == "sqlite" else None,
    )


def _unwrapped(value: Value) -> Value:
    """The argument of make_url(…) for its result."""
    data = value.data
    if isinstance(data, Instance) and data.callee in _MAKE_URL and data.args:
        return replace(data.args[0], at=data.args[0].at or value.at)
    return value


def _text(value: Value) -> str | None:
    """The literal text that the URL is or falls back to; not one that another variable chooses between."""
    if isinstance(value.data, str):
        return value.data
    chosen_by = {read.name for read in value.environment}
    if not chosen_by <= {read.name for other in value.alternatives for read in other.environment}:
        return None
    return next((other.data for other in value.alternatives if isinstance(other.data, str) and other.data), None)


def _placed(value: Value, text: str | None) -> Value:
    """The value at the place of the literal that it may be, which is the one to change."""
    at = next((other.at for other in value.alternatives if other.data == text and other.at), None) if text else None
    return replace(value, at=at) if at is not None else value


def _is_usable(text: str) -> bool:
    """Whether a URL could be connected to: with one that has holes (`postgresql://:@:5432/`) the first query fails."""
    return text.startswith("sqlite") or not re.search(r"//:|@[:/]|\bNone\b|@$", text)


def _reads(value: Value, fallback: str | None) -> tuple[EnvironmentRead, ...]:
    """The variables, without secrets; a fallback that stands beside them (`… or "sqlite://"`) is told as a default."""
    reads = tuple(masked_read(read) for read in value.environment)
    if fallback is None or not reads or any(read.default for read in reads):
        return reads
    shown = _shown(fallback)
    return (replace(reads[0], default=shown if isinstance(shown, str) else "***", has_default=True), *reads[1:])


def _is_firm(read: EnvironmentRead, context: Context) -> bool:
    """Whether the project itself sets the variable. What only the platform sets is there as long as it is asked to."""
    setting = context.variables.get(read.name)
    return bool(read.is_set) and (setting is None or setting.origin.span is not None)


def _platform_default(value: Value) -> str | None:
    """The default of a variable that the platform sets: what is used when the database is not attached."""
    defaults = (read.default for read in value.environment if read.is_set)
    return next((default for default in defaults if isinstance(default, str) and default), None)


def _kind(value: Value, text: str | None, firm: bool) -> str:
    """Where the URL comes from. A URL of several variables of which one is set is what production sets."""
    if not value.environment:
        return "literal" if isinstance(value.data, str) else "unknown"
    return "environment" if firm or text is None else "fallback"


def _scheme(value: Value, text: str | None, kind: str, context: Context) -> tuple[str | None, str | None]:
    """Dialect and driver. The fallback of a variable says little about what the variable will hold."""
    by_platform = kind == "fallback" and any(read.is_set for read in value.environment)
    assumed = kind == "fallback" and any(read.is_set is None for read in value.environment)
    known = value.data if isinstance(value.data, str) else text if kind == "fallback" and not by_platform else None
    found = _SCHEME.match(known or (value.data.prefix if isinstance(value.data, Partial) else ""))
    if found is not None and assumed and found.group(1) == "sqlite":
        found = None
    elif found is None:
        found = _written(value, context)
    if found is not None:
        dialect = found.group(1).lower()
        return _ALIASES.get(dialect, dialect), found.group(2)
    return _of_platform(value, context), None


def _written(value: Value, context: Context) -> re.Match[str] | None:
    """The scheme of a text with holes, as it is written: f"postgresql://{user}:…"."""
    if value.at is None:
        return None
    source = context.project.read(value.at.path)
    if source is None:
        return None
    return _WRITTEN.match(source.line(value.at.line)[value.at.column - 1 :])


def _of_platform(value: Value, context: Context) -> str | None:
    """The dialect of the database whose URL the platform puts into a variable that is read here."""
    platform = context.platform
    if platform is None or not platform.database_scheme:
        return None
    patterns = [re.sub(r"<\w+>", "[A-Z]+", name) for name in platform.database_variables]
    if not any(re.fullmatch(pattern, read.name) for pattern in patterns for read in value.environment):
        return None
    found = _SCHEME.match(platform.database_scheme.replace("://", ":"))
    name = found.group(1) if found else platform.database_scheme
    return _ALIASES.get(name, name)


def _has_password(text: str | None) -> bool:
    judgement = url_password(text) if text else None
    return judgement is not None and judgement.secret and not judgement.weak


def _in_memory(text: str | None) -> bool | None:
    if text is None:
        return None
    path, _, query = text.partition(":")[2].removeprefix("//").removeprefix("/").partition("?")
    return path in ("", ":memory:") or "mode=memory" in query


# Without secrets


def _masked(value: Value, name: str, note: str) -> Setting:
    shown = _shown(value.data) if isinstance(value.data, str) else value.data
    if shown is None and value.environment:
        shown = Unknown(f"{value.environment[0].name} is not set", value.at)
    if not isinstance(shown, (str, Unknown)):
        shown = Unknown("not a URL that can be read", value.at)
    reads = tuple(masked_read(read) for read in value.environment)
    return Setting(name, shown, Place(value.at, note), tuple(_masked_overrides(value)), reads, sure=value.sure)


def _shown(text: str) -> str | Unknown:
    """The URL without its password, which may also stand in its query; a text that is no URL is not shown."""
    if "://" not in text:
        return Unknown("not a URL that can be read")
    return _IN_QUERY.sub(r"\1***", mask_url(text))


def _masked_overrides(value: Value) -> Iterator[Override]:
    for beaten in value.overrides:
        old = beaten.value
        plain = old.data if isinstance(old, Value) else old
        yield Override(_shown(plain) if isinstance(plain, str) else plain, beaten.origin)


def masked_read(read: EnvironmentRead) -> EnvironmentRead:
    """The reading of a variable, with the password of its default replaced."""
    if not isinstance(read.default, str):
        return read
    if "://" in read.default:
        return replace(read, default=_shown(read.default))
    hidden = is_secret_name(read.name) or "password" in read.default.lower()
    return replace(read, default="***") if hidden else read


# URLs made of parts


def _from_parts(value: Value, made: Instance, name: str, note: str) -> Url:
    parts = parts_of(made)
    if parts is None:
        return Url(Setting(name, Unknown("not a URL that can be read", value.at), Place(value.at, note)))
    reads = tuple(read for part in parts.values() for read in part.environment)
    found = _SCHEME.match(f"{parts['drivername'].data}:") if "drivername" in parts else None
    dialect = found.group(1) if found else None
    return Url(
        Setting(name, _joined(parts, value), Place(value.at, note), (), tuple(masked_read(read) for read in reads)),
        _kind_of_parts(parts, reads),
        tuple(masked_read(read) for read in reads),
        _ALIASES.get(dialect, dialect) if dialect else None,
        found.group(2) if found else None,
        _has_password(_url_with(parts)),
        _in_memory(f":{parts['database'].data}" if "database" in parts else ":") if dialect == "sqlite" else None,
    )


def parts_of(made: Instance) -> dict[str, Value] | None:
    """The parts that a URL is made of, by their names; None for what is no URL."""
    if made.callee not in _URL_CALLS:
        return None
    return {**dict(zip(_URL_PARTS, made.args, strict=False)), **made.kwargs}


def _kind_of_parts(parts: Mapping[str, Value], reads: tuple[EnvironmentRead, ...]) -> str:
    if not reads:
        return "literal" if all(part.known for part in parts.values()) else "unknown"
    known = all(part.known for part in parts.values())
    return "fallback" if known and not any(read.is_set for read in reads) else "environment"


def _joined(parts: Mapping[str, Value], value: Value) -> object:
    """The URL of these parts as it may be shown."""
    hole = next((part.data for key, part in parts.items() if key != "password" and not part.known), None)
    if isinstance(hole, Unknown):
        return hole
    host = parts["host"].data if "host" in parts else ""
    database = parts["database"].data if "database" in parts else ""
    login = f"{parts['username'].data}:***@" if "username" in parts else ""
    return f"{parts['drivername'].data}://{login}{host}/{database}" if "drivername" in parts else Unknown("", value.at)


def _url_with(parts: Mapping[str, Value]) -> str | None:
    """A URL with the literal password of these parts, to be judged."""
    password = parts.get("password")
    if password is None or not isinstance(password.data, str) or not password.data:
        return None
    return f"postgresql://user:{quote(password.data, safe='')}@host/db"
