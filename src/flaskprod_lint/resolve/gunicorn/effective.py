"""What Gunicorn's settings come to: addresses, worker class, concurrency, logs, what it needs to be installed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from flaskprod_lint.model import Address, EnvironmentRead, Override, Refusal, Server, Setting, Step, Unknown
from flaskprod_lint.resolve.context import Context
from flaskprod_lint.resolve.gunicorn import booting, log_destinations, overlooked, stray
from flaskprod_lint.resolve.gunicorn.addresses import AddressError, address_of
from flaskprod_lint.resolve.gunicorn.merge import Resolved
from flaskprod_lint.resolve.gunicorn.table import number
from flaskprod_lint.resolve.unexpanded import VARIABLE
from flaskprod_lint.source import Place

#: Worker classes by the end of their dotted path, and the name that they are known by.
_KINDS = (
    ("SyncWorker", "sync"),
    ("gthread.ThreadWorker", "gthread"),
    ("GeventWorker", "gevent"),
    ("GeventPyWSGIWorker", "gevent"),
    ("GeventWebSocketWorker", "gevent"),
    ("GeventPyWSGIWorker", "gevent"),
    ("EventletWorker", "eventlet"),
    ("TornadoWorker", "tornado"),
    ("ASGIWorker", "asgi"),
    ("UvicornWorker", "uvicorn"),
    ("UvicornH11Worker", "uvicorn"),
)
_NAMED = {"gevent_wsgi": "gevent", "gevent_pywsgi": "gevent"}


def server_of(resolved: Resolved, step: Step, context: Context) -> Server:
    """The server that these settings make."""
    settings = resolved.settings
    server = Server("gunicorn", step, resolved.version, settings=settings, refusals=tuple(resolved.refusals))
    server.bind = _addresses(server, settings["bind"], context)
    if resolved.file is not None and resolved.file.missing == "PORT" and resolved.file.refusal is not None:
        unset = Unknown("nothing sets PORT", resolved.file.refusal.span)
        server.bind = (Address("$PORT", unset, unset, origin=resolved.file.refusal, from_port=True),)
    settings["bind"] = _with_variables(settings["bind"])
    server.workers, server.threads = settings["workers"], settings["threads"]
    server.worker_class = _worker_class(settings)
    server.concurrency = _concurrency(server.worker_class, settings)
    server.access_log = log_destinations.access_log(settings, _reader(context))
    server.error_log = log_destinations.error_log(settings, _reader(context))
    server.reload, server.timeout = settings["reload"], settings["timeout"]
    server.requires = _requires(server, context)
    loaded = resolved.file.path if resolved.file is not None else ""
    server.boot_refusals = (*server.boot_refusals, *booting.refusals(server, context))
    server.stray_config_files = stray.config_files(context, loaded)
    if resolved.file is not None and resolved.file.path:
        server.config_file = resolved.file.origin
        server.ignored = tuple(Place(span, name) for name, span in resolved.file.others.items())
        server.overlooked = overlooked.names(resolved.file, resolved.version, context.project)
    return server


def kind_of(worker_class: object) -> str:
    """The short name of a worker class: gthread, gevent …; the class itself for one that is not known."""
    text = str(worker_class)
    for end, kind in _KINDS:
        if text == end or text.endswith("." + end) or (text.endswith(end) and "." in text):
            return kind
    return _NAMED.get(text, text)


def _reader(context: Context) -> log_destinations.Reader:
    def read(path: str) -> str | None:
        found = context.tree.locate(path, context.cwd)
        source = context.project.read(found) if isinstance(found, str) else None
        return source.text if source is not None else None

    return read


def _addresses(server: Server, bind: Setting, context: Context) -> tuple[Address, ...]:
    if isinstance(bind.value, Unknown) or not isinstance(bind.value, list):
        return ()
    found = []
    for text in bind.value:
        if isinstance(text, Unknown):
            found.append(Address("…", text, text, origin=bind.origin))
            continue
        try:
            reads = _reads_of(text, bind, context.variables.get("PORT"))
            found.append(address_of(text, bind.origin, reads, expanded=bool(bind.environment)))
        except AddressError as error:
            if any(read.name == "PORT" and read.is_set is False and not read.has_default for read in bind.environment):
                host = text.rpartition(":")[0] or "0.0.0.0"
                found.append(Address(text, host, Unknown("nothing sets PORT"), origin=bind.origin, from_port=True))
                continue
            sure = bind.sure and all(read.is_set is not None for read in bind.environment)
            refusal = Refusal(bind.span, f"`bind` is {text!r}, and {error}", "address", sure=sure)
            if bind.is_default:
                refusal = Refusal(
                    bind.span, f"it listens on the port in PORT, and {error}", "variable", sure, "PORT=8000"
                )
            server.boot_refusals = (*server.boot_refusals, refusal)
    return tuple(found)


def _reads_of(text: str, bind: Setting, port: Setting | None) -> tuple[EnvironmentRead, ...]:
    """The reads of PORT, if this address has the port that PORT says."""
    reads = tuple(read for read in bind.environment if read.name == "PORT")
    if bind.is_default and not any(read.is_set for read in reads):
        return ()
    if not isinstance(bind.value, list) or len(bind.value) < 2:
        return reads
    said = {str(read.default) for read in reads} | ({str(port.value)} if port else set())
    return reads if text.rpartition(":")[2] in said else ()


def _with_variables(bind: Setting) -> Setting:
    """The setting as it is known: an address with a variable that may be anything, or nothing, is not."""
    if not isinstance(bind.value, list):
        return bind
    hole = next((text for text in bind.value if isinstance(text, Unknown)), None)
    if hole is not None:
        return replace(bind, value=hole)
    holes = [match for text in bind.value if isinstance(text, str) for match in [VARIABLE.search(text)] if match]
    if not holes or not bind.environment or all(read.is_set for read in bind.environment):
        return bind
    return replace(bind, value=Unknown(f"{holes[0].group()} is not known here", bind.span))


def _worker_class(settings: Mapping[str, Setting]) -> Setting:
    """More than one thread turns the sync worker into gthread."""
    setting, threads = settings["worker_class"], settings["threads"]
    if kind_of(setting.value) != "sync":
        return setting
    if isinstance(threads.value, Unknown):
        reason = f"sync, or gthread with more than one thread: {threads.value.reason}"
        return replace(setting, value=Unknown(reason, threads.value.at))
    if isinstance(threads.value, int) and threads.value > 1:
        because = Place(threads.span, f"threads is {threads.value}")
        beaten = () if setting.is_default else (Override(setting.value, setting.origin),)
        return Setting("worker_class", "gthread", because, beaten, threads.environment, sure=threads.sure)
    return setting


def _concurrency(worker_class: Setting, settings: Mapping[str, Setting]) -> Setting:
    """The requests that one worker serves at once."""
    if isinstance(worker_class.value, Unknown):
        if worker_class.value.reason.startswith("sync, or gthread"):
            return replace(settings["threads"], name="concurrency")
        return Setting("concurrency", worker_class.value, worker_class.origin)
    kind = kind_of(worker_class.value)
    if kind == "sync":
        return Setting("concurrency", 1, Place(worker_class.span, "a sync worker serves one request at a time"))
    if kind == "gthread":
        return replace(settings["threads"], name="concurrency")
    if kind in ("gevent", "eventlet"):
        return replace(settings["worker_connections"], name="concurrency")
    reason = f"how many requests a {kind} worker serves at once is not known"
    return Setting("concurrency", Unknown(reason, worker_class.span), worker_class.origin)


def _requires(server: Server, context: Context) -> tuple[str, ...]:
    """The distributions that the worker class needs beside Gunicorn."""
    if server.worker_class is None or not isinstance(server.worker_class.value, str):
        return ()
    text, kind = server.worker_class.value, kind_of(server.worker_class.value)
    if "geventwebsocket" in text:
        return ("gevent", "gevent-websocket")
    if text.startswith("uvicorn_worker."):
        return ("uvicorn-worker",)
    if kind == "gevent":
        newest = server.version is None or number(server.version) >= (27, 0, 0)
        package = context.packages.find("gunicorn")
        bare = newest and package is not None and "gevent" not in package.extras
        return ("gevent", "packaging") if bare else ("gevent",)
    return (kind,) if kind in ("eventlet", "tornado", "uvicorn") else ()
