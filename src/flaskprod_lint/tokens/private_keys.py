"""Private keys in PEM or OpenSSH armour: on lines of their own, with `\\n` between them in a string, or in base64."""

from __future__ import annotations

import base64
from collections.abc import Iterator

from flaskprod_lint.patterns import regex
from flaskprod_lint.tokens.form import Token

_BEGIN = "PRIVATE KEY"
_KEY = regex(
    r"-----BEGIN ((?:[A-Z]+ ){0,3})PRIVATE KEY(?: BLOCK)?-----"
    r"(?P<body>[A-Za-z0-9+/=\s\\:,.\"'-]{64,16000}?)-----END"
)
#: The base64 of "-----BEGIN ".
_BEGIN_IN_BASE64 = "LS0tLS1CRUdJTi"
_ENCODED = regex(rf"(?<![A-Za-z0-9+/]){_BEGIN_IN_BASE64}[A-Za-z0-9+/]{{100,22000}}")
_LETTERS = regex(r"[A-Za-z0-9+/]")


def find(text: str) -> Iterator[Token]:
    """The private keys in a text. A key that a passphrase encrypts opens nothing by itself."""
    if _BEGIN in text:
        yield from _in_armour(text)
    if _BEGIN_IN_BASE64 in text:
        yield from _in_base64(text)


def _in_base64(text: str) -> Iterator[Token]:
    """Whole keys in base64, as kubeconfig files and Kubernetes Secrets have them."""
    for match in _ENCODED.finditer(text):
        letters = match[0]
        key = base64.b64decode(letters[: len(letters) // 4 * 4]).decode("ascii", "replace")
        inside = next(_in_armour(key), None)
        if inside is not None:
            yield Token(inside.name, match.start(), match.end(), harmless=inside.harmless)


def _in_armour(text: str) -> Iterator[Token]:
    for match in _KEY.finditer(text):
        body = match["body"]
        letters = _LETTERS.findall(body.replace("\\n", "").replace("\\r", ""))
        if len(letters) < 60 or len(set(letters)) < 24 or "..." in body:
            continue
        kind = " ".join(filter(None, (match[1].strip().replace("ENCRYPTED", ""), "private key")))
        encrypted = "ENCRYPTED" in match[1] or "Proc-Type: 4,ENCRYPTED" in body
        yield Token(kind, match.start(), match.end(), "-----BEGIN", False, encrypted)
