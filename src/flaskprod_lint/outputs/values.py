"""How a resolved value is shown: as JSON and in words, never with a secret in it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from flaskprod_lint.masking import mask_text
from flaskprod_lint.model import Address, App, Deployment, EnvironmentRead, Override, Setting, Unknown
from flaskprod_lint.outputs.json_places import Json, place
from flaskprod_lint.patterns import regex
from flaskprod_lint.source import Place

MASK = "***"
SECRET = regex(r"SECRET|PASSW|PASSPHRASE|PWD|TOKEN|API_?KEY|ACCESS_?KEY|PRIVATE|CREDENTIAL|SALT|_KEY$", re.I)
STREAMS = {"accesslog": "- (stdout)", "errorlog": "- (stderr)"}
#: What objects of the interpreter are, for people.
OBJECTS = {"Hook": "a function", "Function": "a function", "Class": "a class"}
SECONDS = frozenset({"timeout", "graceful_timeout", "keepalive", "pool_recycle", "pool_timeout"})


def value_object(setting: Setting | None) -> Json | None:
    """A setting as the `value` of our JSON: what it is, or why it is not known, what set it and what that beat."""
    if setting is None:
        return None
    unknown = setting.value if isinstance(setting.value, Unknown) else None
    return {
        "known": unknown is None,
        "value": None if unknown else masked(setting.name, setting.value),
        "environment": [_read(setting.name, read) for read in setting.environment],
        "unknown": unknown.reason if unknown else None,
        "origin": place(setting.origin),
        "overrides": [_override(setting.name, override) for override in setting.overrides],
    }


def masked(name: str, value: object) -> Any:
    """A value for JSON. Texts of settings that hold secrets are replaced, as are passwords in URLs."""
    if isinstance(value, str):
        return MASK if value and SECRET.search(name) else mask_text(value)
    if value is None or isinstance(value, (bool, int, float)):
        return value
    if isinstance(value, bytes):
        return MASK
    if isinstance(value, Unknown):
        return None
    if isinstance(value, Address):
        return value.text
    if isinstance(value, Mapping):
        return {str(key): masked(f"{name}.{key}", item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [masked(name, item) for item in value]
    if isinstance(value, (set, frozenset)):
        return sorted(str(masked(name, item)) for item in value)
    return OBJECTS.get(type(value).__name__, f"<{type(value).__name__}>")


def _read(name: str, read: EnvironmentRead) -> Json:
    default = masked(f"{name} {read.name}", read.default) if read.has_default else None
    return {"name": read.name, "default": default}


def _override(name: str, override: Override) -> Json:
    unknown = isinstance(override.value, Unknown)
    return {"value": None if unknown else masked(name, override.value), "origin": place(override.origin)}


def words(setting: Setting) -> str:
    """A setting's value for people."""
    return words_for(setting.name, setting.value)


def words_for(name: str, value: object) -> str:
    if isinstance(value, Unknown):
        return f"not known here: {value.reason}"
    shown = masked(name, value)
    if shown is None:
        return "none"
    if isinstance(shown, bool):
        return "on" if shown else "off"
    if isinstance(shown, (list, tuple)):
        return ", ".join(map(str, shown)) if shown else "none"
    if shown == "-" and name in STREAMS:
        return STREAMS[name]
    if name in SECONDS and isinstance(shown, (int, float)):
        return f"{shown} s"
    return str(shown) if shown != "" else '""'


def variables(setting: Setting) -> str:
    """What the environment has to say about a value: ` (unless WORKERS is set)`, or nothing."""
    names = [read.name for read in setting.environment if read.is_set is None and read.has_default]
    return f"unless {' or '.join(dict.fromkeys(names))} is set" if names and setting.known else ""


def apps_once(deployments: Sequence[Deployment]) -> list[App]:
    """The apps of the deployments; those that are made at the same place with the same values are one."""
    found: dict[tuple[object, ...], App] = {}
    for app in (app for deployment in deployments for app in deployment.apps):
        config = tuple((name, str(masked(name, setting.value))) for name, setting in sorted(app.config.items()))
        engines = tuple((engine.definition.span, engine.bind) for engine in app.engines)
        found.setdefault((app.definition.span, config, engines), app)
    return list(found.values())


def origin(of: Place) -> str:
    """A place as `path:line`, and what it says."""
    return "  ".join(filter(None, (str(of.span) if of.span else "", mask_text(of.note))))
