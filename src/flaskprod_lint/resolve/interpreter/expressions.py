"""Evaluates expressions."""

from __future__ import annotations

import ast
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from flaskprod_lint.model import Unknown
from flaskprod_lint.resolve.interpreter import containers, operators, texts
from flaskprod_lint.resolve.interpreter.branches import branch, region_of, unsure
from flaskprod_lint.resolve.interpreter.comprehensions import comprehension
from flaskprod_lint.resolve.interpreter.frames import Arguments, Frame
from flaskprod_lint.resolve.interpreter.jumps import Raised
from flaskprod_lint.resolve.interpreter.list_methods import bare
from flaskprod_lint.resolve.interpreter.merge import with_default
from flaskprod_lint.resolve.interpreter.truth import compare, negated, truth
from flaskprod_lint.resolve.interpreter.values import (
    Elements,
    Entries,
    Function,
    Items,
    Unset,
    Value,
    is_assumed,
    union,
)
from flaskprod_lint.source import Span

if TYPE_CHECKING:
    from flaskprod_lint.resolve.interpreter.machine import Interpreter

Evaluator = Callable[["Interpreter", Any, Frame], Value]


def evaluate(vm: Interpreter, node: ast.expr, frame: Frame) -> Value:
    """The value of an expression."""
    vm.budget.step(frame.module.path)
    evaluator = _EVALUATORS.get(type(node))
    at = vm.span(frame, node)
    if evaluator is None:
        return vm.unknown(Unknown(f"{type(node).__name__} is not followed", at), at)
    if vm.budget.depth >= vm.limits.depth:
        return vm.unknown(Unknown("nested too deeply", at), at)
    vm.budget.depth += 1
    try:
        return evaluator(vm, node, frame)
    except Raised as raised:
        if not raised.assumed or region_of(vm, raised) is not None:
            raise
        reason = f"it raises {raised.path.removeprefix('builtins.')} as long as nobody sets the variable"
        return vm.unknown(Unknown(reason, at), at, *raised.sources)
    finally:
        vm.budget.depth -= 1


def _constant(vm: Interpreter, node: ast.Constant, frame: Frame) -> Value:
    at = vm.span(frame, node)
    if isinstance(node.value, (str, bytes)) and not vm.budget.allows_text(len(node.value)):
        return Value(Unknown("a text that is too long", at), at)
    if isinstance(node.value, complex):
        return Value(Unknown("a complex number", at), at)
    return Value(node.value, at)


def _name(vm: Interpreter, node: ast.Name, frame: Frame) -> Value:
    return vm.look_up(frame, node.id, vm.span(frame, node))


def elements(vm: Interpreter, nodes: list[ast.expr], frame: Frame) -> tuple[list[Value], Unknown | None]:
    """The values of a display or of positional arguments, with `*` unfolded; a reason when one cannot be."""
    values: list[Value] = []
    hole: Unknown | None = None
    for node in nodes:
        if not isinstance(node, ast.Starred):
            values.append(evaluate(vm, node, frame))
            continue
        at = vm.span(frame, node)
        items = vm.iterate(evaluate(vm, node.value, frame), at)
        if isinstance(items, Unknown):
            hole = hole or items
        else:
            values.extend(items)
    return values, hole


def _list(vm: Interpreter, node: ast.List, frame: Frame) -> Value:
    values, hole = elements(vm, node.elts, frame)
    return vm.sized(Items(values, hole), vm.span(frame, node), ())


def _tuple(vm: Interpreter, node: ast.Tuple, frame: Frame) -> Value:
    values, hole = elements(vm, node.elts, frame)
    at = vm.span(frame, node)
    return vm.sized(tuple(values), at, ()) if hole is None else vm.unknown(hole, at, *values)


def _set(vm: Interpreter, node: ast.Set, frame: Frame) -> Value:
    values, hole = elements(vm, node.elts, frame)
    at = vm.span(frame, node)
    for value in values:
        if isinstance(containers.key_of(vm, value, at), Unknown):
            hole = hole or Unknown("an element that is not known", at)
    known = Elements((bare(value) for value in values if value.known), hole)
    return Value(known, at, union(*values))


