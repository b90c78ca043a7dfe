"""The checksums that some providers put into their tokens, so that a made-up one can be told from a real one."""

from __future__ import annotations

import base64
import binascii
import string
import zlib
from collections.abc import Iterable

_BASE62 = string.digits + string.ascii_uppercase + string.ascii_lowercase
#: The letters of the secrets of Entra's apps, and the seed of their checksum.
_ENTRA, _ENTRA_SEED = string.ascii_letters + "1234567890.-_~", b"AadPwd00"
_BECH32 = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
_BECH32_STEPS = (0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)


def base62_crc(token: str) -> bool:
    """Whether the last six characters are the CRC-32, in base 62, of what stands between prefix and them.

    GitHub's tokens of forty characters are made so (since 2021), the longer ones that came in 2026 are not; and
    Polar's: https://github.com/polarsource/polar/blob/main/server/polar/kit/crypto.py
    """
    body = token.rpartition("_")[2]
    return _base62(zlib.crc32(body[:-6].encode("ascii", "replace"))) == body[-6:]


def _base62(number: int) -> str:
    return _written(number, _BASE62)


def _written(number: int, letters: str) -> str:
    """A number in six or more of these letters."""
    digits = ""
    while number:
        number, rest = divmod(number, len(letters))
        digits = letters[rest] + digits
    return digits.rjust(6, letters[0])


def hexadecimal_crc(token: str) -> bool:
    """Whether the eight digits after the last `_` are the CRC-32 of all before it, the lowest byte first.

    Grafana's tokens are made so: https://github.com/grafana/grafana/blob/main/pkg/components/satokengen/tokengen.go
    """
    body, _, check = token.rpartition("_")
    return zlib.crc32(body.encode("ascii", "replace")).to_bytes(4, "little").hex() == check.lower()


def bech32(token: str) -> bool:
    """Whether the last six characters are the Bech32 checksum (BIP 173) of the others, as in age's secret keys."""
    human, _, data = token.lower().rpartition("1")
    if not human or any(letter not in _BECH32 for letter in data):
        return False
    values = [ord(letter) >> 5 for letter in human] + [0] + [ord(letter) & 31 for letter in human]
    return _polynomial([*values, *(_BECH32.index(letter) for letter in data)]) == 1


def _polynomial(values: list[int]) -> int:
    check = 1
    for value in values:
        top = check >> 25
        check = (check & 0x1FFFFFF) << 5 ^ value
        for place, step in enumerate(_BECH32_STEPS):
            check ^= step if top >> place & 1 else 0
    return check


def marvin(key: str, seeds: Iterable[str]) -> bool:
    """Whether the last four bytes of a key in base64 are the Marvin32 checksum of the others with one of the seeds.

    A seed is eight letters, read as a number. Azure's keys are made so:
    https://github.com/microsoft/security-utilities/blob/main/src/Microsoft.Security.Utilities.Core/IdentifiableSecrets.cs
    """
    letters = key.translate(str.maketrans("-_", "+/"))
    try:
        data = base64.b64decode(letters + "=" * (-len(letters) % 4))
    except binascii.Error:
        return False
    check = int.from_bytes(data[-4:], "little")
    return any(marvin_of(data[:-4], int.from_bytes(seed.encode(), "big")) == check for seed in seeds)


def entra(secret: str) -> bool:
    """Whether the last three letters are the first of the Marvin32 checksum of those before, as in Entra's secrets.

    https://github.com/microsoft/security-utilities/blob/main/src/Microsoft.Security.Utilities.Core/IdentifiableMetadata.cs
    """
    return secret[-3:] == entra_of(secret[:-3])


def entra_of(letters: str) -> str:
    """The three letters that end a secret of Entra which starts so."""
    check = marvin_of(letters.encode("ascii", "replace"), int.from_bytes(_ENTRA_SEED, "big"))
    return _written(check, _ENTRA)[:3]


def marvin_of(data: bytes, seed: int) -> int:
    """The Marvin32 checksum of some bytes, in 32 bits."""
    low, high = seed & 0xFFFFFFFF, seed >> 32
    whole = len(data) // 4 * 4
    # The rest of the bytes, closed by a bit, is the last number; an empty one mixes it once more.
    rest = data[whole:] + b"\x80"
    for number in (*(data[place : place + 4] for place in range(0, whole, 4)), rest, b""):
        low, high = _mixed((low + int.from_bytes(number, "little")) & 0xFFFFFFFF, high)
    return low ^ high


def _mixed(low: int, high: int) -> tuple[int, int]:
    high ^= low
    low = (_rotated(low, 20) + high) & 0xFFFFFFFF
    high = _rotated(high, 9) ^ low
    low = (_rotated(low, 27) + high) & 0xFFFFFFFF
    return low, _rotated(high, 19)


def _rotated(number: int, places: int) -> int:
    return (number << places | number >> 32 - places) & 0xFFFFFFFF
