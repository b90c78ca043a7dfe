"""Words of the shell: quotes, escapes and expansions, read without running anything."""

from __future__ import annotations

import re

from flaskprod_lint.patterns import regex
from flaskprod_lint.records import dataclass

_NAME = regex(r"[A-Za-z_][A-Za-z0-9_]*|[0-9]+|[@*#?$!-]")
_OPERATOR = regex(r":[-=?+]|//|/[#%]?|%%?|##?|\^\^?|,,?|[-=?+]|:|@")
#: Operators whose argument is text; that of the others is a pattern, which quotes around the whole do not quote.
_TEXT_OPERATORS = frozenset({":-", "-", ":=", "=", ":?", "?", ":+", "+"})
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "\\": "\\", "'": "'", '"': '"', "a": "\a", "b": "\b", "e": "\x1b"}

#: Nested deeper than this, text is taken as it stands: no script that a person wrote comes near it.
MAX_DEPTH = 40


@dataclass(frozen=True)
class Literal:
    """Text that stands for itself. `quote` is "'", '"' or empty; only bare text is split into fields and globbed."""

    text: str
    quote: str = ""


@dataclass(frozen=True)
class Variable:
    """`$NAME`, `${NAME}` or `${NAME:-word}` with its operator and argument. `index` is the text between brackets."""

    name: str
    raw: str
    quoted: bool = False
    operator: str = ""
    argument: Word | None = None
    index: str | None = None
    length: bool = False
    indirect: bool = False


@dataclass(frozen=True)
class Substitution:
    """`$(…)` or backquotes: the text of the commands, and the offset at which it stands."""

    text: str
    raw: str
    quoted: bool = False
    offset: int = 0


@dataclass(frozen=True)
class Arithmetic:
    """`$((…))`."""

    text: str
    raw: str
    quoted: bool = False


Part = Literal | Variable | Substitution | Arithmetic


@dataclass(frozen=True)
class Word:
    """One word as written (`raw`) and in parts. `start` and `end` are offsets in the source it came from."""

    raw: str
    parts: tuple[Part, ...]
    start: int = 0
    end: int = 0

    @property
    def text(self) -> str | None:
        """The word's text after quotes are removed; None when an expansion decides it."""
        pieces = []
        for part in self.parts:
            if not isinstance(part, Literal):
                return None
            pieces.append(part.text)
        return "".join(pieces)

    @property
    def quoted(self) -> bool:
        """Whether any of it stands in quotes."""
        return any(part.quote if isinstance(part, Literal) else part.quoted for part in self.parts)


def read(raw: str, start: int = 0, *, quoted: bool = False, depth: int = 0) -> Word:
    """The word that a piece of text is, whole; `quoted` when it stands inside double quotes."""
    reader = _Reader(raw, start, depth)
    parts = reader.double_quoted(until="") if quoted else reader.word(stop="")
    return Word(raw, tuple(parts), start, start + len(raw))


def split(text: str, start: int = 0, *, operators: bool = False) -> list[Word]:
    """The words of a text that blanks separate; with `operators` also `(`, `)`, `&&`, `||`, `<` and `>` as of `[[`."""
    reader = _Reader(text, start, 0)
    words: list[Word] = []
    while reader.skip_blanks():
        begin = reader.at
        token = reader.operator() if operators else None
        parts = [Literal(token)] if token else reader.word(stop=" \t\n()&|<>" if operators else " \t\n")
        if reader.at == begin:
            reader.at += 1
            parts = [Literal(text[begin])]
        words.append(Word(text[begin : reader.at], tuple(parts), start + begin, start + reader.at))
    return words


