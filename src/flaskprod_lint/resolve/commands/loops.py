"""Loops: those that are counted out, those that wait for an outside program, and those that never end."""

from __future__ import annotations

import fnmatch
import posixpath
import re
from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from flaskprod_lint.inputs.shell import For, Literal, Node, While, Word
from flaskprod_lint.resolve.commands import branches
from flaskprod_lint.resolve.commands.state import LIKELY, MAX_NODES, NO, OPPOSITE, YES, Argument, State, merge

if TYPE_CHECKING:
    from flaskprod_lint.resolve.commands.walk import Walker

#: Turns of one loop that are followed.
MAX_TURNS = 60


def follow_for(walker: Walker, state: State, node: For) -> None:
    if node.counted:
        _once(walker, state, node.body)
        return
    words = [item for word in node.words for item in _items(walker, state, word)] if node.words else []
    items = list(state.positional) if node.words is None else words
    state.status, doubt = YES, state.doubt
    for item in items[:MAX_TURNS]:
        state.assign(node.variable, item.text, item.reads, state.place(node.start, node.start + 3))
        walker.run(state, node.body)
        if _left_loop(walker, state):
            break
    state.doubt = doubt


def _items(walker: Walker, state: State, word: Word) -> list[Argument]:
    """What a word of the loop stands for: the names of files where it is a pattern that some match."""
    fields = walker.expander.fields(state, word)
    bare = any(isinstance(part, Literal) and not part.quote and re.search(r"[*?\[]", part.text) for part in word.parts)
    if not bare or len(fields) != 1 or walker.holes.has(fields[0].text):
        return fields
    pattern = posixpath.normpath(posixpath.join(state.cwd, fields[0].text))
    given = fields[0].text.startswith("/")
    found = sorted(path for path in _files(walker) if _matches(path, pattern))
    names = [path if given else posixpath.relpath(path, state.cwd) for path in found]
    return [replace(fields[0], text=name) for name in names] or fields


def _files(walker: Walker) -> Iterator[str]:
    context = walker.context
    for path in context.project.paths:
        yield from (place for place in context.tree.paths_of(path) if context.tree.locate(place) == path)


def _matches(path: str, pattern: str) -> bool:
    """As a shell matches: `*` stands for no slash, and for no dot in front."""
    names, patterns = path.split("/"), pattern.split("/")
    return len(names) == len(patterns) and all(
        fnmatch.fnmatchcase(name, one) and (not name.startswith(".") or one.startswith("."))
        for name, one in zip(names, patterns, strict=True)
    )


def _once(walker: Walker, state: State, body: Node) -> None:
    branches.either(walker, state, lambda side: _turn(walker, side, body), lambda side: None)


def _turn(walker: Walker, state: State, body: Node) -> None:
    walker.run(state, body)
    if state.ended in ("break", "continue"):
        state.ended = ""


def _left_loop(walker: Walker, state: State) -> bool:
    """Whether a loop is over after a turn; `continue` goes on."""
    if state.ended == "continue":
        state.ended = ""
    if state.ended == "break":
        state.ended = ""
        return True
    return bool(state.ended)


def follow_while(walker: Walker, state: State, node: While) -> None:
    outer, walker.may_break = walker.may_break, False
    doubt = state.doubt
    _turns(walker, state, node)
    walker.may_break, state.doubt = outer, doubt


def _turns(walker: Walker, state: State, node: While) -> None:
    for _ in range(MAX_TURNS):
        walker.run(state, node.condition)
        if state.ended:
            return
        going = state.status if not node.until else OPPOSITE[state.status]
        if going == NO:
            state.status = YES
            return
        if going != YES:
            _wait(walker, state, node)
            return
        known = len(walker.holes.found)
        before = (state.positional, dict(state.variables))
        walker.run(state, node.body)
        if _left_loop(walker, state) or walker.nodes > MAX_NODES:
            return
        if len(state.positional) < len(before[0]):
            continue  # `shift` takes arguments away until the condition has none left.
        if walker.may_break or (state.positional, state.variables) == before or len(walker.holes.found) > known:
            _forever(walker, state)
            return


def _wait(walker: Walker, state: State, node: While) -> None:
    """A loop on an outside program, as those that wait for a database: one turn at most, then on."""
    side = state.copy()
    side.sure = False
    _turn(walker, side, node.body)
    after = merge(state, side, walker.holes) if not side.ended else state
    sure = state.sure
    state.take(after)
    state.sure, state.ended, state.status = sure, "", LIKELY


def _forever(walker: Walker, state: State) -> None:
    """A loop whose condition always holds: left by a `break` somewhere, or the shell stays in it."""
    if walker.may_break:
        state.status = LIKELY
    else:
        state.ended = "loop"
