"""Branches of an `if` that only tests or development take, by what their condition is called."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from flaskprod_lint.inputs import python
from flaskprod_lint.patterns import regex
from flaskprod_lint.source import Project, Source, Span

_NAMES = regex(
    r"(?:^|_)(?:is)?_?(?:unit_?tests?|py_?tests?|tests?|testing|dev|devel|development|debug|local|localhost)(?:_|$)",
    re.IGNORECASE,
)


def holds(project: Project, at: Span | None) -> bool:
    """Whether a place stands in such a branch: `if settings.UNIT_TEST_MODE:`, or the `else` of `if not TESTING:`."""
    source = project.read(at.path) if at is not None and at.path.endswith(".py") else None
    if source is None or at is None:
        return False
    return any(
        _says(statement.test, True) if _is_in(statement.body, at.line) else _says(statement.test, False)
        for statement in _around(source, at.line)
    )


def _around(source: Source, line: int) -> Iterator[ast.If]:
    """Every `if` that has the line in one of its branches."""
    tree = python.syntax(source)
    for node in python.statements(tree) if tree is not None else ():
        if isinstance(node, ast.If) and (_is_in(node.body, line) or _is_in(node.orelse, line)):
            yield node


def _is_in(body: list[ast.stmt], line: int) -> bool:
    return bool(body) and body[0].lineno <= line <= (body[-1].end_lineno or body[-1].lineno)


def _says(test: ast.expr, taken: bool) -> bool:
    """Whether the condition names tests or development in being true (or in being false, where not `taken`)."""
    if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
        return _says(test.operand, not taken)
    if isinstance(test, ast.BoolOp):
        every = isinstance(test.op, ast.Or) == taken
        sides = [_says(one, taken) for one in test.values]
        return all(sides) if every else any(sides)
    if isinstance(test, ast.Compare) and isinstance(test.ops[0], (ast.NotEq, ast.NotIn, ast.IsNot)):
        return not taken and _names_it(test)
    return taken and _names_it(test)


def _names_it(test: ast.expr) -> bool:
    words = (
        node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else node.value
        for node in ast.walk(test)
        if isinstance(node, (ast.Name, ast.Attribute, ast.Constant))
    )
    return any(isinstance(word, str) and _NAMES.search(word) for word in words)
