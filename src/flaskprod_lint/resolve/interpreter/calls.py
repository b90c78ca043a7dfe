"""Calls: by what is called."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from typing import TYPE_CHECKING

from flaskprod_lint.model import Unknown
from flaskprod_lint.resolve.interpreter import (
    builtin_calls,
    classes,
    folders,
    functions,
    library,
    list_methods,
    paths,
    texts,
)
from flaskprod_lint.resolve.interpreter.branches import separate
from flaskprod_lint.resolve.interpreter.containers import spoil
from flaskprod_lint.resolve.interpreter.expressions import arguments_of
from flaskprod_lint.resolve.interpreter.frames import Arguments, Frame
from flaskprod_lint.resolve.interpreter.merge import merge_values
from flaskprod_lint.resolve.interpreter.values import (
    Bound,
    Class,
    Entries,
    External,
    Function,
    Inherited,
    Instance,
    Member,
    Method,
    Native,
    Object,
    Value,
)
from flaskprod_lint.source import Span

if TYPE_CHECKING:
    from flaskprod_lint.resolve.interpreter.machine import Interpreter


def call_node(vm: Interpreter, node: ast.Call, frame: Frame) -> Value:
    """The value of a call expression."""
    callee = vm.evaluate(node.func, frame)
    arguments = arguments_of(vm, node, frame)
    return apply(vm, callee, arguments, vm.span(frame, node), frame, node)


def apply(
    vm: Interpreter,
    callee: Value,
    arguments: Arguments,
    at: Span,
    frame: Frame | None = None,
    node: ast.AST | None = None,
) -> Value:
    """Call a value."""
    data = callee.data
    if isinstance(data, Unknown):
        return _unknown(vm, callee, arguments, at, frame, node)
    if isinstance(data, Function):
        return functions.call(vm, data, arguments, at)
    if isinstance(data, Method):
        return functions.call(vm, data.function, _with_first(data.receiver, arguments), at)
    if isinstance(data, Class):
        return classes.instantiate(vm, callee, arguments, at)
    if isinstance(data, External):
        owner = Value(data.cls, callee.at) if isinstance(data, Inherited) else None
        return _external(vm, data.path, arguments, at, frame, node, owner)
    if isinstance(data, (Instance, Member)):
        return _member(vm, callee, arguments, at, node)
    if isinstance(data, Native):
        return _native(vm, data, arguments, at)
    if isinstance(data, Bound):
        joined = Arguments((*data.args, *arguments.args), {**data.kwargs, **arguments.kwargs}, arguments.hole)
        return apply(vm, data.function, joined, at, frame, node)
    if isinstance(data, Object):
        return _object(vm, callee, data, arguments, at, node)
    raise vm.raised("TypeError", at)


def _with_first(first: Value, arguments: Arguments) -> Arguments:
    return Arguments((first, *arguments.args), arguments.kwargs, arguments.hole)


def _unknown(
    vm: Interpreter, callee: Value, arguments: Arguments, at: Span, frame: Frame | None, node: ast.AST | None
) -> Value:
    sources = (callee, *arguments.args, *arguments.kwargs.values())
    if not any(one.known for one in callee.alternatives):
        vm.hooks.unfollowed(_name_of(node), sources[1:], at)
    for argument in sources[1:]:
        if isinstance(argument.data, dict) and frame is not None and argument.data is frame.module.names:
            spoil(vm, argument, vm.reason(callee, at))
    results = [apply(vm, one, arguments, at, frame, node) for one in separate(callee)]
    if results:
        return merge_values(vm, results, callee)
    return vm.over_alternatives(callee, lambda one: apply(vm, one, arguments, at, frame, node), at, *sources[1:])


def _name_of(node: ast.AST | None) -> str:
    """The last name of what a call calls: `setup` of `package.setup(app)`."""
    function = node.func if isinstance(node, ast.Call) else None
    if isinstance(function, ast.Attribute):
        return function.attr
    return function.id if isinstance(function, ast.Name) else ""


def _external(
    vm: Interpreter,
    path: str,
    arguments: Arguments,
    at: Span,
    frame: Frame | None,
    node: ast.AST | None,
    owner: Value | None = None,
) -> Value:
    """Call something from outside the project; `owner` is the project's class that has it from a base."""
    if path.startswith("builtins."):
        return builtin_calls.call(vm, path[9:], arguments, at, frame)
    known = library.call(vm, path, arguments, at, frame)
    if known is not None:
        return known
    first = arguments.args[0] if arguments.args else None
    if path.endswith(".__init__") and first is not None and isinstance(first.data, Object):
        classes.construct(vm, first, Arguments(arguments.args[1:], arguments.kwargs, arguments.hole), at)
        return Value(None, at)
    if first is not None and isinstance(first.data, Object) and _is_method_of(path, first.data):
        rest = Arguments(arguments.args[1:], arguments.kwargs, arguments.hole)
        return vm.emit_call(path, rest, at, receiver=first, node=node)
    _expose(vm, arguments, path, at)
    return vm.emit_call(path, arguments, at, receiver=owner, node=node)


