"""Kubernetes' quantities: `500m` processors, `512Mi` of memory."""

from __future__ import annotations

from flaskprod_lint.patterns import regex

_QUANTITY = regex(r"(\d{1,18}(?:\.\d+)?|\.\d+)(m|k|M|G|T|Ki|Mi|Gi|Ti)?")
_FACTORS = {
    "": 1.0,
    "m": 0.001,
    "k": 1e3,
    "M": 1e6,
    "G": 1e9,
    "T": 1e12,
    "Ki": 2.0**10,
    "Mi": 2.0**20,
    "Gi": 2.0**30,
    "Ti": 2.0**40,
}


def number(text: str) -> float | None:
    """A quantity in its unit: processors, or bytes; None for what is none."""
    match = _QUANTITY.fullmatch(text.strip())
    return float(match[1]) * _FACTORS[match[2] or ""] if match else None


def mebibytes(text: str) -> int | None:
    """An amount of memory in MiB, rounded down."""
    found = number(text)
    return int(found / 2**20) if found is not None else None
