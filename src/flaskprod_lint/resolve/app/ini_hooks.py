"""configparser: the sections of the project's files that a parser has read, with the methods that ask for them."""

from __future__ import annotations

import configparser
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

from flaskprod_lint.model import Unknown
from flaskprod_lint.resolve.app import data_hooks
from flaskprod_lint.resolve.interpreter.contents import FoldedEntries as Section
from flaskprod_lint.resolve.interpreter.paths import path_text
from flaskprod_lint.resolve.interpreter.values import Event, External, Instance, Items, Object, Value, as_value
from flaskprod_lint.source import Source, Span

if TYPE_CHECKING:
    from flaskprod_lint.resolve.interpreter.machine import Interpreter

_PARSERS = ("configparser.ConfigParser", "configparser.RawConfigParser", "configparser.SafeConfigParser")
_TYPES = {"getint": int, "getfloat": float, "getboolean": None}
#: Where a parser keeps the texts that it has read.
_TEXTS = "texts"


def call(event: Event, machine: Interpreter) -> Value | None:
    """The result of a method of a ConfigParser; None for any other call."""
    made = event.receiver.data if event.receiver is not None else None
    if event.kind != "call" or not isinstance(made, Instance) or made.callee not in _PARSERS:
        return None
    method = event.callee.removeprefix(f"{made.callee}.")
    if method in ("read", "read_file", "readfp", "read_string"):
        return _read(method, made, event, machine)
    if (_TEXTS, "") not in made.items:
        return None
    if method == "get" or method in _TYPES:
        return _get(method, made, event)
    if method == "items" and event.args:
        section = made.items.get(("", event.args[0].data))
        pairs = section.data.items() if section is not None and isinstance(section.data, dict) else None
        return (
            Value(Items(Value((as_value(name), one)) for name, one in pairs), event.at) if pairs is not None else None
        )
    if method == "sections":
        names = [str(key) for path, key in made.items if path == "" and key != "DEFAULT"]
        return as_value(names, event.at)
    if method in ("has_section", "has_option"):
        return Value(_has(made, event), event.at)
    return None


def _has(made: Instance, event: Event) -> object:
    """Whether a section, or an option of it, is there; Unknown where a file was read that is not the project's."""
    hole = next((one.data for (path, _), one in made.items.items() if path == "" and not one.known), None)
    section = made.items.get(("", event.args[0].data)) if event.args else None
    if hole is not None:
        return hole
    if section is None or event.callee.endswith("has_section"):
        return section is not None
    return isinstance(section.data, dict) and len(event.args) > 1 and event.args[1].data in section.data


def _get(method: str, made: Instance, event: Event) -> Value | None:
    """`parser.getint("section", "option", fallback=3)`; None for what is not there, which may be read at run time."""
    names = [one.data for one in (*event.args, *(event.kwargs[k] for k in ("section", "option") if k in event.kwargs))]
    section = made.items.get(("", names[0])) if len(names) > 1 else None
    found = section.data.get(names[1]) if section is not None and isinstance(section.data, dict) else None
    if found is None:
        return event.kwargs.get("fallback")
    return typed(method, found, event.at)


def typed(method: str, value: Value, at: Span) -> Value:
    """A text as `getint` and its kin give it."""
    if method not in _TYPES or not isinstance(value.data, str):
        return value
    try:
        states = configparser.ConfigParser.BOOLEAN_STATES
        data: object = states[value.data.lower()] if method == "getboolean" else _TYPES[method](value.data)  # type: ignore[misc]
    except (ValueError, KeyError):
        data = Unknown("a text that cannot be converted", at)
    return replace(value, data=data)


def _read(method: str, made: Instance, event: Event, machine: Interpreter) -> Value:
    """Add files to what a parser has read; one that the project does not have may be there in production."""
    given = next(iter((*event.args, *event.kwargs.values())), Value(Unknown("a file", event.at)))
    before = made.items.get((_TEXTS, ""), Value(()))
    texts: list[Value] = list(before.data) if isinstance(before.data, tuple) else []
    rows = list(given.data) if isinstance(given.data, (list, tuple)) and method == "read" else [given]
    texts += [Value(one.data, one.at) if method == "read_string" else _source(one, machine) for one in rows]
    if isinstance(given.data, Items) and given.data.hole is not None:
        texts.append(Value(given.data.hole, given.at))
    machine.journal.write(made.items, (_TEXTS, ""), Value(tuple(texts)))
    for name, section in _sections(made, [text.data for text in texts]).items():
        machine.journal.write(made.items, ("", name), Value(section, event.at))
    return Value(Items(), event.at)


