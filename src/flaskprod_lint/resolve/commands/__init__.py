"""What a process's command really runs: shells, scripts, wrappers and task runners followed to the programs."""

from __future__ import annotations

import re
from dataclasses import field, replace

from flaskprod_lint.inputs import templates
from flaskprod_lint.model import Command, CommandFault, Setting, Signal, Step, Unknown
from flaskprod_lint.records import dataclass
from flaskprod_lint.resolve.commands import faults, launch, longrunning, programs, signals
from flaskprod_lint.resolve.commands.calls import Call, Found, Program
from flaskprod_lint.resolve.commands.holes import Hole
from flaskprod_lint.resolve.commands.state import Argument, Link, State, initial_variables
from flaskprod_lint.resolve.commands.walk import Walker
from flaskprod_lint.resolve.context import Context
from flaskprod_lint.source import Place, Source, Span


@dataclass(frozen=True)
class Execution:
    """The programs that a command runs, in order. `main` is the index of the one that the process stays in.

    `open_environment` says that variables may be set which nothing here shows: by a file that is sourced and is not in
    the project, or by a program that brings them out of a store of secrets.
    """

    steps: tuple[Step, ...] = ()
    main: int | None = None
    signal: Signal = field(default_factory=lambda: Signal(None))
    faults: tuple[CommandFault, ...] = ()
    unknowns: tuple[Unknown, ...] = ()
    open_environment: bool = False


def _command(walker: Walker, state: State, call: Call) -> None:
    # Only shells have builtins, and many a command is none.
    from flaskprod_lint.resolve.commands import start

    start.command(walker, state, call)


def follow(command: Command, context: Context) -> Execution:
    """Follow a command in its context. Nothing is run; what cannot be known is said to be unknown."""
    command = _with_templates(command)
    walker = Walker(context, _command, programs.start)
    state = State(cwd=context.cwd or "/", here=command.origin)
    state.variables = initial_variables(context.variables, walker.holes)
    state.exported = set(state.variables)
    try:
        if command.form == "shell" or command.argv is None:
            _follow_text(walker, state, command)
        else:
            _follow_words(walker, state, command)
    except RecursionError:
        walker.unknown("the scripts are nested too deeply to be followed", state)
    main = _main(walker.found)
    if main is not None:
        faults.port_not_expanded(walker, walker.found[main].step)
    signal = _signal(walker, command, main)
    steps = tuple(found.step for found in walker.found)
    is_open = walker.expander.open_environment
    return Execution(steps, main, signal, tuple(walker.faults), tuple(walker.unknowns), is_open)


def _with_templates(command: Command) -> Command:
    """The command, with what a template fills in (`{{ workers }}`) among what is not known here."""
    pieces = [piece for text in (command.text, *(command.argv or ())) for piece in templates.pieces(text)]
    if not pieces:
        return command
    unknown = Unknown("a template fills it in", command.origin.span)
    written = {piece: Setting("", unknown, Place(command.origin.span, piece)) for piece in pieces}
    return replace(command, filled_in={**written, **command.filled_in})


def _follow_text(walker: Walker, state: State, command: Command) -> None:
    script = launch.locate(walker, _with_holes(walker, command, command.text), command.origin.span)
    state.shell = Link(walker.context.shell if walker.context.shell in ("dash", "bash", "busybox") else "unknown", "sh")
    state.zero = Argument("sh")
    walker.script(state, script, last=True)


def _follow_words(walker: Walker, state: State, command: Command) -> None:
    words = _systemd(walker, command) if command.origin.path.endswith(".service") else command.argv or ()
    arguments = tuple(_filled_in(walker, command, argument) for argument in _located(walker, command, words))
    if not arguments:
        return
    faults.of_exec_form(walker, command)
    if any(fault.kind in ("one-element", "builtin") for fault in walker.faults):
        # It cannot run; what it was meant to run is still the best guess at the process.
        state.sure = False
        if len(arguments) == 1:
            walker.script(state, launch.locate(walker, arguments[0].text, command.origin.span), last=True)
            return
    place = Place(command.origin.span, command.text.split("\n")[0].strip() or command.origin.note)
    walker.start(state, Program(arguments, (), place, by_shell=False))


