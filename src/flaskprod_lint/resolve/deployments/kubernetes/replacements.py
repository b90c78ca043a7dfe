"""Replacements of Kustomize: a value of one object that is copied into fields of others, with its place."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

from flaskprod_lint.inputs.kubernetes import KubernetesObject
from flaskprod_lint.inputs.kustomization import Field, Replacement, Selected
from flaskprod_lint.inputs.nodes import Entry, Node
from flaskprod_lint.patterns import regex
from flaskprod_lint.resolve.deployments.kubernetes import patches
from flaskprod_lint.source import Located, Span, is_number

#: The steps of `spec.containers.[name=web].env.*.value`; a dot of a name is written `\\.`.
_STEP = regex(r"\[[^\]]*\]|(?:\\.|[^.\[\]])+")

#: Makes the new value out of the old one, which is None where there is none.
Change = Callable[[Node | None], Node]


def apply(objects: list[KubernetesObject], one: Replacement) -> list[KubernetesObject]:
    """The objects after a replacement. What it would put in is unknown where its source is not among them."""
    value = _source(objects, one)
    for target in one.targets:
        for place in target.fields:
            change = _change(value, place, one.at)
            objects = [
                replace(found, node=_at(found.node, _steps(place.path), change, create=target.create))
                if _is_meant(found, target.selected) and not any(_is_meant(found, other) for other in target.rejected)
                else found
                for found in objects
            ]
    return objects


def _is_meant(found: KubernetesObject, selected: Selected) -> bool:
    same_kind = not selected.kind or selected.kind == found.kind
    return same_kind and patches.matches(selected.name, found.name.value)


def _source(objects: list[KubernetesObject], one: Replacement) -> Located[str] | None:
    """The text that is copied; None where it is not to be found here."""
    wanted = one.source
    chosen = [found for found in objects if found.kind == wanted.kind and wanted.name in ("", found.name.value)]
    node = _value(chosen[0].node, _steps(one.value.path)) if len(chosen) == 1 else None
    if node is None or not node.is_scalar or node.template:
        return None
    if not one.value.delimiter:
        return Located(node.text, node.span)
    pieces = node.text.split(one.value.delimiter)
    inside = 0 <= one.value.index < len(pieces)
    return Located(pieces[one.value.index], node.span) if inside else None


def _change(value: Located[str] | None, place: Field, at: Span) -> Change:
    def changed(old: Node | None) -> Node:
        if value is None:
            return _unknown(at)
        if not place.delimiter:
            return Node("scalar", value.span, value.value, plain=True)
        pieces = old.text.split(place.delimiter) if old is not None and old.is_scalar and not old.template else []
        if not 0 <= place.index < len(pieces):
            return _unknown(at)
        pieces[place.index] = value.value
        return Node("scalar", value.span, place.delimiter.join(pieces), plain=True)

    return changed


def _unknown(at: Span) -> Node:
    """What stands for a value that Kustomize takes from elsewhere."""
    return Node("scalar", at, "{{ replacement }}", template=True)


# Fields


def _steps(path: str) -> list[str]:
    return [step if step[0] == "[" else re.sub(r"\\(.)", r"\1", step) for step in _STEP.findall(path)]


def _value(node: Node, steps: list[str]) -> Node | None:
    """The value at a path that leads to one place."""
    for step in steps:
        places = _places(node, step)
        if len(places) != 1:
            return None
        node = node.items[places[0]] if node.is_sequence else node.entries[places[0]].value
    return node


def _places(node: Node, step: str) -> list[int]:
    """Which items or entries of a collection a step means."""
    if node.is_mapping:
        return [number for number, entry in enumerate(node.entries) if step in (entry.key.value, "*")]
    if step == "*":
        return list(range(len(node.items)))
    if is_number(step):
        return [int(step)] if int(step) < len(node.items) else []
    key, _, wanted = step.strip("[]").partition("=")
    texts = [item.string(key) if item.is_mapping else None for item in node.items]
    return [number for number, text in enumerate(texts) if text is not None and text.value == wanted]


def _at(node: Node, steps: list[str], change: Change, *, create: bool) -> Node:
    """A tree with the values at a path changed. A value that is not there is only made where `create` says so."""
    if not steps:
        return change(node)
    places = _places(node, steps[0])
    if node.is_sequence:
        items = list(node.items)
        for place in places:
            items[place] = _at(items[place], steps[1:], change, create=create)
        return replace(node, items=tuple(items))
    entries = list(node.entries)
    for place in places:
        old = entries[place]
        entries[place] = Entry(old.key, _at(old.value, steps[1:], change, create=create))
    if not places and node.is_mapping and create and len(steps) == 1:
        new = change(None)
        entries.append(Entry(Located(steps[0], new.span), new))
    return replace(node, entries=tuple(entries))
