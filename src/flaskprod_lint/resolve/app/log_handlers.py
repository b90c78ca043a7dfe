"""Which logging handlers the app adds while it loads, to which logger, and where they write."""

from __future__ import annotations

import ast
import configparser
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from flaskprod_lint.model import LogHandler, Unknown
from flaskprod_lint.resolve.context import Context
from flaskprod_lint.resolve.interpreter.paths import path_text
from flaskprod_lint.resolve.interpreter.values import Event, External, Instance, Value
from flaskprod_lint.source import Place

#: The logger of the Flask app: its name is the app's, which matters to nobody.
FLASK = "app"

#: What Flask itself adds to its logger when nothing else handles its records.
FLASK_HANDLER = "Flask's own handler"

_FILE_HANDLERS = {
    "FileHandler",
    "RotatingFileHandler",
    "TimedRotatingFileHandler",
    "WatchedFileHandler",
    "BaseRotatingHandler",
    "ConcurrentRotatingFileHandler",
    "ConcurrentTimedRotatingFileHandler",
}
_STREAMS = ("/dev/stdout", "/dev/stderr", "/dev/fd/1", "/dev/fd/2", "/dev/tty")
_STREAM_HANDLERS = {"StreamHandler", "RichHandler", "StdoutHandler"}


@dataclass(slots=True)
class _Collector:
    context: Context
    found: list[LogHandler] = field(default_factory=list)
    flask_logger_at: Place | None = None
    flask_handler: bool = True

    def add(self, handler: LogHandler | None) -> None:
        if handler is not None and handler not in self.found:
            self.found.append(handler)

    def first_use_of_flask_logger(self, event: Event) -> None:
        """Flask adds its own handler when its logger is first used, unless the root logger has one by then."""
        if self.flask_logger_at is None:
            self.flask_logger_at = Place(event.at, "app.logger is used for the first time")
            self.flask_handler = not self._root_is_handled()

    def close(self) -> list[LogHandler]:
        own = self.flask_handler if self.flask_logger_at else not self._root_is_handled()
        if own:
            self.found.append(LogHandler(FLASK_HANDLER, "-", Place(None, FLASK_HANDLER), FLASK))
        return self.found

    def _root_is_handled(self) -> bool:
        return any(handler.logger == "" and handler.sure for handler in self.found)


def of_events(events: Iterable[Event], context: Context) -> list[LogHandler]:
    """The handlers that are in place once the app is loaded, Flask's own included."""
    collector = _Collector(context)
    for event in events:
        if event.callee.startswith("flask.Flask.logger"):
            collector.first_use_of_flask_logger(event)
        for handler in _handlers(event, collector):
            collector.add(handler)
    return collector.close()


def _handlers(event: Event, collector: _Collector) -> Iterator[LogHandler | None]:
    name = event.callee.rpartition(".")[2]
    if event.callee.endswith(".addHandler"):
        yield from _added(event, event.args[:1])
    elif event.callee.endswith(".handlers.extend") or (event.kind == "set-attribute" and name == "handlers"):
        yield from _added(event, _items(event.args[0]) if event.args else ())
    elif event.callee == "logging.basicConfig":
        yield from _basic_config(event, collector)
    elif event.callee in ("logging.config.dictConfig", "logging.dictConfig") and event.args:
        yield from _dict_config(event.args[0], event)
    elif event.callee in ("logging.config.fileConfig", "logging.fileConfig") and event.args:
        yield from _file_config(event, collector.context)
    elif event.callee == "loguru.logger.add" and event.args:
        yield _loguru(event)
    elif name in ("removeHandler", "clear") and event.callee.startswith("flask.Flask.logger"):
        collector.flask_handler = False


def _added(event: Event, handlers: Iterable[Value]) -> Iterator[LogHandler | None]:
    logger = FLASK if event.callee.startswith("flask.Flask.logger") else _logger(event.receiver, event.callee)
    for handler in handlers:
        if isinstance(handler.data, Instance):
            yield _of_instance(handler.data, logger, event)


def _of_instance(handler: Instance, logger: str, event: Event) -> LogHandler | None:
    kind = handler.callee.rpartition(".")[2]
    level = handler.kwargs.get("level")
    at = Place(handler.at or event.at, kind)
    if kind in _FILE_HANDLERS:
        name = handler.args[0] if handler.args else handler.kwargs.get("filename")
        return LogHandler(kind, _destination(name), at, logger, _level(level), event.sure)
    if kind in _STREAM_HANDLERS:
        return LogHandler(kind, "-", at, logger, _level(level), event.sure)
    return None


def _logger(receiver: Value | None, callee: str) -> str:
    """The name of the logger that a method is called on: "" for the root."""
    data = receiver.data if receiver else None
    if callee.startswith("logging.root."):
        return ""
    if isinstance(data, Instance) and data.callee.endswith("getLogger"):
        name = data.args[0] if data.args else data.kwargs.get("name")
        text = name.data if name else None
        return text if isinstance(text, str) and text != "root" else "" if text in (None, "root") else "?"
    return "?"


