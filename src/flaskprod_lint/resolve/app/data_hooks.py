"""Files of data that code reads by itself: `json.load(open(…))`, `yaml.safe_load(file)`, `tomllib.load(file)`."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from flaskprod_lint.model import Unknown
from flaskprod_lint.resolve.app import config_files
from flaskprod_lint.resolve.interpreter.paths import path_text
from flaskprod_lint.resolve.interpreter.values import Event, Instance, Value
from flaskprod_lint.source import Source

if TYPE_CHECKING:
    from flaskprod_lint.resolve.interpreter.machine import Interpreter

#: What a loader reads, by its dotted path. `toml.load` takes a path as well as a file.
KINDS = {
    "json.load": "json",
    "flask.json.load": "json",
    "simplejson.load": "json",
    "yaml.load": "yaml",
    "yaml.safe_load": "yaml",
    "yaml.full_load": "yaml",
    "tomllib.load": "toml",
    "tomllib.loads": "toml",
    "tomli.load": "toml",
    "tomli.loads": "toml",
    "toml.load": "toml",
    "toml.loads": "toml",
}
_OPENERS = frozenset(("builtins.open", "io.open", "codecs.open"))


def call(event: Event, machine: Interpreter) -> Value | None:
    """What a loader makes of a file of the project, or of a text; None for any other call."""
    if event.kind != "call":
        return None
    if event.callee == "pathlib.Path.open" and event.receiver is not None:
        text = path_text(event.receiver)
        return Value(Instance("builtins.open", (Value(text, event.at),), at=event.at), event.at) if text else None
    if event.callee not in KINDS or not event.args:
        return None
    return load(KINDS[event.callee], event.args[0], machine, named=event.callee == "toml.load")


def load(kind: str, given: Value, machine: Interpreter, *, named: bool = False) -> Value | None:
    """What a file holds that was opened, or a text; with `named`, a text is the name of a file."""
    if isinstance(given.data, str) and not named:
        source = Source(given.at.path if given.at is not None else "", given.data)
        data = config_files.of_source(source, kind)
        return Value(data, given.at, given.environment) if isinstance(data, Unknown) else _placed(data, given)
    path = given.data if isinstance(given.data, str) else opened(given)
    found = machine.locate(path) if path is not None else None
    if found is None or found not in machine.context.project:
        return None
    data = config_files.read_data(machine.context.project, found, kind)
    return Value(data, given.at) if isinstance(data, Unknown) else data


def _placed(data: Value, given: Value) -> Value:
    """Data of a text: what stands in it has no place but the text's own."""
    return replace(data, at=given.at, environment=given.environment)


def opened(value: Value) -> str | None:
    """The path of the file that a value is, if it was opened to be read."""
    data = value.data
    if not isinstance(data, Instance) or data.callee not in _OPENERS or not data.args:
        return None
    text = path_text(data.args[0]) or data.args[0].data
    return text if isinstance(text, str) else None
