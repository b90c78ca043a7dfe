"""Values of Helm's templates: texts that remember where each character came from, trees of values.yaml, the unknown."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import field

from flaskprod_lint.inputs.nodes import Entry, Node
from flaskprod_lint.patterns import regex
from flaskprod_lint.records import dataclass
from flaskprod_lint.source import Located, Source, Span

_INTEGER = regex(r"[-+]?(0|[1-9][0-9_]{0,40})")
_DECIMAL = regex(r"[-+]?(\d+\.\d*|\.\d+)([eE][-+]?\d+)?")
_TRUE = ("true", "True", "TRUE")
_FALSE = ("false", "False", "FALSE")
#: Stands for a text under a condition that cannot be known.
DOUBTFUL = "{{ if … }}"
#: Needs no quotes in YAML wherever it stands as a value.
_PLAIN = regex(r"[A-Za-z0-9_./][A-Za-z0-9_./ -]*(?<! )")


class Unread:
    """What cannot be known before the chart is installed, or is beyond what is read here."""


UNREAD = Unread()


@dataclass(frozen=True)
class Text:
    """A text with the number of the place of each of its characters (see Places)."""

    text: str
    marks: tuple[int, ...]

    def __add__(self, other: Text) -> Text:
        return Text(self.text + other.text, self.marks + other.marks)

    def cut(self, start: int, end: int) -> Text:
        """The characters from `start` up to `end`."""
        return Text(self.text[start:end], self.marks[start:end])

    def indented(self, blanks: int) -> Text:
        """Each of its lines after so many blanks."""
        parts = [text_of(" " * blanks)]
        start = 0
        while (end := self.text.find("\n", start)) >= 0:
            parts += [self.cut(start, end + 1), text_of(" " * blanks)]
            start = end + 1
        return joined([*parts, self.cut(start, len(self.text))])


def text_of(text: str, mark: int = 0) -> Text:
    """A text of which all characters come from one place; 0 is nowhere."""
    return Text(text, (mark,) * len(text))


def joined(parts: list[Text]) -> Text:
    """Texts one after the other."""
    return Text("".join(part.text for part in parts), tuple(mark for part in parts for mark in part.marks))


@dataclass
class Places:
    """Numbers for places: characters of templates, and values. `doubtful` ones may not be there at all."""

    _places: list[tuple[Source, int, bool] | Span | None] = field(default_factory=lambda: [None])
    _spans: dict[Span, int] = field(default_factory=dict)

    def of_span(self, span: Span) -> int:
        """The number of a value's place."""
        if span not in self._spans:
            self._spans[span] = len(self._places)
            self._places.append(span)
        return self._spans[span]

    def of_text(self, source: Source, start: int, end: int, *, doubtful: bool) -> Text:
        """A piece of a template."""
        first = len(self._places)
        self._places.extend((source, offset, doubtful) for offset in range(start, end))
        return Text(source.text[start:end], tuple(range(first, first + end - start)))

    def span_of(self, marks: tuple[int, ...]) -> Span | None:
        """Where a text stands: the value it comes from, else its place in a template."""
        places = [self._places[mark] for mark in marks]
        value = next((place for place in places if isinstance(place, Span)), None)
        if value is not None:
            return value
        texts = [place for place in places if isinstance(place, tuple)]
        if not texts:
            return None
        source, start, _ = texts[0]
        same = [offset for other, offset, _ in texts if other is source and offset >= start]
        return source.span(start, max(same) + 1)

    def is_doubtful(self, marks: tuple[int, ...]) -> bool:
        """Whether a text stands under a condition that cannot be known."""
        places = (self._places[mark] for mark in marks)
        return any(isinstance(place, tuple) and place[2] for place in places)


def plain(value: object) -> object:
    """A scalar of values.yaml as what YAML takes it for; anything else as it is."""
    if not isinstance(value, Node) or not value.is_scalar:
        return value
    if value.is_null:
        return None
    if value.template or not value.plain:
        return UNREAD if value.template else value
    if value.text in _TRUE or value.text in _FALSE:
        return value.text in _TRUE
    if _INTEGER.fullmatch(value.text):
        return int(value.text.replace("_", ""))
    return float(value.text) if _DECIMAL.fullmatch(value.text) else value


def truth(value: object) -> bool | None:
    """What a value means in a condition; None where that is not known."""
    if isinstance(value, Unread):
        return None
    found = plain(value)
    if isinstance(found, Unread):
        return None
    if isinstance(found, Node):
        return bool(found.text if found.is_scalar else found.items or found.entries)
    return bool(found.text) if isinstance(found, Text) else bool(found)


def child(value: object, name: str) -> object:
    """What a value has under a name; None for what is not there."""
    if isinstance(value, Node):
        return value.get(name) if value.is_mapping else UNREAD
    if isinstance(value, dict):
        return value.get(name)
    return None if value is None else UNREAD


def pairs(value: object) -> list[tuple[object, object]] | None:
    """Keys (or numbers) and values of a collection, mappings in the order of their keys; None for anything else."""
    if isinstance(value, Node):
        if value.is_sequence:
            return list(enumerate(value.items))
        entries = sorted(value.entries, key=lambda entry: entry.key.value)
        return [(_key(entry), entry.value) for entry in entries] if value.is_mapping else None
    if isinstance(value, list):
        return list(enumerate(value))
    if isinstance(value, dict):
        return sorted(value.items())
    return [] if value is None else None


