"""What `shop.wsgi:create_app("prod")` says, read the way the server reads it."""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping
from dataclasses import field

from flaskprod_lint.inputs import python
from flaskprod_lint.patterns import regex
from flaskprod_lint.records import dataclass

#: Servers that take `module:some.dotted.attribute`; Gunicorn takes a plain name or a call of one.
_DOTTED = regex(r"[A-Za-z_]\w*(\.[A-Za-z_]\w*)+\Z")


@dataclass(frozen=True)
class TargetText:
    """A WSGI target in its parts. `fault` is the server's objection, in a sentence, when it cannot be read.

    `args` and `kwargs` are the literals that the factory is called with; `attribute` may be dotted.
    """

    text: str
    module: str
    attribute: str
    called: bool = False
    args: tuple[object, ...] = ()
    kwargs: Mapping[str, object] = field(default_factory=dict)
    fault: str = ""


def parse(text: str, *, default: str = "application") -> TargetText:
    """Read a target as Gunicorn's import_app does; `default` is the attribute meant when none is named."""
    clean = re.sub(r"\\+(?=[()'\"])", "", text.strip()).strip("'\"")
    module, colon, attribute = clean.partition(":")
    if not colon:
        return TargetText(text, module, default)
    return _expression(text, module, attribute)


def _expression(text: str, module: str, attribute: str) -> TargetText:
    try:
        expression = python.expression(attribute.strip())
    except python.UNPARSABLE:
        return TargetText(text, module, attribute, fault=f"“{attribute}” is neither a name nor a call")
    if isinstance(expression, ast.Name) or _DOTTED.match(attribute):
        return TargetText(text, module, attribute)
    if isinstance(expression, ast.Call) and isinstance(expression.func, ast.Name):
        return _call(text, module, expression.func.id, expression)
    return TargetText(text, module, attribute, fault=f"“{attribute}” is neither a name nor a call of one")


def _call(text: str, module: str, name: str, call: ast.Call) -> TargetText:
    try:
        args = tuple(ast.literal_eval(argument) for argument in call.args)
        kwargs = {keyword.arg or "**": ast.literal_eval(keyword.value) for keyword in call.keywords}
    except (ValueError, TypeError, RecursionError):
        return TargetText(
            text, module, name, True, fault="the factory's arguments must be literals, such as 'prod' or 2"
        )
    return TargetText(text, module, name, True, args, kwargs)
