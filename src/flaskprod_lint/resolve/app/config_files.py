"""JSON, TOML and YAML files as values of the interpreter, each with its place."""

from __future__ import annotations

import re

from flaskprod_lint.inputs import toml_tree, yaml_tree
from flaskprod_lint.inputs.nodes import Documents, Node
from flaskprod_lint.model import Unknown
from flaskprod_lint.patterns import regex
from flaskprod_lint.resolve.interpreter.values import Entries, Items, Value
from flaskprod_lint.source import Project, Source

_MOST_DIGITS = 40
#: What YAML 1.1 takes for numbers, as PyYAML reads it.
_INTEGER = regex(r"[-+]?(?:0b[01_]+|0x[0-9a-fA-F_]+|0[0-7_]*|[1-9][0-9_]*)")
_FLOAT = regex(r"[-+]?(?:[0-9][0-9_]*\.[0-9_]*|\.[0-9][0-9_]*)(?:[eE][-+][0-9]+)?")
#: Numbers with an exponent alone are texts to YAML 1.1, and numbers to JSON and TOML.
_EXPONENT = regex(r"[-+]?\d+(?:\.\d*)?[eE][-+]?\d+")
_UNFOLLOWED = regex(r"[-+]?\d[\d_]*(?::[0-5]?\d)+(?:\.[\d_]*)?|\d{4}-\d\d?-\d\d?.*|[-+]?\.?(?:inf|nan)", re.IGNORECASE)
_TRUE = frozenset(("true", "True", "TRUE", "yes", "Yes", "YES", "on", "On", "ON"))
_FALSE = frozenset(("false", "False", "FALSE", "no", "No", "NO", "off", "Off", "OFF"))


def read_data(project: Project, path: str, kind: str = "") -> Value | Unknown:
    """What a data file holds; Unknown with the reason for one that cannot be read. `kind` is json, yaml or toml."""
    kind = kind or ("toml" if path.endswith(".toml") else "json" if path.endswith(".json") else "yaml")
    return _of_documents(project.facts(path, _READERS[kind]), path, kind)


def of_source(source: Source, kind: str) -> Value | Unknown:
    """What a text holds that is in no file of its own."""
    return _of_documents(_READERS[kind](source), "a text", kind)


_READERS = {"json": yaml_tree.read, "yaml": yaml_tree.read, "toml": toml_tree.read}


def _of_documents(documents: Documents | None, path: str, kind: str) -> Value | Unknown:
    if documents is None or documents.root is None or documents.problem is not None or documents.template:
        return Unknown(f"{path} cannot be read")
    return _value(documents.root, kind, 0)


def _value(node: Node, kind: str, depth: int) -> Value:
    if depth > 40 or node.tag:
        reason = f"what the tag {node.tag} makes" if node.tag else "nested too deeply"
        return Value(Unknown(reason, node.span), node.span)
    if node.is_mapping:
        return Value(_entries(node, kind, depth), node.span)
    if node.is_sequence:
        return Value(Items(_value(item, kind, depth + 1) for item in node.items), node.span)
    return Value(_scalar(node, kind), node.span)


def _entries(node: Node, kind: str, depth: int) -> Entries:
    """A mapping, with what `<<` takes from others below its own."""
    own: dict[object, Value] = {}
    for entry in node.entries:
        value = _value(entry.value, kind, depth + 1)
        if entry.key.value == "<<" and kind == "yaml":
            rows = value.data if isinstance(value.data, Items) else [value]
            for row in rows:
                own = {**(row.data if isinstance(row.data, dict) else {}), **own}
        else:
            own[entry.key.value] = value
    return Entries(own)


def _scalar(node: Node, kind: str) -> object:
    text = node.text
    if not node.plain:
        return text
    if node.is_null:
        return None
    if text in _TRUE or text in _FALSE:
        return text in _TRUE
    if _UNFOLLOWED.fullmatch(text):
        return Unknown("a value of a kind that is not followed", node.span)
    if _INTEGER.fullmatch(text) and len(text) < _MOST_DIGITS:
        return _integer(text.replace("_", ""))
    if _FLOAT.fullmatch(text) or (kind != "yaml" and _EXPONENT.fullmatch(text)):
        return float(text.replace("_", ""))
    return text


def _integer(text: str) -> int:
    """An integer as YAML 1.1 writes it, where a leading nought means octal."""
    digits = text.lstrip("+-")
    octal = digits.startswith("0") and digits[1:].isdigit()
    number = int(digits, 8 if octal else 0)
    return -number if text.startswith("-") else number
