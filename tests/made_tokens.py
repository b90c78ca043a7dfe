"""Makes up tokens of every form from the regular expressions that describe them, with right checksums."""

from __future__ import annotations

import base64
import json
import random
import re
import string
import sys
import warnings
from functools import partial
from typing import Any

from flaskprod_lint.tokens import checksums
from flaskprod_lint.tokens.form import TokenForm

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    parser: Any = re._parser if sys.version_info >= (3, 11) else __import__("sre_parse")  # type: ignore[attr-defined]

_WORD = string.ascii_letters + string.digits + "_-"


def made(form: TokenForm, chance: random.Random) -> str:
    """A token of that form."""
    while True:
        text = _text(form.before, chance) + form.prefix + _text(form.body, chance)
        text = _with_checksum(form, text)
        pattern = f"{form.before}{re.escape(form.prefix)}(?:{form.body})"
        if re.fullmatch(pattern, text) and re.search(r"\d", text[len(form.prefix) :] or "0"):
            return text


def _with_checksum(form: TokenForm, text: str) -> str:
    if form.is_right is checksums.base62_crc:
        return _first_right(form, text, 6, checksums._BASE62)
    if form.is_right is checksums.hexadecimal_crc:
        import zlib

        return text[:-8] + zlib.crc32(text[:-9].encode()).to_bytes(4, "little").hex()
    if form.is_right is checksums.bech32:
        return _bech32(text)
    if form.is_right is checksums.entra:
        return text[:-3] + checksums.entra_of(text[:-3])
    if isinstance(form.is_right, partial):
        return _marvin(text, form.is_right.keywords["seeds"][0])
    return text


def _marvin(text: str, seed: str) -> str:
    """The key with its last four bytes replaced by the Marvin32 checksum of the others."""
    is_of_addresses = "-" in text or "_" in text
    data = base64.b64decode(text.translate(str.maketrans("-_", "+/")))[:-4]
    check = checksums.marvin_of(data, int.from_bytes(seed.encode(), "big")).to_bytes(4, "little")
    encode = base64.urlsafe_b64encode if is_of_addresses else base64.b64encode
    return encode(data + check).decode()


def _first_right(form: TokenForm, text: str, length: int, letters: str) -> str:
    import zlib

    del letters
    body = text.removeprefix(form.prefix)[:-length]
    return form.prefix + body + checksums._base62(zlib.crc32(body.encode()))


def _bech32(text: str) -> str:
    """The text with the last six characters replaced by the checksum of the others (BIP 173)."""
    human, _, data = text.lower().rpartition("1")
    values = [ord(one) >> 5 for one in human] + [0] + [ord(one) & 31 for one in human]
    values += [checksums._BECH32.index(one) for one in data[:-6]] + [0] * 6
    rest = checksums._polynomial(values) ^ 1
    check = "".join(checksums._BECH32[(rest >> 5 * (5 - place)) & 31] for place in range(6))
    return (text[:-6] + check).upper()


def _text(pattern: str, chance: random.Random) -> str:
    return _of(parser.parse(pattern), chance) if pattern else ""


def _of(items: Any, chance: random.Random) -> str:
    return "".join(_one(str(kind).lower(), value, chance) for kind, value in items)


def _one(kind: str, value: Any, chance: random.Random) -> str:
    if kind == "literal":
        return chr(value)
    if kind == "in":
        return chance.choice(_letters(value))
    if kind in ("max_repeat", "min_repeat"):
        low, high, inner = value
        times = chance.randint(low, min(int(high), low + 12))
        return "".join(_of(inner, chance) for _ in range(times))
    if kind == "subpattern":
        return _of(value[-1], chance)
    if kind == "branch":
        return _of(chance.choice(value[1]), chance)
    if kind == "category":
        return chance.choice(string.digits)
    return ""  # what only looks around


def _letters(parts: Any) -> str:
    found = ""
    for kind, value in parts:
        name = str(kind).lower()
        if name == "literal":
            found += chr(value)
        elif name == "range":
            found += "".join(map(chr, range(value[0], value[1] + 1)))
        elif name == "category":
            found += _WORD[:-1] if "word" in str(value).lower() else string.digits
    return found


def password(chance: random.Random, length: int = 14) -> str:
    """A password as a program makes one."""
    letters = string.ascii_letters + string.digits
    return "k7" + "".join(chance.choice(letters) for _ in range(length - 4)) + "Q9"


def json_web_token(chance: random.Random, **claims: object) -> str:
    """A signed token with those claims."""
    parts = [{"alg": "HS256", "typ": "JWT"}, {"sub": f"user-{chance.randint(100, 999)}", **claims}]
    encoded = [base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in parts]
    return ".".join([*encoded, "".join(chance.choice(_WORD[:-1]) for _ in range(43))])


def private_key(chance: random.Random, kind: str = "RSA ", lines: int = 12) -> str:
    """Something in the armour of a private key."""
    letters = string.ascii_letters + string.digits + "+/"
    body = "\n".join("".join(chance.choice(letters) for _ in range(64)) for _ in range(lines))
    return f"-----BEGIN {kind}PRIVATE KEY-----\n{body}\n-----END {kind}PRIVATE KEY-----"