def _is_method_of(path: str, made: Object) -> bool:
    """Whether a call like `Flask.run(self, …)` is of a base of the object."""
    return path.rpartition(".")[0] in made.cls.external_bases()


def _expose(vm: Interpreter, arguments: Arguments, path: str, at: Span) -> None:
    """What code outside the project is given `globals()` may change every name."""
    for value in arguments.args:
        if isinstance(value.data, Entries) and any(value.data is names for names in vm.namespaces()):
            spoil(vm, value, Unknown(f"{path} may have set this name", at))


def _member(vm: Interpreter, callee: Value, arguments: Arguments, at: Span, node: ast.AST | None) -> Value:
    data = callee.data
    if isinstance(data, Instance):
        name = f"{data.callee}.__call__"
        return vm.emit_call(name, arguments, at, receiver=callee, node=node)
    assert isinstance(data, Member)
    receiver = Value(data.instance, data.instance.at, sure=callee.sure)
    if "." not in data.path:
        if data.path in ("iterdir", "glob") and paths.is_path(receiver):
            return folders.of_path(vm, receiver, data.path, arguments, at)
        known = paths.method(vm, receiver, data.path, arguments, at)
        known = known if known is not None else library.method(vm, receiver, data.path, arguments, at)
        if known is not None:
            return known
    _expose(vm, arguments, data.path, at)
    return vm.emit_call(f"{data.instance.callee}.{data.path}", arguments, at, receiver=receiver, node=node)


def _native(vm: Interpreter, data: Native, arguments: Arguments, at: Span) -> Value:
    receiver = classes.enum_value(data.receiver)
    kind = receiver.data
    if isinstance(kind, Object) and data.name == "__init__":
        classes.construct(vm, receiver, arguments, at)
        return Value(None, at)
    if isinstance(kind, (list, tuple, dict, set)):
        return list_methods.call(vm, receiver, data.name, arguments, at)
    if isinstance(kind, (str, bytes, int, float)):
        return texts.method(vm, receiver, data.name, arguments, at)
    raise vm.raised_unless_assumed("AttributeError", at, (receiver,), data.name)


def _object(
    vm: Interpreter, callee: Value, data: Object, arguments: Arguments, at: Span, node: ast.AST | None
) -> Value:
    method = data.cls.lookup("__call__")
    if method is not None and isinstance(method.data, Function):
        return functions.call(vm, method.data, _with_first(callee, arguments), at)
    if data.outer is not None:
        return _member(vm, Value(data.outer, callee.at), arguments, at, node)
    return vm.unknown(Unknown("a call of something that is not followed", at), at)


#: Decorators that only wrap: they leave a function what it is, and say nothing about the world.
_QUIET = ("builtins.", "functools.", "contextlib.", "abc.", "typing.", "typing_extensions.", "dataclasses.", "enum.")


def decorate(vm: Interpreter, value: Value, decorators: Sequence[Value], at: Span) -> Value:
    """Apply decorators, the last first. One from outside the project leaves the thing callable as it is."""
    for decorator in reversed(decorators):
        data = decorator.data
        if isinstance(data, (Function, Method, Class, Object, Bound)):
            result = apply(vm, decorator, Arguments((value,)), at)
            value = result if result.known else value
        elif isinstance(data, External) and not data.path.startswith(_QUIET):
            vm.emit_call(data.path, Arguments((value,)), at)
        elif isinstance(data, Member):
            callee = f"{data.instance.callee}.{data.path}"
            vm.emit_call(callee, Arguments((value,)), at, receiver=Value(data.instance, data.instance.at))
        elif isinstance(data, Instance) and not data.callee.startswith(_QUIET):
            vm.emit("decorate", data.callee, (value,), at, receiver=decorator)
    return value
