"""What a script gets from its command line: `sys.argv`, and argparse's parsers given these words."""

from __future__ import annotations

import argparse
from dataclasses import replace
from typing import TYPE_CHECKING, Any, NoReturn

from flaskprod_lint.model import Step, Unknown
from flaskprod_lint.resolve.interpreter.values import Event, External, Instance, Items, Value
from flaskprod_lint.resolve.servers.step_words import Word, words_of

if TYPE_CHECKING:
    from flaskprod_lint.resolve.interpreter.machine import Interpreter

_PARSER = "argparse.ArgumentParser"
#: Methods after which a parser is more than its options: none of them is modelled.
_BEYOND = ("set_defaults", "add_subparsers", "parse_args", "parse_known_args")
_ACTIONS = ("store", "store_true", "store_false", "store_const", "append", "count", "version")
_FALLBACKS: dict[str, object] = {"store_true": False, "store_false": True}
_MOST_VALUES = 20


class _Refused(Exception):
    """argparse would stop the program here, or something about the parser is not known."""


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise _Refused


class CommandLine:
    """The words after the script's name, as the script sees them."""

    def __init__(self, step: Step, following: int) -> None:
        self._words = words_of(step, len(step.argv) - following)
        self._at = step.origin.span

    def argv(self, script: str) -> Value:
        """`sys.argv`."""
        return Value(Items([Value(script, self._at), *map(self._value, self._words)]), self._at)

    def call(self, event: Event, machine: Interpreter) -> Value | None:
        """The result of `parser.parse_args()`; None for any other call, and for a parser that is not wholly known."""
        method = event.callee.removeprefix(f"{_PARSER}.")
        if event.kind != "call" or method not in ("parse_args", "parse_known_args") or event.receiver is None:
            return None
        try:
            namespace = Value(self._parsed(event, machine), event.at)
        except (_Refused, argparse.ArgumentError, ValueError, TypeError, KeyError, AttributeError, IndexError):
            return None
        return namespace if method == "parse_args" else Value((namespace, Value(Items(), event.at)), event.at)

    def _parsed(self, event: Event, machine: Interpreter) -> Instance:
        if event.args or event.kwargs or any(word.is_only_a_variable and not word.reads for word in self._words):
            raise _Refused
        parser = _Parser(add_help=False, allow_abbrev=True)
        options = [(one, parser.add_argument(*_flags(one), **_specified(one))) for one in _options(event, machine)]
        given = vars(parser.parse_args([word.text for word in self._words]))
        made = Instance("argparse.Namespace", at=event.at)
        for option, action in options:
            value = self._result(given[action.dest], option) if action.dest in given else _default(option)
            made.members[action.dest] = _converted(value, option, machine)
        return made

    def _result(self, parsed: object, option: Event) -> Value:
        if isinstance(parsed, list):
            return Value(Items(self._result(one, option) for one in parsed), self._at)
        if not isinstance(parsed, str):
            return option.kwargs["const"] if parsed is None else Value(parsed, self._at)
        word = next((one for one in self._words if one.text == parsed or one.text.endswith(f"={parsed}")), None)
        return Value(parsed, self._at) if word is None else replace(self._value(word), data=_part(word, parsed))

    def _value(self, word: Word) -> Value:
        return Value(word.value(), word.span or self._at, word.reads)


def _part(word: Word, parsed: str) -> str | Unknown:
    return parsed if word.unknown is None else word.unknown


def _options(event: Event, machine: Interpreter) -> list[Event]:
    """The calls that give the only parser its options, in order."""
    calls = [one for one in machine.events if one.kind == "call" and one.callee.startswith(_PARSER)]
    made = [one for one in calls if one.callee == _PARSER]
    beyond = any(one.callee.rpartition(".")[2] in _BEYOND and one.at != event.at for one in calls)
    if len(made) != 1 or beyond or "parents" in made[0].kwargs or not all(one.sure for one in calls):
        raise _Refused
    return [one for one in calls if one.callee.endswith(".add_argument")]


def _flags(option: Event) -> list[str]:
    flags = [flag.data for flag in option.args if isinstance(flag.data, str)]
    if len(flags) < len(option.args):
        raise _Refused
    return flags


def _specified(option: Event) -> dict[str, Any]:
    """How argparse is to read an option; its default and its type are applied afterwards."""
    action = _action(option)
    found: dict[str, Any] = {"action": action, "default": argparse.SUPPRESS}
    for name in ("dest", "nargs", "required"):
        if name in option.kwargs:
            found[name] = option.kwargs[name].data
    if isinstance(found.get("nargs"), int) and found["nargs"] > _MOST_VALUES:
        raise _Refused
    if isinstance(found.get("nargs"), Unknown):
        raise _Refused
    if action == "store_const":
        found["const"] = None
    elif action == "version":
        found["version"] = ""
    return found


def _action(option: Event) -> Any:
    given = option.kwargs.get("action")
    if given is None:
        return "store"
    if isinstance(given.data, External) and given.data.path == "argparse.BooleanOptionalAction":
        return argparse.BooleanOptionalAction
    if given.data not in _ACTIONS:
        raise _Refused
    return given.data


def _default(option: Event) -> Value:
    fallback = _FALLBACKS.get(str(_action(option)))
    return option.kwargs.get("default") or Value(fallback, option.at)


def _converted(value: Value, option: Event, machine: Interpreter) -> Value:
    """The value after the option's `type`, which argparse applies to texts only."""
    kind = option.kwargs.get("type")
    if kind is None or not isinstance(value.data, (str, Unknown, Items)):
        return value
    if isinstance(value.data, Items):
        return replace(value, data=Items(_converted(one, option, machine) for one in value.data))
    return machine.call(kind, (value,), {}, option.at)
