"""Python sources: their syntax, made once a file by the running Python's own parser."""

from __future__ import annotations

import ast
import warnings
from collections import deque
from collections.abc import Iterator

from flaskprod_lint.source import Source

#: What `ast.parse` raises on texts that are no Python for it: broken, too deep, with NUL bytes or lone surrogates.
UNPARSABLE = (SyntaxError, ValueError, RecursionError, MemoryError)
#: Where a statement has others.
_BODIES = ("body", "orelse", "finalbody", "handlers", "cases")


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


def statements(tree: ast.Module) -> Iterator[ast.AST]:
    """The statements of a file, and the handlers and cases between them; the outer ones first.

    Their expressions, which are nine nodes in ten, are left out.
    """
    waiting: deque[ast.AST] = deque(tree.body)
    while waiting:
        node = waiting.popleft()
        yield node
        for name in _BODIES:
            waiting.extend(getattr(node, name, ()))


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
