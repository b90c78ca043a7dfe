"""JSON Web Tokens: header, payload and signature, each in base64 after the other."""

from __future__ import annotations

import base64
import binascii
import json
import time
from collections.abc import Iterator

from flaskprod_lint.patterns import regex
from flaskprod_lint.tokens.form import Token

_FORM = regex(r"eyJ[\w-]{10,2000}\.(eyJ[\w-]{10,8000})\.([\w-]{20,1400})(?![\w-])")
#: The payload of the example on jwt.io, and of the documentation that copies it.
_EXAMPLE_SUBJECT = "1234567890"
#: Who issues the keys of every Supabase that runs on a developer's machine, all signed with the same public secret:
#: https://github.com/supabase/cli/blob/develop/apps/cli-go/pkg/config/apikeys.go
_EXAMPLE_ISSUER = "supabase-demo"


def find(text: str, start: int) -> Iterator[Token]:
    """The token at `start`: with a header that names an algorithm and a payload that says something.

    One for anonymous visitors (Supabase's `anon` key) is public; one that has expired opens nothing.
    """
    match = _FORM.match(text, start)
    if match is None:
        return
    header, payload = _decoded(match[0].partition(".")[0]), _decoded(match[1])
    if not header.get("alg") or header["alg"] == "none" or not payload or _is_example(payload):
        return
    yield Token("JSON Web Token", start, match.end(), "eyJ", payload.get("role") == "anon", _has_expired(payload))


def _is_example(payload: dict[str, object]) -> bool:
    return payload.get("sub") == _EXAMPLE_SUBJECT or payload.get("iss") == _EXAMPLE_ISSUER


def _has_expired(payload: dict[str, object]) -> bool:
    """Whether the token says that it is valid until a second that has passed (RFC 7519, 4.1.4)."""
    until = payload.get("exp")
    return isinstance(until, (int, float)) and until < time.time()


def _decoded(part: str) -> dict[str, object]:
    """The object in one part; empty where there is none."""
    try:
        data = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    except (ValueError, binascii.Error, RecursionError):
        return {}
    return data if isinstance(data, dict) else {}
