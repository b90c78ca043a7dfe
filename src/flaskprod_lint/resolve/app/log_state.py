"""The loggers of a process while its code runs: which handlers each has, and at which level."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from dataclasses import field, replace

from flaskprod_lint.model import LogHandler, Setting
from flaskprod_lint.records import dataclass
from flaskprod_lint.resolve.app.log_destinations import ELSEWHERE, FLASK_HANDLER
from flaskprod_lint.resolve.interpreter.values import Value
from flaskprod_lint.source import Place

#: How the logger of the Flask app is called in the model, whatever its name.
FLASK = "app"

_GUNICORN = ("gunicorn.error", "gunicorn.access")
GUNICORN_HANDLERS = "Gunicorn's own handlers"


@dataclass
class Logger:
    """One logger. `ids` tell which value each handler came from, so that it can be removed again."""

    handlers: list[LogHandler] = field(default_factory=list)
    ids: list[int] = field(default_factory=list)
    level: int = logging.NOTSET
    level_setting: Setting | None = None
    propagates: bool = True


@dataclass
class Loggers:
    """All loggers by name, the root's is empty. `flask` is the name of the Flask app's, as Python calls it."""

    flask: str
    known: dict[str, Logger] = field(default_factory=dict)
    flask_is_used: bool = False
    #: Levels of handlers by the id of the value that they came from; None for one that is not known.
    handler_levels: dict[int, int | None] = field(default_factory=dict)

    def get(self, name: str) -> Logger:
        """The logger of that name; Gunicorn's have its handlers by the time the app is loaded."""
        if name not in self.known:
            self.known[name] = Logger()
            if name in _GUNICORN:
                self.known[name].propagates = False
                self.add(name, LogHandler(GUNICORN_HANDLERS, "-", Place(None, GUNICORN_HANDLERS), name))
        return self.known[name]

    def share(self, source: str, name: str) -> None:
        """Give a logger the list of handlers that another one has."""
        shared, logger = self.get(source), self.get(name)
        logger.handlers, logger.ids = shared.handlers, shared.ids

    def add(self, name: str, handler: LogHandler | None, identity: int = 0) -> None:
        """What `addHandler` does; a handler that the logger has is not added again."""
        logger = self.get(name)
        if handler is not None and not (identity and identity in logger.ids):
            logger.handlers.append(replace(handler, logger=name))
            logger.ids.append(identity)

    def clear(self, name: str, *, sure: bool = True) -> None:
        """Take every handler from a logger; under a condition that is not known, they may all still be there."""
        logger = self.get(name)
        if sure:
            logger.handlers.clear()
            logger.ids.clear()
        else:
            logger.handlers[:] = [replace(handler, sure=False) for handler in logger.handlers]

    def empty(self, name: str) -> None:
        """Give a logger a list of handlers of its own, with nothing in it."""
        logger = self.get(name)
        logger.handlers, logger.ids = [], []

    def configure_anew(self, named: Iterable[str]) -> None:
        """What dictConfig and fileConfig do to the loggers there are: those below a named one start afresh, and a
        handler that only passes records on loses the one that it passes them to."""
        configured = set(named)
        for name, logger in list(self.known.items()):
            if any(name.startswith(f"{one}.") for one in configured if one) and name not in configured:
                self.known[name] = Logger()
            else:
                logger.handlers[:] = [_closed(handler) for handler in logger.handlers]

    def remove(self, name: str, identity: int, kind: str) -> None:
        """What `removeHandler` does: the handler of that value, or Flask's own by its kind."""
        logger = self.get(name)
        for index, handler in reversed(list(enumerate(logger.handlers))):
            if logger.ids[index] == identity or (kind == FLASK_HANDLER and handler.kind == kind):
                del logger.handlers[index], logger.ids[index]

    def set_level(self, name: str, value: Value, place: Place, *, sure: bool = True) -> None:
        """What `setLevel` does, with the place for a finding."""
        logger = self.get(name)
        number = number_of(value)
        logger.level = number if number is not None else logging.INFO
        shown = logging.getLevelName(number) if number is not None else value.plain()
        origin = Place(value.at or place.span, place.note)
        setting = Setting("root" if not name else FLASK if name == self.flask else name, shown, origin)
        logger.level_setting = replace(setting, environment=value.environment, sure=sure and value.sure)

    def use_flask(self) -> None:
        """Flask adds its own handler when its logger is first used, unless its records are handled by then."""
        if not self.flask_is_used:
            self.flask_is_used = True
            if not self._handles(self.flask):
                self.add(self.flask, LogHandler(FLASK_HANDLER, "-", Place(None, FLASK_HANDLER), self.flask))

    def root_is_handled(self) -> bool:
        return any(handler.sure for handler in self.get("").handlers)

    def _handles(self, name: str) -> bool:
        """Whether a handler of the logger or one above it takes what the logger lets through."""
        level = self.effective_level(name)
        for above in self._upwards(name):
            logger = self.get(above)
            for handler, identity in zip(logger.handlers, logger.ids, strict=True):
                number = self.handler_levels.get(identity, _number(handler.level))
                if handler.sure and (number is None or number <= level):
                    return True
            if not logger.propagates:
                break
        return False

    def effective_level(self, name: str) -> int:
        setting = self.level_setting(name)
        return next((self.get(above).level for above in self._upwards(name) if self.get(above).level), 0) or (
            logging.WARNING if setting is None else logging.NOTSET
        )

    def level_setting(self, name: str) -> Setting | None:
        """What set the level at which a logger's records are let through; None where Python's own is in effect."""
        return next((self.get(above).level_setting for above in self._upwards(name) if self.get(above).level), None)

    @staticmethod
    def _upwards(name: str) -> Iterable[str]:
        while name:
            yield name
            name = name.rpartition(".")[0]
        yield ""

    def all(self) -> list[LogHandler]:
        """Every handler, with the Flask app's logger under its name in the model; the root's come first."""
        found = []
        for name, logger in sorted(self.known.items(), key=lambda item: bool(item[0])):
            shown = FLASK if name == self.flask else name
            for handler, identity in zip(logger.handlers, logger.ids, strict=True):
                level = handler.level
                if identity in self.handler_levels:
                    number = self.handler_levels[identity]
                    level = logging.getLevelName(number) if number is not None else "?"
                found.append(replace(handler, logger=shown, level=level, alone=not logger.propagates))
        return list(dict.fromkeys(found))


def _closed(handler: LogHandler) -> LogHandler:
    return replace(handler, destination=ELSEWHERE) if handler.kind == "MemoryHandler" else handler


def number_of(value: Value) -> int | None:
    """A level as a number: 10, "DEBUG" and logging.DEBUG are the same."""
    data = value.data
    if isinstance(data, bool):
        return None
    if isinstance(data, int):
        return data
    number = logging.getLevelName(data.upper()) if isinstance(data, str) else None
    return number if isinstance(number, int) else None


def _number(level: str | None) -> int:
    number = logging.getLevelName(level) if level else 0
    return number if isinstance(number, int) else 0
