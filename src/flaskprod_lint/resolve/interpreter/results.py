"""The results of operations: made of other values, within bounds, unknown with a reason, or an exception."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from flaskprod_lint.model import EnvironmentRead, Unknown
from flaskprod_lint.resolve.interpreter.jumps import Jump, Raised
from flaskprod_lint.resolve.interpreter.limits import Budget, Limits
from flaskprod_lint.resolve.interpreter.values import (
    Elements,
    Entries,
    Instance,
    Items,
    Value,
    as_value,
    is_assumed,
    union,
)
from flaskprod_lint.source import Span


class Results:
    """What every operation of an interpreter gives its result with."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.budget = Budget(limits)

    def unknown(self, reason: Unknown, at: Span | None, *sources: Value) -> Value:
        """An unknown value made of others."""
        plain = reason if type(reason) is Unknown and not reason.symbol else Unknown(reason.reason, reason.at)
        return Value(plain, at, union(*sources), sure=False)

    def reason(self, value: Value, at: Span) -> Unknown:
        """Why a value is not known."""
        plain = value.data if isinstance(value.data, Unknown) else value.plain()
        return plain if isinstance(plain, Unknown) else Unknown("a value that is not followed", at)

    def text(self, text: str, at: Span, *sources: Value) -> Value:
        """A text that was made of others, within bounds."""
        if not self.budget.allows_text(len(text)):
            return self.unknown(Unknown("a text that is too long", at), at, *sources)
        return Value(text, at, union(*sources), sure=all(source.sure for source in sources))

    def sized(
        self, data: Items | Entries | Elements | tuple[Value, ...], at: Span, environment: tuple[EnvironmentRead, ...]
    ) -> Value:
        """A container that was made, within bounds."""
        if len(data) > self.limits.items:
            return Value(Unknown("a list that is too long", at), at, environment)
        return Value(data, at, environment)

    def native(self, function: Callable[..., object], at: Span, sources: Sequence[Value], *args: object) -> Value:
        """Ask Python itself for a result on plain data; what it raises, the program raises."""
        try:
            result = function(*args)
        except (RecursionError, MemoryError):
            return self.unknown(Unknown("too large", at), at, *sources)
        except Exception as error:
            raise self.raised_unless_assumed(type(error).__name__, at, sources) from None
        if isinstance(result, (str, bytes)) and not self.budget.allows_text(len(result)):
            return self.unknown(Unknown("a text that is too long", at), at, *sources)
        if isinstance(result, complex):
            return self.unknown(Unknown("a complex number", at), at, *sources)
        sure = all(source.sure for source in sources)
        if isinstance(result, (Items, Elements, Entries)) or (
            isinstance(result, tuple) and result and isinstance(result[0], Value)
        ):
            return Value(result, at, union(*sources), sure=sure)
        return replace(as_value(result, at, union(*sources)), sure=sure)

    def raised(self, name: str, at: Span | None, detail: str = "", args: tuple[Value, ...] = ()) -> Raised:
        """A builtin exception of the interpreted program."""
        return Raised(f"builtins.{name}", Value(Instance(f"builtins.{name}", args, at=at), at), at, detail)

    def raised_unless_assumed(self, name: str, at: Span, sources: Sequence[Value], detail: str = "") -> Jump:
        """The same, for an operation that fails on these values; on the default of a variable, only perhaps."""
        raised = self.raised(name, at, detail)
        if any(is_assumed(source) for source in sources):
            raised.assumed, raised.sources = True, tuple(sources)
        return raised
