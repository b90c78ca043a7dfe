"""`try`: which handler takes what the body raises, or may raise."""

from __future__ import annotations

import ast
import builtins
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from flaskprod_lint.resolve.interpreter.branches import branch, region, states_of, unsure
from flaskprod_lint.resolve.interpreter.frames import Frame, Pending, Region
from flaskprod_lint.resolve.interpreter.jumps import Jump, Raised
from flaskprod_lint.resolve.interpreter.values import Class, External, Instance, Object, Value

if TYPE_CHECKING:
    from flaskprod_lint.resolve.interpreter.machine import Interpreter


#: Exceptions of the standard library's modules, each with the builtin that it inherits.
_INHERIT = {
    "JSONDecodeError": "builtins.ValueError",
    "AddressValueError": "builtins.ValueError",
    "UnsupportedOperation": "builtins.ValueError",
    "Error": "builtins.ValueError",
    "InvalidOperation": "builtins.ArithmeticError",
    "ZoneInfoNotFoundError": "builtins.KeyError",
    "PackageNotFoundError": "builtins.ImportError",
}


def run_try(vm: Interpreter, node: ast.Try, frame: Frame) -> None:
    """`try … except … else … finally`."""
    try:
        _guarded(vm, node, frame)
    except Jump:
        vm.execute(node.finalbody, frame)
        raise
    vm.execute(node.finalbody, frame)


def _guarded(vm: Interpreter, node: ast.Try, frame: Frame) -> None:
    kinds = [_kinds(vm, handler, frame) for handler in node.handlers]
    with region(vm, "try", lambda raised: _handler_of(node, kinds, raised) is not None) as opened:
        raised = _body(vm, node, frame, kinds)
        _pending(vm, node, frame, kinds, opened)
    if raised is not None:
        handler = _handler_of(node, kinds, raised)
        assert handler is not None
        _handle(vm, handler, raised, frame)
    else:
        vm.execute(node.orelse, frame)


def _body(vm: Interpreter, node: ast.Try, frame: Frame, kinds: list[list[Value] | None]) -> Raised | None:
    try:
        vm.execute(node.body, frame)
    except Raised as raised:
        if _handler_of(node, kinds, raised) is None:
            raise
        return raised
    return None


def _pending(vm: Interpreter, node: ast.Try, frame: Frame, kinds: list[list[Value] | None], opened: Region) -> None:
    """Handlers of what the body may have raised, each from the state in which it would have."""
    if not opened.pendings:
        return
    pendings = list(opened.pendings)
    states = states_of(vm, opened, pendings)
    vm.unsure -= len(pendings)
    opened.pendings.clear()
    sides: list[Callable[[], None]] = [lambda: None]
    for pending, state in zip(pendings, states, strict=True):
        sides.append(_side(vm, node, frame, kinds, pending, lambda state=state: vm.journal.apply(state)))  # type: ignore[misc]
    branch(vm, sides, pendings[0].why)


def _side(
    vm: Interpreter,
    node: ast.Try,
    frame: Frame,
    kinds: list[list[Value] | None],
    pending: Pending,
    restore: Callable[[], None],
) -> Callable[[], None]:
    def run() -> None:
        restore()
        handler = _handler_of(node, kinds, pending.raised) if pending.raised else None
        if handler is not None and pending.raised is not None:
            _handle(vm, handler, pending.raised, frame)

    return run


def _handle(vm: Interpreter, handler: ast.ExceptHandler, raised: Raised, frame: Frame) -> None:
    if handler.name:
        vm.bind(frame, handler.name, raised.value)
    before, frame.handling = frame.handling, raised
    try:
        if raised.assumed:
            with unsure(vm):
                vm.execute(handler.body, frame)
        else:
            vm.execute(handler.body, frame)
    except Raised as ended:
        if ended.path == "builtins.SystemExit" and not ended.detail:
            ended.detail = " ".join(filter(None, ("after", raised.path.rpartition(".")[2], raised.detail)))
        raise
    finally:
        frame.handling = before


def _kinds(vm: Interpreter, handler: ast.ExceptHandler, frame: Frame) -> list[Value] | None:
    """The exception types of a handler; None for a bare `except`."""
    if handler.type is None:
        return None
    with unsure(vm):
        try:
            value = vm.evaluate(handler.type, frame)
        except Jump:
            return []
    return list(value.data) if isinstance(value.data, tuple) else [value]


def _handler_of(node: ast.Try, kinds: list[list[Value] | None], raised: Raised) -> ast.ExceptHandler | None:
    for handler, wanted in zip(node.handlers, kinds, strict=True):
        if wanted is None or any(_is_kind(raised, kind) for kind in wanted):
            return handler
    return None


def _is_kind(raised: Raised, kind: Value) -> bool:
    data = kind.data
    made = raised.value.data
    if isinstance(data, Class):
        return isinstance(made, Object) and data in made.cls.lineage()
    if not isinstance(data, External):
        return False
    if isinstance(made, Object):
        bases = made.cls.external_bases()
        return any(is_subclass(base, data.path) for base in bases) or data.path == "builtins.Exception"
    return is_subclass(raised.path, data.path)


def is_subclass(path: str, base: str) -> bool:
    """Whether an exception type is another or inherits it."""
    if path == base:
        return True
    last = path.rpartition(".")[2]
    if last in _INHERIT:
        if base.rpartition(".")[2] == last:
            return True
        path = _INHERIT[last]
    one = getattr(builtins, path.removeprefix("builtins."), None)
    other = getattr(builtins, base.removeprefix("builtins."), None)
    if isinstance(one, type) and isinstance(other, type):
        return issubclass(one, other)
    return base in ("builtins.Exception", "builtins.BaseException") and path not in ("endless loop",)


def suppressed(value: Value) -> list[str]:
    """The exception types of `contextlib.suppress(…)`."""
    data = value.data
    if not isinstance(data, Instance) or data.callee != "contextlib.suppress":
        return []
    return [one.data.path for one in data.args if isinstance(one.data, External)]


def suppress(vm: Interpreter, body: Callable[[], None], paths: Sequence[str]) -> None:
    """Run a body; exceptions of these types end it and nothing more."""

    def catches(raised: Raised) -> bool:
        return any(is_subclass(raised.path, path) for path in paths)

    with region(vm, "try", catches) as opened:
        try:
            body()
        except Raised as raised:
            if not catches(raised):
                raise
        pendings = list(opened.pendings)
        if pendings:
            states = states_of(vm, opened, pendings)
            vm.unsure -= len(pendings)
            opened.pendings.clear()
            sides = [lambda: None, *(lambda state=state: vm.journal.apply(state) for state in states)]
            branch(vm, sides, pendings[0].why)
