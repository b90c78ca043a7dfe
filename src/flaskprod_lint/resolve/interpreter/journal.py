"""The journal of changes: lets one side of a branch be tried, taken back, and merged with the other."""

from __future__ import annotations

from flaskprod_lint.resolve.interpreter.values import Elements, Entries, Items


class _Mark:
    """A key that no program can use."""


#: The whole content of a list or set; the hole of a list, dict or set; no entry under a key.
WHOLE, HOLE, ABSENT = _Mark(), _Mark(), _Mark()

Cell = tuple[object, object, object]  # container, key, value
Changes = dict[tuple[int, object], Cell]


def read_cell(container: object, key: object) -> object:
    """What stands in a container under a key."""
    if key is HOLE:
        return getattr(container, "hole", None)
    if key is WHOLE:
        return tuple(container)  # type: ignore[arg-type]
    return container.get(key, ABSENT)  # type: ignore[attr-defined]


def _write_cell(container: object, key: object, value: object) -> None:
    if key is HOLE:
        if isinstance(container, (Items, Entries, Elements)):
            container.hole = value  # type: ignore[assignment]
    elif key is WHOLE:
        _fill(container, value)
    elif value is ABSENT:
        container.pop(key, None)  # type: ignore[attr-defined]
    else:
        container[key] = value  # type: ignore[index]


def _fill(container: object, value: object) -> None:
    if isinstance(container, list):
        container[:] = value  # type: ignore[call-overload]
    elif isinstance(container, set):
        container.clear()
        container.update(value)  # type: ignore[arg-type]


class Journal:
    """Every change that the interpreted program makes goes through `write`. Segments nest like branches do."""

    def __init__(self) -> None:
        self._segments: list[Changes] = []

    @property
    def depth(self) -> int:
        return len(self._segments)

    def begin(self) -> int:
        """Open a segment; gives the depth to ask `touched` for."""
        self._segments.append({})
        return len(self._segments) - 1

    def write(self, container: object, key: object, value: object) -> None:
        """Change a container, keeping what stood there before."""
        if self._segments:
            cells = self._segments[-1]
            name = (id(container), key)
            if name not in cells:
                cells[name] = (container, key, read_cell(container, key))
        _write_cell(container, key, value)

    def commit(self) -> None:
        """Close the last segment and keep its changes."""
        closed = self._segments.pop()
        if self._segments:
            outer = self._segments[-1]
            for name, cell in closed.items():
                outer.setdefault(name, cell)

    def take_back(self) -> Changes:
        """Close the last segment, undo its changes and give them."""
        closed = self._segments.pop()
        changes = {name: (c, key, read_cell(c, key)) for name, (c, key, _) in closed.items()}
        for container, key, old in closed.values():
            _write_cell(container, key, old)
        return changes

    def touched(self, depth: int) -> Changes:
        """What was changed since the segment at that depth was opened, with what stood there then."""
        before: Changes = {}
        for segment in self._segments[depth:]:
            for name, cell in segment.items():
                before.setdefault(name, cell)
        return before

    def apply(self, changes: Changes) -> None:
        """Make changes that were taken back."""
        for container, key, value in changes.values():
            self.write(container, key, value)
