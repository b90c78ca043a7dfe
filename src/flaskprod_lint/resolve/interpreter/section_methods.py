"""The methods of a section of configparser that a dict does not have, or has in another form."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flaskprod_lint.resolve.interpreter.contents import FoldedEntries
from flaskprod_lint.resolve.interpreter.frames import Arguments
from flaskprod_lint.resolve.interpreter.values import Value
from flaskprod_lint.source import Span

if TYPE_CHECKING:
    from flaskprod_lint.resolve.interpreter.machine import Interpreter


def call(vm: Interpreter, receiver: Value, name: str, arguments: Arguments, at: Span) -> Value | None:
    """`section.getint("PORT", fallback=8000)` and `section.get(…)`; None for any other method."""
    data = receiver.data
    if not isinstance(data, FoldedEntries) or name not in ("get", *data.converters):
        return None
    given = dict(zip(("option", "fallback"), arguments.args, strict=False)) | dict(arguments.kwargs)
    option = given.get("option")
    hole = arguments.hole or data.hole
    if hole is not None or option is None or not option.known:
        return vm.unknown(hole, at, receiver) if hole is not None else option or Value(None, at)
    found = data.get(option.data)
    if found is None:
        return given.get("fallback") or Value(None, at)
    return data.converters[name](found, at) if name in data.converters else found