def _dict(vm: Interpreter, node: ast.Dict, frame: Frame) -> Value:
    at = vm.span(frame, node)
    result = Value(Entries(), at)
    for key_node, value_node in zip(node.keys, node.values, strict=True):
        if key_node is None:
            spread(vm, result, evaluate(vm, value_node, frame), at)
            continue
        key = evaluate(vm, key_node, frame)
        value = evaluate(vm, value_node, frame)
        containers.store(vm, result, key, value, at)
    return result


def spread(vm: Interpreter, result: Value, source: Value, at: Span) -> None:
    """`{**source}`."""
    data = result.data
    mapping = vm.mapping(source, at)
    assert isinstance(data, Entries)
    if mapping is None:
        return containers.spoil(vm, result, vm.reason(source, at))
    if mapping.hole is not None:
        containers.spoil(vm, result, mapping.hole)
    for key, value in mapping.items():
        vm.journal.write(data, key, containers.replacing(value, data.get(key)))
    return None


def _binary(vm: Interpreter, node: ast.BinOp, frame: Frame) -> Value:
    left = evaluate(vm, node.left, frame)
    right = evaluate(vm, node.right, frame)
    return operators.binary(vm, node.op, left, right, vm.span(frame, node))


def _unary(vm: Interpreter, node: ast.UnaryOp, frame: Frame) -> Value:
    at = vm.span(frame, node)
    value = evaluate(vm, node.operand, frame)
    if isinstance(node.op, ast.Not):
        return negated(value, at) if truth(value) is not None else vm.unknown(vm.reason(value, at), at, value)
    return operators.unary(vm, node.op, value, at)


def _boolean(vm: Interpreter, node: ast.BoolOp, frame: Frame) -> Value:
    wanted = isinstance(node.op, ast.Or)
    return _rest(vm, node.values, frame, wanted, vm.span(frame, node))


def _rest(vm: Interpreter, nodes: list[ast.expr], frame: Frame, wanted: bool, at: Span) -> Value:
    """`a or b or …` (wanted: true) and `a and b and …` (wanted: false), from the first of the nodes on."""
    value = evaluate(vm, nodes[0], frame)
    if len(nodes) == 1:
        return value
    known = truth(value)
    if known is wanted:
        return value
    if known is None:
        return _undecided(vm, value, nodes[1:], frame, wanted, at)
    if not is_assumed(value):
        other = _rest(vm, nodes[1:], frame, wanted, at)
        return _for_unset(other, value) if wanted else other
    with unsure(vm):
        other = _rest(vm, nodes[1:], frame, wanted, at)
    return with_default(other, value.environment) if wanted else _with(other, value)


def _for_unset(other: Value, first: Value) -> Value:
    """What stands for variables that surely nobody sets is their default, as in `os.environ.get(name, default)`."""
    reads = [read for read in first.environment if read.is_set is False]
    plain = other.plain() if reads and first.data is None else None
    if not isinstance(plain, (str, bytes)):
        return other
    known = tuple(replace(read, default=plain, has_default=True) for read in reads)
    return replace(other, environment=(*known, *other.environment))


def _with(other: Value, condition: Value) -> Value:
    return replace(other, environment=union(condition, other), sure=False)


def _undecided(vm: Interpreter, value: Value, nodes: list[ast.expr], frame: Frame, wanted: bool, at: Span) -> Value:
    """The first operand is unknown: a default for a variable that may be set, else one of two values."""
    if wanted and isinstance(value.data, Unset):
        with unsure(vm):
            other = _rest(vm, nodes, frame, wanted, at)
        return with_default(other, value.environment)

    def go_on() -> Value:
        return _rest(vm, nodes, frame, wanted, at)

    merged = branch(vm, [go_on, lambda: value], value)
    assert merged is not None
    return merged


def _conditional(vm: Interpreter, node: ast.IfExp, frame: Frame) -> Value:
    condition = vm.condition(node.test, frame)
    known = truth(condition)
    if known is None:
        sides = [lambda: evaluate(vm, node.body, frame), lambda: evaluate(vm, node.orelse, frame)]
        result = branch(vm, sides, condition)
        assert result is not None
        return result
    chosen = node.body if known else node.orelse
    if not is_assumed(condition):
        return evaluate(vm, chosen, frame)
    with unsure(vm):
        value = evaluate(vm, chosen, frame)
    return _with(value, condition)


