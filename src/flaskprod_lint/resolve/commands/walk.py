"""Follows a script, node by node, as far as what is known decides it. Nothing is run."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

from flaskprod_lint.inputs import shell
from flaskprod_lint.inputs.shell import (
    AndOr,
    ArithmeticCommand,
    Assignment,
    Background,
    Case,
    For,
    Function,
    If,
    Negated,
    Node,
    Pipeline,
    Redirected,
    Script,
    Sequence,
    SimpleCommand,
    Subshell,
    Test,
    While,
    Word,
)
from flaskprod_lint.model import CommandFault, Unknown
from flaskprod_lint.resolve.commands.calls import Call, Found, Program
from flaskprod_lint.resolve.commands.expansion import Expander
from flaskprod_lint.resolve.commands.holes import Hole, Holes
from flaskprod_lint.resolve.commands.state import (
    LIKELY,
    MAX_NODES,
    NO,
    OPPOSITE,
    UNLIKELY,
    UNSURE,
    YES,
    Argument,
    Link,
    Reads,
    State,
)
from flaskprod_lint.resolve.context import Context
from flaskprod_lint.source import Source

#: Bounds: programs found, nested scripts and functions, scripts run.
MAX_STEPS = 300
MAX_DEPTH = 24
MAX_SCRIPTS = 200

#: Builtins whose words `NAME=value` are assignments and are not split.
_DECLARATIONS = frozenset({"export", "readonly", "local", "declare", "typeset"})


class Walker:
    """Walks scripts in states and collects the programs that they start.

    `command` runs a simple command (builtins, functions, outside programs), `starter` an outside program.
    """

    def __init__(
        self,
        context: Context,
        command: Callable[[Walker, State, Call], None],
        starter: Callable[[Walker, State, Program], None],
    ) -> None:
        self.context = context
        self.command = command
        self.starter = starter
        self.holes = Holes()
        self.found: list[Found] = []
        self.faults: list[CommandFault] = []
        self.unknowns: list[Unknown] = []
        self.nodes = 0
        self.substitutions = 0
        self.scripts = 0
        self._parsed: dict[str, Script] = {}
        self.may_break = False
        self.expander = Expander(context.open_environment, self.holes, self._substitute)

    def start(self, state: State, program: Program) -> None:
        """Start an outside program; wrappers, scripts and task runners are followed."""
        self.starter(self, state, program)

    def unknown(self, reason: str, state: State) -> None:
        """Note something that only run time knows, once."""
        place = state.trail[-1].span if state.trail else None
        found = Unknown(reason, place)
        if found not in self.unknowns:
            self.unknowns.append(found)

    def fault(self, fault: CommandFault) -> None:
        if fault not in self.faults:
            self.faults.append(fault)

    # Nodes

    def run(self, state: State, node: Node, *, last: bool = False) -> None:
        """Run a node; `last` says that the shell may replace itself by its program."""
        self.nodes += 1
        if state.ended or self.nodes > MAX_NODES:
            return
        if isinstance(node, Sequence):
            self._sequence(state, node, last=last)
        elif isinstance(node, SimpleCommand):
            self._simple(state, node, last=last)
        elif isinstance(node, AndOr):
            self._and_or(state, node, last=last)
        elif isinstance(node, (Test, ArithmeticCommand)):
            state.status = self._test(state, node)
        elif isinstance(node, Background):
            self._background(state, node)
        elif isinstance(node, Negated):
            self.run(state, node.body)
            state.status = OPPOSITE[state.status]
        elif isinstance(node, (Pipeline, Subshell)):
            self._nested(state, node, last=last)
        elif isinstance(node, Redirected):
            self.run(state, node.body)
        elif isinstance(node, Function):
            state.functions[node.name] = (node, state.script)
            state.status = YES
        else:
            self._compound(state, node, last=last)

    def _compound(self, state: State, node: Node, *, last: bool) -> None:
        # Of the shells that replace themselves, only busybox does so inside `if` and `case`.
        from flaskprod_lint.resolve.commands import branches, loops

        last = last and state.shell.kind in ("busybox", "unknown")
        if isinstance(node, If):
            branches.follow_if(self, state, node, last=last)
        elif isinstance(node, Case):
            branches.follow_case(self, state, node, last=last)
        elif isinstance(node, For):
            loops.follow_for(self, state, node)
        elif isinstance(node, While):
            loops.follow_while(self, state, node)

    def _sequence(self, state: State, node: Sequence, *, last: bool) -> None:
        for place, item in enumerate(node.items):
            if state.ended:
                return
            final = last and place == len(node.items) - 1
            if final and state.shell.kind == "bash" and not isinstance(item, SimpleCommand):
                # bash looks at the last line's own end only: `a; b && c` stays a child, `a && c` does not.
                final = isinstance(item, AndOr) and (
                    place == 0 or self._on_new_line(state, node.items[place - 1], item)
                )
            self.run(state, item, last=final)

    def _on_new_line(self, state: State, before: Node, item: Node) -> bool:
        text, offset = state.script.text, state.script.offset
        return "\n" in text[before.end - offset : item.start - offset]

    def _and_or(self, state: State, node: AndOr, *, last: bool) -> None:
        from flaskprod_lint.resolve.commands import branches

        self.run(state, node.left)
        if state.ended:
            return
        final = last and (state.shell.kind != "bash" or isinstance(node.right, SimpleCommand))
        status = state.status if node.operator == "&&" else OPPOSITE[state.status]
        if status in (YES, LIKELY):
            self.run(state, node.right, last=final)
        elif status == UNLIKELY:
            self._perhaps(state, node.right)
            state.status = OPPOSITE[status] if node.operator == "||" else status
        elif status == UNSURE:
            branches.either(self, state, lambda side: self.run(side, node.right, last=final), lambda side: None, UNSURE)

    def _perhaps(self, state: State, node: Node) -> None:
        """Run what only happens when an outside program fails: its programs are not sure, and it ends nothing."""
        side = state.copy()
        side.sure = False
        self.run(side, node)
        self.may_break = self.may_break or side.ended == "break"

    def _background(self, state: State, node: Background) -> None:
        side = self._child(state, node, "is started in the background")
        side.background = True
        self.run(side, node.body)
        state.status = YES

    def _nested(self, state: State, node: Pipeline | Subshell, *, last: bool) -> None:
        if isinstance(node, Subshell) and node.group:
            self.run(state, node.body, last=last and state.shell.kind in ("busybox", "unknown"))
            return
        items: tuple[Node, ...] = (node.body,) if isinstance(node, Subshell) else node.items
        stays = last and isinstance(node, Subshell) and state.shell.kind == "busybox" and not state.shell.trap
        cause = "stands in a subshell" if isinstance(node, Subshell) else "is part of a pipeline"
        status, served = YES, False
        for item in items:
            side = state.copy() if stays else self._child(state, node, cause)
            self.run(side, item, last=stays)
            status = side.status if not side.ended or isinstance(node, Subshell) else LIKELY
            served = served or side.ended in ("server", "loop")
        state.status = status
        if served:
            state.ended = "server"

    def _child(self, state: State, node: Node, cause: str) -> State:
        """A copy of the shell in a process of its own below it."""
        side = state.copy()
        side.above = (*state.above, self.waiting(state, node.start, node.end, cause))
        side.depth += 1
        return side

    def waiting(self, state: State, start: int, end: int, cause: str = "", *, may_replace: bool = False) -> Link:
        """The shell of a state as the parent of the command at that place."""
        place = state.place(start, end)
        return replace(
            state.shell,
            place=place,
            script=state.script,
            start=start,
            end=end,
            cause=cause,
            may_replace=may_replace,
        )

    # Words and commands

    def _test(self, state: State, node: Test | ArithmeticCommand) -> str:
        from flaskprod_lint.resolve.commands import arithmetic

        if isinstance(node, ArithmeticCommand):
            text, _ = arithmetic.evaluate(node.text, lambda word: self.expander.single(state, word), self.holes)
            return UNSURE if self.holes.has(text) else YES if text != "0" else NO
        words: list[str] = []
        for word in node.words:
            if node.double:
                pattern = bool(words) and words[-1] in ("=", "==", "!=")
                words.append(self.expander.single(state, word, patterns=pattern).text)
            else:
                words.extend(argument.text for argument in self.expander.fields(state, word))
        return self.test(state, words, double=node.double)

    def test(self, state: State, words: list[str], *, double: bool = False) -> str:
        """What a test of these words gives; dash knows neither `[[` nor `==`, and both fail there."""
        from flaskprod_lint.resolve.commands import conditions

        if state.shell.kind == "dash" and (double or "==" in words):
            return NO
        test = conditions.Test(
            words,
            self.holes,
            lambda operator, path: self.exists(state, operator, path),
            lambda name: self.expander.lookup(state, name, None, name)[2],
            double=double,
        )
        return test.result()

    def exists(self, state: State, operator: str, path: str) -> bool | None:
        """Whether a file is there: yes when the project brings it, else not known."""
        if not path:
            return False
        if self.holes.has(state.cwd):
            return None
        found = self.context.tree.locate(path, state.cwd)
        if not isinstance(found, str) or operator in ("-x", "-s", "-w", "-L", "-h"):
            return None
        is_folder = self.context.project.is_folder(found)
        return is_folder if operator == "-d" else not is_folder if operator == "-f" else True

    def _simple(self, state: State, node: SimpleCommand, *, last: bool) -> None:
        for redirect in node.redirects:
            if redirect.target is not None and redirect.operator not in ("<<", "<<-"):
                self.expander.single(state, redirect.target)
        declares = node.name in _DECLARATIONS
        arguments = [argument for word in node.words for argument in self._arguments(state, word, declares=declares)]
        assigned = [self._assigned(state, assignment) for assignment in node.assignments]
        if not arguments:
            if assigned:
                self._assign(state, node, assigned)
            elif not node.words:
                state.status = YES
            return
        shell_link = state.shell
        keeps = node.redirects and shell_link.kind == "bash"
        willing = last and not shell_link.is_script and not shell_link.trap and not keeps
        call = Call(
            tuple(arguments),
            tuple(assigned),
            node.start,
            node.end,
            replaces=willing and shell_link.kind in ("bash", "busybox"),
            may_replace=willing and shell_link.kind == "unknown",
            node=node,
        )
        self.command(self, state, call)

    def _arguments(self, state: State, word: Word, *, declares: bool) -> list[Argument]:
        if declares and re.match(r"[A-Za-z_]\w*\+?=", word.raw):
            return [self.expander.single(state, word)]
        return self.expander.fields(state, word)

    def _assigned(self, state: State, node: Assignment) -> tuple[str, str, Reads]:
        value = self.expander.single(state, node.value) if node.value is not None else Argument("")
        return node.name, value.text, value.reads

    def _assign(self, state: State, node: SimpleCommand, assigned: list[tuple[str, str, Reads]]) -> None:
        state.status = YES
        for assignment, (name, text, reads) in zip(node.assignments, assigned, strict=True):
            place = state.place(assignment.start, assignment.end)
            if assignment.items is not None:
                items = tuple(argument for word in assignment.items for argument in self.expander.fields(state, word))
                state.arrays[name] = (*state.arrays.get(name, ()), *items) if assignment.append else items
            elif assignment.append:
                before, more, _ = self.expander.lookup(state, name, None, name)
                state.assign(name, before + text, (*more, *reads), place)
            else:
                state.assign(name, text, reads, place)

    def _substitute(self, state: State, part: shell.Substitution) -> tuple[str, Reads]:
        from flaskprod_lint.resolve.commands import substitution

        return substitution.output(self, state, part)

    def hole(self, reason: str, raw: str, reads: Reads = (), *, symbol: str = "", nonempty: bool = True) -> str:
        """A character that stands for something unknown."""
        return self.holes.make(Hole(Unknown(reason, symbol=symbol), raw, reads, nonempty))

    def parsed(self, source: Source) -> Script:
        """The syntax of a script file, read once."""
        name = source.path + source.written
        if name not in self._parsed:
            self._parsed[name] = shell.parse(source.text, source)
        return self._parsed[name]

    def script(self, state: State, script: Script, *, last: bool = False) -> None:
        """Run a whole text in a state."""
        self.scripts += 1
        if self.scripts > MAX_SCRIPTS:
            return
        outer = state.script
        state.script = script
        self.run(state, script.body, last=last)
        state.script = outer
