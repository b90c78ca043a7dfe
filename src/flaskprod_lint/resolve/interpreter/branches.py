"""Runs several possible continuations from the same state, and goes on with what they have in common."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from flaskprod_lint.records import dataclass
from flaskprod_lint.resolve.interpreter.frames import Pending, Region
from flaskprod_lint.resolve.interpreter.journal import Changes, read_cell
from flaskprod_lint.resolve.interpreter.jumps import Break, Continue, Jump, Raised, Return
from flaskprod_lint.resolve.interpreter.merge import merge_states, merge_values
from flaskprod_lint.resolve.interpreter.values import Instance, Member, Value

if TYPE_CHECKING:
    from flaskprod_lint.resolve.interpreter.machine import Interpreter

Side = Callable[[], "Value | None"]


@dataclass
class _Outcome:
    changes: Changes
    value: Value | None = None
    jump: Jump | None = None
    region: Region | None = None
    snapshot: Changes | None = None


@contextmanager
def unsure(vm: Interpreter) -> Iterator[None]:
    """What happens inside is not certain to happen."""
    vm.unsure += 1
    try:
        yield
    finally:
        vm.unsure -= 1


def assume(vm: Interpreter, taken: Side, other: Side) -> Value | None:
    """Take the side that holds as long as nobody sets a variable; if it ends the program, they have set it."""
    vm.journal.begin()
    with unsure(vm):
        try:
            value = taken()
        except Raised as raised:
            if region_of(vm, raised) is not None:
                vm.journal.commit()
                raise
            vm.journal.take_back()
            return other()
        except BaseException:
            vm.journal.commit()
            raise
    vm.journal.commit()
    return value


def branch(vm: Interpreter, sides: Sequence[Side], why: Value) -> Value | None:
    """Run each side from the present state, then go on as if any of them had run."""
    with unsure(vm):
        outcomes = [_try(vm, side) for side in sides]
    staying = [outcome for outcome in outcomes if outcome.jump is None]
    if not staying:
        raise _leave(vm, outcomes, why)
    for outcome in outcomes:
        if outcome.jump is not None:
            _pend(vm, outcome, why)
    merge_states(vm, [outcome.changes for outcome in staying], why)
    values = [outcome.value for outcome in staying if outcome.value is not None]
    return merge_values(vm, values, why) if values else None


def separate(value: Value) -> tuple[Value, ...]:
    """The alternatives of a value if each is, or is part of, a thing of its own from outside the project.

    What is done to one of them is then done to no other: it can be done to all, one after the other, and holds for
    whichever it is. Of two apps that two branches make, each gets the whole config.
    """
    instances = [instance_of(one) for one in value.alternatives]
    if not instances or any(instance is None for instance in instances):
        return ()
    return value.alternatives if len({id(instance) for instance in instances}) == len(instances) else ()


def instance_of(value: Value) -> Instance | None:
    """The thing from outside the project that a value is, or is a part of."""
    data = value.data
    return data if isinstance(data, Instance) else data.instance if isinstance(data, Member) else None


def _try(vm: Interpreter, side: Side) -> _Outcome:
    vm.journal.begin()
    try:
        value = side()
    except Jump as jump:
        region = region_of(vm, jump)
        snapshot = present(vm, region) if region else None
        return _Outcome(vm.journal.take_back(), None, jump, region, snapshot)
    except BaseException:
        vm.journal.commit()
        raise
    return _Outcome(vm.journal.take_back(), value)


def _leave(vm: Interpreter, outcomes: list[_Outcome], why: Value) -> Jump:
    """The jump with which all sides together leave; those of another kind are kept for their own region."""
    for kind in (Return, Continue, Break, Raised):
        chosen = [outcome for outcome in outcomes if isinstance(outcome.jump, kind)]
        if chosen:
            break
    for outcome in outcomes:
        if outcome not in chosen:
            _pend(vm, outcome, why)
    if kind is Raised:
        chosen = chosen[:1]
    merge_states(vm, [outcome.changes for outcome in chosen], why)
    returned = [outcome.jump.value for outcome in chosen if isinstance(outcome.jump, Return)]
    if returned:
        return Return(merge_values(vm, returned, why))
    assert chosen[0].jump is not None
    return chosen[0].jump


def _pend(vm: Interpreter, outcome: _Outcome, why: Value) -> None:
    if outcome.region is None or outcome.snapshot is None:
        return
    value = outcome.jump.value if isinstance(outcome.jump, Return) else None
    raised = outcome.jump if isinstance(outcome.jump, Raised) else None
    outcome.region.pendings.append(Pending(outcome.snapshot, why, value, raised))
    vm.unsure += 1


def pend_raise(vm: Interpreter, raised: Raised, why: Value) -> bool:
    """Note that the program may raise here; False when no `try` of the program would catch it."""
    region = region_of(vm, raised)
    if region is None:
        return False
    region.pendings.append(Pending(present(vm, region), why, None, raised))
    vm.unsure += 1
    return True


_KINDS = {Return: "function", Break: "loop", Continue: "pass"}


def region_of(vm: Interpreter, jump: Jump) -> Region | None:
    """The region that a jump leads out of."""
    for region in reversed(vm.regions):
        if isinstance(jump, Raised):
            if region.catches and region.catches(jump):
                return region
        elif region.kind == _KINDS[type(jump)]:
            return region
    return None


def present(vm: Interpreter, region: Region) -> Changes:
    """The present state, as changes since the region began."""
    touched = vm.journal.touched(region.depth)
    return {name: (container, key, read_cell(container, key)) for name, (container, key, _) in touched.items()}


@contextmanager
def region(vm: Interpreter, kind: str, catches: Callable[[Raised], bool] | None = None) -> Iterator[Region]:
    """A region that jumps can lead out of. What still pends at its end is merged with `settle`, inside it."""
    opened = Region(kind, vm.journal.begin(), catches)
    vm.regions.append(opened)
    try:
        yield opened
    finally:
        vm.regions.pop()
        vm.unsure -= len(opened.pendings)
        vm.journal.commit()


def states_of(vm: Interpreter, opened: Region, pendings: Sequence[Pending]) -> list[Changes]:
    """The states of pending paths, as changes to the present one."""
    before = vm.journal.touched(opened.depth)
    return [{**before, **pending.changes} for pending in pendings]


def settle(vm: Interpreter, opened: Region, value: Value | None = None, *, reached: bool = True) -> Value | None:
    """Merge the paths that left a region with the one that reached its end, if one did."""
    pendings = opened.pendings
    if not pendings:
        return value
    states = states_of(vm, opened, pendings)
    if reached:
        states.insert(0, {})
    merge_states(vm, states, pendings[0].why)
    values = [value] if reached and value is not None else []
    values += [pending.value for pending in pendings if pending.value is not None]
    return merge_values(vm, values, pendings[0].why) if values else None
