"""How Compose splits a command that is written as one text: as words, without a shell."""

from __future__ import annotations

from flaskprod_lint.records import dataclass

_OPERATORS = frozenset(";&|<>")
_ESCAPES = {"t": "\t", "n": "\n"}


@dataclass(frozen=True)
class Split:
    """The words of a text. `dropped` is what stands from the first `&&`, `;`, `|` or `>` on: Compose ignores it."""

    words: tuple[str, ...]
    dropped: str = ""


def split(text: str) -> Split:
    """The words that Compose makes of a text (it uses mattn/go-shellwords, which stops at a shell operator)."""
    words: list[str] = []
    word: list[str] = []
    quote, escaped, started = "", False, False
    for at, char in enumerate(text):
        if escaped:
            word.append(_ESCAPES.get(char, char))
            escaped, started = False, True
        elif char == "\\" and quote != "'":
            escaped = True
        elif quote:
            if char == quote:
                quote = ""
            else:
                word.append(char)
        elif char in "'\"":
            quote, started = char, True
        elif char.isspace():
            if started:
                words.append("".join(word))
            word, started = [], False
        elif char in _OPERATORS:
            if started:
                words.append("".join(word))
            return Split(tuple(words), text[at:])
        else:
            word.append(char)
            started = True
    if started:
        words.append("".join(word))
    return Split(tuple(words))
