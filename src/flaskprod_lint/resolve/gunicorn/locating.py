"""Where on a command line an option stands."""

from __future__ import annotations

from flaskprod_lint.model import Step
from flaskprod_lint.resolve.context import Context
from flaskprod_lint.resolve.gunicorn.command_line import Given
from flaskprod_lint.source import Place, Span


def place_of_option(given: Given, step: Step, context: Context) -> Place:
    """The place of the option within its command, where it can be made out; else that of the command."""
    span = step.origin.span
    note = f"{given.flag} {given.text}".strip()
    if span is None:
        return Place(None, step.origin.note or note)
    return Place(_within(span, given, context) or span, note)


def _within(span: Span, given: Given, context: Context) -> Span | None:
    source = context.project.read(span.path)
    if source is None:
        return None
    start, end = source.offset(span.line, span.column), source.offset(span.end_line, span.end_column)
    text = source.text[start:end]
    at = _last_word(text, given)
    if at is None:
        return None
    value = text.find(given.text, at + 1) if given.text else -1
    stop = value + len(given.text) if 0 <= value <= at + len(given.flag) + 6 else at + len(given.flag)
    return source.span(start + at, start + max(stop, at + 1))


def _last_word(text: str, given: Given) -> int | None:
    """The offset of the flag (or of what abbreviates it) where it stands before its value, the last one first."""
    for flag in (given.flag, given.flag[:2]):
        at = text.rfind(flag)
        while flag and at >= 0:
            before = text[at - 1 : at]
            if not before or before in " \t\n\"'\\=[,(":
                near = text[at + len(flag) : at + len(flag) + 30]
                if not given.text or given.text in near:
                    return at
            at = text.rfind(flag, 0, at)
    return None
