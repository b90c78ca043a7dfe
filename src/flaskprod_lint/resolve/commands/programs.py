"""Outside programs: wrappers are unwrapped, shells and scripts followed, task runners read; the rest are steps."""

from __future__ import annotations

import posixpath
from dataclasses import replace

from flaskprod_lint.resolve.commands import faults, files, longrunning, runners, wrappers
from flaskprod_lint.resolve.commands.calls import Call, Program
from flaskprod_lint.resolve.commands.launch import kind_of, record, run_script, run_text
from flaskprod_lint.resolve.commands.state import LIKELY, Argument, Link, State, Variable
from flaskprod_lint.resolve.commands.walk import MAX_DEPTH, MAX_STEPS, Walker
from flaskprod_lint.source import Place


def from_shell(walker: Walker, state: State, call: Call) -> None:
    """Start what a shell's simple command names."""
    above = state.above
    if not call.replaces:
        above = (*above, walker.waiting(state, call.start, call.end, call.cause, may_replace=call.may_replace))
    inner = state.copy()
    place = state.place(call.start, call.end)
    for name, text, reads in call.assignments:
        inner.variables[name] = Variable(text, reads, place)
        inner.exported.add(name)
    state.status = LIKELY
    start(walker, inner, Program(call.arguments, above, place))
    state.status, state.ended = inner.status, inner.ended


def start(walker: Walker, state: State, program: Program) -> None:
    """Start a program with the environment and folder of a state; afterwards its status and end are the program's."""
    state.status, state.depth = LIKELY, state.depth + 1
    if not program.arguments or state.depth > MAX_DEPTH or len(walker.found) >= MAX_STEPS:
        return
    for handler in (_wrapper, _shell, _script, runners.follow):
        if handler(walker, state, program):
            return
    record(walker, state, program)


def _wrapper(walker: Walker, state: State, program: Program) -> bool:
    wrapped = wrappers.unwrap(program.arguments)
    if wrapped is None:
        return False
    if "/" in program.arguments[0].text and wrapped.mode == "exec" and program.name.endswith(".sh"):
        # wait-for-it.sh and its kin stand in the project; what they do is known.
        faults.of_script(walker, state, program.arguments[0].text, program.place, by_shell=program.by_shell)
    if program.name in wrappers.BRING_VARIABLES:
        walker.expander.open_environment = True
    above = program.above
    if wrapped.mode != "exec":
        above = (*above, Link(wrapped.mode, program.name, place=program.place))
    for name, value in wrapped.assignments:
        state.variables[name] = Variable(value.text, value.reads, Place(value.at or program.place.span))
        state.exported.add(name)
    if wrapped.cwd and not walker.holes.has(wrapped.cwd):
        state.cwd = posixpath.normpath(posixpath.join(state.cwd, wrapped.cwd))
    if wrapped.text is not None:
        # The shell of the user that su changes to: bash for root, of whom most images' users are copies.
        run_text(walker, state, program, wrapped.text, (), Link("bash", "su -c"), above)
        return True
    if not runners.follow_script_name(walker, state, replace(program, arguments=wrapped.arguments, above=above)):
        start(walker, state, replace(program, arguments=wrapped.arguments, above=above))
    return True


def _shell(walker: Walker, state: State, program: Program) -> bool:
    """`sh -c text`, `bash script args`, `sh -ex script`."""
    if not files.is_shell(program.arguments[0].text):
        return False
    rest, command = list(program.arguments[1:]), False
    while rest and rest[0].text[:1] in "-+" and rest[0].text not in ("-", "--"):
        option = rest.pop(0).text
        if option.startswith("--"):
            if option in ("--rcfile", "--init-file") and rest:
                rest.pop(0)
            continue
        command = command or "c" in option
        if option.endswith("o") and rest:
            rest.pop(0)
    if rest and rest[0].text in ("-", "--"):
        rest.pop(0)
    if not rest:
        record(walker, state, program)
        return True
    link = Link(kind_of(walker, program.arguments[0].text), program.name)
    if command:
        run_text(walker, state, program, rest[0], tuple(rest[1:]), link, program.above)
        return True
    return _named_script(walker, state, program, rest, link)


def _named_script(walker: Walker, state: State, program: Program, rest: list[Argument], link: Link) -> bool:
    source = files.find(walker, state, rest[0].text, search=True)
    if source is None:
        faults.missing(walker, state, rest[0].text, program.place)
        _give_up(walker, state, program, rest)
        return True
    run_script(walker, state, program, source, (rest[0], *rest[1:]), link)
    return True


def _script(walker: Walker, state: State, program: Program) -> bool:
    """A file of the project that is started by its name."""
    name = program.arguments[0].text
    source = files.find(walker, state, name)
    if source is None:
        if faults.missing(walker, state, name, program.place) or name.endswith((".sh", ".bash")):
            _give_up(walker, state, program, list(program.arguments))
            return True
        return False
    words = files.interpreter(source)
    faults.of_script(walker, state, name, program.place, by_shell=program.by_shell)
    if words and not files.is_shell(words[0]):
        first = tuple(Argument(word, word, at=program.arguments[0].at) for word in words)
        if longrunning.is_python(words[0]):
            record(walker, state, replace(program, arguments=(*first, *program.arguments)))
            return True
        return _embedded(walker, state, program, words)
    if not words and not files.looks_like_shell(source):
        return False
    kind = kind_of(walker, words[0] if words else "sh")
    link = Link(kind, posixpath.basename(words[0]) if words else "sh")
    run_script(walker, state, program, source, program.arguments, link)
    return True


def _embedded(walker: Walker, state: State, program: Program, words: tuple[str, ...]) -> bool:
    """A script whose first line names a wrapper: `#!/usr/bin/with-contenv bash`, `#!/usr/bin/dumb-init /bin/sh`."""
    if len(words) < 2:
        return False
    first = tuple(Argument(word, word, at=program.arguments[0].at) for word in words)
    start(walker, state, replace(program, arguments=(*first, *program.arguments)))
    return True


def _give_up(walker: Walker, state: State, program: Program, rest: list[Argument]) -> None:
    """A script that cannot be read: itself a step, and where its words name a server, perhaps that one."""
    record(walker, state, program)
    name = walker.holes.raw(rest[0].text)
    walker.unknown(f"`{name}` is not among the files of the project, so what it runs is not known", state)
    if len(rest) > 1:
        first = posixpath.basename(rest[1].text)
        known = first in longrunning.APP_SERVERS or files.is_shell(first) or longrunning.is_python(first)
        if known or first in ("flask", "celery"):
            state.sure = False
            above = (*program.above, Link("opaque", posixpath.basename(name), place=program.place))
            start(walker, state, replace(program, arguments=tuple(rest[1:]), above=above))
