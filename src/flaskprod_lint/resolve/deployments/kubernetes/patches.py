"""Patches of Kustomize on trees: strategic merge, and the operations of JSON 6902. Places go with what is put in."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from flaskprod_lint.inputs.kubernetes import KubernetesObject
from flaskprod_lint.inputs.kustomization import Patch
from flaskprod_lint.inputs.nodes import Entry, Node
from flaskprod_lint.source import Located, is_number

#: By which key the entries of a list are the same, for the lists that Kubernetes merges and does not replace.
_MERGE_KEYS = {
    "containers": ("name",),
    "initContainers": ("name",),
    "env": ("name",),
    "volumes": ("name",),
    "volumeMounts": ("mountPath",),
    "ports": ("containerPort", "port"),
}


def apply(objects: list[KubernetesObject], patch: Patch, roots: Sequence[Node]) -> list[KubernetesObject]:
    """The objects after a patch whose documents are `roots`."""
    for root in roots:
        objects = [_patched(one, patch, root) for one in objects]
    return [one for one in objects if not _is_deleted(one.node)]


def _patched(found: KubernetesObject, patch: Patch, root: Node) -> KubernetesObject:
    if not _is_meant(found, patch, root):
        return found
    node = operated(found.node, root.items) if root.is_sequence else merged(found.node, root)
    return replace(found, node=node)


def _is_meant(found: KubernetesObject, patch: Patch, root: Node) -> bool:
    if patch.kind or patch.name:
        return (not patch.kind or patch.kind == found.kind) and matches(patch.name, found.name.value)
    kind, name = root.string("kind"), root.string("metadata", "name")
    return kind is not None and name is not None and (kind.value, name.value) == (found.kind, found.name.value)


def matches(pattern: str, name: str) -> bool:
    """Whether a target's name, a regular expression for the whole name, selects an object."""
    try:
        return not pattern or pattern == name or re.fullmatch(pattern, name) is not None
    except re.error:
        return False


def _is_deleted(node: Node) -> bool:
    how = node.string("$patch")
    return how is not None and how.value == "delete"


# Strategic merge


def merged(base: Node, patch: Node, key: str = "") -> Node:
    """A tree with a patch merged into it: mappings key by key, lists by the keys of their entries."""
    if base.is_mapping and patch.is_mapping:
        how = patch.string("$patch")
        if how is not None and how.value == "replace":
            return replace(patch, entries=tuple(entry for entry in patch.entries if entry.key.value != "$patch"))
        return _merged_mapping(base, patch)
    if base.is_sequence and patch.is_sequence and key in _MERGE_KEYS:
        return _merged_list(base, patch, _MERGE_KEYS[key])
    return patch


def _merged_mapping(base: Node, patch: Node) -> Node:
    changes = {entry.key.value: entry for entry in patch.entries}
    found = []
    for entry in base.entries:
        change = changes.pop(entry.key.value, None)
        if change is None:
            found.append(entry)
        elif not change.value.is_null:
            found.append(Entry(change.key, merged(entry.value, change.value, entry.key.value)))
    found += [entry for entry in changes.values() if not entry.value.is_null]
    return replace(base, entries=tuple(found))


def _merged_list(base: Node, patch: Node, keys: tuple[str, ...]) -> Node:
    found = list(base.items)
    for item in patch.items:
        place = next((number for number, one in enumerate(found) if _is_same(one, item, keys)), None)
        if place is None:
            found.append(item)
        elif _is_deleted(item):
            del found[place]
        else:
            found[place] = merged(found[place], item)
    return replace(base, items=tuple(found))


def _is_same(first: Node, second: Node, keys: tuple[str, ...]) -> bool:
    pairs = [(first.string(key), second.string(key)) for key in keys]
    return any(one is not None and other is not None and one.value == other.value for one, other in pairs)


# JSON 6902


def operated(node: Node, operations: Sequence[Node]) -> Node:
    """A tree after operations such as `{op: replace, path: /spec/replicas, value: 3}`."""
    for operation in operations:
        what, path = operation.string("op"), operation.string("path")
        if what is not None and path is not None and what.value in ("add", "replace", "remove"):
            steps = [step.replace("~1", "/").replace("~0", "~") for step in path.value.split("/")[1:]]
            node = _at(node, steps, what.value, operation.get("value"))
    return node


def _at(node: Node, steps: list[str], what: str, value: Node | None) -> Node:
    if not steps:
        return value if value is not None else node
    if node.is_sequence:
        return _in_list(node, steps, what, value)
    step, rest = steps[0], steps[1:]
    entries = list(node.entries)
    place = next((number for number, entry in enumerate(entries) if entry.key.value == step), None)
    if place is not None and not rest and what == "remove":
        del entries[place]
    elif place is not None:
        entries[place] = Entry(entries[place].key, _at(entries[place].value, rest, what, value))
    elif not rest and value is not None:
        entries.append(Entry(Located(step, value.span), value))
    return replace(node, entries=tuple(entries))


def _in_list(node: Node, steps: list[str], what: str, value: Node | None) -> Node:
    items, rest = list(node.items), steps[1:]
    place = len(items) if steps[0] == "-" else int(steps[0]) if is_number(steps[0]) else -1
    if not rest and what == "add" and value is not None and 0 <= place <= len(items):
        items.insert(place, value)
    elif not rest and what == "remove" and 0 <= place < len(items):
        del items[place]
    elif 0 <= place < len(items):
        items[place] = _at(items[place], rest, what, value)
    return replace(node, items=tuple(items))
