"""The arguments of calls that register routes: texts, methods and prefixes, as far as they are known."""

from __future__ import annotations

from collections.abc import Iterable

from flaskprod_lint.model import Unknown
from flaskprod_lint.resolve.app.routes.steps import Texts
from flaskprod_lint.resolve.interpreter.values import Event, Instance, Member, Object, Value, is_assumed


def argument(event: Event | Instance, index: int, name: str) -> Value | None:
    """An argument by its position or its name."""
    return event.args[index] if 0 <= index < len(event.args) else event.kwargs.get(name)


def thing(value: Value | None) -> Instance | None:
    """What a value is of something made outside the project: an app, a blueprint, what a decorator call gave."""
    data = value.data if value is not None else None
    if isinstance(data, Object):
        return data.outer
    if isinstance(data, Member):
        return data.instance
    return data if isinstance(data, Instance) else None


def things(value: Value | None) -> Iterable[Instance]:
    """What a value is or may be, inside lists and tuples too."""
    if value is None:
        return
    one = thing(value)
    if one is not None:
        yield one
    parts = value.data if isinstance(value.data, (list, tuple)) else ()
    for part in (*value.alternatives, *parts):
        yield from things(part)


def texts(value: Value | None) -> Texts:
    """The text that a value is, or the texts that it may be."""
    if value is None:
        return Unknown("a path that is not given")
    if isinstance(value.data, str):
        return [(value.data, value.sure and not is_assumed(value))]
    known = [one.data for one in value.alternatives if isinstance(one.data, str)]
    if known and len(known) == len(value.alternatives):
        return [(text, False) for text in known]
    reason = value.data.reason if isinstance(value.data, Unknown) else "a path that cannot be read"
    return Unknown(reason, value.at)


def assumed(value: Value | None) -> Unknown | None:
    """Why a known text may be another one: the variable that a person may have set."""
    if value is None:
        return None
    for read in value.environment:
        if read.is_set is None:
            return Unknown(f"{read.name} decides where routes are, and may be set where we cannot look", value.at)
    return None


def optional_text(value: Value | None) -> str | Unknown | None:
    """A text that may be missing or None; Unknown where it is there and cannot be told."""
    if value is None or value.data is None:
        return None
    return value.data if isinstance(value.data, str) else Unknown("a prefix that cannot be read", value.at)


def names(value: Value | None) -> tuple[str, ...] | None:
    """A list of methods in upper case; None where it cannot be told."""
    plain = value.plain() if value is not None else None
    if not isinstance(plain, (list, tuple, set, frozenset)) or not all(isinstance(one, str) for one in plain):
        return None
    return tuple(sorted({one.upper() for one in plain}))


def flag(value: Value | None) -> bool | None:
    """A switch that is given; None where it is not, or cannot be told."""
    return bool(value.data) if value is not None and isinstance(value.data, (bool, int)) else None
