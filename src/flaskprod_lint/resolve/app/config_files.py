"""JSON, TOML and YAML files as values of the interpreter, each with its place."""

from __future__ import annotations

import re

from flaskprod_lint.inputs import toml_tree, yaml_tree
from flaskprod_lint.inputs.nodes import Node
from flaskprod_lint.model import Unknown
from flaskprod_lint.resolve.interpreter.values import Entries, Items, Value
from flaskprod_lint.source import Project

_INTEGER = re.compile(r"[+-]?\d+")
_FLOAT = re.compile(r"[+-]?(\d+\.\d*|\.\d+|\d+(?=[eE]))([eE][+-]?\d+)?")
_TRUE = frozenset(("true", "True", "TRUE", "yes", "Yes", "YES", "on", "On", "ON"))
_FALSE = frozenset(("false", "False", "FALSE", "no", "No", "NO", "off", "Off", "OFF"))


def read_data(project: Project, path: str) -> Value | Unknown:
    """What a data file holds; Unknown with the reason for one that cannot be read."""
    documents = project.facts(path, toml_tree.read if path.endswith(".toml") else yaml_tree.read)
    if documents is None or documents.root is None or documents.problem is not None or documents.template:
        return Unknown(f"{path} cannot be read")
    return _value(documents.root, 0)


def _value(node: Node, depth: int) -> Value:
    if depth > 40:
        return Value(Unknown("nested too deeply", node.span), node.span)
    if node.is_mapping:
        return Value(Entries({entry.key.value: _value(entry.value, depth + 1) for entry in node.entries}), node.span)
    if node.is_sequence:
        return Value(Items(_value(item, depth + 1) for item in node.items), node.span)
    return Value(_scalar(node), node.span)


def _scalar(node: Node) -> object:
    if not node.plain:
        return node.text
    if node.is_null:
        return None
    if node.text in _TRUE or node.text in _FALSE:
        return node.text in _TRUE
    if _INTEGER.fullmatch(node.text):
        return int(node.text)
    return float(node.text) if _FLOAT.fullmatch(node.text) else node.text
