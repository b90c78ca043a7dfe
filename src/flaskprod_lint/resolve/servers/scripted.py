"""Servers that a Python script starts by itself, from the call that starts them."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from flaskprod_lint.model import Address, Server, Setting, Step, Unknown
from flaskprod_lint.resolve.context import Context
from flaskprod_lint.resolve.servers.options import address
from flaskprod_lint.resolve.servers.step_words import words_of
from flaskprod_lint.resolve.servers.wsgi import version_of
from flaskprod_lint.source import Place, is_number

if TYPE_CHECKING:
    from flaskprod_lint.resolve.interpreter.values import Event, Value


def of_step(step: Step, context: Context) -> Server | None:
    """The server that `python app.py` starts; None where it starts none that can be seen."""
    from flaskprod_lint.resolve.servers import script_server

    found = script_server.of_step(replace(step, cwd=""), context)
    if found is None:
        return None
    name, event = found
    server = _READERS.get(name, _other)(_Call(name, event, step, context))
    server.trail = (*event.trail, Place(event.at, _as_written(event, context)))
    if not event.sure:
        server.step = replace(step, sure=False)
    return server


def _as_written(event: Event, context: Context) -> str:
    """The call in the words of the code: `app.run()`."""
    source = context.project.read(event.at.path)
    line = source.line(event.at.line)[event.at.column - 1 :] if source is not None else ""
    name = re.match(r"[\w.]+(?=\()", line)
    return f"{name[0] if name else event.callee.rpartition('.')[2]}()"


class _Call:
    """The call that starts a server, with the server to fill in."""

    def __init__(self, name: str, event: Event, step: Step, context: Context) -> None:
        self.event, self.step, self.context = event, step, context
        self.server = Server(name, step, version_of(context, name))
        self.origin = Place(event.at, _as_written(event, context))

    def setting(self, name: str, *positions: int, default: object = None, note: str = "") -> Setting:
        """An argument of the call by its name or position, or its default."""
        value = self.event.kwargs.get(name)
        if value is None:
            value = next((self.event.args[at] for at in positions if at < len(self.event.args)), None)
        if value is None:
            return Setting(name, default, Place(self.event.at, note), is_default=True)
        return _setting(name, value, self.event.sure)

    def address(self, host: Setting, port: Setting) -> Address:
        """Where a host and a port that are two arguments listen."""
        origin = port.origin if not port.is_default else host.origin if not host.is_default else self.origin
        read = next((read for read in port.environment if read.name == "PORT"), None)
        number: Any = port.value
        if isinstance(number, str):
            number = int(number) if is_number(number) else Unknown(f"the port is {number!r}", port.span)
        name: Any = "0.0.0.0" if host.value == "" else host.value
        default = read.default if read is not None and read.has_default else None
        digits = str(default) if default is not None else ""
        shown = "$PORT" if isinstance(number, Unknown) and read else "…" if isinstance(number, Unknown) else number
        return Address(
            f"{name if isinstance(name, str) else '…'}:{shown}",
            name if isinstance(name, str) else Unknown("the host is not known here", host.span),
            number if isinstance(number, int) else number or Unknown("the port is not known here", port.span),
            origin=origin,
            from_port=read is not None,
            port_default=int(digits) if is_number(digits) else None,
        )


def _setting(name: str, value: Value, sure: bool = True) -> Setting:
    return Setting(name, value.plain(), Place(value.at), value.overrides, value.environment, sure=sure and value.sure)


def _one_process(server: Server, threads: Setting) -> None:
    server.workers = Setting("workers", 1, Place(server.step.origin.span, "it is one process"), is_default=True)
    server.threads = threads
    server.concurrency = replace(threads, name="concurrency")


def _werkzeug(call: _Call) -> Server:
    shift = 1 if "socketio" in call.event.callee.lower() else 0
    host = call.setting("host", shift, default="127.0.0.1", note="Flask's default")
    if call.event.callee.endswith("run_simple"):
        host = call.setting("hostname", 0, default="127.0.0.1")
    port = call.setting("port", shift + 1, default=5000, note="Flask's default")
    # None for either means the default, which a variable may have set in the app's config.
    host = replace(host, value="127.0.0.1") if host.value is None else host
    port = replace(port, value=5000) if port.value is None else port
    call.server.bind = (call.address(host, port),)
    debug = call.setting("debug", 2) if not call.event.callee.endswith("run_simple") else call.setting("use_debugger")
    call.server.debug = None if debug.is_default else debug
    reloader = call.setting("use_reloader")
    call.server.reload = call.server.debug if reloader.is_default else reloader
    _one_process(call.server, Setting("threads", Unknown("one thread per request"), call.origin))
    return call.server


def _waitress(call: _Call) -> Server:
    listen, socket = call.setting("listen"), call.setting("unix_socket")
    if not listen.is_default:
        call.server.bind = _listed(listen)
    elif not socket.is_default:
        call.server.bind = (Address("unix socket", None, None, str(socket.value), socket.origin),)
    else:
        host = call.setting("host", default="0.0.0.0", note="waitress's default")
        call.server.bind = (call.address(host, call.setting("port", default=8080, note="waitress's default")),)
    _one_process(call.server, call.setting("threads", default=4, note="waitress's default"))
    return call.server


def _listed(listen: Setting) -> tuple[Address, ...]:
    listen = replace(listen, value=_written(listen))
    if not isinstance(listen.value, str):
        unknown = listen.value if isinstance(listen.value, Unknown) else Unknown("not text", listen.span)
        from_port = any(read.name == "PORT" for read in listen.environment)
        return (Address("…", unknown, unknown, origin=listen.origin, from_port=from_port),)
    texts = [f"0.0.0.0{text[1:]}" if text.startswith("*:") else text for text in listen.value.split()]
    return tuple(address(text, listen.origin, listen.environment) for text in texts)


def _written(listen: Setting) -> object:
    """The address as text, with `$PORT` where that variable is all that is not known of it."""
    from flaskprod_lint.resolve.interpreter.values import Partial

    parts = listen.value.parts if isinstance(listen.value, Partial) else ()
    known = [part for part in parts if part is not None]
    is_port = len(parts) > 1 and len(known) == len(parts) - 1 and parts[-1] is None and known[-1].endswith(":")
    if is_port and any(read.name == "PORT" for read in listen.environment):
        return "".join(known) + "$PORT"
    return listen.value


def _gevent(call: _Call) -> Server:
    """`WSGIServer(("0.0.0.0", 8000), app).serve_forever()`, or socketio.run with gevent installed."""
    from flaskprod_lint.resolve.interpreter.values import Instance

    receiver = call.event.receiver.data if call.event.receiver is not None else None
    if "socketio" in call.event.callee.lower():
        _werkzeug(call)
    elif isinstance(receiver, Instance) and receiver.args:
        call.server.bind = (_listener(call, receiver.args[0]),)
    elif call.event.callee.startswith("eventlet."):
        call.server.bind = ()
    call.server.workers = Setting("workers", 1, call.origin)
    call.server.threads = Setting("threads", 1, call.origin)
    call.server.concurrency = Setting("concurrency", Unknown("one greenlet per request"), call.origin)
    return call.server


def _listener(call: _Call, value: Value) -> Address:
    """The address of gevent's listener: a pair of host and port, or text."""
    if isinstance(value.data, (tuple, list)) and len(value.data) == 2:
        host, port = _setting("host", value.data[0]), _setting("port", value.data[1])
        return call.address(host, port)
    setting = _setting("listener", value)
    if isinstance(setting.value, (str, int)):
        text = str(setting.value)
        return address(text if ":" in text else f":{text}", setting.origin, setting.environment)
    return Address(
        "…", Unknown("the listener is not known here", value.at), Unknown("", value.at), origin=setting.origin
    )


