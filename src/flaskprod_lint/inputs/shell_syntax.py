"""The syntax of the shell, as far as it matters for what runs: commands, words, branches, with their places."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from flaskprod_lint.inputs.shell_words import Word
from flaskprod_lint.records import dataclass
from flaskprod_lint.source import Source, Span


@dataclass(frozen=True)
class Assignment:
    """`NAME=value`; `items` are the words of an array, `append` is `+=`."""

    name: str
    value: Word | None
    start: int
    end: int
    items: tuple[Word, ...] | None = None
    append: bool = False
    index: str | None = None


@dataclass(frozen=True)
class Redirect:
    """A redirection. A heredoc (operator "<<" or "<<-") has its text in `body`."""

    operator: str
    target: Word | None
    descriptor: str = ""
    body: str = ""


@dataclass(frozen=True)
class SimpleCommand:
    """A program or builtin with its words. `connector_before` and `_after` are set by `simple_commands`."""

    words: tuple[Word, ...]
    assignments: tuple[Assignment, ...]
    redirects: tuple[Redirect, ...]
    start: int
    end: int
    connector_before: str | None = None
    connector_after: str | None = None
    background: bool = False
    in_condition: bool = False

    @property
    def name(self) -> str:
        """The literal first word; empty when there is none or an expansion decides it."""
        return (self.words[0].text or "") if self.words else ""


@dataclass(frozen=True)
class Test:
    """`[[ … ]]` or `[ … ]`: its words, operators among them."""

    words: tuple[Word, ...]
    double: bool
    start: int
    end: int


@dataclass(frozen=True)
class ArithmeticCommand:
    """`(( … ))`."""

    text: str
    start: int
    end: int


@dataclass(frozen=True)
class Sequence:
    """Commands one after another."""

    items: tuple[Node, ...]
    start: int
    end: int


@dataclass(frozen=True)
class AndOr:
    """`left && right` or `left || right`."""

    left: Node
    operator: str
    right: Node
    start: int
    end: int


@dataclass(frozen=True)
class Pipeline:
    """`a | b`."""

    items: tuple[Node, ...]
    start: int
    end: int


@dataclass(frozen=True)
class Background:
    """`body &`."""

    body: Node
    start: int
    end: int


@dataclass(frozen=True)
class Negated:
    """`! body`."""

    body: Node
    start: int
    end: int


@dataclass(frozen=True)
class If:
    """`if`, with each `elif`: pairs of condition and body, and what `else` holds."""

    branches: tuple[tuple[Sequence, Sequence], ...]
    otherwise: Sequence | None
    start: int
    end: int


@dataclass(frozen=True)
class CaseArm:
    """`pattern|pattern) body ;;`."""

    patterns: tuple[Word, ...]
    body: Sequence
    terminator: str


@dataclass(frozen=True)
class Case:
    """`case subject in …`."""

    subject: Word
    arms: tuple[CaseArm, ...]
    start: int
    end: int


@dataclass(frozen=True)
class For:
    """`for variable in words`; `words` is None where "$@" is meant. `counted` is `for ((…))`."""

    variable: str
    words: tuple[Word, ...] | None
    body: Sequence
    start: int
    end: int
    counted: bool = False


@dataclass(frozen=True)
class While:
    """`while condition`, or with `until` its opposite."""

    condition: Sequence
    body: Sequence
    until: bool
    start: int
    end: int


@dataclass(frozen=True)
class Function:
    """`name() body`."""

    name: str
    body: Node
    start: int
    end: int


@dataclass(frozen=True)
class Subshell:
    """`( body )`, or `{ body; }` with `group`."""

    body: Sequence
    group: bool
    start: int
    end: int


@dataclass(frozen=True)
class Redirected:
    """A compound command with redirections."""

    body: Node
    redirects: tuple[Redirect, ...]
    start: int
    end: int


Node = (
    SimpleCommand
    | Test
    | ArithmeticCommand
    | Sequence
    | AndOr
    | Pipeline
    | Background
    | Negated
    | If
    | Case
    | For
    | While
    | Function
    | Subshell
    | Redirected
)


@dataclass(frozen=True)
class Script:
    """A parsed text. `broken_at` is the offset of the first place that is no shell; the rest was read all the same."""

    body: Sequence
    text: str
    source: Source | None = None
    offset: int = 0
    broken_at: int | None = None

    def span(self, start: int, end: int) -> Span | None:
        """The place of a node or word in its source; None for text that has none."""
        return self.source.span(start, min(end, len(self.source.text))) if self.source else None

    def line(self, start: int) -> str:
        """The text of the line at an offset of the source, without blanks around it."""
        begin = start - self.offset
        first = self.text.rfind("\n", 0, max(begin, 0)) + 1
        last = self.text.find("\n", max(begin, 0))
        return self.text[first : last if last >= 0 else len(self.text)].strip()


def simple_commands(script: Script) -> list[SimpleCommand]:
    """Every simple command in order, those in functions, conditions and branches too."""
    return list(_simple(script.body, _Surroundings()))


@dataclass(frozen=True)
class _Surroundings:
    before: str | None = None
    after: str | None = None
    background: bool = False
    in_condition: bool = False


def _simple(node: Node, around: _Surroundings) -> Iterator[SimpleCommand]:
    if isinstance(node, SimpleCommand):
        yield replace(
            node,
            connector_before=around.before,
            connector_after=around.after,
            background=around.background,
            in_condition=around.in_condition,
        )
    elif isinstance(node, (Sequence, Pipeline)):
        yield from _simple_of_list(node, around)
    elif isinstance(node, AndOr):
        yield from _simple(node.left, replace(around, after=node.operator))
        yield from _simple(node.right, replace(around, before=node.operator))
    elif isinstance(node, Background):
        yield from _simple(node.body, replace(around, after="&", background=True))
    elif isinstance(node, (Negated, Redirected, Function, Subshell)):
        yield from _simple(node.body, around)
    else:
        yield from _simple_of_compound(node, replace(around, before=None, after=None))


def _simple_of_list(node: Sequence | Pipeline, around: _Surroundings) -> Iterator[SimpleCommand]:
    mark = "|" if isinstance(node, Pipeline) else ";"
    last = len(node.items) - 1
    for place, item in enumerate(node.items):
        before = around.before if place == 0 else mark
        if place and isinstance(node, Sequence) and isinstance(node.items[place - 1], Background):
            before = "&"
        yield from _simple(item, replace(around, before=before, after=around.after if place == last else mark))


def _simple_of_compound(node: Node, around: _Surroundings) -> Iterator[SimpleCommand]:
    if isinstance(node, If):
        for condition, body in node.branches:
            yield from _simple(condition, replace(around, in_condition=True))
            yield from _simple(body, around)
        if node.otherwise is not None:
            yield from _simple(node.otherwise, around)
    elif isinstance(node, Case):
        for arm in node.arms:
            yield from _simple(arm.body, around)
    elif isinstance(node, While):
        yield from _simple(node.condition, replace(around, in_condition=True))
        yield from _simple(node.body, around)
    elif isinstance(node, For):
        yield from _simple(node.body, around)
