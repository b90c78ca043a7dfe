"""`URL.create(…).render_as_string(hide_password=False)`: the text of a database URL that is made of parts."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote

from flaskprod_lint.model import Unknown
from flaskprod_lint.resolve.database.engine_url import parts_of
from flaskprod_lint.resolve.interpreter.values import Event, Instance, Partial, Value, union

if TYPE_CHECKING:
    from flaskprod_lint.resolve.interpreter.machine import Interpreter

#: The parts of a URL in order, each with what stands before it.
_WRITTEN = (("username", ""), ("password", ":"), ("host", "@"), ("port", ":"), ("database", "/"))


def call(event: Event, machine: Interpreter) -> Value | None:
    """The text of a URL; None for any other call, and where its password would be hidden."""
    made = event.receiver.data if event.receiver is not None else None
    hides = event.kwargs.get("hide_password") or (event.args[0] if event.args else None)
    if not isinstance(made, Instance) or not event.callee.endswith(".render_as_string"):
        return None
    parts = parts_of(made)
    if parts is None or "drivername" not in parts or hides is None or hides.data is not False:
        return None
    texts: list[str | None] = [_text(parts["drivername"]), "://"]
    for name, before in _WRITTEN:
        value = parts.get(name)
        if value is not None and value.data is not None:
            texts += [before, _quoted(value, name)]
    reads = union(*parts.values())
    if "query" in parts or None in texts:
        known = texts if "query" not in parts else [*texts, None]
        return Value(Partial("a URL of which parts are not known", event.at, parts=tuple(known)), event.at, reads)
    sure = all(part.sure for part in parts.values())
    return Value("".join(text for text in texts if text is not None), event.at, reads, sure=sure)


def _quoted(value: Value, name: str) -> str | None:
    text = _text(value)
    return quote(text, safe=" +") if text is not None and name in ("username", "password") else text


def _text(value: Value) -> str | None:
    return None if isinstance(value.data, Unknown) else str(value.data)
