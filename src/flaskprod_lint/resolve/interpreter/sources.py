"""Parses the Python files of a project, each once."""

from __future__ import annotations

import ast
from dataclasses import field

from flaskprod_lint.inputs import python
from flaskprod_lint.records import dataclass
from flaskprod_lint.source import Place, Problem, Source, Span


@dataclass
class Parsed:
    """One Python file: its syntax, or why it has none."""

    source: Source
    tree: ast.Module | None = None
    problem: Problem | None = None
    plain: bool = True
    _spans: dict[int, Span] = field(default_factory=dict)
    _bound: frozenset[str] | None = None

    @property
    def bound(self) -> frozenset[str]:
        """The names that anything in the file assigns."""
        if self._bound is None:
            self._bound = _bound(self.tree) if self.tree is not None else frozenset()
        return self._bound

    def span(self, node: ast.AST) -> Span:
        """The place of a node; columns count characters, where `ast` counts bytes."""
        found = self._spans.get(id(node))
        if found is None:
            line: int = getattr(node, "lineno", 1)
            end: int = getattr(node, "end_lineno", None) or line
            column = self._column(line, getattr(node, "col_offset", 0))
            end_column = self._column(end, getattr(node, "end_col_offset", None) or 0)
            found = self._spans[id(node)] = Span(self.source.path, line, column, end, end_column)
        return found

    def _column(self, line: int, offset: int) -> int:
        if self.plain:
            return offset + 1
        text = self.source.line(line)
        return offset + 1 if text.isascii() else len(text.encode()[:offset].decode(errors="replace")) + 1


def read(source: Source) -> Parsed:
    """The syntax of a file; a `project.facts` reader, so that each file is parsed once."""
    try:
        tree = python.parse(source)
    except SyntaxError as error:
        line = error.lineno or 1
        return _broken(source, f"this Python cannot parse the file: {error.msg}", line, error.offset or 1)
    except (RecursionError, MemoryError):
        return _broken(source, "not read: it is nested too deeply for Python", 1, 1)
    except ValueError as error:
        return _broken(source, f"not parsed: {type(error).__name__}", 1, 1)
    return Parsed(source, tree, plain=source.text.isascii())


def _broken(source: Source, message: str, line: int, column: int) -> Parsed:
    return Parsed(source, problem=Problem(message, Place(Span(source.path, max(line, 1), max(column, 1)))))


def _bound(tree: ast.Module) -> frozenset[str]:
    names: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
            names.add(node.id)
        elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            names.add(node.name)
        elif isinstance(node, (ast.Import, ast.ImportFrom)):
            names.update((alias.asname or alias.name).partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.arg):
            names.add(node.arg)
        elif isinstance(node, ast.ExceptHandler) and node.name:
            names.add(node.name)
    return frozenset(names)
