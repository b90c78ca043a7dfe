"""Shell commands and scripts: what they literally say, as a small syntax tree with places.

The grammar is tree-sitter-bash's, which reads all shells that start Flask projects; words are read by `shell_words`.
Offsets are those of the source that the text came from, also when it is a fragment of a Dockerfile or a YAML value.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING

from flaskprod_lint.inputs import shell_words
from flaskprod_lint.inputs.shell_grammar import DECLARATIONS, HANDLED, STATEMENTS, WORDS
from flaskprod_lint.inputs.shell_syntax import (
    AndOr,
    ArithmeticCommand,
    Assignment,
    Background,
    Case,
    CaseArm,
    For,
    Function,
    If,
    Negated,
    Node,
    Pipeline,
    Redirect,
    Redirected,
    Script,
    Sequence,
    SimpleCommand,
    Subshell,
    Test,
    While,
    simple_commands,
)
from flaskprod_lint.inputs.shell_words import Arithmetic, Literal, Part, Substitution, Variable, Word
from flaskprod_lint.patterns import regex
from flaskprod_lint.source import Source

if TYPE_CHECKING:
    from tree_sitter import Node as Tree
    from tree_sitter import Parser

__all__ = [
    "AndOr",
    "Arithmetic",
    "ArithmeticCommand",
    "Assignment",
    "Background",
    "Case",
    "CaseArm",
    "For",
    "Function",
    "If",
    "Literal",
    "Negated",
    "Node",
    "Part",
    "Pipeline",
    "Redirect",
    "Redirected",
    "Script",
    "Sequence",
    "SimpleCommand",
    "Subshell",
    "Substitution",
    "Test",
    "Variable",
    "While",
    "Word",
    "parse",
    "simple_commands",
]

#: Deeper nesting than this is not followed.
MAX_DEPTH = 80

#: `[` as a command. The grammar may look for its `]` many lines below, so it is shown a plain word in its place.
_OPENING_BRACKET = regex(rb"(?:(?<=[\s;&|(!])|^)\[(?=[ \t])")
_ASSIGNMENT = regex(r"([A-Za-z_][A-Za-z0-9_]*)(?:\[([^\]]*)\])?(\+?)=", re.DOTALL)


def parse(text: str, source: Source | None = None, offset: int = 0) -> Script:
    """The syntax tree of a script, or of a command that stands at `offset` in `source`."""
    data = text.encode("utf-8", errors="replace")
    try:
        root = _parser().parse(_OPENING_BRACKET.sub(b"_", data)).root_node
        reader = _Reader(text, data, offset)
        return Script(reader.sequence(root.children, root), text, source, offset, reader.broken_at)
    except RecursionError:
        return Script(Sequence((), offset, offset), text, source, offset, offset)


@lru_cache(maxsize=1)
def _parser() -> Parser:
    import tree_sitter
    import tree_sitter_bash

    return tree_sitter.Parser(tree_sitter.Language(tree_sitter_bash.language()))


class _Reader:
    """Turns tree-sitter's nodes, which count bytes, into ours, which count characters of the source."""

    def __init__(self, text: str, data: bytes, offset: int) -> None:
        self.text = text
        self.data = data
        self.offset = offset
        self.broken_at: int | None = None
        self.depth = 0
        self.ascii = len(data) == len(text)

    def at(self, byte: int) -> int:
        """The character offset in the source of a byte offset in the text."""
        return self.offset + (byte if self.ascii else len(self.data[:byte].decode("utf-8", errors="replace")))

    def raw(self, node: Tree) -> str:
        return self.data[node.start_byte : node.end_byte].decode("utf-8", errors="replace")

    def sequence(self, children: list[Tree], within: Tree) -> Sequence:
        """The statements among some nodes; those before a "&" are in the background."""
        items: list[Node] = []
        for child in children:
            if child.is_error or child.is_missing:
                self.broken_at = self.at(child.start_byte) if self.broken_at is None else self.broken_at
            if child.type == "&" and items:
                items[-1] = Background(items[-1], items[-1].start, self.at(child.end_byte))
            elif child.type == "ERROR":
                items.extend(self.sequence(child.children, child).items)
            elif child.type in STATEMENTS:
                items.append(self.node(child))
        return Sequence(tuple(items), self.at(within.start_byte), self.at(within.end_byte))

    def node(self, node: Tree) -> Node:
        start, end = self.at(node.start_byte), self.at(node.end_byte)
        self.depth += 1
        try:
            if self.depth > MAX_DEPTH:
                return Sequence((), start, end)
            return self._read(node, start, end)
        finally:
            self.depth -= 1

    def _read(self, node: Tree, start: int, end: int) -> Node:
        kind = node.type
        if kind == "redirected_statement":
            return self._redirected(node, start, end)
        if kind == "list":
            return self._list(node, start, end)
        if kind == "pipeline":
            return self._pipeline(node, start, end)
        if kind == "negated_command":
            body = self.sequence(node.children, node)
            return Negated(body.items[0] if len(body.items) == 1 else body, start, end)
        if kind == "test_command":
            return self._test(node, start, end)
        if kind in ("if_statement", "case_statement", "for_statement", "c_style_for_statement", "while_statement"):
            return self._compound(node, start, end)
        if kind == "function_definition":
            return self._function(node, start, end)
        if kind in ("subshell", "compound_statement"):
            if node.children and node.children[0].type == "((":
                return ArithmeticCommand(self.raw(node)[2:-2], start, end)
            return Subshell(self.sequence(node.children, node), kind != "subshell", start, end)
        return self._command([node] if kind == "variable_assignment" else node.children, start, end)

    def _compound(self, node: Tree, start: int, end: int) -> Node:
        if node.type == "if_statement":
            return self._if(node, start, end)
        if node.type == "case_statement":
            return self._case(node, start, end)
        body_node = node.child_by_field_name("body")
        body = self.sequence(body_node.children, body_node) if body_node else Sequence((), end, end)
        if node.type == "while_statement":
            conditions = node.children_by_field_name("condition")
            return While(self.sequence(conditions, node), body, node.children[0].type == "until", start, end)
        if node.type == "c_style_for_statement":
            return For("", None, body, start, end, counted=True)
        variable = node.child_by_field_name("variable")
        has_list = any(child.type == "in" for child in node.children)
        words = tuple(self.words(node.children_by_field_name("value"))) if has_list else None
        return For(self.raw(variable) if variable else "", words, body, start, end)

    def _if(self, node: Tree, start: int, end: int) -> Node:
        branches = [self._branch(node)]
        otherwise = None
        for child in node.children:
            if child.type == "elif_clause":
                branches.append(self._branch(child))
            elif child.type == "else_clause":
                otherwise = self.sequence(child.children, child)
        return If(tuple(branches), otherwise, start, end)

    def _branch(self, node: Tree) -> tuple[Sequence, Sequence]:
        """The condition and the body around a `then`."""
        place = next((i for i, child in enumerate(node.children) if child.type == "then"), len(node.children))
        rest = [child for child in node.children[place + 1 :] if child.type not in ("elif_clause", "else_clause")]
        return self.sequence(node.children[:place], node), self.sequence(rest, node)

    def _case(self, node: Tree, start: int, end: int) -> Node:
        subject = node.child_by_field_name("value")
        arms = tuple(self._arm(child) for child in node.children if child.type == "case_item")
        return Case(self.word(subject) if subject else Word("", (), start, start), arms, start, end)

    def _arm(self, node: Tree) -> CaseArm:
        patterns = tuple(self.word(child) for child in node.children_by_field_name("value"))
        place = next((i for i, child in enumerate(node.children) if child.type == ")"), -1)
        ends = [child.type for child in node.children if child.type in (";;", ";&", ";;&")]
        return CaseArm(patterns, self.sequence(node.children[place + 1 :], node), ends[-1] if ends else ";;")

    def _function(self, node: Tree, start: int, end: int) -> Node:
        name, body = node.child_by_field_name("name"), node.child_by_field_name("body")
        inner = self.node(body) if body is not None else Sequence((), end, end)
        return Function(self.raw(name) if name else "", inner, start, end)

    def _list(self, node: Tree, start: int, end: int) -> Node:
        items = [child for child in node.children if child.type in STATEMENTS]
        operator = next((child.type for child in node.children if child.type in ("&&", "||")), "&&")
        if len(items) != 2:
            return self.sequence(node.children, node)
        return AndOr(self.node(items[0]), operator, self.node(items[1]), start, end)

    def _pipeline(self, node: Tree, start: int, end: int) -> Node:
        return Pipeline(self.sequence(node.children, node).items, start, end)

    def _test(self, node: Tree, start: int, end: int) -> Node:
        raw = self.raw(node)
        width = 2 if raw.startswith("[[") else 1
        inner = raw[width : -width if raw.endswith("]" * width) else None]
        words = shell_words.split(inner, start + width, operators=width == 2)
        return Test(tuple(words), width == 2, start, end)

    def _command(self, children: list[Tree], start: int, end: int) -> SimpleCommand:
        assignments, words, redirects = [], list[Word](), list[Redirect]()
        before = children[0].start_byte if children else 0
        for child in self._joined(children):
            if child.type == "comment" or child.type in HANDLED or _is_word(child):
                words.extend(self._overlooked(before, child.start_byte))
                before = max(before, child.end_byte)
            if child.type == "variable_assignment" and not words:
                assignments.append(self.assignment(child))
            elif child.type == "variable_assignment":
                words.append(self._word_of(self.raw(child), self.at(child.start_byte)))
            elif child.type.endswith("_redirect"):
                redirects.extend(self._redirect(child))
            elif _is_word(child):
                # The grammar makes one word of two substitutions in backquotes; our reader knows where words end.
                words.extend(shell_words.split(self.raw(child), self.at(child.start_byte)))
        end_byte = children[-1].end_byte if children else 0
        words.extend(self._overlooked(before, end_byte))
        return SimpleCommand(tuple(words), tuple(assignments), tuple(redirects), start, end)

    def _overlooked(self, start: int, end: int) -> list[Word]:
        """Words that the grammar passes over without a node, such as the `-` of `python - <<END`."""
        gap = self.data[start:end].decode("utf-8", errors="replace")
        return shell_words.split(gap, self.at(start)) if gap.strip(" \t\n\\") else []

    def _joined(self, children: list[Tree]) -> Iterator[Tree]:
        for child in children:
            if child.type in ("variable_assignments", "ERROR"):
                yield from child.children
            else:
                yield child

    def assignment(self, node: Tree) -> Assignment:
        raw, start, end = self.raw(node), self.at(node.start_byte), self.at(node.end_byte)
        match = _ASSIGNMENT.match(raw)
        if match is None:
            return Assignment(raw, None, start, end)
        name, index, plus = match.groups()
        rest, at = raw[match.end() :], start + match.end()
        if rest.startswith("("):
            items = tuple(self._array(node))
            return Assignment(name, None, start, end, items, bool(plus), index)
        return Assignment(name, self._word_of(rest, at), start, end, None, bool(plus), index)

    def _array(self, node: Tree) -> Iterator[Word]:
        for child in node.children:
            if child.type == "array":
                yield from self.words(child.children)

    def words(self, nodes: list[Tree]) -> list[Word]:
        return [self.word(node) for node in nodes if node.type in WORDS]

    def word(self, node: Tree) -> Word:
        return self._word_of(self.raw(node), self.at(node.start_byte))

    def _word_of(self, raw: str, start: int) -> Word:
        return shell_words.read(raw, start)

    def _redirected(self, node: Tree, start: int, end: int) -> Node:
        body_node = node.child_by_field_name("body")
        redirects = [found for child in node.children if child != body_node for found in self._redirect(child)]
        body: Node = SimpleCommand((), (), (), start, start) if body_node is None else self.node(body_node)
        if isinstance(body, SimpleCommand):
            marks = [child.start_byte for child in node.children if child.type.endswith("_redirect")]
            more = self._overlooked(body_node.end_byte, marks[0]) if body_node and marks else []
            body = replace(body, words=(*body.words, *more), redirects=(*body.redirects, *redirects), end=end)
        else:
            body = _redirect_last(body, tuple(redirects), end)
        for child in node.children:
            if child.type == "heredoc_redirect":
                body = self._after_heredoc(body, child)
        return body

    def _after_heredoc(self, body: Node, node: Tree) -> Node:
        """What follows a heredoc's mark on its line belongs around the command: `cat <<END | tee x`, `… <<END || y`."""
        operator = next((child.type for child in node.children if child.type in ("&&", "||")), "")
        for child in node.children:
            if child.type == "pipeline":
                inner = self.sequence(child.children, child).items
                last = inner[-1] if inner else None
                if isinstance(last, AndOr):
                    left = Pipeline((body, last.left), body.start, last.left.end)
                    body = AndOr(left, last.operator, last.right, body.start, last.end)
                else:
                    body = Pipeline((body, *inner), body.start, body.end)
            elif operator and child.type in STATEMENTS:
                body = AndOr(body, operator, self.node(child), body.start, self.at(child.end_byte))
        return body

    def _redirect(self, node: Tree) -> Iterator[Redirect]:
        if node.type == "file_redirect":
            descriptor = "".join(self.raw(child) for child in node.children if child.type == "file_descriptor")
            operator = next((child.type for child in node.children if not child.is_named), ">")
            targets = self.words(node.children)
            yield Redirect(operator, targets[0] if targets else None, descriptor)
        elif node.type == "herestring_redirect":
            targets = self.words(node.children)
            yield Redirect("<<<", targets[0] if targets else None)
        elif node.type == "heredoc_redirect":
            mark = next((self.word(child) for child in node.children if child.type == "heredoc_start"), None)
            body = "".join(self.raw(child) for child in node.children if child.type == "heredoc_body")
            operator = next((child.type for child in node.children if child.type.startswith("<<")), "<<")
            yield Redirect(operator, mark, body=body)
            for child in node.children:
                yield from self._redirect(child)


def _redirect_last(body: Node, redirects: tuple[Redirect, ...], end: int) -> Node:
    """The grammar puts the redirection of `a && b > file` around both; the shell applies it to `b`."""
    if isinstance(body, SimpleCommand):
        return replace(body, redirects=(*body.redirects, *redirects), end=end)
    if isinstance(body, AndOr):
        return replace(body, right=_redirect_last(body.right, redirects, end), end=end)
    if isinstance(body, Pipeline) and body.items:
        return replace(body, items=(*body.items[:-1], _redirect_last(body.items[-1], redirects, end)), end=end)
    return Redirected(body, redirects, body.start, end)


def _is_word(node: Tree) -> bool:
    known = node.type == "command_name" or node.type in WORDS or node.type in DECLARATIONS
    return known and not node.is_missing and not any(inner.is_missing for inner in node.children)
