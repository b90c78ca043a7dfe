"""Logging set up as a whole: by a dict for dictConfig, or by an ini file for fileConfig."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator, Mapping

from flaskprod_lint.inputs import ini, yaml_tree
from flaskprod_lint.inputs.ini import Ini, Section
from flaskprod_lint.inputs.nodes import Node
from flaskprod_lint.inputs.python import literal
from flaskprod_lint.model import LogHandler, Unknown
from flaskprod_lint.patterns import regex
from flaskprod_lint.resolve.app.log_destinations import ELSEWHERE, class_name, is_stream, of_class
from flaskprod_lint.resolve.app.log_state import Loggers, number_of
from flaskprod_lint.resolve.context import Context
from flaskprod_lint.resolve.interpreter.paths import path_text
from flaskprod_lint.resolve.interpreter.values import Entries, Event, Instance, Items, Value
from flaskprod_lint.source import Located, Place

_PERCENT = regex(r"%\((\w+)\)s")
_LOADERS = frozenset(("yaml.safe_load", "yaml.load", "yaml.full_load", "json.load"))
#: A configuration of logging is no deeper than this: handlers, their fields, the items of a list.
_DEPTH = 6
_STDIO = regex(r"\bsys\.(stdout|stderr)\b")


# dictConfig


def apply_dict(given: Value, event: Event, context: Context, loggers: Loggers) -> None:
    """What dictConfig does with a dict: the loggers that it names lose the handlers they had."""
    config = _of_file(given, context) or given
    if not isinstance(config.data, dict):
        _add_unknown("what dictConfig is given", event, loggers)
        return
    handlers = _mapping(_mapping(config).get("handlers"))
    changes = _mapping(config).get("incremental")
    if changes is not None and changes.data is True:
        _apply_levels(config, event, loggers)
        return
    loggers.configure_anew(name for name, _ in _loggers(config))
    for name, described in _loggers(config):
        loggers.clear(name, sure=event.sure)
        for reference in _items(described.get("handlers")):
            definition = handlers.get(reference.data) if isinstance(reference.data, str) else None
            if definition is not None:
                loggers.add(name, _described(definition, event))
        propagates = described.get("propagate")
        loggers.get(name).propagates = propagates is None or bool(propagates.data)
    _apply_levels(config, event, loggers)


def _apply_levels(config: Value, event: Event, loggers: Loggers) -> None:
    """The levels of the loggers, which is all that an incremental configuration changes."""
    for name, described in _loggers(config):
        level = described.get("level")
        if level is not None:
            loggers.set_level(name, level, Place(event.at, "dictConfig"), sure=event.sure)


def _add_unknown(what: str, event: Event, loggers: Loggers) -> None:
    """Note on the root logger that it may have any handler."""
    place = Place(event.at, event.callee.rpartition(".")[2])
    loggers.add("", LogHandler(place.note, Unknown(what, event.at), place, "", None, sure=False))


def _of_file(config: Value, context: Context) -> Value | None:
    """What a YAML or JSON file of the project holds, where the code loads the configuration from one."""
    data = config.data
    if not isinstance(data, Instance) or data.callee not in _LOADERS or not data.args:
        return None
    opened = data.args[0].data
    name = opened.args[0] if isinstance(opened, Instance) and opened.callee == "builtins.open" and opened.args else None
    text = (path_text(name) or name.data) if name is not None else None
    path = context.tree.locate(text, context.cwd) if isinstance(text, str) else None
    documents = context.project.facts(path, yaml_tree.read) if isinstance(path, str) else None
    return _value(documents.root, 0) if documents is not None and documents.root is not None else None


def _value(node: Node, depth: int) -> Value:
    """A node of a file as a value, as far as a configuration of logging goes."""
    if node.is_mapping and depth < _DEPTH:
        entries = {entry.key.value: _value(entry.value, depth + 1) for entry in node.entries}
        return Value(Entries(entries), node.span)
    if node.is_sequence and depth < _DEPTH:
        return Value(Items(_value(item, depth + 1) for item in node.items), node.span)
    is_switch = node.plain and node.boolean is not None and not node.text.isdigit()
    return Value(None if node.is_null else node.boolean if is_switch else node.text, node.span)


def _loggers(config: Value) -> Iterator[tuple[str, Mapping[object, Value]]]:
    root = _mapping(config).get("root")
    for name, logger in _mapping(_mapping(config).get("loggers")).items():
        yield "" if name in ("", "root") else str(name), _mapping(logger)
    if root is not None:
        yield "", _mapping(root)


def _described(described: Value, event: Event) -> LogHandler:
    fields = _mapping(described)
    filename = fields.get("filename")
    kind, destination = of_class(class_name(fields.get("class") or fields.get("()")), filename)
    level = fields.get("level")
    span = (filename.at if filename is not None else None) or described.at or event.at
    number = number_of(level) if level is not None else None
    return LogHandler(kind, destination, Place(span, kind), "", _name(number), event.sure)


def _name(number: int | None) -> str | None:
    return logging.getLevelName(number) if number else None


def _mapping(value: Value | None) -> Mapping[object, Value]:
    return value.data if value is not None and isinstance(value.data, dict) else {}


def _items(value: Value | None) -> tuple[Value, ...]:
    return tuple(value.data) if value is not None and isinstance(value.data, (list, tuple)) else ()


# fileConfig


def apply_file(event: Event, context: Context, loggers: Loggers) -> None:
    """What fileConfig does with an ini file of the project."""
    given = event.args[0] if event.args else event.kwargs.get("fname")
    name = given.data if given is not None else None
    path = context.tree.locate(name, context.cwd) if isinstance(name, str) else None
    file = context.project.facts(path, ini.read_python) if isinstance(path, str) else None
    if file is None:
        _add_unknown("the file that fileConfig reads", event, loggers)
        return
    if file.problems and not file.sections:
        span = file.problems[0].place.span or event.at
        context.project.problem("not read as a logging configuration", span)
    defaults = event.argument(1, "defaults")
    found = [(key, section) for key in _keys(file, "loggers") if (section := file.section(f"logger_{key}")) is not None]
    loggers.configure_anew(_name_of(key, section) for key, section in found)
    for key, section in found:
        _apply_section(file, section, _name_of(key, section), event, loggers, _mapping(defaults))


def _name_of(key: str, section: Section) -> str:
    """The name of the logger that a section is about; the root's is empty."""
    qualified = section.get("qualname")
    return "" if key == "root" else qualified.value if qualified is not None else key


