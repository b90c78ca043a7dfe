"""What a setting is when nothing sets it: Gunicorn's defaults, and the variables that some are made of."""

from __future__ import annotations

from typing import Any

from flaskprod_lint.model import EnvironmentRead, Setting, Unknown
from flaskprod_lint.resolve.context import Context
from flaskprod_lint.resolve.gunicorn.table import Known
from flaskprod_lint.resolve.gunicorn.validators import RefusalError
from flaskprod_lint.source import Place

BUILT_IN = Place(None, "Gunicorn's default")
_STARTER = Place(None, "the user that starts Gunicorn")

_VARIABLES = ("PORT", "WEB_CONCURRENCY", "FORWARDED_ALLOW_IPS")


def default_of(known: Known, context: Context) -> Setting:
    """The setting before anything sets it; its value is still to be validated. Raises RefusalError."""
    if known.derived in _VARIABLES:
        return _of_variable(known, str(known.derived), context)
    value: Any = known.default
    if known.derived == "cwd":
        value = context.cwd
    elif known.derived == "home":
        value = "~/.gunicorn/gunicorn.ctl"
    elif known.derived in ("user", "group"):
        return Setting(known.name, None, _STARTER, is_default=True)
    elif isinstance(value, (list, dict)):
        value = value.copy()
    return Setting(known.name, value, BUILT_IN, is_default=True)


def _of_variable(known: Known, name: str, context: Context) -> Setting:
    variable = context.variables.get(name)
    if variable is None:
        is_set = None if context.open_environment else False
        shown = "8000" if name == "PORT" else str(known.default)
        read = EnvironmentRead(name, shown, True, is_set)
        value = list(known.default) if isinstance(known.default, list) else known.default
        return Setting(known.name, value, BUILT_IN, environment=(read,), is_default=True)
    read = EnvironmentRead(name, None, False, True, variable.span)
    origin = Place(variable.span, with_name(name, variable.origin.note))
    return Setting(known.name, _value_of(name, variable.value), origin, environment=(read,), is_default=True)


def with_name(name: str, note: str) -> str:
    """What sets a variable, with the variable's name in it: "PORT, set by Heroku"."""
    return note if name in note else f"{name}, {note}" if note else name


def _value_of(name: str, value: object) -> Any:
    if name == "PORT":
        return ["0.0.0.0:$PORT"] if isinstance(value, Unknown) else [f"0.0.0.0:{value}"]
    if name == "WEB_CONCURRENCY" and isinstance(value, str):
        return _workers(value)
    return value


def _workers(text: str) -> int:
    """WEB_CONCURRENCY goes through int() alone, which takes " 3 " and refuses "0x3"."""
    try:
        return int(text)
    except ValueError:
        raise RefusalError(f"WEB_CONCURRENCY must be a whole number, not {text!r}") from None
