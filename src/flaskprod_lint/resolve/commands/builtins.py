"""The shell's builtins, as far as they change what runs."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable
from dataclasses import replace

from flaskprod_lint.inputs import shell
from flaskprod_lint.patterns import regex
from flaskprod_lint.resolve.commands.calls import Call
from flaskprod_lint.resolve.commands.state import LIKELY, NO, UNSURE, YES, Argument, State, Variable
from flaskprod_lint.resolve.commands.walk import MAX_DEPTH, Walker
from flaskprod_lint.source import is_number

Builtin = Callable[[Walker, State, Call], None]

#: Builtins before which an assignment stays.
SPECIAL = frozenset({"export", "readonly", "set", "unset", "eval", ".", "source", ":", "exit", "return", "trap"})
#: More arguments than this are not kept.
MAX_ARGUMENTS = 500
_NAME = regex(r"[A-Za-z_]\w*")
#: Builtins that change nothing that we follow.
_QUIET = frozenset(
    {"echo", "printf", ":", "true", "umask", "ulimit", "alias", "unalias", "shopt", "hash", "type", "kill", "let"}
    | {"jobs", "disown", "enable", "bind", "complete", "times", "logout", "history", "fg", "bg", "caller", "help"}
)


def run(walker: Walker, state: State, call: Call) -> bool:
    """Run a builtin; False when the command is none."""
    name = call.arguments[0].text
    if name in _QUIET:
        state.status = YES
        return True
    builtin = _BUILTINS.get(name)
    if builtin is None:
        return False
    state.status = YES
    builtin(walker, state, call)
    return True


def _texts(call: Call) -> list[str]:
    return [argument.text for argument in call.arguments[1:]]


def _cd(walker: Walker, state: State, call: Call) -> None:
    folders = [text for text in _texts(call) if text not in ("-P", "-L", "--", "-e")]
    target = folders[0] if folders else "~"
    if walker.holes.has(target) or walker.holes.has(state.cwd) or target in ("~", "-"):
        if target.startswith("/") and not walker.holes.has(target):
            state.cwd = posixpath.normpath(target)
        elif target != "~":
            state.cwd = walker.hole("the folder is known at run time only", target)
        return
    state.cwd = posixpath.normpath(posixpath.join(state.cwd, target))
    state.status = YES


def _export(walker: Walker, state: State, call: Call) -> None:
    removes = "-n" in _texts(call)
    for argument in call.arguments[1:]:
        if argument.text.startswith("-"):
            continue
        name = _declare_one(state, call, argument)
        if removes:
            state.exported.discard(name)
        else:
            state.exported.add(name)


def _declare(walker: Walker, state: State, call: Call) -> None:
    options = [text for text in _texts(call) if text.startswith("-")]
    exports = any("x" in option for option in options)
    for argument, word in zip(call.arguments[1:], call.node.words[1:] if call.node else (), strict=False):
        if argument.text.startswith("-"):
            continue
        array = re.match(r"([A-Za-z_]\w*)(\+?)=\((.*)\)$", word.raw, re.DOTALL)
        if array:
            items = shell.parse(f"x {array.group(3)}", None).body.items
            words = items[0].words[1:] if items and isinstance(items[0], shell.SimpleCommand) else ()
            fields = tuple(field for inner in words for field in walker.expander.fields(state, inner))
            state.arrays[array.group(1)] = fields
            continue
        name = _declare_one(state, call, argument)
        if exports:
            state.exported.add(name)


def _declare_one(state: State, call: Call, argument: Argument) -> str:
    name, equals, value = argument.text.partition("=")
    if equals and name.endswith("+"):
        name = name[:-1]
        before = state.variables.get(name)
        value = (before.text if before else "") + value
    if equals and _NAME.fullmatch(name):
        state.assign(name, value, argument.reads, state.place(call.start, call.end))
    return name


def _unset(walker: Walker, state: State, call: Call) -> None:
    for name in _texts(call):
        state.variables.pop(name, None)
        state.arrays.pop(name, None)
        if not name.startswith("-"):
            state.variables[name] = Variable("", origin=state.place(call.start, call.end), removed=True)
            state.exported.discard(name)


def _set(walker: Walker, state: State, call: Call) -> None:
    rest = list(call.arguments[1:])
    while rest and rest[0].text[:1] in "+-" and rest[0].text not in ("--", "-", ""):
        option = rest.pop(0).text
        if "a" in option[1:] or (option.endswith("o") and rest and rest[0].text == "allexport"):
            state.export_all = option[0] == "-"
        if option.endswith("o") and rest:
            rest.pop(0)
    if rest and rest[0].text == "--":
        state.positional = tuple(rest[1:][:MAX_ARGUMENTS])
    elif rest:
        state.positional = tuple(rest[:MAX_ARGUMENTS])


def _shift(walker: Walker, state: State, call: Call) -> None:
    texts = _texts(call)
    count = int(texts[0]) if texts and is_number(texts[0]) else 1
    if count > len(state.positional):
        state.status = NO
        return
    state.positional = state.positional[count:]


def _source(walker: Walker, state: State, call: Call) -> None:
    from flaskprod_lint.resolve.commands import files

    if len(call.arguments) < 2 or state.depth >= MAX_DEPTH:
        return
    source = files.find(walker, state, call.arguments[1].text, search=True)
    if source is None:
        state.status = LIKELY
        name = call.arguments[1].text.rpartition("/")[2]
        if name not in ("activate", "profile", "bashrc", ".bashrc", ".profile"):
            written = walker.holes.raw(call.arguments[1].text)
            walker.unknown(f"`{written}` is sourced, and it is not in the project", state)
            walker.expander.open_environment = True
        return
    positional, state.depth = state.positional, state.depth + 1
    state.positional = call.arguments[2:] or positional
    walker.script(state, walker.parsed(source))
    state.positional, state.depth = positional, state.depth - 1
    if state.ended == "return":
        state.ended = ""


def _eval(walker: Walker, state: State, call: Call) -> None:
    text = " ".join(_texts(call))
    if not text or state.depth >= MAX_DEPTH:
        return
    here, state.depth = state.here, state.depth + 1
    state.here = state.place(call.start, call.end)
    walker.script(state, shell.parse(text))
    state.here, state.depth = here, state.depth - 1


def _exit(walker: Walker, state: State, call: Call) -> None:
    code = next(iter(_texts(call)), None)
    failed = code is not None and code != "0"
    state.ended = "failure" if failed or (code is None and state.status in (NO,)) else "exit"


def _return(walker: Walker, state: State, call: Call) -> None:
    code = next(iter(_texts(call)), None)
    if code is not None:
        state.status = YES if code == "0" else UNSURE if walker.holes.has(code) else NO
    state.ended = "return"


def _trap(walker: Walker, state: State, call: Call) -> None:
    texts = [text for text in _texts(call) if text not in ("--",)]
    if len(texts) >= 2 and any(name in ("TERM", "SIGTERM", "15") for name in texts[1:]):
        body = "" if texts[0] == "-" else texts[0]
        if body in state.functions:
            function, script = state.functions[body]
            body = script.text[function.start - script.offset : function.end - script.offset]
        state.shell = replace(state.shell, trap=body)


def _wait(walker: Walker, state: State, call: Call) -> None:
    state.status = LIKELY


def _exec(walker: Walker, state: State, call: Call) -> None:
    from flaskprod_lint.resolve.commands import programs, start

    arguments = start.exec_arguments(call.arguments)
    if arguments:
        programs.from_shell(walker, state, replace(call, arguments=arguments, replaces=True, may_replace=False))
        state.ended = "exec"


def _command(walker: Walker, state: State, call: Call) -> None:
    from flaskprod_lint.resolve.commands import programs, start

    rest = call.arguments[1:]
    if rest and rest[0].text in ("-v", "-V"):
        state.status = UNSURE
        return
    if rest and rest[0].text in ("-p", "--"):
        rest = rest[1:]
    if not rest:
        return
    inner = replace(call, arguments=rest)
    if rest[0].text in state.functions:
        programs.from_shell(walker, state, inner)
    else:
        start.command(walker, state, inner)


def _test(walker: Walker, state: State, call: Call) -> None:
    words = _texts(call)
    if call.arguments[0].text == "[" and words and words[-1] == "]":
        words = words[:-1]
    state.status = walker.test(state, words)


def _false(walker: Walker, state: State, call: Call) -> None:
    state.status = NO


def _break(walker: Walker, state: State, call: Call) -> None:
    state.ended = call.arguments[0].text


def _read(walker: Walker, state: State, call: Call) -> None:
    for name in _texts(call):
        if _NAME.fullmatch(name):
            text = walker.hole(f"{name} is read from input", f"${name}", nonempty=False)
            state.assign(name, text, (), state.place(call.start, call.end))
    state.status = UNSURE


_BUILTINS: dict[str, Builtin] = {
    "cd": _cd,
    "pushd": _cd,
    "popd": lambda walker, state, call: None,
    "export": _export,
    "declare": _declare,
    "typeset": _declare,
    "local": _declare,
    "readonly": _declare,
    "unset": _unset,
    "set": _set,
    "shift": _shift,
    ".": _source,
    "source": _source,
    "eval": _eval,
    "exit": _exit,
    "return": _return,
    "trap": _trap,
    "wait": _wait,
    "exec": _exec,
    "command": _command,
    "builtin": _command,
    "test": _test,
    "[": _test,
    "false": _false,
    "break": _break,
    "continue": _break,
    "read": _read,
    "getopts": _read,
    "mapfile": _read,
    "readarray": _read,
}
