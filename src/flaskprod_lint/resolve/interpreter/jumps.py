"""The ways in which a statement ends other than by going on to the next one."""

from __future__ import annotations

from flaskprod_lint.resolve.interpreter.values import Value
from flaskprod_lint.source import Span


class Jump(Exception):
    """Leaves statements until something takes it."""


class Return(Jump):
    """`return value`."""

    def __init__(self, value: Value) -> None:
        super().__init__()
        self.value = value


class Break(Jump):
    """`break`."""


class Continue(Jump):
    """`continue`."""


class Raised(Jump):
    """An exception of the interpreted program. `path` names its type; `detail` is safe to print, unlike `value`."""

    def __init__(self, path: str, value: Value, at: Span | None, detail: str = "") -> None:
        super().__init__()
        self.path = path
        self.value = value
        self.at = at
        self.detail = detail
        #: Whether it rests on the default of a variable, and the values that do.
        self.assumed = False
        self.sources: tuple[Value, ...] = ()
