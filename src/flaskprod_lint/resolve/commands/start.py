"""What a shell does with the words of a simple command: a function, a builtin, or an outside program."""

from __future__ import annotations

from flaskprod_lint.resolve.commands import builtins, programs
from flaskprod_lint.resolve.commands.calls import Call
from flaskprod_lint.resolve.commands.state import YES, Argument, State
from flaskprod_lint.resolve.commands.walk import MAX_DEPTH, Walker


def command(walker: Walker, state: State, call: Call) -> None:
    """Run a simple command."""
    name = call.arguments[0].text
    if name in state.functions:
        _function(walker, state, call)
    elif builtins.run(walker, state, call):
        for variable, text, reads in call.assignments:
            if name in builtins.SPECIAL:
                state.assign(variable, text, reads, state.place(call.start, call.end))
    else:
        programs.from_shell(walker, state, call)


def _function(walker: Walker, state: State, call: Call) -> None:
    if state.depth >= MAX_DEPTH:
        return
    function, script = state.functions[call.arguments[0].text]
    positional, outer = state.positional, state.script
    saved = {name: state.variables.get(name) for name, _, _ in call.assignments}
    for name, text, reads in call.assignments:
        state.assign(name, text, reads, state.place(call.start, call.end))
        state.exported.add(name)
    state.positional, state.script, state.depth = call.arguments[1:], script, state.depth + 1
    state.status, doubt = YES, state.doubt
    walker.run(state, function.body)
    state.doubt = doubt
    state.positional, state.script, state.depth = positional, outer, state.depth - 1
    for name, variable in saved.items():
        if variable is not None:
            state.variables[name] = variable
        else:
            state.variables.pop(name, None)
    if state.ended == "return":
        state.ended = ""


def exec_arguments(arguments: tuple[Argument, ...]) -> tuple[Argument, ...]:
    """What `exec` starts, without its own options."""
    rest = list(arguments[1:])
    while rest and rest[0].text in ("-a", "-c", "-l", "--"):
        rest = rest[2:] if rest[0].text == "-a" else rest[1:]
    return tuple(rest)
