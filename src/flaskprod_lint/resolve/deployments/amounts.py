"""Amounts as manifests write them: memory, processors and spans of time, each a Setting with its place."""

from __future__ import annotations

import re

from flaskprod_lint.model import Setting, Unknown
from flaskprod_lint.patterns import regex
from flaskprod_lint.source import Located, Place, is_number

_MEMORY = regex(r"(\d{1,18}(?:\.\d+)?)\s*([kmgt]?)(i?)b?", re.IGNORECASE)
_MEBIBYTES = {"": 1 / 1024**2, "k": 1 / 1024, "m": 1.0, "g": 1024.0, "t": 1024.0**2}
_TIME = regex(r"(\d{1,18}(?:\.\d+)?)\s*(ms|s|sec|m|min|h|hr)?(?=\d|$)", re.IGNORECASE)
_SECONDS = {"ms": 0.001, "s": 1.0, "sec": 1.0, "m": 60.0, "min": 60.0, "h": 3600.0, "hr": 3600.0}
_NUMBER = regex(r"\d{1,18}(?:\.\d+)?")


def memory(text: Located[str] | None, key: str) -> Setting | None:
    """The memory of one instance in MiB: `512M`, `1gb`, `2 GiB`, or a plain count of bytes."""
    if text is None:
        return None
    match = _MEMORY.fullmatch(text.value.strip())
    value = round(float(match[1]) * _MEBIBYTES[match[2].lower()]) if match else None
    return _setting("memory", value, text, key)


def seconds(text: Located[str] | None, key: str, name: str = "grace") -> Setting | None:
    """A span of time in seconds: `30`, `30s`, `1m30s`."""
    if text is None:
        return None
    pieces = list(_TIME.finditer(text.value.strip()))
    whole = "".join(piece[0] for piece in pieces) == text.value.strip() and bool(pieces)
    value = sum(float(piece[1]) * _SECONDS[(piece[2] or "s").lower()] for piece in pieces) if whole else None
    return _setting(name, value, text, key)


def cpus(text: Located[str] | None, key: str) -> Setting | None:
    """The processors of one instance: `2`, `0.5`, `50%`, `500m`."""
    if text is None:
        return None
    written = text.value.strip()
    share = {"%": 100.0, "m": 1000.0}.get(written[-1:], 1.0)
    number = written.removesuffix("%").removesuffix("m").strip()
    return _setting("cpus", float(number) / share if _NUMBER.fullmatch(number) else None, text, key)


def path(text: Located[str] | None, key: str) -> Setting | None:
    """The path of a health check."""
    if text is None:
        return None
    known = text.value.startswith("/") and not re.search(r"\$\{|\{\{|<%|\(\(", text.value)
    value: str | Unknown = text.value if known else Unknown("it is no path as written", text.span)
    return Setting("health path", value, Place(text.span, f"{key}: {text.value}"))


def port(text: Located[str] | None, key: str) -> Setting | None:
    """The port that requests are sent to."""
    return count(text, key, "port")


def count(text: Located[str] | None, key: str, name: str) -> Setting | None:
    """A whole number."""
    if text is None:
        return None
    value = int(text.value) if is_number(text.value) else Unknown("it is no number as written", text.span)
    return Setting(name, value, Place(text.span, f"{key}: {text.value}"))


def _setting(name: str, value: float | None, text: Located[str], key: str) -> Setting:
    known = value if value is not None else Unknown(f"`{text.value}` is no amount as written", text.span)
    return Setting(name, known, Place(text.span, f"{key}: {text.value}"))