def _uvicorn(call: _Call) -> Server:
    host = call.setting("host", default="127.0.0.1", note="uvicorn's default")
    call.server.bind = (call.address(host, call.setting("port", default=8000, note="uvicorn's default")),)
    call.server.workers = call.setting("workers", default=1, note="uvicorn's default")
    if call.server.workers.value is None:
        call.server.workers = replace(call.server.workers, value=1)
    reload = call.setting("reload")
    call.server.reload = None if reload.is_default else reload
    off = call.setting("access_log", default=True)
    call.server.access_log = replace(off, name="accesslog", value="-" if off.value is True else None)
    return call.server


def _gunicorn(call: _Call) -> Server:
    """An application of the project's own that inherits from Gunicorn's, with its options in a dictionary."""
    from flaskprod_lint.resolve.gunicorn import effective, embedded

    options = embedded.options_of(call.event)
    if options is None:
        return _gunicorn_of_words(call) or call.server
    return effective.server_of(embedded.resolve(options, call.event, call.step, call.context), call.step, call.context)


def _gunicorn_of_words(call: _Call) -> Server | None:
    """Gunicorn's own application, which reads the command line of the program that makes it."""
    from flaskprod_lint.resolve import servers
    from flaskprod_lint.resolve.app import loading
    from flaskprod_lint.resolve.interpreter.values import Instance

    if not call.event.callee.startswith("gunicorn.app.wsgiapp."):
        return None
    receiver = call.event.receiver.data if call.event.receiver is not None else None
    target = receiver.members.get("app_uri") if isinstance(receiver, Instance) else None
    words = words_of(call.step, len(call.step.argv) - len(loading.arguments(call.step)))
    own = _setting("target", target) if target is not None else None
    return servers.gunicorn_server(words, call.step, call.context, own)


def _other(call: _Call) -> Server:
    return call.server


_READERS: dict[str, Callable[[_Call], Server]] = {
    "werkzeug": _werkzeug,
    "waitress": _waitress,
    "gevent": _gevent,
    "eventlet": _gevent,
    "uvicorn": _uvicorn,
    "gunicorn": _gunicorn,
}
