"""Lists, dicts and sets of Values, each with the reason why it may hold more than it shows."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any

from flaskprod_lint.model import Unknown
from flaskprod_lint.source import Span

if TYPE_CHECKING:
    from flaskprod_lint.resolve.interpreter.values import Value


class Items(list["Value"]):
    """A list. `hole` is a reason when there are more items than these, or may be."""

    __slots__ = ("hole",)

    def __init__(self, items: Iterable[Value] = (), hole: Unknown | None = None) -> None:
        super().__init__(items)
        self.hole = hole


class Entries(dict[Any, "Value"]):
    """A dict. `hole` is a reason when there are more keys than these, or may be."""

    __slots__ = ("hole",)

    def __init__(self, entries: Mapping[Any, Value] | None = None, hole: Unknown | None = None) -> None:
        super().__init__(entries or {})
        self.hole = hole


class FoldedEntries(Entries):
    """A section of configparser: its text keys are looked up after `fold`.

    `converters` are its methods that give a text as something else (`getint`), at the place that asks.
    """

    __slots__ = ("converters", "fold")

    def __init__(
        self,
        entries: Mapping[Any, Value] | None = None,
        *,
        fold: Callable[[str], str],
        converters: Mapping[str, Callable[[Value, Span], Value]],
    ) -> None:
        super().__init__(entries)
        self.fold, self.converters = fold, converters

    def __contains__(self, key: object) -> bool:
        return super().__contains__(self._folded(key))

    def __getitem__(self, key: object) -> Value:
        return super().__getitem__(self._folded(key))

    def get(self, key: object, default: Any = None) -> Any:
        return super().get(self._folded(key), default)

    def _folded(self, key: object) -> object:
        return self.fold(key) if isinstance(key, str) else key


class Elements(set["Value"]):
    """A set. Its Values have no history, so that equal ones are one; `hole` is as in a list."""

    __slots__ = ("hole",)

    def __init__(self, elements: Iterable[Value] = (), hole: Unknown | None = None) -> None:
        super().__init__(elements)
        self.hole = hole


def hole_of(data: object) -> Unknown | None:
    """Why a list, dict or set may hold more than it shows; None when it does not."""
    hole = getattr(data, "hole", None)
    return hole if isinstance(hole, Unknown) else None
