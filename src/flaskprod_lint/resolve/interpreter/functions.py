"""Calling functions of the project: their arguments, their frame and what they return."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from flaskprod_lint.model import Unknown
from flaskprod_lint.resolve.interpreter.branches import region, settle
from flaskprod_lint.resolve.interpreter.frames import Arguments, Frame
from flaskprod_lint.resolve.interpreter.jumps import Raised, Return
from flaskprod_lint.resolve.interpreter.limits import ExhaustedError
from flaskprod_lint.resolve.interpreter.values import Entries, External, Function, Items, Value
from flaskprod_lint.source import Place, Span

if TYPE_CHECKING:
    from flaskprod_lint.resolve.interpreter.machine import Interpreter


def define(vm: Interpreter, node: ast.FunctionDef | ast.AsyncFunctionDef, frame: Frame) -> Value:
    """The function that a `def` makes, with its decorators applied."""
    at = vm.span(frame, node)
    decorators = [vm.evaluate(one, frame) for one in node.decorator_list]
    function = Function(
        node.name,
        node,
        frame.module,
        frame.inner_scopes,
        defaults_of(vm, node.args, frame),
        frame.owner,
        tuple(decorators),
    )
    return vm.decorate(Value(function, at, sure=not vm.unsure), decorators, at)


def defaults_of(vm: Interpreter, args: ast.arguments, frame: Frame) -> dict[str, Value]:
    """The defaults of parameters, evaluated where the function is defined."""
    positional = [*args.posonlyargs, *args.args]
    pairs = list(zip(positional[len(positional) - len(args.defaults) :], args.defaults, strict=True))
    found = {parameter.arg: vm.evaluate(default, frame) for parameter, default in pairs}
    for parameter, default in zip(args.kwonlyargs, args.kw_defaults, strict=True):
        if default is not None:
            found[parameter.arg] = vm.evaluate(default, frame)
    return found


def call(vm: Interpreter, function: Function, arguments: Arguments, at: Span) -> Value:
    """Run a function of the project with these arguments."""
    if vm.remembered(function.node, is_generator):
        return vm.unknown(Unknown("a generator", at), at)
    if vm.calls >= vm.limits.calls or vm.budget.depth > vm.limits.depth - 20:
        return vm.unknown(Unknown("calls that are nested too deeply", at), at)
    names = bind(vm, function, arguments, at)
    receiver = arguments.args[0] if arguments.args else None
    frame = Frame(function.module, names, function.scopes, function, function.owner, receiver)
    vm.calls += 1
    vm.trail.append(Place(at, f"calls {function.name}"))
    try:
        return _run(vm, function, frame, at)
    finally:
        vm.trail.pop()
        vm.calls -= 1


def _run(vm: Interpreter, function: Function, frame: Frame, at: Span) -> Value:
    if isinstance(function.node, ast.Lambda):
        return vm.evaluate(function.node.body, frame)
    with region(vm, "function") as opened:
        reached, value = True, Value(None, at)
        try:
            vm.execute(function.node.body, frame)
        except Return as jump:
            value = jump.value
        except Raised:
            if not opened.pendings:
                raise
            reached = False
        except ExhaustedError as error:
            if at.path == error.path:
                raise
            value = vm.unknown(Unknown(f"{function.name} takes too long to follow", at), at)
            vm.hooks.unfollowed(function.name, tuple(frame.names.values()), at)
        result = settle(vm, opened, value, reached=reached)
    return result if result is not None else value


def is_generator(node: ast.AST) -> bool:
    """Whether a function has a `yield` of its own."""
    waiting = list(ast.iter_child_nodes(node))
    while waiting:
        one = waiting.pop()
        if isinstance(one, (ast.Yield, ast.YieldFrom)):
            return True
        if not isinstance(one, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef)):
            waiting.extend(ast.iter_child_nodes(one))
    return False


def bind(vm: Interpreter, function: Function, arguments: Arguments, at: Span) -> dict[str, Value]:
    """The local names that a call starts with."""
    args = function.node.args
    positional = [parameter.arg for parameter in (*args.posonlyargs, *args.args)]
    names: dict[str, Value] = dict(zip(positional, arguments.args, strict=False))
    extra = arguments.args[len(positional) :]
    loose = arguments.hole is not None or _is_loose(function)
    if args.vararg:
        names[args.vararg.arg] = Value(tuple(extra), at)
        if arguments.hole:
            names[args.vararg.arg] = Value(Items(extra, arguments.hole), at)
    elif extra and not loose:
        raise vm.raised("TypeError", at, f"too many arguments for {function.name}")
    _bind_named(vm, function, arguments, names, at, loose)
    for name in (*positional, *(parameter.arg for parameter in args.kwonlyargs)):
        if name not in names:
            names[name] = _missing(vm, function, arguments, name, at, loose)
    return names


def _bind_named(
    vm: Interpreter, function: Function, arguments: Arguments, names: dict[str, Value], at: Span, loose: bool
) -> None:
    args = function.node.args
    accepted = {parameter.arg for parameter in (*args.args, *args.kwonlyargs)}
    rest: dict[object, Value] = {}
    for name, value in arguments.kwargs.items():
        if name in accepted and name not in names:
            names[name] = value
        elif args.kwarg and name not in accepted:
            rest[name] = value
        elif not loose:
            raise vm.raised("TypeError", at, f"the argument {name} of {function.name}")
    if args.kwarg:
        names[args.kwarg.arg] = Value(Entries(rest, arguments.hole), at)


def _missing(vm: Interpreter, function: Function, arguments: Arguments, name: str, at: Span, loose: bool) -> Value:
    default = function.defaults.get(name)
    if arguments.hole is not None:
        alternatives = (default,) if default is not None else ()
        return Value(arguments.hole, at, alternatives=alternatives, sure=False)
    if default is not None:
        return default
    if loose:
        return vm.unknown(Unknown(f"the argument {name} of {function.name} is not known", at), at)
    raise vm.raised("TypeError", at, f"the argument {name} of {function.name} is missing")


def _is_loose(function: Function) -> bool:
    """Whether something outside the project (click, a task queue) may call it with arguments of its own."""
    plain = ("builtins.staticmethod", "builtins.classmethod", "builtins.property", "functools.")
    for decorator in function.decorators:
        data = decorator.data
        if not isinstance(data, External) or not data.path.startswith(plain):
            return not isinstance(data, Function)
    return False