def _source(given: Value, machine: Interpreter) -> Value:
    path = path_text(given) or given.data
    if isinstance(given.data, Instance):
        path = data_hooks.opened(given) or path
    found = machine.locate(path) if isinstance(path, str) else None
    source = machine.context.project.read(found) if found and found in machine.context.project else None
    if source is not None:
        return Value(source)
    closed = isinstance(path, str) and not machine.context.open_environment
    return Value(None if closed else Unknown("a file that is not among the project's", given.at), given.at)


def _sections(made: Instance, texts: Sequence[object]) -> Mapping[str, Section | Unknown]:
    """Every section that a parser has after reading these, with what it has of its defaults."""
    hole = next((text for text in texts if isinstance(text, Unknown)), None)
    sources = [Source("", text) if isinstance(text, str) else text for text in texts if isinstance(text, (str, Source))]
    found = of_sources(sources, made)
    if hole is not None:
        return dict.fromkeys(found, hole) if isinstance(found, dict) else {}
    interpolation = made.kwargs.get("interpolation")
    if interpolation is not None and isinstance(interpolation.data, Object):
        reason = f"the project's own {interpolation.data.cls.name} completes what {{0}} has"
        return {name: _rewritten(section, reason.format(f"[{name}]")) for name, section in found.items()}
    return found


def _rewritten(section: Section | Unknown, reason: str) -> Section | Unknown:
    """A section whose texts are not what its methods give: code of the project is asked for each."""
    if isinstance(section, Unknown):
        return section
    values = {option: replace(value, data=Unknown(reason, value.at)) for option, value in section.items()}
    return Section(values, fold=section.fold, converters=section.converters)


def of_sources(sources: Sequence[Source], made: Instance | None = None) -> Mapping[str, Section | Unknown]:
    """The sections of ini files that one parser reads, later files over earlier ones."""
    options = _options(made) if made is not None else {}
    parser = configparser.ConfigParser(**options) if options is not None else None
    if parser is None:
        return {}
    if made is not None and "optionxform" in made.members:
        parser.optionxform = str  # type: ignore[assignment,method-assign]
    try:
        for source in sources:
            parser.read_string(source.text)
    except (configparser.Error, TypeError, ValueError):
        return {}
    return {name: _section(parser, name, sources) for name in (*parser.sections(), "DEFAULT")}


def _options(made: Instance) -> dict[str, Any] | None:
    """The keyword arguments of a parser; None when they are beyond what is followed."""
    if made.args:
        return None
    options = {name: value.plain() for name, value in made.kwargs.items() if name != "interpolation"}
    interpolation = made.kwargs.get("interpolation")
    if made.callee.endswith("RawConfigParser"):
        options["interpolation"] = None
    elif interpolation is not None:
        kind = interpolation.data
        extended = isinstance(kind, (Instance, External)) and "Extended" in getattr(kind, "callee", "")
        options["interpolation"] = configparser.ExtendedInterpolation() if extended else None
    return None if any(isinstance(one, Unknown) for one in options.values()) else options


def _section(parser: configparser.ConfigParser, name: str, sources: Sequence[Source]) -> Section:
    found: dict[object, Value] = {}
    for option in parser.defaults() if name == "DEFAULT" else parser.options(name):
        at = _line_of(option, name, sources)
        try:
            found[option] = Value(parser.get(name, option), at)
        except configparser.Error:
            found[option] = Value(Unknown("a value that other values complete", at), at)
    return Section(found, fold=parser.optionxform, converters={name: partial(typed, name) for name in _TYPES})


def _line_of(option: str, section: str, sources: Sequence[Source]) -> Span | None:
    """Where an option stands: in its section of the last file that has it, else among the defaults."""
    for wanted in (section, "DEFAULT"):
        for source in reversed(sources):
            current = ""
            for number, line in enumerate(source.lines, 1):
                header = re.match(r"\[([^\]]+)\]", line)
                current = header[1] if header else current
                named = re.match(r"\s*([^=:#;]+?)\s*[=:]", line)
                if source.path and current == wanted and named and named[1].lower() == option.lower():
                    return source.line_span(number)
    return None
