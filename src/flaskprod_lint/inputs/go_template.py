"""The templates of Helm's charts, which are Go's: text and actions as a tree. Nothing is evaluated here."""

from __future__ import annotations

import re

from flaskprod_lint.patterns import regex
from flaskprod_lint.records import dataclass
from flaskprod_lint.source import Source

_TOKEN = regex(
    r"""\s*(?:(?P<string>"(?:\\.|[^"\\\n])*"|`[^`]*`)|(?P<number>-?\d+(?:\.\d+)?)|(?P<assign>:?=)|(?P<bar>\|)"""
    r"""|(?P<open>\()|(?P<close>\))|(?P<comma>,)|(?P<variable>\$\w*(?:\.\w+)*)|(?P<field>(?:\.\w+)+|\.)"""
    r"""|(?P<word>[A-Za-z_]\w*)|(?P<end>-?\}\}))"""
)
_COMMENT = regex(r"\{\{-?\s*/\*.*?\*/\s*-?\}\}", re.DOTALL)
_ESCAPE = regex(r"\\(.)", re.DOTALL)
_ESCAPED = {"n": "\n", "t": "\t", "r": "\r"}


@dataclass(frozen=True)
class Operand:
    """One operand: `kind` is text, number, word, field, variable or pipe; `fields` are looked up in what it is."""

    kind: str
    text: str = ""
    fields: tuple[str, ...] = ()
    pipe: Pipe | None = None


@dataclass(frozen=True)
class Pipe:
    """A pipeline: commands of operands, each taking what the one before gives; `names` are assigned the result."""

    commands: tuple[tuple[Operand, ...], ...]
    names: tuple[str, ...] = ()


@dataclass(frozen=True)
class Part:
    """A piece of a template: `kind` is text, action, if, with, range or define.

    `start` and `end` are offsets in the file; a text is without the blanks that an action beside it takes away.
    `body` is what stands inside, `otherwise` what stands after `else`. `name` is what a `define` defines.
    `trimmed` says that the action takes away the blanks before it. `pipe` is None where it cannot be read.
    """

    kind: str
    start: int
    end: int
    pipe: Pipe | None = None
    body: tuple[Part, ...] = ()
    otherwise: tuple[Part, ...] = ()
    name: str = ""
    trimmed: bool = False


@dataclass(frozen=True)
class Template:
    """A file as parts, with its text. `complete` is False where it could not be read to the end."""

    source: Source
    parts: tuple[Part, ...] = ()
    complete: bool = True


def read(source: Source) -> Template:
    """The parts of a template; of a broken one those before the break."""
    reader = _Reader(source.text)
    parts, _ = reader.until_end()
    return Template(source, parts, not reader.broken)


@dataclass
class _Reader:
    """Reads a text from one action to the next."""

    text: str
    at: int = 0
    broken: bool = False
    trim_next: bool = False
    depth: int = 0

    def until_end(self) -> tuple[tuple[Part, ...], tuple[str, int, Pipe | None]]:
        """The parts up to the `end` or `else` that closes them, and that action: its word, its end and its pipe."""
        parts: list[Part] = []
        while self.at < len(self.text) and not self.broken:
            start = self.text.find("{{", self.at)
            self._text(parts, start if start >= 0 else len(self.text))
            if start < 0:
                self.at = len(self.text)
                break
            comment = _COMMENT.match(self.text, start)
            if comment:
                self._skip(comment.end())
                continue
            action = self._action(start)
            if action is None:
                self.broken = True
                break
            word, pipe, name = action
            if word in ("end", "else"):
                return tuple(parts), (word, self.at, pipe)
            parts.append(self._part(word, pipe, name, start))
        return tuple(parts), ("", self.at, None)

    def _text(self, parts: list[Part], end: int) -> None:
        start = self.at
        if self.trim_next:
            while start < end and self.text[start].isspace():
                start += 1
        if self.text.startswith("{{- ", end) or self.text.startswith("{{-\n", end):
            while end > start and self.text[end - 1].isspace():
                end -= 1
        if end > start:
            parts.append(Part("text", start, end))
        self.trim_next = False

    def _skip(self, end: int) -> None:
        self.at = end
        self.trim_next = self.text.startswith("-}}", end - 3)

    def _part(self, word: str, pipe: Pipe | None, name: str, start: int) -> Part:
        trimmed = self.text.startswith("{{-", start)
        if word in ("if", "with", "range", "define", "block"):
            self.depth += 1
            if self.depth > 60:
                self.broken = True
            body, (closing, _, inner) = self.until_end()
            otherwise: tuple[Part, ...] = ()
            if closing == "else":
                otherwise = self._otherwise(inner)
            self.depth -= 1
            kind = "define" if word == "block" else word
            return Part(kind, start, self.at, pipe, body, otherwise, name, trimmed)
        return Part("action", start, self.at, pipe, name=name, trimmed=trimmed)

    def _otherwise(self, pipe: Pipe | None) -> tuple[Part, ...]:
        """What stands after an `else`; an `else if` is an `if` of its own that shares the `end`."""
        start = self.at
        body, (closing, _, inner) = self.until_end()
        after = self._otherwise(inner) if closing == "else" else ()
        return (Part("if", start, self.at, pipe, body, after),) if pipe is not None else (*body, *after)

    def _action(self, start: int) -> tuple[str, Pipe | None, str] | None:
        """The first word of an action, its pipe and the name it defines; None where its end is not found."""
        self.at = start + (3 if self.text.startswith(("{{- ", "{{-\n"), start) else 2)
        tokens: list[tuple[str, str]] = []
        while True:
            match = _TOKEN.match(self.text, self.at)
            if match is None:
                return self._unreadable()
            self.at = match.end()
            kind = match.lastgroup or ""
            if kind == "end":
                self._skip(self.at)
                return _parsed(tokens)
            tokens.append((kind, match[kind]))

    def _unreadable(self) -> tuple[str, Pipe | None, str] | None:
        end = self.text.find("}}", self.at)
        if end < 0:
            return None
        self._skip(end + 2)
        return "", None, ""


