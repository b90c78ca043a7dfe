"""List, set and dict comprehensions, and generator expressions taken as lists."""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import TYPE_CHECKING

from flaskprod_lint.model import Unknown
from flaskprod_lint.resolve.interpreter import containers
from flaskprod_lint.resolve.interpreter.branches import unsure
from flaskprod_lint.resolve.interpreter.frames import Frame
from flaskprod_lint.resolve.interpreter.list_methods import bare
from flaskprod_lint.resolve.interpreter.truth import truth
from flaskprod_lint.resolve.interpreter.values import Elements, Entries, Items, Value

if TYPE_CHECKING:
    from flaskprod_lint.resolve.interpreter.machine import Interpreter

Comprehension = ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp


def comprehension(vm: Interpreter, node: Comprehension, frame: Frame) -> Value:
    """The list, set or dict that a comprehension makes."""
    at = vm.span(frame, node)
    scopes = frame.scopes if frame.is_module else (*frame.scopes, frame.names)
    inner = Frame(frame.module, {}, scopes, frame.function, frame.owner, frame.receiver)
    collected = _Collected(node)
    _run(vm, node.generators, inner, collected, lambda: collected.add(vm, inner))
    return vm.sized(collected.container(), at, ())


class _Collected:
    """What a comprehension has made so far."""

    def __init__(self, node: Comprehension) -> None:
        self.node = node
        self.values: list[Value] = []
        self.entries: dict[object, Value] = {}
        self.hole: Unknown | None = None

    def add(self, vm: Interpreter, frame: Frame) -> None:
        node = self.node
        if not isinstance(node, ast.DictComp):
            self.values.append(vm.evaluate(node.elt, frame))
            return
        at = vm.span(frame, node)
        key = containers.key_of(vm, vm.evaluate(node.key, frame), at)
        value = vm.evaluate(node.value, frame)
        if isinstance(key, Unknown):
            self.hole = key
        else:
            self.entries[key] = value

    def container(self) -> Items | Elements | Entries:
        if isinstance(self.node, ast.DictComp):
            return Entries(self.entries, self.hole)
        if isinstance(self.node, ast.SetComp):
            known = [value for value in self.values if not isinstance(value.plain(), Unknown)]
            hole = self.hole or (Unknown("an element that is not known") if len(known) < len(self.values) else None)
            return Elements((bare(value) for value in known), hole)
        return Items(self.values, self.hole)


def _run(
    vm: Interpreter,
    generators: list[ast.comprehension],
    frame: Frame,
    collected: _Collected,
    add: Callable[[], None],
) -> None:
    if not generators:
        return add()
    first = generators[0]
    at = vm.span(frame, first.iter)
    items = vm.iterate(vm.evaluate(first.iter, frame), at)
    if isinstance(items, Unknown):
        collected.hole = collected.hole or items
        return None
    for item in items[: vm.limits.loop]:
        vm.assign(first.target, item, frame)
        conditions = [vm.evaluate(test, frame) for test in first.ifs]
        truths = [truth(condition) for condition in conditions]
        if False in truths:
            continue
        if None in truths:
            collected.hole = collected.hole or vm.reason(conditions[truths.index(None)], at)
            with unsure(vm):
                _run(vm, generators[1:], frame, _Collected(collected.node), lambda: None)
            continue
        _run(vm, generators[1:], frame, collected, add)
    if len(items) > vm.limits.loop:
        collected.hole = Unknown("a loop that is too long", at)
    return None