def _compare(vm: Interpreter, node: ast.Compare, frame: Frame) -> Value:
    at = vm.span(frame, node)
    left = evaluate(vm, node.left, frame)
    result = Value(True, at)
    for op, right_node in zip(node.ops, node.comparators, strict=True):
        right = evaluate(vm, right_node, frame)
        one = compare(vm, op, left, right, at)
        one = replace(one, environment=union(result, one))
        if truth(one) is False:
            return one
        if result.known:
            result = one
        left = right
    return result


def _text(vm: Interpreter, node: ast.JoinedStr, frame: Frame) -> Value:
    at = vm.span(frame, node)
    parts: list[str | Value] = []
    sources: list[Value] = []
    for part in node.values:
        if isinstance(part, ast.Constant):
            parts.append(str(part.value))
        elif isinstance(part, ast.FormattedValue):
            value = evaluate(vm, part.value, frame)
            sources.append(value)
            parts.append(_shown(vm, part, value, frame))
    return texts.build(vm, parts, at, sources)


def _shown(vm: Interpreter, part: ast.FormattedValue, value: Value, frame: Frame) -> str | Value:
    at = vm.span(frame, part)
    spec = evaluate(vm, part.format_spec, frame) if part.format_spec is not None else Value("")
    if not isinstance(spec.data, str):
        return spec
    conversion = chr(part.conversion) if part.conversion > 0 else ""
    return texts.shown(vm, value, at, spec.data, conversion)


def _subscript(vm: Interpreter, node: ast.Subscript, frame: Frame) -> Value:
    at = vm.span(frame, node)
    value = evaluate(vm, node.value, frame)
    if isinstance(node.slice, ast.Slice):
        parts = (node.slice.lower, node.slice.upper, node.slice.step)
        bounds = [evaluate(vm, part, frame) if part is not None else Value(None, at) for part in parts]
        return vm.slice(value, bounds, at)
    return vm.item(value, evaluate(vm, node.slice, frame), at)


def _attribute(vm: Interpreter, node: ast.Attribute, frame: Frame) -> Value:
    return vm.attribute(evaluate(vm, node.value, frame), node.attr, vm.span(frame, node))


def arguments_of(vm: Interpreter, node: ast.Call, frame: Frame) -> Arguments:
    """The arguments of a call."""
    args, hole = elements(vm, node.args, frame)
    named = Value(Entries(), vm.span(frame, node))
    entries = named.data
    assert isinstance(entries, Entries)
    for keyword in node.keywords:
        value = evaluate(vm, keyword.value, frame)
        if keyword.arg is None:
            spread(vm, named, value, vm.span(frame, keyword.value))
        else:
            entries[keyword.arg] = value
    kwargs = {key: value for key, value in entries.items() if isinstance(key, str)}
    return Arguments(tuple(args), kwargs, hole or entries.hole)


def _call(vm: Interpreter, node: ast.Call, frame: Frame) -> Value:
    return vm.call_node(node, frame)


def _lambda(vm: Interpreter, node: ast.Lambda, frame: Frame) -> Value:
    defaults = vm.defaults_of(node.args, frame)
    return Value(
        Function("<lambda>", node, frame.module, frame.inner_scopes, defaults, frame.owner), vm.span(frame, node)
    )


def _walrus(vm: Interpreter, node: ast.NamedExpr, frame: Frame) -> Value:
    value = evaluate(vm, node.value, frame)
    vm.assign(node.target, value, frame)
    return value


def _starred(vm: Interpreter, node: ast.Starred, frame: Frame) -> Value:
    return evaluate(vm, node.value, frame)


def _awaited(vm: Interpreter, node: ast.Await, frame: Frame) -> Value:
    return evaluate(vm, node.value, frame)


_EVALUATORS: dict[type[ast.expr], Evaluator] = {
    ast.Constant: _constant,
    ast.Name: _name,
    ast.List: _list,
    ast.Tuple: _tuple,
    ast.Set: _set,
    ast.Dict: _dict,
    ast.BinOp: _binary,
    ast.UnaryOp: _unary,
    ast.BoolOp: _boolean,
    ast.IfExp: _conditional,
    ast.Compare: _compare,
    ast.JoinedStr: _text,
    ast.Subscript: _subscript,
    ast.Attribute: _attribute,
    ast.Call: _call,
    ast.Lambda: _lambda,
    ast.NamedExpr: _walrus,
    ast.Starred: _starred,
    ast.Await: _awaited,
    ast.ListComp: comprehension,
    ast.SetComp: comprehension,
    ast.DictComp: comprehension,
    ast.GeneratorExp: comprehension,
}
