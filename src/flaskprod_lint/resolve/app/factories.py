"""The function of the project that makes an app and that a server could call, as it needs no arguments."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from flaskprod_lint.inputs import python
from flaskprod_lint.source import Place, Project, Source, Span

_Function = ast.FunctionDef | ast.AsyncFunctionDef
#: Methods that serve: a function that calls one makes an app for itself, and for nobody else.
_SERVES = ("run", "serve", "run_simple", "serve_forever", "listen")


def of_app(project: Project, made: Span | None, trail: tuple[Place, ...]) -> Place | None:
    """The definition of the factory, its name as the note: around the place that makes the app, or further out."""
    for span in (made, *(place.span for place in reversed(trail))):
        source = project.read(span.path) if span is not None and span.path.endswith(".py") else None
        function = _around(source, span.line) if source is not None and span is not None else None
        if function is not None and source is not None and _can_be_called(function):
            return Place(source.line_span(function.lineno), function.name)
    return None


def _around(source: Source, line: int) -> _Function | None:
    """The function at the top of a module in which a line stands."""
    tree = python.syntax(source)
    for node in tree.body if tree is not None else ():
        if isinstance(node, ast.FunctionDef) and node.lineno <= line <= (node.end_lineno or node.lineno):
            return node
    return None


def _can_be_called(function: _Function) -> bool:
    """Whether a call without arguments gives the app, and nothing in the function serves it."""
    given = function.args
    needs = len(given.posonlyargs) + len(given.args) - len(given.defaults)
    needs += sum(default is None for default in given.kw_defaults)
    own = list(_own(function))
    returns = any(isinstance(node, ast.Return) and node.value is not None for node in own)
    serves = any(
        isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in _SERVES
        for node in own
    )
    return not needs and returns and not serves and not function.decorator_list


def _own(node: ast.AST) -> Iterator[ast.AST]:
    """What stands in a function, without the functions and classes in it."""
    for child in ast.iter_child_nodes(node):
        if not isinstance(child, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef)):
            yield child
            yield from _own(child)
