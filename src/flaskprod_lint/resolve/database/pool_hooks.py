"""Pool options that a subclass of Flask-SQLAlchemy 2 adds in apply_pool_defaults or apply_driver_hacks."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from flaskprod_lint.resolve.database.engine_options import Layer
from flaskprod_lint.resolve.interpreter.values import Function, Instance, Object, Value
from flaskprod_lint.source import Span

_HOOKS = ("apply_pool_defaults", "apply_driver_hacks")


def hook_layer(made: Instance | Object) -> Layer:
    """What the hooks of the project's own subclass set literally: `options["pool_pre_ping"] = True`."""
    values: dict[str, Value] = {}
    for name in _HOOKS if isinstance(made, Object) else ():
        function = made.cls.lookup(name) if isinstance(made, Object) else None
        if function is not None and isinstance(function.data, Function):
            values.update(_set_by(function.data))
    return Layer("apply_pool_defaults", values)


def _set_by(function: Function) -> Iterator[tuple[str, Value]]:
    for node in ast.walk(function.node):
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Subscript):
            key = node.targets[0].slice
            if isinstance(key, ast.Constant) and isinstance(key.value, str) and isinstance(node.value, ast.Constant):
                at = Span(function.module.path, node.lineno, node.col_offset + 1)
                yield key.value, Value(node.value.value, at)
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            if node.func.attr not in ("update", "setdefault"):
                continue
            for keyword in node.keywords:
                if keyword.arg and isinstance(keyword.value, ast.Constant):
                    at = Span(function.module.path, keyword.value.lineno, keyword.value.col_offset + 1)
                    yield keyword.arg, Value(keyword.value.value, at)
