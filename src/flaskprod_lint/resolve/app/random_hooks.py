"""Calls whose result is another one each time: what they give is known to be random, and nothing more."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flaskprod_lint.model import Unknown
from flaskprod_lint.resolve.app.secrets import RANDOM, RANDOM_CALLS, RANDOM_REASON, is_random
from flaskprod_lint.resolve.interpreter.values import Event, Value

if TYPE_CHECKING:
    from flaskprod_lint.resolve.interpreter.machine import Interpreter

#: Calls that only change the form of what they are given.
_FORMS = frozenset(
    {
        "binascii.hexlify",
        "binascii.b2a_hex",
        "base64.b64encode",
        "base64.urlsafe_b64encode",
        "base64.b32encode",
        "codecs.encode",
        "hashlib.sha256",
        "hashlib.md5",
        "hashlib.sha512",
        "hashlib.sha1",
    }
)


def call(event: Event, machine: Interpreter) -> Value | None:
    """A random value for a call that makes one, or that changes the form of one; None for any other."""
    if event.kind != "call":
        return None
    if event.callee.startswith(RANDOM_CALLS) or (event.callee in _FORMS and any(map(is_random, event.args))):
        reads = tuple(read for value in event.args for read in value.environment)
        return Value(Unknown(RANDOM_REASON, event.at, RANDOM), event.at, reads)
    return None
