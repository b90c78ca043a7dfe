"""Brings the states of several possible paths together into one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from flaskprod_lint.model import EnvironmentRead, Unknown
from flaskprod_lint.resolve.interpreter.journal import ABSENT, HOLE, WHOLE, Changes, read_cell
from flaskprod_lint.resolve.interpreter.values import Compared, Maybe, Value, union

if TYPE_CHECKING:
    from flaskprod_lint.resolve.interpreter.machine import Interpreter

#: More alternatives than this are not told apart.
MAX_ALTERNATIVES = 8


def merge_states(vm: Interpreter, states: Sequence[Changes], why: Value) -> None:
    """Bring the program into a state that is any of these; each says how it differs from the present one."""
    if len(states) == 1:
        vm.journal.apply(states[0])
        return
    cells = {name: (cell[0], cell[1]) for state in states for name, cell in state.items()}
    vm.budget.charge(len(cells))
    for name, (container, key) in cells.items():
        present = read_cell(container, key)
        values = [state[name][2] if name in state else present for state in states]
        vm.journal.write(container, key, _merge_cell(vm, key, values, why))


def _merge_cell(vm: Interpreter, key: object, values: list[object], why: Value) -> object:
    if key is HOLE:
        return next((value for value in values if value is not None), None)
    if key is WHOLE:
        return _merge_content(vm, values, why)
    present = [value for value in values if isinstance(value, Value)]
    if len(present) == len(values):
        return merge_values(vm, present, why)
    if not present:
        return ABSENT
    reason = reason_of(why)
    return Value(Maybe(reason, why.at), why.at, union(why, *present), alternatives=_flatten(present), sure=False)


def _merge_content(vm: Interpreter, values: list[object], why: Value) -> object:
    """Merge what a list or set holds: as far as all agree; the caller sees a differing length as unknown items."""
    contents = [value for value in values if isinstance(value, tuple)]
    length = max(len(content) for content in contents)
    rows = [[content[index] if index < len(content) else None for content in contents] for index in range(length)]
    merged = []
    for row in rows:
        present = [item for item in row if item is not None]
        if len(present) == len(row):
            merged.append(merge_values(vm, present, why))
        else:
            data = Maybe(reason_of(why), why.at)
            merged.append(Value(data, why.at, union(why, *present), alternatives=_flatten(present), sure=False))
    return tuple(merged)


def merge_values(vm: Interpreter, values: Sequence[Value], why: Value) -> Value:
    """The value that is one of these."""
    first = values[0]
    if all(same_value(first, other) for other in values[1:]):
        sure = not vm.unsure and all(value.sure or value.known for value in values)
        return first if first.sure == sure else replace(first, sure=sure)
    fallback = _fallback(values, why)
    if fallback is not None:
        return fallback
    alternatives = _flatten(values)
    return Value(Unknown(reason_of(why), why.at), why.at, union(why, *values), alternatives=alternatives, sure=False)


def _fallback(values: Sequence[Value], why: Value) -> Value | None:
    """`X` if it is set, else a literal: the literal, as the default of the variable that the condition is about."""
    if isinstance(why.data, Compared):
        return None
    known = [value for value in values if value.known]
    hidden = [value for value in values if not value.known]
    asked = {read.name for read in why.environment if read.is_set is None}
    if not known or not hidden or not all(same_value(known[0], other) for other in known[1:]):
        return None
    for value in hidden:
        names = {read.name for read in value.environment if read.is_set is None and not read.has_default}
        if not names or not names & asked or value.alternatives:
            return None
    return with_default(known[0], union(*hidden))


def with_default(value: Value, reads: Sequence[EnvironmentRead]) -> Value:
    """The value as the default of what these variables may be set to."""
    plain = value.plain()
    default = None if isinstance(plain, Unknown) else plain
    changed = tuple(
        replace(read, default=default, has_default=True) if read.is_set is None else read
        for read in reads
        if read.name not in {own.name for own in value.environment}
    )
    return replace(value, environment=(*changed, *value.environment), sure=False)


def same_value(one: Value, other: Value) -> bool:
    """Whether two values cannot be told apart, wherever they come from."""
    left, right = one.data, other.data
    if one is other or left is right:
        return True
    if type(left) is not type(right):
        return False
    if isinstance(left, tuple) and isinstance(right, tuple):
        return len(left) == len(right) and all(same_value(a, b) for a, b in zip(left, right, strict=True))
    if isinstance(left, Unknown) and isinstance(right, Unknown):
        return left == right and one.alternatives == other.alternatives
    if isinstance(left, (list, dict, set)):
        plain = one.plain()
        return not isinstance(plain, Unknown) and plain == other.plain()
    return bool(left == right)


def reason_of(why: Value) -> str:
    """Why what depends on this condition is unknown."""
    if not isinstance(why.data, Unknown):
        return "it depends on a condition that is known only at run time"
    reason, prefix = why.data.reason, "it depends on a condition: "
    return reason if reason.startswith(prefix) else prefix + reason


def _flatten(values: Sequence[Value]) -> tuple[Value, ...]:
    """The alternatives that values stand for, each once."""
    found: list[Value] = []
    for value in values:
        for one in value.alternatives or (value,):
            if len(found) < MAX_ALTERNATIVES and not any(same_value(one, other) for other in found):
                found.append(one)
    return tuple(found)
