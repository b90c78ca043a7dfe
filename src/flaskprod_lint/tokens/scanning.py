"""Finds tokens in a text: passes for words long enough to be one, and regular expressions only where one begins so.

Nearly every token has a part of at least twenty letters, digits, `_` and `-`. Such words are rare in code and prose,
so that a dictionary of beginnings decides at nearly all of them. The others are longer, of the letters of base64 or
of addresses, and have a mark within.
"""

from __future__ import annotations

import re
import string
from collections.abc import Iterable, Iterator
from functools import cache

from flaskprod_lint.patterns import regex
from flaskprod_lint.tokens import json_web, made_up, private_keys
from flaskprod_lint.tokens.form import Token, TokenForm

#: Shorter words are in no token. `_LONG` is one of that length once every byte of a word is `x`.
_SHORTEST = 20
_LONG = b"x" * _SHORTEST
#: The shortest word with a form's prefix in the middle (Mailchimp's), and the shortest wide one of a marked form.
_SHORTEST_WITHIN, _SHORTEST_WIDE = 35, 36
_LONG_WIDE = b"x" * _SHORTEST_WIDE


def _as_x(letters: str) -> bytes:
    """A table that makes an `x` of each byte of a word of these letters, and a blank of the others."""
    kept = frozenset(letters.encode())
    return bytes(ord("x") if byte in kept else ord(" ") for byte in range(256))


_WORD = f"{string.ascii_letters}{string.digits}_-"
_WORDS, _WIDE_WORDS = _as_x(_WORD), _as_x(_WORD + "+/=~.$")
_IN_A_WORD = regex(r"[A-Za-z0-9_-]+")
#: How much of the text around a telling part is looked at, where a token begins before it.
_BEFORE, _AFTER = 160, 400
#: How long a token with a mark may be after it.
_LONGEST = 8000
#: What is in a word that holds a form's prefix in the middle.
_TELLING = regex(r"AZDO|_mmk|NRAL|-us\d|-[0-9a-f]{8}-")
#: What may not stand right before or after a token: it would be a piece of something longer. A token after `//` is
#: whom an address names: https://ghp_…@github.com.
_START, _END = r"(?<![A-Za-z0-9+_-])(?:(?<!/)|(?<=//))", r"(?![A-Za-z0-9_])"


def find(text: str) -> list[Token]:
    """The credentials in a text, in order, none within another."""
    # What is not ASCII becomes one byte a character, so that places are those of the text.
    data = text.encode("ascii", "replace")
    return apart([*_of_words(text, data), *_of_marks(text, data), *private_keys.find(text)])


def apart(found: Iterable[Token]) -> list[Token]:
    """The tokens in the order of the text, the longer one where two overlap."""
    kept: list[Token] = []
    for token in sorted(found, key=lambda token: (token.start, -token.end, not token.confirmed)):
        if not kept or token.start >= kept[-1].end:
            kept.append(token)
    return kept


def whole(text: str) -> Token | None:
    """The token that a whole text is; None where it is none or holds more."""
    found = find(text)
    return found[0] if len(found) == 1 and found[0].end - found[0].start == len(text) else None


def _of_words(text: str, data: bytes) -> Iterator[Token]:
    begins, follows, within = _tables()
    for start, end in _long_words(data.translate(_WORDS), _LONG):
        head = text[start : start + 3]
        for form in begins.get(head, ()):
            yield from _led(form, text, start)
        for form, before in follows.get(text[start - 2 : start], ()) if start > 1 else ():
            if text.endswith(before, 0, start):
                yield from _led(form, text, start - len(before))
        if end - start >= _SHORTEST_WITHIN and _TELLING.search(text, start, end):
            for form in within:
                if form.prefix in text[start:end]:
                    yield from _around(form, text, start)
        if head == "eyJ":
            yield from json_web.find(text, start)


def _long_words(words: bytes, long: bytes) -> Iterator[tuple[int, int]]:
    """Where the words are that are long enough, told in a tenth of the time of a regular expression."""
    start = words.find(long)
    while start >= 0:
        end = words.find(b" ", start)
        yield start, end if end >= 0 else len(words)
        start = words.find(long, end) if end >= 0 else -1