def _parsed(tokens: list[tuple[str, str]]) -> tuple[str, Pipe | None, str]:
    word = tokens[0][1] if tokens and tokens[0][0] == "word" else ""
    if word == "end":
        return "end", None, ""
    if word == "else":
        rest = tokens[1:]
        return "else", _pipe(rest[1:]) if rest and rest[0][1] in ("if", "with") else None, ""
    if word in ("define", "block") and len(tokens) > 1:
        return word, _pipe(tokens[2:]), _unquoted(tokens[1][1])
    if word in ("if", "with", "range"):
        return word, _pipe(tokens[1:]), ""
    if word == "template" and len(tokens) > 1:
        return "", _pipe([("word", "include"), *tokens[1:]]), ""
    return "", _pipe(tokens), ""


def _pipe(tokens: list[tuple[str, str]]) -> Pipe | None:
    """The pipeline of an action; None for one that cannot be read."""
    names: list[str] = []
    assign = next((number for number, (kind, _) in enumerate(tokens) if kind == "assign"), None)
    if assign is not None:
        names = [text for kind, text in tokens[:assign] if kind == "variable"]
        tokens = tokens[assign + 1 :]
    try:
        commands, rest = _commands(tokens)
    except (IndexError, RecursionError):
        return None
    return Pipe(commands, tuple(names)) if not rest else None


def _commands(tokens: list[tuple[str, str]]) -> tuple[tuple[tuple[Operand, ...], ...], list[tuple[str, str]]]:
    commands: list[tuple[Operand, ...]] = []
    operands: list[Operand] = []
    while tokens and tokens[0][0] != "close":
        kind, text = tokens[0]
        tokens = tokens[1:]
        if kind == "bar":
            commands.append(tuple(operands))
            operands = []
        elif kind == "open":
            inner, rest = _commands(tokens)
            tokens = rest[1:]
            fields: tuple[str, ...] = ()
            if tokens and tokens[0][0] == "field" and tokens[0][1] != ".":
                fields, tokens = _fields(tokens[0][1]), tokens[1:]
            operands.append(Operand("pipe", fields=fields, pipe=Pipe(inner)))
        elif kind != "comma":
            operands.append(_operand(kind, text))
    commands.append(tuple(operands))
    return tuple(commands), tokens


def _operand(kind: str, text: str) -> Operand:
    if kind == "string":
        return Operand("text", _unquoted(text))
    if kind == "variable":
        name, _, rest = text.partition(".")
        return Operand("variable", name, tuple(rest.split(".")) if rest else ())
    return Operand("field", fields=_fields(text)) if kind == "field" else Operand(kind, text)


def _fields(text: str) -> tuple[str, ...]:
    return tuple(name for name in text.split(".") if name)


def _unquoted(text: str) -> str:
    if text.startswith("`"):
        return text[1:-1]
    return _ESCAPE.sub(lambda match: _ESCAPED.get(match[1], match[1]), text[1:-1])
