"""Private keys in PEM or OpenSSH armour, on lines of their own or with `\\n` between them in a string."""

from __future__ import annotations

import re
from collections.abc import Iterator

from flaskprod_lint.tokens.form import Token

_BEGIN = "PRIVATE KEY"
_KEY = re.compile(
    r"-----BEGIN ((?:[A-Z]+ ){0,3})PRIVATE KEY(?: BLOCK)?-----"
    r"(?P<body>[A-Za-z0-9+/=\s\\:,.\"'-]{64,16000}?)-----END"
)
_LETTERS = re.compile(r"[A-Za-z0-9+/]")


def find(text: str) -> Iterator[Token]:
    """The private keys in a text. A key that a passphrase encrypts opens nothing by itself."""
    if _BEGIN not in text:
        return
    for match in _KEY.finditer(text):
        body = match["body"]
        letters = _LETTERS.findall(body.replace("\\n", "").replace("\\r", ""))
        if len(letters) < 60 or len(set(letters)) < 24 or "..." in body:
            continue
        kind = " ".join(filter(None, (match[1].strip().replace("ENCRYPTED", ""), "private key")))
        encrypted = "ENCRYPTED" in match[1] or "Proc-Type: 4,ENCRYPTED" in body
        yield Token(kind, match.start(), match.end(), "-----BEGIN", False, encrypted)
