"""Which logging handlers are in place once the app is loaded, on which logger, and where they write."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from dataclasses import field

from flaskprod_lint.model import LogHandler, Setting, Unknown
from flaskprod_lint.records import dataclass
from flaskprod_lint.resolve.app.log_destinations import identity_of, of_handler, of_name, of_stream
from flaskprod_lint.resolve.app.log_state import Loggers, number_of
from flaskprod_lint.resolve.app.loguru_sinks import Sinks
from flaskprod_lint.resolve.context import Context
from flaskprod_lint.resolve.interpreter.values import Event, Instance, Member, Value
from flaskprod_lint.source import Place

#: Functions of the logging module that set it up by themselves when nothing else has.
_IMPLICIT = frozenset(
    f"logging.{name}" for name in ("debug", "info", "warning", "warn", "error", "critical", "exception", "log")
)
_STRUCTLOG = ("PrintLoggerFactory", "WriteLoggerFactory", "BytesLoggerFactory")


@dataclass(frozen=True)
class Logging:
    """What the app's logging comes to: its handlers, and what sets the level of the app's records."""

    handlers: list[LogHandler]
    level: Setting | None = None


def of_events(events: Iterable[Event], context: Context) -> Logging:
    """The handlers that are in place once the app is loaded, Flask's own included."""
    events = list(events)
    run = _Run(context, Loggers(_name_of_app(events)))
    for event in events:
        run.follow(event)
    run.loggers.use_flask()
    below_debug = 0 < run.loggers.effective_level(run.loggers.flask) <= logging.DEBUG
    level = run.loggers.level_setting(run.loggers.flask) if below_debug else None
    return Logging([*run.loggers.all(), *run.sinks.found, *run.structured], level)


def _name_of_app(events: list[Event]) -> str:
    """The name of Flask's logger: that of the module which the app is made with."""
    for event in events:
        if event.kind == "call" and event.callee == "flask.Flask":
            name = event.args[0] if event.args else event.kwargs.get("import_name")
            if name is not None and isinstance(name.data, str) and name.data != "__main__":
                return name.data
    return "app"