def _destination(name: Value | None) -> str | Unknown:
    data = (path_text(name) or name.data) if name else None
    if isinstance(data, str):
        return "-" if is_stream(data) else data
    return data if isinstance(data, Unknown) else Unknown("the file's name", name.at if name else None)


def is_stream(path: str) -> bool:
    """Whether a path is one of the process's own streams."""
    return path in _STREAMS or (path.startswith("/proc/") and path.endswith(("/fd/1", "/fd/2")))


def _level(level: Value | None) -> str | None:
    data = level.data if level else None
    if isinstance(data, External):
        return data.path.rpartition(".")[2]
    return data if isinstance(data, str) else None


def _items(value: Value) -> tuple[Value, ...]:
    return tuple(value.data) if isinstance(value.data, (list, tuple)) else ()


def _basic_config(event: Event, collector: _Collector) -> Iterator[LogHandler | None]:
    """basicConfig does nothing when the root logger has a handler, unless it is forced."""
    force = event.kwargs.get("force")
    if collector._root_is_handled() and not (force and force.data is True):
        return
    level = _level(event.kwargs.get("level"))
    at = Place(event.at, "basicConfig")
    if "filename" in event.kwargs and event.kwargs["filename"].data is not None:
        yield LogHandler("basicConfig", _destination(event.kwargs["filename"]), at, "", level, event.sure)
    elif "handlers" in event.kwargs:
        for handler in _items(event.kwargs["handlers"]):
            if isinstance(handler.data, Instance):
                yield _of_instance(handler.data, "", event)
    else:
        yield LogHandler("basicConfig", "-", at, "", level, event.sure)


def _dict_config(config: Value, event: Event) -> Iterator[LogHandler]:
    handlers = _mapping(_mapping(config).get("handlers"))
    loggers: dict[str, Mapping[object, Value]] = {"": _mapping(_mapping(config).get("root"))}
    for name, logger in _mapping(_mapping(config).get("loggers")).items():
        loggers["" if name in ("", "root") else str(name)] = _mapping(logger)
    for name, described in loggers.items():
        for reference in _items(described["handlers"]) if "handlers" in described else ():
            definition = handlers.get(reference.data) if isinstance(reference.data, str) else None
            handler = _described(definition, name, event) if definition else None
            if handler is not None:
                yield handler


def _described(described: Value, logger: str, event: Event) -> LogHandler | None:
    fields = _mapping(described)
    kind = _class_name(fields.get("class") or fields.get("()"))
    at = Place(described.at or event.at, kind)
    if "filename" in fields:
        name = fields["filename"]
        return LogHandler(kind, _destination(name), Place(name.at or at.span, kind), logger, None, event.sure)
    if kind in _STREAM_HANDLERS or kind.endswith("StreamHandler"):
        return LogHandler(kind, "-", at, logger, None, event.sure)
    return None


def _class_name(value: Value | None) -> str:
    data = value.data if value else None
    path = data.path if isinstance(data, External) else data
    return path.rpartition(".")[2] if isinstance(path, str) else "handler"


def _mapping(value: Value | None) -> Mapping[object, Value]:
    return value.data if value and isinstance(value.data, dict) else {}


def _loguru(event: Event) -> LogHandler:
    sink = event.args[0]
    if isinstance(sink.data, (str, Unknown)):
        return LogHandler("loguru", _destination(sink), Place(event.at, "loguru sink"), "loguru", None, event.sure)
    return LogHandler("loguru", "-", Place(event.at, "loguru sink"), "loguru", None, event.sure)


def _file_config(event: Event, context: Context) -> Iterator[LogHandler]:
    name = event.args[0].data
    path = context.tree.locate(name, context.cwd) if isinstance(name, str) else None
    source = context.project.read(path) if isinstance(path, str) else None
    if source is None:
        return
    parser = configparser.RawConfigParser()
    try:
        parser.read_string(source.text)
    except configparser.Error:
        context.project.problem("not read as a logging configuration", source.line_span(1))
        return
    for section in parser.sections():
        if section.startswith("logger_"):
            yield from _section_handlers(parser, section, source.path, event)


def _section_handlers(
    parser: configparser.RawConfigParser, section: str, path: str, event: Event
) -> Iterator[LogHandler]:
    logger = "" if section == "logger_root" else parser.get(section, "qualname", fallback=section[7:])
    for name in parser.get(section, "handlers", fallback="").split(","):
        handler = "handler_" + name.strip()
        kind = parser.get(handler, "class", fallback="").rpartition(".")[2]
        if kind in _FILE_HANDLERS:
            destination = _first_argument(parser.get(handler, "args", fallback="()"))
            note = f"[{handler}] of {path}"
            yield LogHandler(kind, destination, Place(event.at, note), logger, None, event.sure)
        elif kind in _STREAM_HANDLERS:
            yield LogHandler(kind, "-", Place(event.at, kind), logger, None, event.sure)


def _first_argument(args: str) -> str | Unknown:
    try:
        value = ast.literal_eval(args)
    except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError):
        return Unknown("the arguments of a handler")
    first = value[0] if isinstance(value, tuple) and value else value
    return ("-" if is_stream(first) else first) if isinstance(first, str) else Unknown("the file's name")
