"""The tree that YAML, JSON and TOML files are read into: every key and value with its place."""

from __future__ import annotations

from collections.abc import Iterator

from flaskprod_lint.records import dataclass
from flaskprod_lint.source import Located, Problem, Span

_NULLS = frozenset(("", "~", "null", "Null", "NULL"))
_TRUE = frozenset(("true", "yes", "on", "y", "1"))
_FALSE = frozenset(("false", "no", "off", "n", "0"))


@dataclass(frozen=True, eq=False)
class Node:
    """One value of a file: a scalar with its text, a sequence with its items, or a mapping with its entries.

    `plain` says that a scalar stands without quotes; `tag` is an explicit tag such as "!reset". `template` says that
    something else fills in part of it before it is read (`{{ … }}`): its text is then as written.
    """

    kind: str
    span: Span
    text: str = ""
    plain: bool = False
    items: tuple[Node, ...] = ()
    entries: tuple[Entry, ...] = ()
    tag: str = ""
    template: bool = False

    def get(self, key: str) -> Node | None:
        """The value of a key of a mapping; the last one where the key stands twice."""
        for entry in reversed(self.entries):
            if entry.key.value == key:
                return entry.value
        return None

    def entry(self, key: str) -> Entry | None:
        """The entry of a key, for the place of the key itself."""
        return next((entry for entry in reversed(self.entries) if entry.key.value == key), None)

    def at(self, *path: str) -> Node | None:
        """The value at a path of keys; None when any of them is missing."""
        node: Node | None = self
        for key in path:
            node = node.get(key) if node is not None else None
        return node

    @property
    def is_scalar(self) -> bool:
        return self.kind == "scalar"

    @property
    def is_mapping(self) -> bool:
        return self.kind == "mapping"

    @property
    def is_sequence(self) -> bool:
        return self.kind == "sequence"

    @property
    def is_null(self) -> bool:
        return self.kind == "scalar" and self.plain and self.text in _NULLS

    @property
    def located(self) -> Located[str] | None:
        """The text of a scalar that is not null, with its place."""
        return Located(self.text, self.span) if self.kind == "scalar" and not self.is_null else None

    @property
    def boolean(self) -> bool | None:
        """What the scalar means as a switch; None when it is none."""
        text = self.text.lower() if self.kind == "scalar" else ""
        return True if text in _TRUE else False if text in _FALSE else None

    def string(self, *path: str) -> Located[str] | None:
        """The text at a path of keys; None when there is none, or something that is no scalar."""
        node = self.at(*path)
        return node.located if node is not None else None

    def strings(self) -> tuple[Located[str], ...]:
        """The scalars of a sequence, or the one scalar that this is."""
        nodes = self.items if self.kind == "sequence" else (self,)
        return tuple(found for found in (node.located for node in nodes) if found is not None)

    def walk(self) -> Iterator[Node]:
        """This node and every node below it, each once although aliases may share it."""
        seen: set[int] = set()
        waiting = [self]
        while waiting:
            node = waiting.pop()
            if id(node) in seen:
                continue
            seen.add(id(node))
            yield node
            waiting.extend(reversed(node.items))
            waiting.extend(entry.value for entry in reversed(node.entries))


@dataclass(frozen=True, eq=False)
class Entry:
    """A key of a mapping and its value."""

    key: Located[str]
    value: Node


@dataclass(frozen=True)
class Documents:
    """What a file holds: its documents in order, and why it could not be read to the end, if so.

    `template` says that the file is filled in by something else first, so that what stands here may not be all.
    """

    roots: tuple[Node, ...] = ()
    problem: Problem | None = None
    template: bool = False

    @property
    def root(self) -> Node | None:
        """The first document; None when the file is empty or broken from the start."""
        return self.roots[0] if self.roots else None
