"""The words, flags and JSON arrays of a Dockerfile instruction, as BuildKit splits them."""

from __future__ import annotations

import json
from collections.abc import Iterator

_Span = tuple[int, int]


class NotStringsError(ValueError):
    """A JSON array that holds something else than strings: Docker refuses to build."""


def raw_words(text: str, escape: str, start: int = 0) -> Iterator[_Span]:
    """Start and end of each word: blanks separate, quotes and the escape character keep a word together."""
    position, begin, quote = start, -1, ""
    while position < len(text):
        character = text[position]
        if begin < 0:
            if character.isspace():
                position += 1
                continue
            begin = position
        if character == escape and quote != "'":
            position += 2
            continue
        if quote:
            quote = "" if character == quote else quote
        elif character in "'\"":
            quote = character
        elif character.isspace():
            yield begin, position
            begin = -1
        position += 1
    if begin >= 0:
        yield begin, len(text)


def split_flags(text: str) -> tuple[list[_Span], int]:
    """The `--flags` before the arguments, and where the arguments start."""
    flags: list[_Span] = []
    for start, end in raw_words(text, "\\"):
        if not text.startswith("--", start):
            return flags, start
        if text[start:end] == "--":
            return flags, end + len(text[end:]) - len(text[end:].lstrip())
        flags.append((start, end))
    return flags, len(text)


def dequoted(word: str, escape: str = "\\") -> str:
    """A word of a flag without its quotes and escapes."""
    kept, position, quote = "", 0, ""
    while position < len(word):
        character = word[position]
        if character == escape and position + 1 < len(word):
            position += 1
            kept += word[position]
        elif not quote and character in "'\"":
            quote = character
        elif character == quote:
            quote = ""
        else:
            kept += character
        position += 1
    return kept


def json_strings(text: str) -> list[tuple[str, int, int]] | None:
    """The elements of an exec form with their positions; None when Docker takes the text for a shell form.

    Raises NotStringsError for an array of other things.
    """
    if not text.lstrip().startswith("["):
        return None
    try:
        data = json.loads(text, parse_constant=_no_constant)
    except (ValueError, RecursionError):
        return None
    if not all(isinstance(item, str) for item in data):
        raise NotStringsError
    return list(_elements(text, len(data)))


def has_text_after_array(text: str) -> bool:
    """Whether more text follows what is a JSON array of strings: Docker before 27.1 did not mind, today's does."""
    if not text.lstrip().startswith("["):
        return False
    try:
        data, end = json.JSONDecoder(parse_constant=_no_constant).raw_decode(text.lstrip())
    except (ValueError, RecursionError):
        return False
    strings = isinstance(data, list) and all(isinstance(item, str) for item in data)
    return strings and bool(text.lstrip()[end:].strip())


def pair_spans(text: str, escape: str, bare: bool) -> list[tuple[_Span, _Span | None]]:
    """Name and value of each pair of ENV, LABEL or (`bare`: a name may stand alone) ARG; values keep their quotes."""
    words = list(raw_words(text, escape))
    if not words:
        return []
    first = text[slice(*words[0])]
    if "=" not in first and not bare:
        return [_old_form(text, words[0])]
    return [_pair(text, start, end) for start, end in words]


def _old_form(text: str, name: _Span) -> tuple[_Span, _Span | None]:
    """`ENV NAME the rest of the line`."""
    start = name[0]
    end = next((at for at in range(start, len(text)) if text[at].isspace()), len(text))
    rest = text[end:]
    if not rest.strip():
        return (start, end), None
    return (start, end), (end + len(rest) - len(rest.lstrip()), len(text.rstrip()))


def _pair(text: str, start: int, end: int) -> tuple[_Span, _Span | None]:
    equals = text.find("=", start, end)
    if equals < 0:
        return (start, end), None
    return (start, equals), (equals + 1, end)


def _elements(text: str, count: int) -> Iterator[tuple[str, int, int]]:
    position = text.index("[") + 1
    for _ in range(count):
        start = text.index('"', position)
        value, position = json.JSONDecoder().raw_decode(text, start)
        yield value, start, position


def _no_constant(name: str) -> object:
    raise ValueError(name)