def _key(entry: Entry) -> Node:
    return Node("scalar", entry.key.span, entry.key.value)


def written(value: object, places: Places) -> Text | None:
    """A value as a template prints it; None for a collection, which no chart prints, and for the unknown."""
    if isinstance(value, Text):
        return value
    if isinstance(value, Node):
        if not value.is_scalar or value.template:
            return None
        text = "" if value.is_null else value.text
        return text_of(text, places.of_span(value.span))
    if isinstance(value, bool):
        return text_of("true" if value else "false")
    if isinstance(value, (int, float, str)):
        return text_of(str(value))
    return text_of("") if value is None else None


def as_yaml(value: object, places: Places, indent: int = 0) -> Text | None:
    """A value as YAML, in lines of blocks (`toYaml`); None where part of it is not known."""
    items = pairs(value) if not isinstance(value, Node) or not value.is_scalar else None
    if value is None or items is None:
        return _scalar(value, places)
    is_list = isinstance(value, list) or (isinstance(value, Node) and value.is_sequence)
    if not items:
        return text_of("[]" if is_list else "{}")
    lines = []
    for key, inner in items:
        line = _list_item(inner, places, indent) if is_list else _entry(key, inner, places, indent)
        if line is None:
            return None
        lines.append(text_of(" " * indent) + line)
    ends = [text_of("\n")] * (len(lines) - 1) + [text_of("")]
    return joined([part for line, end in zip(lines, ends, strict=True) for part in (line, end)])


def _list_item(value: object, places: Places, indent: int) -> Text | None:
    inner = as_yaml(value, places, indent + 2)
    return text_of("- ") + inner.cut(_blanks(inner.text), len(inner.text)) if inner is not None else None


def _entry(key: object, value: object, places: Places, indent: int) -> Text | None:
    name, inner = _scalar(key, places), as_yaml(value, places, indent + 2)
    if name is None or inner is None:
        return None
    return name + (text_of(":\n") if _is_block(value) else text_of(": ")) + inner


def _is_block(value: object) -> bool:
    is_scalar = isinstance(value, Node) and value.is_scalar
    return not is_scalar and value is not None and bool(pairs(value))


def _blanks(text: str) -> int:
    return len(text) - len(text.lstrip(" "))


def _scalar(value: object, places: Places) -> Text | None:
    if value is None or (isinstance(value, Node) and value.is_null):
        return text_of("null")
    found = written(value, places)
    if found is None or not isinstance(value, (Node, Text, str)):
        return found
    if (isinstance(value, Node) and value.plain) or (_PLAIN.fullmatch(found.text) and _is_text(found.text)):
        return found
    return text_of(json.dumps(found.text, ensure_ascii=False), found.marks[0] if found.marks else 0)


def _is_text(text: str) -> bool:
    """Whether YAML takes a text without quotes for a text."""
    node = Node("scalar", Span("", 1), text, plain=True)
    return plain(node) is node


def merged(base: Node | None, over: Node | None) -> Node | None:
    """The values of a chart with those of another file over them, mapping by mapping."""
    if base is None or over is None or not (base.is_mapping and over.is_mapping):
        return over if over is not None else base
    changes = {entry.key.value: entry for entry in over.entries}
    found = []
    for entry in base.entries:
        change = changes.pop(entry.key.value, None)
        inner = merged(entry.value, change.value) if change is not None else entry.value
        found.append(Entry(change.key if change is not None else entry.key, inner or entry.value))
    return Node("mapping", base.span, entries=(*found, *changes.values()))


def remapped(node: Node, rendered: Source, text: Text, places: Places) -> Node:
    """A tree that was read from a rendered text, with the places that its texts came from.

    What stands under a condition that cannot be known is marked as a template.
    """
    span = _span(node.span, rendered, text, places, whole=node.is_scalar)
    if node.is_scalar:
        marks = _marks(node.span, rendered, text)
        doubtful = places.is_doubtful(marks)
        shown = DOUBTFUL if doubtful and not node.template else node.text
        return Node("scalar", span, shown, node.plain, tag=node.tag, template=node.template or doubtful)
    entries = tuple(_remapped_entries(node, rendered, text, places))
    items = tuple(remapped(item, rendered, text, places) for item in node.items)
    return Node(node.kind, span, items=items, entries=entries, tag=node.tag)


def _remapped_entries(node: Node, rendered: Source, text: Text, places: Places) -> Iterator[Entry]:
    for entry in node.entries:
        key = Located(entry.key.value, _span(entry.key.span, rendered, text, places))
        yield Entry(key, remapped(entry.value, rendered, text, places))


def _marks(span: Span, rendered: Source, text: Text) -> tuple[int, ...]:
    start, end = rendered.offset(span.line, span.column), rendered.offset(span.end_line, span.end_column)
    return text.marks[start : max(end, start + 1)]


def _span(span: Span, rendered: Source, text: Text, places: Places, *, whole: bool = True) -> Span:
    marks = _marks(span, rendered, text) if whole else _marks(span, rendered, text)[:1]
    return places.span_of(marks) or places.span_of(text.marks) or span
