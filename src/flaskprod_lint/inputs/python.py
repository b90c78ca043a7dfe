"""Python sources: their syntax, made once a file by the running Python's own parser."""

from __future__ import annotations

import ast
import warnings

from flaskprod_lint.source import Source

#: What `ast.parse` raises on texts that are no Python for it: broken, too deep, with NUL bytes or lone surrogates.
UNPARSABLE = (SyntaxError, ValueError, RecursionError, MemoryError)


def parse(source: Source) -> ast.Module:
    """The syntax of a file. Raises one of UNPARSABLE where this Python cannot parse it."""
    if source.syntax is None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            source.syntax = ast.parse(source.text, filename=source.path)
    return source.syntax


def syntax(source: Source) -> ast.Module | None:
    """The syntax of a file; None where this Python cannot parse it."""
    try:
        return parse(source)
    except UNPARSABLE:
        return None


def expression(text: str) -> ast.expr:
    """The syntax of a text that is one expression. Raises one of UNPARSABLE where it is none."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return ast.parse(text, mode="eval").body


def literal(text: str) -> object:
    """The value of a text that is one literal; None when it is none that Python can read."""
    try:
        return ast.literal_eval(expression(text))
    except (*UNPARSABLE, TypeError):
        # TypeError: a set or the keys of a dictionary are lists.
        return None
