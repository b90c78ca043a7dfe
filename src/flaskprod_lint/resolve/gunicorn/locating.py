"""Where on a command line an option stands."""

from __future__ import annotations

from collections.abc import Sequence

from flaskprod_lint.model import Step
from flaskprod_lint.resolve.gunicorn.command_line import Given
from flaskprod_lint.resolve.servers.step_words import Word, place_of
from flaskprod_lint.source import Place


def place_of_option(given: Given, words: Sequence[Word], step: Step) -> Place:
    """The place of an option with its value, where it can be made out; else that of the command."""
    note = f"{given.flag} {given.text}".strip()
    for index in range(len(words) - 1, -1, -1):
        word, following = words[index], words[index + 1] if index + 1 < len(words) else None
        if _is_flag(word.text, given.flag):
            if not given.text:
                return place_of(word, step, note)
            if following is not None and following.text == given.text:
                return place_of(word, step, note, following)
        elif _holds_value(word.text, given):
            return place_of(word, step, note)
    return Place(step.origin.span, note)


def _is_flag(text: str, flag: str) -> bool:
    return text == flag or (len(text) > 3 and text.startswith("--") and flag.startswith(text))


def _holds_value(text: str, given: Given) -> bool:
    """Whether the word is flag and value in one: `--workers=3`, `-w3`."""
    if given.flag.startswith("--"):
        name, equals, value = text.partition("=")
        return bool(equals) and _is_flag(name, given.flag) and value == given.text
    return text.startswith(given.flag) and bool(given.text) and text.endswith(given.text)