def _located(walker: Walker, command: Command, words: tuple[str, ...]) -> tuple[Argument, ...]:
    """The words of an exec form, each with its place: where it stands literally, or what it was made of."""
    places = command.places if len(command.places) == len(words) else (command.origin,) * len(words)
    found: list[Argument] = []
    begin, before = 0, None
    for word, place in zip(words, places, strict=True):
        # Words that are joined from two files, or from ENTRYPOINT and CMD, each stand in their own.
        where = place.span if place.span is not None and _is_apart(place.span, command) else command.origin.span
        source = walker.context.project.read(where.path) if where else None
        if where is None or source is None:
            found.append(Argument(word, word))
            continue
        begin = begin if where == before else source.offset(min(where.line, source.line_count), where.column)
        before = where
        end = source.offset(min(where.end_line, source.line_count), 1) + len(source.line(where.end_line)) + 200
        piece = _find(source, word, begin, end)
        begin = piece.end if piece else begin
        # What a template wrote does not stand there as it is: its own place is then all that is known.
        own = place.span if where == place.span else None
        found.append(Argument(word, word, at=source.span(piece.start, piece.end) if piece else own))
    return tuple(found)


def _is_apart(span: Span, command: Command) -> bool:
    """Whether a word stands elsewhere than the command it is part of."""
    at = command.origin.span
    return at is None or span.path != at.path or not at.line <= span.line <= at.end_line


def _filled_in(walker: Walker, command: Command, argument: Argument) -> Argument:
    """A word with holes for what a manifest fills in before anything runs and what is not known here."""
    text = _with_holes(walker, command, argument.text)
    return argument if text == argument.text else replace(argument, text=text)


def _with_holes(walker: Walker, command: Command, text: str) -> str:
    for written, setting in command.filled_in.items():
        if isinstance(setting.value, Unknown):
            text = text.replace(written, walker.holes.make(Hole(setting.value, written, setting.environment)))
    return text


@dataclass(frozen=True)
class _Piece:
    start: int
    end: int


def _find(source: Source, word: str, begin: int, end: int) -> _Piece | None:
    for written in dict.fromkeys((word, word.replace("\\", "\\\\").replace('"', '\\"'), word.replace("$", "$$"))):
        match = re.compile(r"(?<![\w./-])" + re.escape(written) + r"(?![\w/-])").search(source.text, begin, end)
        if match and written:
            return _Piece(match.start(), match.end())
    return None


def _systemd(walker: Walker, command: Command) -> tuple[str, ...]:
    """systemd expands `${NAME}` anywhere and `$NAME` as a word of its own, from the unit's environment."""
    found: list[str] = []
    for word in command.argv or ():
        bare = re.fullmatch(r"\$(\w+)", word)
        if bare:
            found.extend(_systemd_value(walker, bare.group(1)).split())
        else:
            found.append(re.sub(r"\$\{(\w+)\}", lambda match: _systemd_value(walker, match.group(1)), word))
    return tuple(found)


def _systemd_value(walker: Walker, name: str) -> str:
    setting = walker.context.variables.get(name)
    if setting is not None and isinstance(setting.value, str):
        return setting.value
    return walker.holes.make(Hole(Unknown(f"{name} is not set in the unit"), f"${name}"))


def _main(found: list[Found]) -> int | None:
    """The program that the process stays in.

    A known server wins over what stands after it, a sure one over one that only may run, one in the foreground over
    one in the background; without any server it is the last program in the foreground.
    """
    best, best_score = None, (-1, False, False, False)
    for place, one in enumerate(found):
        if any(link.cause == "runs in a substitution" for link in one.above):
            continue
        rank = _rank(one)
        if rank == 0:
            continue
        words = longrunning.words_of(one.step)
        development = longrunning.is_flask_run(words) or "runserver" in words
        if rank == 1:
            score = (rank, not one.step.background, False, False)
        else:
            score = (rank, one.step.sure, not one.step.background, not development)
        if score > best_score or (rank <= 1 and score >= best_score):
            best, best_score = place, score
    return best


def _rank(one: Found) -> int:
    """A program of the project that stays beside others is what the process is there for, and not the proxy."""
    rank = longrunning.rank(one.step)
    stays = one.step.background or any(link.name == "supervisord" for link in one.above)
    own = one.step.entry_point or longrunning.python_file([str(word) for word in one.step.argv])
    return 3 if rank == 1 and stays and own else rank


def _signal(walker: Walker, command: Command, main: int | None) -> Signal:
    if main is None:
        return Signal(None, "no program is known that the process stays in")
    platform = walker.context.platform
    if command.origin.path.endswith(".service") and (platform is None or platform.sigterm_to_all):
        return Signal(True, "systemd sends SIGTERM to every program of a unit")
    found = walker.found[main]
    return signals.of(found.step, found.above)


__all__ = ["Execution", "follow"]
