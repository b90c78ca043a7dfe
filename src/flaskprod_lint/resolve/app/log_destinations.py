"""Where a logging handler of the app writes: to a file, to a stream of the process, or to neither."""

from __future__ import annotations

from flaskprod_lint.model import Unknown
from flaskprod_lint.resolve.interpreter.paths import path_text
from flaskprod_lint.resolve.interpreter.values import Class, External, Instance, Object, Value

#: What Flask itself adds to its logger when nothing else handles its records.
FLASK_HANDLER = "Flask's own handler"

#: The destination of what is neither a file nor a stream: syslog, mail, a queue, an own handler.
ELSEWHERE = ""

_FILES = frozenset(
    {
        "FileHandler",
        "RotatingFileHandler",
        "TimedRotatingFileHandler",
        "WatchedFileHandler",
        "BaseRotatingHandler",
        "ConcurrentRotatingFileHandler",
        "ConcurrentTimedRotatingFileHandler",
    }
)
_STREAMS = frozenset(("/dev/stdout", "/dev/stderr", "/dev/fd/1", "/dev/fd/2", "/dev/tty"))
_STREAM_HANDLERS = frozenset(("StreamHandler", "RichHandler", "StdoutHandler"))
_DEFAULT_HANDLER = "flask.logging.default_handler"


def is_stream(path: str) -> bool:
    """Whether a path is one of the process's own streams."""
    return path in _STREAMS or (path.startswith("/proc/") and path.endswith(("/fd/1", "/fd/2")))


def instance_of(handler: Value) -> Instance | None:
    """The library's part of a handler: itself, or the base of a class of the project's own."""
    data = handler.data.outer if isinstance(handler.data, Object) else handler.data
    return data if isinstance(data, Instance) else None


def identity_of(handler: Value) -> int:
    """What tells one handler from another, however the code got hold of it."""
    return id(instance_of(handler) or handler.data)


def of_handler(handler: Value) -> tuple[str, str | Unknown] | None:
    """The kind of a handler and where it writes; None for a value of which not even that is known."""
    if isinstance(handler.data, External) and handler.data.path == _DEFAULT_HANDLER:
        return FLASK_HANDLER, "-"
    instance = instance_of(handler)
    if instance is None:
        return (handler.data.cls.name, ELSEWHERE) if isinstance(handler.data, Object) else None
    kind = instance.callee.rpartition(".")[2]
    if kind in _FILES:
        return kind, of_name(_argument(instance, 0, "filename"))
    if kind in _STREAM_HANDLERS:
        return kind, of_stream(_argument(instance, 0, "stream"))
    target = _argument(instance, 2, "target") if kind == "MemoryHandler" else None
    inner = of_handler(target) if target is not None else None
    if inner is not None:
        return kind, inner[1]
    return (kind, ELSEWHERE) if kind.endswith("Handler") else None


def of_class(name: str, filename: Value | None) -> tuple[str, str | Unknown]:
    """The same for a class that a configuration names: "logging.FileHandler" with what it gives as `filename`."""
    kind = name.rpartition(".")[2] or "handler"
    if kind in _FILES or (filename is not None and not kind.startswith("Null")):
        return kind, of_name(filename)
    return kind, "-" if kind in _STREAM_HANDLERS or kind.endswith("StreamHandler") else ELSEWHERE


def of_name(name: Value | None) -> str | Unknown:
    """The destination that a file's name means."""
    data = (path_text(name) or name.data) if name is not None else None
    if isinstance(data, str):
        return "-" if is_stream(data) else data
    return data if isinstance(data, Unknown) else Unknown("the file's name", name.at if name is not None else None)


def of_stream(stream: Value | None) -> str | Unknown:
    """The destination of an open stream: a file that the code has opened, else one of the process's own."""
    data = stream.data if stream is not None else None
    if isinstance(data, Instance) and data.callee == "builtins.open" and data.args:
        return of_name(data.args[0])
    return "-"


def class_name(value: Value | None) -> str:
    """The dotted name of the class in an entry of a configuration: a text, the class itself, or a class of ours."""
    data = value.data if value is not None else None
    if isinstance(data, Class):
        return next((base.data.path for base in data.bases if isinstance(base.data, External)), data.name)
    path = data.path if isinstance(data, External) else data
    return path if isinstance(path, str) else ""


def _argument(instance: Instance, index: int, name: str) -> Value | None:
    return instance.args[index] if len(instance.args) > index else instance.kwargs.get(name)
