"""The import statements."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from flaskprod_lint.resolve.interpreter import imports, library
from flaskprod_lint.resolve.interpreter.containers import spoil
from flaskprod_lint.resolve.interpreter.frames import Frame
from flaskprod_lint.resolve.interpreter.jumps import Raised
from flaskprod_lint.resolve.interpreter.values import External, Module, Value
from flaskprod_lint.source import Span

if TYPE_CHECKING:
    from flaskprod_lint.resolve.interpreter.machine import Interpreter


def run_import(vm: Interpreter, node: ast.Import, frame: Frame) -> None:
    """`import a.b`, `import a.b as c`."""
    at = vm.span(frame, node)
    for alias in node.names:
        value = vm.import_module(alias.name, at)
        if alias.asname:
            vm.bind(frame, alias.asname, value)
            continue
        top = alias.name.partition(".")[0]
        vm.bind(frame, top, vm.import_module(top, at) if "." in alias.name else value)


def run_import_from(vm: Interpreter, node: ast.ImportFrom, frame: Frame) -> None:
    """`from a import b`, also relative and with a star."""
    at = vm.span(frame, node)
    if node.level:
        source = imports.relative(vm, frame, node.level, node.module or "", at)
    elif node.module == "__future__":
        return
    else:
        source = vm.import_module(node.module or "", at)
    for alias in node.names:
        if alias.name == "*":
            _star(vm, source, frame, at)
        else:
            vm.bind(frame, alias.asname or alias.name, _name(vm, source, alias.name, at))


def _name(vm: Interpreter, source: Value, name: str, at: Span) -> Value:
    data = source.data
    if isinstance(data, External):
        return library.name(vm, f"{data.path}.{name}", at)
    if not isinstance(data, Module):
        return vm.unknown(vm.reason(source, at), at)
    try:
        return vm.attribute(source, name, at)
    except Raised as raised:
        if raised.path != "builtins.AttributeError":
            raise
    if data.folders is not None and not data.path:
        return Value(External(f"{data.name}.{name}"), at)
    return imports.missing(vm, f"{data.name}.{name}", at)


def _star(vm: Interpreter, source: Value, frame: Frame, at: Span) -> None:
    data = source.data
    if isinstance(data, External):
        frame.module.stars.append(data.path)
    elif isinstance(data, Module):
        listed = data.names.get("__all__")
        plain = listed.plain() if listed is not None else None
        names = plain if isinstance(plain, (list, tuple)) else [one for one in data.names if not one.startswith("_")]
        for name in names:
            if isinstance(name, str):
                vm.bind(frame, name, _name(vm, source, name, at))
        frame.module.stars.extend(data.stars)
        if data.opaque is not None:
            spoil(vm, Value(frame.module.names, at), data.opaque)
    else:
        spoil(vm, Value(frame.module.names, at), vm.reason(source, at))