def _led(form: TokenForm, text: str, start: int) -> Iterator[Token]:
    """The token of a form whose prefix stands at `start`, if there is one."""
    if form.before:
        if _rest(form).match(text, start):
            yield from _around(form, text, start)
    else:
        match = _pattern(form).match(text, start)
        if match is not None:
            yield from _token(form, match)


def _around(form: TokenForm, text: str, telling: int, after: int = _AFTER) -> Iterator[Token]:
    """The token of a form around its telling part, if there is one; another may stand right before it."""
    for match in _pattern(form).finditer(text, max(0, telling - _BEFORE), telling + after):
        if match.end() > telling:
            yield from _token(form, match)
            return


def _token(form: TokenForm, match: re.Match[str]) -> Iterator[Token]:
    text = match[0]
    if made_up.is_made_up(text.removeprefix(form.prefix)) or (form.is_right is not None and not form.is_right(text)):
        return
    shown = form.prefix if not form.before else ""
    yield Token(form.name, match.start(), match.end(), shown, form.public, form.harmless, confirmed=form.confirmed)


def _of_marks(text: str, data: bytes) -> Iterator[Token]:
    """The tokens whose words may be short, found by a mark of theirs in a wide word."""
    forms, any_mark = _marks()
    for start, end in _long_words(data.translate(_WIDE_WORDS), _LONG_WIDE):
        for mark in any_mark.finditer(text, start, end):
            for form in forms[mark[0]]:
                yield from _around(form, text, mark.start(), _LONGEST)


@cache
def _rest(form: TokenForm) -> re.Pattern[str]:
    """What a form is from its prefix on."""
    return re.compile(f"{re.escape(form.prefix)}(?:{form.body}){_END}")


@cache
def _pattern(form: TokenForm) -> re.Pattern[str]:
    return re.compile(f"{form.before or _START}{re.escape(form.prefix)}(?:{form.body}){_END}")


@cache
def _forms() -> tuple[TokenForm, ...]:
    from flaskprod_lint.tokens import clouds, code_hosting, intelligence, messaging, payments, services

    tables = (code_hosting, clouds, payments, messaging, intelligence, services)
    return tuple(form for table in tables for form in table.FORMS)


@cache
def _marks() -> tuple[dict[str, tuple[TokenForm, ...]], re.Pattern[str]]:
    """The forms by their mark, and what finds any mark."""
    marks = dict.fromkeys(form.mark for form in _forms() if form.mark)
    by_mark = {mark: tuple(form for form in _forms() if form.mark == mark) for mark in marks}
    return by_mark, re.compile("|".join(map(re.escape, marks)))


_Begins = dict[str, tuple[TokenForm, ...]]
_Follows = dict[str, tuple[tuple[TokenForm, str], ...]]


@cache
def _tables() -> tuple[_Begins, _Follows, tuple[TokenForm, ...]]:
    """The forms by how a word leads to them: by its first letters, by what stands before it, by what is in it."""
    begins: dict[str, list[TokenForm]] = {}
    follows: dict[str, list[tuple[TokenForm, str]]] = {}
    within: list[TokenForm] = []
    for form in _forms():
        if form.mark:
            continue
        head = _head(form.prefix)
        if form.before and not head:
            within.append(form)
        elif head:
            for letters in _last_letters(head):
                follows.setdefault(letters, []).append((form, head))
        else:
            for letters in _first_letters(form.prefix):
                begins.setdefault(letters, []).append(form)
    return _frozen(begins), {key: tuple(forms) for key, forms in follows.items()}, tuple(within)


def _frozen(begins: dict[str, list[TokenForm]]) -> _Begins:
    return {key: tuple(forms) for key, forms in begins.items()}


def _head(prefix: str) -> str:
    """What of a prefix stands before the word: `SG.` of `SG.`, `sk.` of `sk.eyJ`."""
    tail = _IN_A_WORD.search(prefix[::-1])
    return prefix if tail is None or tail.start() else prefix[: -len(tail[0])]


def _last_letters(head: str) -> Iterable[str]:
    """The last two characters of what stands before a word: all that there are for a head of one."""
    return (head[-2:],) if len(head) >= 2 else tuple(letter + head for letter in _WORD)


def _first_letters(prefix: str) -> Iterable[str]:
    """The first three letters of words that begin so: all that there are for a prefix of two."""
    return (
        (prefix[:3],) if len(prefix) >= 3 else tuple(prefix + letter for letter in string.ascii_letters + string.digits)
    )