class _Reader:
    def __init__(self, text: str, start: int, depth: int) -> None:
        self.text = text
        self.start = start
        self.depth = depth
        self.at = 0

    def skip_blanks(self) -> bool:
        while self.at < len(self.text):
            if self.text[self.at] in " \t\n":
                self.at += 1
            elif self.text.startswith("\\\n", self.at):
                self.at += 2
            else:
                return True
        return False

    def operator(self) -> str | None:
        for token in ("&&", "||", "(", ")", "<", ">"):
            if self.text.startswith(token, self.at):
                self.at += len(token)
                return token
        return None

    def word(self, stop: str) -> list[Part]:
        parts: list[Part] = []
        while self.at < len(self.text) and self.text[self.at] not in stop:
            self._piece(parts)
        return parts

    def _piece(self, parts: list[Part]) -> None:
        char = self.text[self.at]
        if char == "\\":
            self._escape(parts)
        elif char == "'":
            end = self._find("'", self.at + 1)
            _add(parts, Literal(self.text[self.at + 1 : end], "'"))
            self.at = end + 1
        elif char == '"':
            self.at += 1
            inner = self.double_quoted(until='"')
            self.at += 1
            parts.extend(inner or [Literal("", '"')])
        elif self.text.startswith("$'", self.at):
            self._ansi(parts)
        elif self.text.startswith('$"', self.at):
            self.at += 1
        elif char in "$`":
            self._expansion(parts, quoted=False)
        else:
            _add(parts, Literal(char))
            self.at += 1

    def _escape(self, parts: list[Part]) -> None:
        following = self.text[self.at + 1 : self.at + 2]
        if following != "\n":
            _add(parts, Literal(following or "\\", "'"))
        self.at += 2

    def _ansi(self, parts: list[Part]) -> None:
        self.at += 2
        found = []
        while self.at < len(self.text) and self.text[self.at] != "'":
            if self.text[self.at] == "\\":
                following = self.text[self.at + 1 : self.at + 2]
                found.append(_ESCAPES.get(following, "\\" + following))
                self.at += 2
            else:
                found.append(self.text[self.at])
                self.at += 1
        self.at += 1
        _add(parts, Literal("".join(found), "'"))

    def double_quoted(self, until: str) -> list[Part]:
        parts: list[Part] = []
        while self.at < len(self.text) and not (until and self.text[self.at] == until):
            char = self.text[self.at]
            if char == "\\" and self.text[self.at + 1 : self.at + 2] in ("$", "`", '"', "\\", "\n"):
                if self.text[self.at + 1] != "\n":
                    _add(parts, Literal(self.text[self.at + 1], '"'))
                self.at += 2
            elif char in "$`":
                self._expansion(parts, quoted=True)
            else:
                _add(parts, Literal(char, '"'))
                self.at += 1
        return parts

    def _expansion(self, parts: list[Part], *, quoted: bool) -> None:
        begin = self.at
        if self.text[begin] == "`":
            self._backquotes(parts, quoted)
        elif self.text.startswith("$((", begin) and (end := self._arithmetic_end(begin)) is not None:
            self.at = end
            parts.append(Arithmetic(self.text[begin + 3 : end - 2].strip(), self.text[begin:end], quoted))
        elif self.text.startswith("$(", begin):
            end = self._closing(begin + 2, "(", ")")
            self.at = end + 1
            inner = self.text[begin + 2 : end]
            parts.append(Substitution(inner, self.text[begin : end + 1], quoted, self.start + begin + 2))
        elif self.text.startswith("${", begin):
            end = self._closing(begin + 2, "{", "}")
            self.at = end + 1
            parts.append(self._braced(self.text[begin + 2 : end], begin + 2, self.text[begin : end + 1], quoted))
        elif name := _NAME.match(self.text, begin + 1):
            # `$10` is `$1` followed by "0".
            text = name.group()[:1] if name.group().isdigit() else name.group()
            self.at = begin + 1 + len(text)
            parts.append(Variable(text, "$" + text, quoted))
        else:
            _add(parts, Literal("$", '"' if quoted else ""))
            self.at += 1

    def _backquotes(self, parts: list[Part], quoted: bool) -> None:
        begin, end = self.at, self.at + 1
        while end < len(self.text) and self.text[end] != "`":
            end += 2 if self.text[end] == "\\" else 1
        inner = re.sub(r"\\([$`\\])", r"\1", self.text[begin + 1 : end])
        self.at = end + 1
        parts.append(Substitution(inner, self.text[begin : end + 1], quoted, self.start + begin + 1))

    def _braced(self, inner: str, at: int, raw: str, quoted: bool) -> Variable:
        length = len(inner) > 1 and inner[0] == "#" and bool(_NAME.match(inner, 1)) and inner[1] not in "-?"
        indirect = len(inner) > 1 and inner[0] == "!"
        rest = inner[1:] if length or indirect else inner
        name = _NAME.match(rest)
        if name is None:
            return Variable("", raw, quoted, "?")
        index, position = None, name.end()
        if rest[position : position + 1] == "[":
            close = rest.find("]", position)
            index, position = rest[position + 1 : close], close + 1 if close > 0 else len(rest)
        operator = _OPERATOR.match(rest, position)
        if operator is None:
            return Variable(name.group(), raw, quoted, index=index, length=length, indirect=indirect)
        offset = self.start + at + len(inner) - len(rest) + operator.end()
        argument = self._argument(rest[operator.end() :], offset, quoted and operator.group() in _TEXT_OPERATORS)
        return Variable(name.group(), raw, quoted, operator.group(), argument, index, length, indirect)

    def _argument(self, text: str, offset: int, quoted: bool) -> Word:
        if self.depth >= MAX_DEPTH:
            return Word(text, (Literal(text),), offset, offset + len(text))
        # Inside double quotes, quotes of an argument still group (`"${X:-"a b"}"`), so only bare text is affected.
        return read(text, offset, quoted=quoted and '"' not in text, depth=self.depth + 1)

    def _find(self, char: str, begin: int) -> int:
        end = self.text.find(char, begin)
        return end if end >= 0 else len(self.text)

    def _arithmetic_end(self, begin: int) -> int | None:
        end = self._closing(begin + 3, "(", ")")
        return end + 2 if self.text.startswith("))", end) else None

    def _closing(self, at: int, opening: str, closing: str) -> int:
        """The offset of the bracket that closes what opened before `at`, past quotes and nested brackets."""
        level = 1
        while at < len(self.text):
            char = self.text[at]
            if char == "\\":
                at += 1
            elif char == "'" and closing == ")":
                at = self._find("'", at + 1)
            elif char == '"':
                at = self._double_quote_end(at + 1)
            elif char == opening:
                level += 1
            elif char == closing:
                level -= 1
                if not level:
                    return at
            at += 1
        return len(self.text)

    def _double_quote_end(self, at: int) -> int:
        while at < len(self.text) and self.text[at] != '"':
            if self.text[at] == "\\":
                at += 1
            elif self.text.startswith("$(", at):
                at = self._closing(at + 2, "(", ")")
            at += 1
        return at


def _add(parts: list[Part], literal: Literal) -> None:
    last = parts[-1] if parts else None
    if isinstance(last, Literal) and last.quote == literal.quote:
        parts[-1] = Literal(last.text + literal.text, literal.quote)
    else:
        parts.append(literal)
