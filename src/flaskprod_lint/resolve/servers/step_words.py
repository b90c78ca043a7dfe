"""The words of a step, each with the variables it came from and its place."""

from __future__ import annotations

import re

from flaskprod_lint.inputs import templates
from flaskprod_lint.model import EnvironmentRead, Step, Unknown
from flaskprod_lint.patterns import regex
from flaskprod_lint.records import dataclass
from flaskprod_lint.resolve.unexpanded import VARIABLE
from flaskprod_lint.source import Place, Span

_COMMAND = regex(r"\$\(.*\)|`.*`|\$[@*]|\$\{[^{}]*\}", re.DOTALL)


@dataclass(frozen=True)
class Word:
    """One argument. `reads` are the variables it came from: a shell has seen to these.

    `text` is what the program gets. When that is not known (`unknown` says why), it is as written, with `$NAME` in it.
    """

    text: str
    reads: tuple[EnvironmentRead, ...] = ()
    unknown: Unknown | None = None
    span: Span | None = None

    @property
    def known(self) -> bool:
        return self.unknown is None

    @property
    def is_only_a_variable(self) -> bool:
        """Nothing of it is known: it may be a value, an option, several of them, or nothing at all."""
        return not self.known and not _COMMAND.sub("", VARIABLE.sub("", templates.PIECE.sub("", self.text)))

    def value(self) -> str | Unknown:
        return self.text if self.unknown is None else self.unknown


def words_of(step: Step, start: int = 1) -> list[Word]:
    """The words of a step from the one with that index on."""
    return [_word(step, index) for index in range(start, len(step.argv))]


def _word(step: Step, index: int) -> Word:
    value = step.argv[index]
    span = step.word_spans[index] if index < len(step.word_spans) else None
    reads = step.environment_words.get(index, ())
    if isinstance(value, str):
        return Word(value, reads, None, span)
    raw = step.raw[index] if index < len(step.raw) else ""
    return Word(raw.replace('"', ""), reads, value, span)


def place_of(word: Word, step: Step, note: str = "", last: Word | None = None) -> Place:
    """The place of a word (up to the end of `last`), or that of its step where it is not known."""
    span = word.span
    if span is None:
        return Place(step.origin.span, note or step.origin.note)
    end = last.span if last is not None and last.span is not None and last.span.path == span.path else span
    return Place(Span(span.path, span.line, span.column, end.end_line, end.end_column), note)