@dataclass
class _Run:
    context: Context
    loggers: Loggers
    sinks: Sinks = field(default_factory=Sinks)
    structured: list[LogHandler] = field(default_factory=list)

    def follow(self, event: Event) -> None:
        """Do what one event does to the loggers."""
        callee = event.callee
        if callee.startswith("flask.Flask.logger"):
            self.loggers.use_flask()
        if callee.startswith("loguru."):
            self.sinks.follow(event)
        elif callee == "logging.basicConfig":
            self._basic_config(event)
        elif callee in ("logging.config.dictConfig", "logging.dictConfig") and event.args:
            from flaskprod_lint.resolve.app import log_configs

            log_configs.apply_dict(event.args[0], event, self.context, self.loggers)
        elif callee in ("logging.config.fileConfig", "logging.fileConfig"):
            from flaskprod_lint.resolve.app import log_configs

            log_configs.apply_file(event, self.context, self.loggers)
        elif callee in _IMPLICIT and not self.loggers.root_is_handled():
            self.loggers.add("", LogHandler("StreamHandler", "-", Place(event.at, callee), "", None, event.sure))
        elif callee == "structlog.configure":
            self._structlog(event)
        else:
            self._method(event)

    def _method(self, event: Event) -> None:
        """A method or attribute of a logger, or of a handler."""
        owner, _, name = event.callee.rpartition(".")
        if name in ("setLevel", "level") and isinstance(event.receiver, Value) and owner.endswith("Handler"):
            number = number_of(event.args[0]) if event.args else None
            self.loggers.handler_levels[identity_of(event.receiver)] = number
            return
        logger = self._logger(event, owner.removesuffix(".handlers"))
        if logger is None:
            return
        if owner.endswith(".handlers"):
            self._of_list(event, logger, name)
        elif name == "addHandler" and event.args:
            self._add(event.args[0], logger, event)
        elif name == "removeHandler" and event.args:
            self._remove(event.args[0], logger, event)
        elif name == "handlers" and event.kind == "set-attribute":
            self._replace(event.args[0], logger, event)
        elif name == "setLevel" and event.args:
            self.loggers.set_level(logger, event.args[0], Place(event.at, "setLevel"), sure=event.sure)
        elif name == "propagate" and event.kind == "set-attribute":
            self.loggers.get(logger).propagates = event.args[0].data is not False

    def _logger(self, event: Event, owner: str) -> str | None:
        """The name of the logger that an event is about; None for something else."""
        if owner == "flask.Flask.logger":
            return self.loggers.flask
        if owner == "logging.root":
            return ""
        data = event.receiver.data if event.receiver is not None else None
        return _name(data.instance if isinstance(data, Member) else data)

    def _of_list(self, event: Event, logger: str, name: str) -> None:
        """A change of the list of handlers itself."""
        if name in ("clear", "pop"):
            self.loggers.clear(logger, sure=event.sure)
        elif name in ("append", "insert") and event.args:
            self._add(event.args[-1], logger, event)
        elif name == "extend" and event.args:
            for handler in _items(event.args[0]):
                self._add(handler, logger, event)
        elif name == "remove" and event.args:
            self._remove(event.args[0], logger, event)

    def _add(self, handler: Value, logger: str, event: Event) -> None:
        described = of_handler(handler)
        if isinstance(handler.data, Unknown):
            place = Place(event.at, "a handler")
            self.loggers.add(logger, LogHandler(place.note, handler.data, place, logger, None, sure=False))
        elif described is not None:
            kind, destination = described
            made = handler.data.at if isinstance(handler.data, Instance) else handler.at
            at = Place(made or event.at, kind)
            level = handler.data.kwargs.get("level") if isinstance(handler.data, Instance) else None
            number = number_of(level) if level is not None else None
            name = logging.getLevelName(number) if number else None
            self.loggers.add(logger, LogHandler(kind, destination, at, logger, name, event.sure), identity_of(handler))

    def _remove(self, handler: Value, logger: str, event: Event) -> None:
        """A handler that is not known is one of a loop over them all."""
        described = of_handler(handler)
        if described is None:
            self.loggers.clear(logger)
        else:
            self.loggers.remove(logger, identity_of(handler), described[0])

    def _replace(self, handlers: Value, logger: str, event: Event) -> None:
        """Another list of handlers; that of another logger is from then on the list of both."""
        data = handlers.data
        other = _name(data.instance) if isinstance(data, Member) and data.path == "handlers" else None
        if other is not None:
            self.loggers.share(other, logger)
            return
        if event.sure:
            self.loggers.empty(logger)
        else:
            self.loggers.clear(logger, sure=False)
        for handler in _items(handlers):
            self._add(handler, logger, event)

    def _basic_config(self, event: Event) -> None:
        """basicConfig does nothing when the root logger has a handler, unless it is forced."""
        force = event.kwargs.get("force")
        if force is not None and force.data is True:
            self.loggers.clear("", sure=event.sure)
        elif self.loggers.root_is_handled():
            return
        level = event.kwargs.get("level")
        filename = event.kwargs.get("filename")
        if filename is not None and filename.data is not None:
            self._add_basic(of_name(filename), event)
        elif "handlers" in event.kwargs and event.kwargs["handlers"].data is not None:
            for handler in _items(event.kwargs["handlers"]):
                self._add(handler, "", event)
        else:
            self._add_basic(of_stream(event.kwargs.get("stream")), event)
        if level is not None and level.data is not None:
            self.loggers.set_level("", level, Place(event.at, "basicConfig"), sure=event.sure)

    def _add_basic(self, destination: str | Unknown, event: Event) -> None:
        place = Place(event.at, "basicConfig")
        self.loggers.add("", LogHandler("basicConfig", destination, place, "", None, event.sure))

    def _structlog(self, event: Event) -> None:
        """Structlog that writes by itself; what it gives to logging is logging's to write."""
        factory = event.kwargs.get("logger_factory")
        data = factory.data if factory is not None else None
        if isinstance(data, Instance) and data.callee.rpartition(".")[2] in _STRUCTLOG:
            file = data.args[0] if data.args else data.kwargs.get("file")
            at = Place(data.at or event.at, "structlog")
            self.structured.append(LogHandler("structlog", of_stream(file), at, "structlog", None, event.sure))


def _name(data: object) -> str | None:
    """The name of a logger that `getLogger` gave: "" for the root, "?" for a name that is not known."""
    if not isinstance(data, Instance) or not data.callee.endswith("getLogger"):
        return None
    given = data.args[0] if data.args else data.kwargs.get("name")
    name = given.data if given is not None else None
    return "" if name in (None, "root") else name if isinstance(name, str) else "?"


def _items(value: Value) -> tuple[Value, ...]:
    return tuple(value.data) if isinstance(value.data, (list, tuple)) else ()
