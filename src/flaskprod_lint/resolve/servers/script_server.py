"""How a Python script serves: which server's call it reaches when it runs as the main program."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from flaskprod_lint.model import Step
from flaskprod_lint.resolve.app import click_commands, loading
from flaskprod_lint.resolve.app.reached import WERKZEUG
from flaskprod_lint.resolve.context import Context
from flaskprod_lint.resolve.interpreter.values import Event, Function, Instance, Value
from flaskprod_lint.source import is_number

#: Calls that serve, with the server they start.
SERVING: Mapping[str, str] = {
    **dict.fromkeys(WERKZEUG, "werkzeug"),
    "waitress.serve": "waitress",
    "waitress.server.create_server.run": "waitress",
    "waitress.create_server.run": "waitress",
    "gevent.pywsgi.WSGIServer.serve_forever": "gevent",
    "gevent.wsgi.WSGIServer.serve_forever": "gevent",
    "gevent.pywsgi.WSGIServer.start": "gevent",
    "eventlet.wsgi.server": "eventlet",
    "uvicorn.run": "uvicorn",
    "uvicorn.main.run": "uvicorn",
    "uvicorn.Server.run": "uvicorn",
    "uvicorn.Server.serve": "uvicorn",
    "hypercorn.asyncio.serve": "hypercorn",
    "hypercorn.trio.serve": "hypercorn",
    "hypercorn.run.run": "hypercorn",
    "granian.Granian.serve": "granian",
    "granian.server.Granian.serve": "granian",
    "gunicorn.app.wsgiapp.run": "gunicorn",
    "gunicorn.app.base.BaseApplication.run": "gunicorn",
    "gunicorn.app.base.Application.run": "gunicorn",
    "gunicorn.app.wsgiapp.WSGIApplication.run": "gunicorn",
    "cheroot.wsgi.Server.start": "cheroot",
    "cheroot.wsgi.WSGIServer.start": "cheroot",
    "cheroot.wsgi.Server.safe_start": "cheroot",
    "cherrypy.engine.block": "cheroot",
    "cherrypy.engine.start": "cheroot",
    "cherrypy.quickstart": "cheroot",
    "cherrypy.wsgiserver.CherryPyWSGIServer.start": "cheroot",
    "tornado.httpserver.HTTPServer.listen": "tornado",
    "tornado.httpserver.HTTPServer.bind": "tornado",
    "tornado.wsgi.WSGIContainer.listen": "tornado",
    "tornado.web.Application.listen": "tornado",
    "meinheld.server.run": "meinheld",
    "meinheld.run": "meinheld",
    "bjoern.run": "bjoern",
    "bjoern.listen": "bjoern",
    "wsgiref.simple_server.make_server": "wsgiref",
    "paste.httpserver.serve": "paste",
    "fapws.base.run": "fapws",
    "twisted.internet.reactor.run": "twisted",
    "rocket.Rocket.start": "rocket",
    "flask_script.Manager.run": "flask-script",
    "flask.cli.FlaskGroup": "flask-cli",
    "flask.cli.FlaskGroup.__call__": "flask-cli",
    "flask.cli.FlaskGroup.main": "flask-cli",
    "flask.cli.main": "flask-cli",
}

#: Distributions with which `socketio.run` serves by itself rather than by Werkzeug, first one first.
_SOCKETIO_SERVERS = ("eventlet", "gevent")


def of_step(step: Step, context: Context) -> tuple[str, Event] | None:
    """The server that `python app.py` or `python -m pkg` starts, and the call that does it; None when none does."""
    loaded = loading.of_script(step, context)
    if loaded is None:
        return None
    found = [start for event in list(loaded.events) if (start := _start(event, loaded, step, context)) is not None]
    certain = next((start for start in found if start[1].sure), None)
    if certain is not None:
        return certain
    if not found:
        return click_commands.served(loaded, step, SERVING)
    # Under conditions that cannot be known, several servers may be the one that is started.
    name = found[0][0] if len({name for name, _ in found}) == 1 else "unknown"
    return name, found[0][1]


def _start(event: Event, loaded: loading.Loaded, step: Step, context: Context) -> tuple[str, Event] | None:
    """The server that a call starts, and the call."""
    name = SERVING.get(event.callee) if event.kind == "call" else None
    if name is None:
        return None
    if name in ("flask-script", "flask-cli"):
        return _command(name, event, loaded, step)
    return (_socketio(event, context) if event.callee.startswith("flask_socketio.") else name), event


def _socketio(event: Event, context: Context) -> str:
    """The server of `socketio.run`: the one that it was made for, else the first that is installed."""
    made = event.receiver.data if event.receiver is not None else None
    mode = made.kwargs.get("async_mode") if isinstance(made, Instance) else None
    if mode is not None and mode.data == "threading":
        return "werkzeug"
    return next((name for name in _SOCKETIO_SERVERS if context.packages.find(name)), "werkzeug")


def _command(kind: str, event: Event, loaded: loading.Loaded, step: Step) -> tuple[str, Event] | None:
    """`manage.py runserver`, `manage.py run`, or a command of the project's own that serves."""
    words = [word for word in loading.arguments(step) if isinstance(word, str) and not word.startswith("-")]
    name = words[0] if words else ""
    own = _registered(name, loaded.events)
    if own is not None:
        before = len(loaded.events)
        loaded.machine.call(own, (), {})
        later = [one for one in loaded.events[before:] if one.kind == "call" and one.callee in SERVING]
        return (SERVING[later[0].callee], later[0]) if later else None
    if (name == "runserver" and kind == "flask-script") or (name == "run" and kind == "flask-cli"):
        return "werkzeug", replace(event, kwargs={**event.kwargs, **_options(step)})
    return None


def _registered(name: str, events: Iterable[Event]) -> Value | None:
    """The function that the project registers as a command of that name."""
    for event in events:
        function = event.args[0] if event.args and event.kind == "decorate" else None
        if function is None or not isinstance(function.data, Function) or not event.callee.endswith(".command"):
            continue
        made = event.receiver.data if event.receiver is not None else None
        named = made.args[0].data if isinstance(made, Instance) and made.args else None
        if name in (named, function.data.name, function.data.name.replace("_", "-")):
            return function
    return None


def _options(step: Step) -> dict[str, Value]:
    """Host, port and debug as they stand on the command line of `manage.py runserver`."""
    words = [word if isinstance(word, str) else "" for word in loading.arguments(step)]
    found: dict[str, Value] = {}
    for index, word in enumerate(words):
        flag, _, value = word.partition("=")
        value = value or (words[index + 1] if index + 1 < len(words) else "")
        if flag in ("-h", "--host"):
            found["host"] = Value(value, step.origin.span)
        elif flag in ("-p", "--port"):
            found["port"] = Value(int(value) if is_number(value) else value, step.origin.span)
        elif flag in ("-d", "--debug"):
            found["debug"] = Value(True, step.origin.span)
    return found
