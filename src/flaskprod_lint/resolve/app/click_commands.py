"""Commands that the project defines with Click or Typer, and the servers they start: `shop serve`."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping, Sequence

from flaskprod_lint.model import Step, Unknown
from flaskprod_lint.resolve.app import loading
from flaskprod_lint.resolve.database import upgrades
from flaskprod_lint.resolve.interpreter.values import Event, Function, Instance, Value
from flaskprod_lint.resolve.servers.step_words import Word, words_of
from flaskprod_lint.source import is_number


def served(loaded: loading.Loaded, step: Step, serving: Mapping[str, str]) -> tuple[str, Event] | None:
    """The server that the command on the command line starts, and the call that starts it; None when none does."""
    words = words_of(step, len(step.argv) - len(loading.arguments(step)))
    found = _command(words, loaded)
    if found is None:
        return None
    function, rest = found
    events = loaded.once(("click command", function.name), lambda: _events(function, rest, loaded))
    event = next((one for one in events if one.kind == "call" and one.callee in serving), None)
    return (serving[event.callee], event) if event is not None else None


def _events(function: Function, words: Sequence[Word], loaded: loading.Loaded) -> list[Event]:
    """What running a command does."""
    before = len(loaded.events)
    given = {name: _given(name, option, words) for name, option in _options(function, loaded.events)}
    loaded.machine.call(Value(function), (), given)
    return loaded.events[before:]


def _command(words: Sequence[Word], loaded: loading.Loaded) -> tuple[Function, Sequence[Word]] | None:
    """The function that a word of the command line names, and the words after it."""
    commands = dict(_commands(loaded))
    for index, word in enumerate(words):
        if word.text in commands:
            return commands[word.text], words[index + 1 :]
    return None


def _commands(loaded: loading.Loaded) -> Iterator[tuple[str, Function]]:
    for value in loaded.module.names.values() if loaded.module is not None else ():
        if isinstance(value.data, Function) and not isinstance(value.data.node, ast.Lambda):
            for name in upgrades.command_names(value.data.node):
                yield name, value.data


def _options(function: Function, events: Sequence[Event]) -> Iterator[tuple[str, Instance]]:
    """The parameters that options of Click give the function, each with its option."""
    parameters = [parameter.arg for parameter in (*function.node.args.args, *function.node.args.kwonlyargs)]
    for event in events:
        made = event.receiver.data if event.receiver is not None else None
        if event.kind != "decorate" or not event.callee.startswith("click.") or not isinstance(made, Instance):
            continue
        if any(value.data is function for value in event.args):
            names = [_parameter(flag) for flag in _flags(made)]
            yield from ((name, made) for name in names if name in parameters)


def _flags(option: Instance) -> list[str]:
    return [part for value in option.args if isinstance(value.data, str) for part in value.data.split("/")]


def _parameter(flag: str) -> str:
    return flag.lstrip("-").replace("-", "_").lower()


def _given(name: str, option: Instance, words: Sequence[Word]) -> Value:
    """The value of an option: from the command line, else its default."""
    flags = _flags(option)
    switch = option.kwargs.get("is_flag")
    for index, word in enumerate(words):
        flag, equals, text = word.text.partition("=")
        if flag not in flags:
            continue
        if (switch is not None and switch.data) or (len(flags) > 1 and "/" in str(option.args[-1].data)):
            return Value(not flag.startswith("--no-"), word.span)
        if equals:
            return _typed(text, word, option)
        if index + 1 < len(words):
            return _typed(words[index + 1].text, words[index + 1], option)
    if "default" in option.kwargs:
        return option.kwargs["default"]
    return Value(False if switch is not None and switch.data else None, option.at)


def _typed(text: str, word: Word, option: Instance) -> Value:
    """What Click makes of a text: a number where the option's type or default is one."""
    kind, default = option.kwargs.get("type"), option.kwargs.get("default")
    number = (kind is not None and "int" in str(getattr(kind.data, "path", "")).lower()) or (
        kind is None and default is not None and type(default.data) is int
    )
    if word.unknown is not None:
        return Value(word.unknown, word.span, word.reads)
    if number:
        return Value(int(text) if is_number(text) else Unknown("no number", word.span), word.span, word.reads)
    return Value(text, word.span, word.reads)
