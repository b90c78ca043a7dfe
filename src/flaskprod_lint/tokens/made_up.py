"""Tells the tokens of documentation and tests from those that open something."""

from __future__ import annotations

import hashlib
import re
from itertools import pairwise

from flaskprod_lint.patterns import regex

_WORDS = regex(
    r"x{4,}|0{7,}|example|(?<![a-z0-9])(?:your|fake|todo)(?![0-9])|placeholder|dummy|sample|redacted|change.?me|insert|"
    r"replace|secret.?here|token.?here|key.?here|not.?a?.?real|invalid|testtest|deadbeef|(?:foo|bar|baz){2,}|\.{3}|\*{3}|"
    r"1234567|abcdefg|lorem|mytoken|my.?secret|goes.?here",
    re.IGNORECASE,
)
#: Hashes of credentials that providers print in their documentation and that everyone may use: Azurite's and the
#: Cosmos DB emulator's account keys (https://learn.microsoft.com/en-us/azure/storage/common/storage-use-azurite), and
#: two of Stripe's for test data (https://docs.stripe.com/keys), and the one that Supabase's command gives every machine
#: (https://github.com/supabase/cli/blob/develop/apps/cli-go/pkg/config/apikeys.go).
_DOCUMENTED = frozenset(
    ("0011cc25eb432071", "aa6547439583c3a2", "153a182586451358", "74e11884b07b1d51", "1771c2baae978eb4")
)
#: Who writes a token by hand says so at its start; chance writes words further on.
_START = 64
_PUNCTUATION = regex(r"[-_.=/+$:]")


def is_made_up(body: str) -> bool:
    """Whether the part of a token after its prefix was written by a person, or is so plain that chance made it not."""
    letters = _PUNCTUATION.sub("", body)
    if len(letters) < 8:
        return False
    written = bool(_WORDS.search(body, 0, _START)) or _is_plain(letters) or _climbs(letters) or _repeats(letters)
    return written or hashlib.sha256(body.encode("utf-8", "replace")).hexdigest()[:16] in _DOCUMENTED


def _is_plain(letters: str) -> bool:
    """Too few different letters: sixteen random hexadecimal digits have about ten, and thirty-two about fourteen."""
    return len(set(letters)) < min(7, len(letters) // 2)


def _climbs(letters: str, steps: int = 7) -> bool:
    """Whether letters follow each other in the alphabet or in counting, up or down."""
    for direction in (1, -1):
        run = 0
        for first, second in pairwise(letters):
            run = run + 1 if ord(second) - ord(first) == direction else 0
            if run >= steps - 1:
                return True
    return False


def _repeats(letters: str) -> bool:
    """Whether half of the text at least is a short piece over and over: a1b2c3a1b2c3a1b2c3."""
    half = len(letters) // 2
    pieces = ((letters[:size], max(3, half // size)) for size in range(1, half // 2 + 2))
    return any(letters.startswith(piece * times) for piece, times in pieces)
