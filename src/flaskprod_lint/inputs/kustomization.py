"""kustomization.yaml: what a Kustomize overlay takes together and how it changes it, as written."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import field, replace

from flaskprod_lint.inputs import yaml_tree
from flaskprod_lint.inputs.nodes import Entry, Node
from flaskprod_lint.records import dataclass
from flaskprod_lint.source import Located, Problem, Source, Span, is_number

NAMES = ("kustomization.yaml", "kustomization.yml", "Kustomization")


@dataclass(frozen=True)
class Patch:
    """A change of objects: in a file (`path`) or written here (`roots`), of those that `kind` and `name` select."""

    path: Located[str] | None = None
    roots: tuple[Node, ...] = ()
    kind: str = ""
    name: str = ""


@dataclass(frozen=True)
class Generator:
    """A ConfigMap or Secret that is made of literals and files: `files` have a key and the path of each."""

    kind: str
    name: Located[str]
    literals: tuple[tuple[Located[str], Located[str]], ...] = ()
    files: tuple[tuple[str, Located[str]], ...] = ()
    envs: tuple[Located[str], ...] = ()


@dataclass(frozen=True)
class RenamedImage:
    """An entry of `images`: the image of that name is another one, where `new_name` says so."""

    name: str
    new_name: Located[str] | None = None


@dataclass(frozen=True)
class Selected:
    """The objects that a replacement means: those of that kind and name, where it gives one."""

    kind: str = ""
    name: str = ""


@dataclass(frozen=True)
class Field:
    """A value inside objects: its path, and the piece between delimiters that is meant, where it is not all of it."""

    path: str
    delimiter: str = ""
    index: int = 0


@dataclass(frozen=True)
class Target:
    """Where a replacement puts its value: into these fields of the selected objects, but for the rejected ones."""

    selected: Selected
    rejected: tuple[Selected, ...]
    fields: tuple[Field, ...]
    create: bool = False


@dataclass(frozen=True)
class Replacement:
    """A value that is copied from one object into others. `path` is a file that holds replacements instead."""

    at: Span
    path: Located[str] | None = None
    source: Selected = field(default_factory=Selected)
    value: Field = field(default_factory=lambda: Field("metadata.name"))
    targets: tuple[Target, ...] = ()


@dataclass(frozen=True)
class Kustomization:
    """The facts of a kustomization. `resources` are files, folders and addresses, its components among them."""

    path: str
    resources: tuple[Located[str], ...] = ()
    components: tuple[Located[str], ...] = ()
    patches: tuple[Patch, ...] = ()
    generators: tuple[Generator, ...] = ()
    images: tuple[RenamedImage, ...] = ()
    replicas: tuple[tuple[str, Located[str]], ...] = ()
    replacements: tuple[Replacement, ...] = ()
    problem: Problem | None = None


def read(source: Source) -> Kustomization:
    """The facts of a kustomization.yaml; a broken one gives a problem and what stands before it."""
    documents = yaml_tree.read(source)
    root = documents.root
    if root is None:
        return Kustomization(source.path, problem=documents.problem)
    return Kustomization(
        source.path,
        tuple(text for key in ("resources", "bases") for text in _strings(root.get(key))),
        tuple(_strings(root.get("components"))),
        tuple(_patches(root, source)),
        tuple(_generators(root)),
        tuple(_images(root.get("images"))),
        tuple(_replicas(root.get("replicas"))),
        tuple(replacements_of(_items(root.get("replacements")))),
        documents.problem,
    )


def _strings(node: Node | None) -> tuple[Located[str], ...]:
    return node.strings() if node is not None else ()


def _items(node: Node | None) -> tuple[Node, ...]:
    return node.items if node is not None else ()


def _patches(root: Node, source: Source) -> Iterator[Patch]:
    for item in (*_items(root.get("patches")), *_items(root.get("patchesJson6902"))):
        inline, target = item.get("patch"), item.get("target")
        kind = target.string("kind") if target is not None else None
        name = target.string("name") if target is not None else None
        yield Patch(
            item.string("path"),
            _inline(inline, source) if inline is not None else (),
            kind.value if kind is not None else "",
            name.value if name is not None else "",
        )
    for item in _items(root.get("patchesStrategicMerge")):
        text = item.located
        if text is not None:
            is_path = "\n" not in text.value and ":" not in text.value
            yield Patch(text) if is_path else Patch(roots=_inline(item, source))


def _inline(node: Node, source: Source) -> tuple[Node, ...]:
    """The documents of a text that stands in a block of the file, with their places in the file."""
    indent = len(source.line(node.span.line + 1)) - len(source.line(node.span.line + 1).lstrip())
    documents = yaml_tree.read(Source(source.path, node.text))
    return tuple(moved(root, node.span.line, indent) for root in documents.roots)


def moved(node: Node, lines: int, columns: int) -> Node:
    """The same tree, further down and to the right in its file."""
    return replace(
        node,
        span=_moved(node.span, lines, columns),
        items=tuple(moved(item, lines, columns) for item in node.items),
        entries=tuple(
            Entry(Located(entry.key.value, _moved(entry.key.span, lines, columns)), moved(entry.value, lines, columns))
            for entry in node.entries
        ),
    )


def _moved(span: Span, lines: int, columns: int) -> Span:
    return Span(span.path, span.line + lines, span.column + columns, span.end_line + lines, span.end_column + columns)


def _generators(root: Node) -> Iterator[Generator]:
    for key, kind in (("configMapGenerator", "ConfigMap"), ("secretGenerator", "Secret")):
        for item in _items(root.get(key)):
            name = item.string("name")
            if name is not None:
                env = item.string("env")
                yield Generator(
                    kind,
                    name,
                    tuple(_literals(item.get("literals"))),
                    tuple(_files(item.get("files"))),
                    (*_strings(item.get("envs")), *((env,) if env is not None else ())),
                )


def _literals(node: Node | None) -> Iterator[tuple[Located[str], Located[str]]]:
    for text in _strings(node):
        name, equals, value = text.value.partition("=")
        if equals:
            quoted = len(value) > 1 and value[0] == value[-1] and value[0] in "\"'"
            yield Located(name, text.span), Located(value[1:-1] if quoted else value, text.span)


def _files(node: Node | None) -> Iterator[tuple[str, Located[str]]]:
    for text in _strings(node):
        key, equals, path = text.value.partition("=")
        yield (key, Located(path, text.span)) if equals else (text.value.rpartition("/")[2], text)


def _images(node: Node | None) -> Iterator[RenamedImage]:
    for item in _items(node):
        name = item.string("name")
        if name is not None:
            yield RenamedImage(name.value, item.string("newName"))


def _replicas(node: Node | None) -> Iterator[tuple[str, Located[str]]]:
    for item in _items(node):
        name, count = item.string("name"), item.string("count")
        if name is not None and count is not None:
            yield name.value, count


# Replacements


def read_replacements(source: Source) -> tuple[Replacement, ...]:
    """The replacements of a file of their own: a list, or one of them."""
    found: list[Replacement] = []
    for root in yaml_tree.read(source).roots:
        found += replacements_of(root.items if root.is_sequence else (root,))
    return tuple(found)


def replacements_of(nodes: Iterable[Node]) -> Iterator[Replacement]:
    """https://kubectl.docs.kubernetes.io/references/kustomize/kustomization/replacements/"""
    for node in nodes:
        source = node.get("source")
        path = node.string("path")
        if path is not None or source is None:
            yield Replacement(node.span, path)
            continue
        name = source.string("fieldPath")
        value = _field(name.value if name is not None else "metadata.name", source.get("options"))
        yield Replacement(node.span, None, _selected(source), value, tuple(_targets(node.get("targets"))))


def _targets(node: Node | None) -> Iterator[Target]:
    for item in _items(node):
        options = item.get("options")
        create = options.at("create") if options is not None else None
        paths = _strings(item.get("fieldPaths")) or (Located("metadata.name", item.span),)
        yield Target(
            _selected(item.get("select")),
            tuple(_selected(one) for one in _items(item.get("reject"))),
            tuple(_field(path.value, options) for path in paths),
            create is not None and create.boolean is True,
        )


def _selected(node: Node | None) -> Selected:
    kind, name = (node.string(key) if node is not None else None for key in ("kind", "name"))
    return Selected(kind.value if kind is not None else "", name.value if name is not None else "")


def _field(path: str, options: Node | None) -> Field:
    delimiter, index = (options.string(key) if options is not None else None for key in ("delimiter", "index"))
    number = int(index.value) if index is not None and is_number(index.value) else 0 if index is None else -1
    return Field(path, delimiter.value if delimiter is not None else "", number)
