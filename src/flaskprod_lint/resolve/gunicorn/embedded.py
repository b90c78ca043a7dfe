"""Gunicorn inside a program of the project: a subclass of BaseApplication with its options in a dictionary."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from flaskprod_lint.model import Step, Unknown
from flaskprod_lint.resolve.context import Context
from flaskprod_lint.resolve.gunicorn.config_file import ConfigFile, file_value
from flaskprod_lint.resolve.gunicorn.merge import Resolved, resolve_file
from flaskprod_lint.resolve.gunicorn.table import settings_of
from flaskprod_lint.source import Place

if TYPE_CHECKING:
    from flaskprod_lint.resolve.interpreter.values import Event, Value


def options_of(event: Event) -> Mapping[object, Value] | None:
    """The options that the application was made with; None where none can be found."""
    from flaskprod_lint.resolve.interpreter.values import Instance, Object

    receiver = event.receiver.data if event.receiver is not None else None
    if isinstance(receiver, Object):
        candidates = list(receiver.attributes.values())
    elif isinstance(receiver, Instance):
        candidates = [*receiver.members.values(), *receiver.args, *receiver.kwargs.values()]
    else:
        return None
    known = settings_of(None)
    for value in candidates:
        if isinstance(value.data, dict) and any(name in known for name in value.data):
            return value.data
    return None


def resolve(options: Mapping[object, Value], event: Event, step: Step, context: Context) -> Resolved:
    """The settings that the options make. BaseApplication reads no command line, no file and no GUNICORN_CMD_ARGS."""
    package = context.packages.find("gunicorn")
    version = package.version if package else None
    known = settings_of(version)
    origin = Place(event.at, f"{event.callee}(…)")
    file = ConfigFile(origin)
    for name, value in options.items():
        if str(name) in known and value.data is not None:
            file.values[str(name)] = file_value(value, known[str(name)], None)
    if event.callee.startswith("gunicorn.app.wsgiapp.") or ".Application." in event.callee:
        file.hidden = Unknown("this program reads a command line of its own", event.at)
    return resolve_file(file, version, step, context)