def _apply_section(
    file: Ini, section: Section, name: str, event: Event, loggers: Loggers, defaults: Mapping[object, Value]
) -> None:
    loggers.clear(name, sure=event.sure)
    for handler in _words(section.get("handlers")):
        described = file.section(f"handler_{handler}")
        if described is not None:
            loggers.add(name, _of_section(described, event, defaults))
    level, propagates = section.get("level"), section.get("propagate")
    if level is not None:
        loggers.set_level(name, Value(level.value, level.span), Place(level.span, file.path), sure=event.sure)
    loggers.get(name).propagates = propagates is None or propagates.value.strip() != "0"


def _of_section(section: Section, event: Event, defaults: Mapping[object, Value]) -> LogHandler:
    written = section.get("class")
    args = section.get("args")
    kind = written.value.strip() if written is not None else ""
    filename = _first_argument(args, section, defaults) if args is not None else None
    is_file = of_class(kind, None)[1] not in ("-", ELSEWHERE)
    name, destination = of_class(kind, filename if is_file else None)
    if not is_file and isinstance(destination, Unknown):
        destination = ELSEWHERE
    at = args.span if args is not None and is_file else section.name.span
    level = section.get("level")
    return LogHandler(name, destination, Place(at, name), "", level.value if level is not None else None, event.sure)


def _first_argument(args: Located[str], section: Section, defaults: Mapping[object, Value]) -> Value | None:
    """The first of a handler's arguments, with `%(name)s` filled in from the section and the defaults."""

    def known(found: re.Match[str]) -> str:
        own, given = section.get(found[1]), defaults.get(found[1])
        text = own.value if own is not None else given.data if given is not None else None
        return text if isinstance(text, str) else found[0]

    text = _PERCENT.sub(known, args.value)
    if _STDIO.search(text):
        return Value("/dev/stdout", args.span)
    value = literal(text)
    if value is None:
        return Value(Unknown("the arguments of a handler", args.span), args.span)
    first = value[0] if isinstance(value, tuple) and value else value
    if not isinstance(first, str) or _PERCENT.search(first):
        return Value(Unknown("the file's name", args.span), args.span)
    return Value("/dev/stdout" if is_stream(first) else first, args.span)


def _keys(file: Ini, name: str) -> list[str]:
    section = file.section(name)
    return _words(section.get("keys")) if section is not None else []


def _words(value: Located[str] | None) -> list[str]:
    return [word.strip() for word in value.value.split(",") if word.strip()] if value is not None else []
