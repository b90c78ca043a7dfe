"""The sinks of Loguru, which writes to stderr until the code removes that."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field

from flaskprod_lint.model import LogHandler, Unknown
from flaskprod_lint.records import dataclass
from flaskprod_lint.resolve.app.log_destinations import ELSEWHERE, of_handler, of_name, of_stream
from flaskprod_lint.resolve.interpreter.paths import is_path
from flaskprod_lint.resolve.interpreter.values import Event, External, Instance, Value
from flaskprod_lint.source import Place

NAME = "loguru"
OWN = LogHandler(NAME, "-", Place(None, "Loguru's own sink"), NAME)


@dataclass
class Sinks:
    """The sinks as they are after the events so far."""

    found: list[LogHandler] = field(default_factory=list)
    is_used: bool = False

    def follow(self, event: Event) -> None:
        """Do what one call of `loguru.logger` does."""
        if not self.is_used:
            self.is_used = True
            self.found.append(OWN)
        name = event.callee.rpartition(".")[2]
        if name == "add" and (event.args or "sink" in event.kwargs):
            self._add(event.args[0] if event.args else event.kwargs["sink"], event)
        elif name == "remove":
            self._remove(event)
        elif name == "configure" and "handlers" in event.kwargs:
            self.found.clear()
            data = event.kwargs["handlers"].data
            for one in data if isinstance(data, (list, tuple)) else ():
                fields: Mapping[object, Value] = one.data if isinstance(one.data, dict) else {}
                if "sink" in fields:
                    self._add(fields["sink"], event)

    def _add(self, sink: Value, event: Event) -> None:
        at = Place(event.at, "loguru sink")
        self.found.append(LogHandler(NAME, _destination(sink), at, NAME, None, event.sure))

    def _remove(self, event: Event) -> None:
        """Without an argument all go; the first that there is has the number 0."""
        if not event.args:
            self.found.clear()
        elif event.args[0].data == 0 and OWN in self.found:
            self.found.remove(OWN)


def _destination(sink: Value) -> str | Unknown:
    data = sink.data
    if isinstance(data, (str, Unknown)) or is_path(sink):
        return of_name(sink)
    if isinstance(data, External):
        return "-" if data.path.startswith("sys.") else ELSEWHERE
    described = of_handler(sink)
    if described is not None:
        return described[1]
    return of_stream(sink) if isinstance(data, Instance) and data.callee == "builtins.open" else ELSEWHERE
