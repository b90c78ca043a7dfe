"""YAML and JSON files as trees of nodes with places. The only module that knows PyYAML.

The tree is built from the parser's events, not by constructing objects: texts stay as written (YAML 1.1 turns `on` and
`22:22` into other things), unknown tags do no harm, and an alias shares the node it names.
"""

from __future__ import annotations

import re
from dataclasses import field
from typing import TYPE_CHECKING, Any

from flaskprod_lint.inputs.nodes import Documents, Entry, Node
from flaskprod_lint.patterns import regex
from flaskprod_lint.records import dataclass
from flaskprod_lint.source import Located, Place, Problem, Source, Span

if TYPE_CHECKING:
    from yaml.error import YAMLError

#: Deeper than this is no deployment file.
MAX_DEPTH = 200
#: Stands for each character of a template while the file is parsed.
_HOLE = "\ue000"
_TEMPLATE = regex(r"\$?\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\}|<%.*?%>", re.DOTALL)
_SURROGATE = regex(r"\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}")


def read(source: Source) -> Documents:
    """The documents of a YAML or JSON file. What is broken gives a problem and what stands before it."""
    masked, holes = _mask(source.text)
    if source.path.endswith(".json"):
        masked = _SURROGATE.sub(r"\\u003f\\u003f", masked).replace("\t", " ")
    builder = _Builder(source, holes)
    problem = builder.build(masked)
    return Documents(tuple(builder.roots), None if holes else problem, bool(holes))


def _mask(text: str) -> tuple[str, list[tuple[int, str]]]:
    """The text with templates replaced by holes of the same length, and the templates with their offsets."""
    if "{{" not in text and "{%" not in text and "<%" not in text:
        return text, []
    holes: list[tuple[int, str]] = []

    def hide(match: re.Match[str]) -> str:
        holes.append((match.start(), match[0]))
        hole = re.sub(r"[^\n]", _HOLE, match[0])
        return "#" + hole[1:] if _alone_on_its_lines(text, match) else hole

    return _TEMPLATE.sub(hide, text), holes


def _alone_on_its_lines(text: str, match: re.Match[str]) -> bool:
    """Whether nothing else stands on the line of a template: it then writes lines of its own, or is a condition."""
    before = text[text.rfind("\n", 0, match.start()) + 1 : match.start()]
    end = text.find("\n", match.end())
    after = text[match.end() : end if end >= 0 else len(text)]
    return not before.strip() and not after.strip() and "\n" not in match[0]


@dataclass
class _Open:
    """A collection whose end has not been reached."""

    kind: str
    start: int
    flow: bool
    anchor: str | None
    tag: str
    items: list[Node] = field(default_factory=list)
    keys: list[Node] = field(default_factory=list)


class _Builder:
    """Puts nodes together from the parser's events, without recursion."""

    def __init__(self, source: Source, holes: list[tuple[int, str]]) -> None:
        self.source = source
        self.holes = holes
        self.roots: list[Node] = []
        self.stack: list[_Open] = []
        self.anchors: dict[str, Node] = {}

    def build(self, text: str) -> Problem | None:
        import yaml

        loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
        try:
            for event in yaml.parse(text, Loader=loader):
                self.take(event, type(event).__name__)
        except yaml.YAMLError as error:
            return self._problem(error)
        except (_TooDeepError, ValueError, RecursionError) as error:
            return Problem(f"not read: {error}", Place(Span(self.source.path, 1)))
        return None

    def take(self, event: Any, name: str) -> None:
        """Handle one event of the parser."""
        if name == "ScalarEvent":
            self.add(self._scalar(event), event.anchor)
        elif name == "AliasEvent":
            self.add(self.anchors.get(event.anchor) or self._unresolved(event), None)
        elif name in ("MappingStartEvent", "SequenceStartEvent"):
            kind = "mapping" if name == "MappingStartEvent" else "sequence"
            tag = event.tag or ""
            self.stack.append(_Open(kind, event.start_mark.index, bool(event.flow_style), event.anchor, tag))
            if len(self.stack) > MAX_DEPTH:
                raise _TooDeepError(f"nested more than {MAX_DEPTH} levels deep")
        elif name in ("MappingEndEvent", "SequenceEndEvent"):
            opened = self.stack.pop()
            self.add(self._close(opened, event.end_mark.index), opened.anchor)
        elif name == "DocumentStartEvent":
            self.anchors = {}

    def add(self, node: Node, anchor: str | None) -> None:
        if anchor:
            self.anchors[anchor] = node
        if not self.stack:
            self.roots.append(node)
            return
        parent = self.stack[-1]
        if parent.kind == "mapping" and len(parent.keys) == len(parent.items):
            parent.keys.append(node)
        else:
            parent.items.append(node)

    def _close(self, opened: _Open, end: int) -> Node:
        children = opened.items or opened.keys
        if opened.flow or not children:
            span = self.source.span(opened.start, end)
        else:
            last = children[-1].span
            line, column = self.source.position(opened.start)
            reached = max((line, column), (last.end_line, last.end_column))
            span = Span(self.source.path, line, column, *reached)
        if opened.kind == "sequence":
            return Node("sequence", span, items=tuple(opened.items), tag=opened.tag)
        entries = _entries(opened.keys, opened.items)
        return Node("mapping", span, entries=entries, tag=opened.tag)

    def _scalar(self, event: Any) -> Node:
        start, end = event.start_mark.index, event.end_mark.index
        if event.style in ("|", ">"):
            end = start + len(self.source.text[start:end].rstrip())
        text, template = self._restored(event.value, start, end)
        plain = event.style is None or event.style == ""
        return Node("scalar", self.source.span(start, end), text, plain, tag=event.tag or "", template=template)

    def _restored(self, text: str, start: int, end: int) -> tuple[str, bool]:
        """A scalar's text with the templates put back."""
        if not self.holes or _HOLE not in text:
            return text, False
        inside = iter([written for at, written in self.holes if start <= at < end])
        return re.sub(rf"#?{_HOLE}+", lambda _: next(inside, ""), text), True

    def _unresolved(self, event: Any) -> Node:
        """An alias of nothing, or of a collection that it stands in."""
        span = self.source.span(event.start_mark.index, event.end_mark.index)
        return Node("scalar", span, f"*{event.anchor}", template=True)

    def _problem(self, error: YAMLError) -> Problem:
        mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
        what = getattr(error, "problem", None) or getattr(error, "reason", None) or "it cannot be parsed"
        kind = "JSON" if self.source.path.endswith(".json") else "YAML"
        line, column = self.source.position(mark.index) if mark is not None else (1, 1)
        return Problem(f"this {kind} is broken: {what}", Place(Span(self.source.path, line, column)))


class _TooDeepError(Exception):
    """The file is nested deeper than any deployment file."""


def _entries(keys: list[Node], values: list[Node]) -> tuple[Entry, ...]:
    """The entries of a mapping, with those that merge keys (`<<`) bring in before its own, so that its own win."""
    own: list[Entry] = []
    merged: dict[str, Entry] = {}
    for key, value in zip(keys, values, strict=False):
        if key.kind == "scalar" and key.plain and key.text == "<<":
            for source in value.items if value.kind == "sequence" else (value,):
                for entry in source.entries:
                    merged.setdefault(entry.key.value, entry)
        else:
            own.append(Entry(Located(key.text, key.span), value))
    names = {entry.key.value for entry in own}
    return (*(entry for name, entry in merged.items() if name not in names), *own)
