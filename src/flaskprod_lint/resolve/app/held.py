"""The name under which a script holds its app, and by which a server could load it from there."""

from __future__ import annotations

import ast
from collections.abc import Callable

from flaskprod_lint.resolve.interpreter.values import Maybe, Module, Value


def at_the_top(module: Module, is_app: Callable[[Value], bool]) -> str:
    """The first name that a statement at the top of a module binds to the app; empty where none does.

    What only a script binds, below `if __name__ == "__main__":`, is not there for a server that imports the module.
    """
    for statement in module.tree.body if module.tree is not None else ():
        for name in _bound(statement):
            held = module.names.get(name)
            if held is None or isinstance(held.data, Maybe):
                continue
            if any(map(is_app, held.alternatives or (held,))):
                return name
    return ""


def _only_as_script(statement: ast.If) -> bool:
    return any(isinstance(node, ast.Name) and node.id == "__name__" for node in ast.walk(statement.test))


def _bound(statement: ast.stmt) -> list[str]:
    if isinstance(statement, ast.Try) or (isinstance(statement, ast.If) and not _only_as_script(statement)):
        return [name for one in (*statement.body, *statement.orelse) for name in _bound(one)]
    if isinstance(statement, ast.Assign):
        return [target.id for target in statement.targets if isinstance(target, ast.Name)]
    if isinstance(statement, ast.AnnAssign):
        return [statement.target.id] if isinstance(statement.target, ast.Name) else []
    if isinstance(statement, (ast.ImportFrom, ast.Import)):
        return [alias.asname or alias.name for alias in statement.names]
    return []
