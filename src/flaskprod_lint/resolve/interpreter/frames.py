"""Where a piece of code runs: the names it sees, and the regions that its jumps lead out of."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import field

from flaskprod_lint.model import Unknown
from flaskprod_lint.records import dataclass
from flaskprod_lint.resolve.interpreter.journal import Changes
from flaskprod_lint.resolve.interpreter.jumps import Raised
from flaskprod_lint.resolve.interpreter.values import Class, Function, Module, Value


@dataclass
class Frame:
    """One run of a module, class body, function or comprehension.

    `names` is where its assignments go, `scopes` the functions around it (the innermost last).
    """

    module: Module
    names: dict[str, Value]
    scopes: tuple[dict[str, Value], ...] = ()
    function: Function | None = None
    owner: Class | None = None
    receiver: Value | None = None
    global_names: set[str] = field(default_factory=set)
    nonlocal_names: set[str] = field(default_factory=set)
    is_class: bool = False
    handling: Raised | None = None

    @property
    def is_module(self) -> bool:
        return self.names is self.module.names

    @property
    def inner_scopes(self) -> tuple[dict[str, Value], ...]:
        """The scopes that a function defined here sees: not the names of a class body or a module."""
        return self.scopes if self.is_module or self.is_class else (*self.scopes, self.names)


@dataclass
class Pending:
    """A path that left a region under an unknown condition, and the state in which it did."""

    changes: Changes
    why: Value
    value: Value | None = None
    raised: Raised | None = None


@dataclass(eq=False)
class Region:
    """What a jump leads out of: a function (return), a loop (break), a pass of it (continue), a try (raise)."""

    kind: str
    depth: int
    catches: Callable[[Raised], bool] | None = None
    pendings: list[Pending] = field(default_factory=list)


@dataclass
class Arguments:
    """The arguments of a call. `hole` is the reason when a `*` or `**` of something unknown may have added more."""

    args: tuple[Value, ...] = ()
    kwargs: Mapping[str, Value] = field(default_factory=dict)
    hole: Unknown | None = None
