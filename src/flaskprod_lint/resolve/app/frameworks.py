"""Apps of frameworks other than Flask, told by what makes them."""

from __future__ import annotations

from flaskprod_lint.resolve.interpreter.values import Instance, Object, Value

#: By the beginning of what is called.
_MADE_BY = {
    "fastapi.": "FastAPI",
    "starlette.": "Starlette",
    "quart.": "Quart",
    "django.": "Django",
    "litestar.": "Litestar",
    "sanic.": "Sanic",
    "aiohttp.": "aiohttp",
    "falcon.": "Falcon",
    "bottle.": "Bottle",
    "pyramid.": "Pyramid",
    "tornado.": "Tornado",
    "robyn.": "Robyn",
    "gradio.": "Gradio",
    "socketio.": "Socket.IO",
}


def of_value(value: Value | None) -> str:
    """The framework whose app this is, by its own name for itself; empty for what may be a Flask app."""
    data = value.data if value is not None else None
    if isinstance(data, Object):
        makers = data.cls.external_bases()
    else:
        makers = [data.callee] if isinstance(data, Instance) else []
    return next((name for start, name in _MADE_BY.items() for maker in makers if maker.startswith(start)), "")


def why_unknown(name: str, value: Value | None) -> str:
    """Why nothing is known of the app under a name that is no Flask app we saw being made."""
    framework = of_value(value)
    if framework:
        return f"`{name}` is a {framework} app and no Flask app: its settings are not judged"
    return "the code that makes the app is not among the project's files"
