"""Pieces that a template language fills in before a file is used: Jinja, cookiecutter, Ansible, ERB, workflows."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from flaskprod_lint.patterns import regex

#: `{{ port }}`, `${{ vars.PORT }}`, `{% if … %}`, `<%= port %>`.
PIECE = regex(r"(?s)\$?\{\{.*?\}\}|\{%.*?%\}|<%.*?%>")
#: Letters of Unicode's private area stand for the pieces while a text is split. No file has them.
_FIRST, _LAST = 0xF0000, 0xFFFFD


def pieces(text: str) -> tuple[str, ...]:
    """The pieces of a text, each once and as written."""
    return tuple(dict.fromkeys(PIECE.findall(text)))


def split(text: str, words: Callable[[str], Iterable[str]]) -> tuple[str, ...]:
    """The words that `words` splits a text into, where the blanks and quotes within a piece separate nothing."""
    found = pieces(text)[: _LAST - _FIRST]
    if not found:
        return tuple(words(text))
    letters = {chr(_FIRST + number): piece for number, piece in enumerate(found)}
    for letter, piece in letters.items():
        text = text.replace(piece, letter)
    return tuple("".join(letters.get(letter, letter) for letter in word) for word in words(text))
