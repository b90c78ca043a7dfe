"""`dir(x)`, and `type(name, bases, attributes)`, which makes a class."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from flaskprod_lint.model import Unknown
from flaskprod_lint.resolve.interpreter.frames import Arguments, Frame
from flaskprod_lint.resolve.interpreter.values import Class, Items, Module, Object, Value, as_value
from flaskprod_lint.source import Span

if TYPE_CHECKING:
    from flaskprod_lint.resolve.interpreter.machine import Interpreter


def names(vm: Interpreter, arguments: Arguments, at: Span, frame: Frame | None) -> Value:
    """`dir(x)` of a class, an object or a module of the project: its names in order, without Python's own."""
    value = arguments.args[0] if arguments.args else Value(None, at)
    data = value.data
    cls = data.cls if isinstance(data, Object) else data
    if isinstance(data, Module) and data.opaque is None and not data.stars:
        found = set(data.names)
    elif isinstance(cls, Class) and not cls.external_bases() and cls.unknown_base() is None:
        found = {name for owner in cls.lineage() for name in owner.attributes}
        found |= set(data.attributes) if isinstance(data, Object) else set()
    else:
        return vm.unknown(Unknown("dir()", at), at, value)
    return Value(Items(as_value(name, at) for name in sorted(found)), at, sure=value.sure)


def made(vm: Interpreter, arguments: Arguments, at: Span, frame: Frame | None) -> Value:
    """The class that `type("Name", (Base,), {…})` makes."""
    name, bases, body = arguments.args
    known = isinstance(name.data, str) and isinstance(bases.data, tuple) and isinstance(body.data, dict)
    if not known or getattr(body.data, "hole", None) is not None or frame is None:
        return vm.unknown(Unknown("a class made by type()", at), at, *arguments.args)
    assert isinstance(bases.data, tuple)
    assert isinstance(body.data, dict)
    node = ast.ClassDef(name=str(name.data), bases=[], keywords=[], body=[], decorator_list=[])
    node.lineno = at.line
    attributes = {str(key): value for key, value in body.data.items()}
    return Value(Class(str(name.data), frame.module, node, bases.data, attributes), at)
