"""The name by which a server would load the app of a module that nobody names."""

from __future__ import annotations

from flaskprod_lint.resolve.app import flask_apps
from flaskprod_lint.resolve.app.flask_hooks import flask_instance
from flaskprod_lint.resolve.interpreter.values import Function, Module

_APPS = ("app", "application")
_FACTORIES = ("create_app", "make_app")


def best(module: Module) -> str | None:
    """`app`, `application`, the only app, one that a middleware wraps, or a factory; None where there is none.

    The order is that of the `flask` command. A factory is given as its call.
    """
    names = module.names
    apps = {name: made for name, value in names.items() if (made := flask_instance(value)) is not None}
    for name in _APPS:
        if name in apps:
            return name
    if len({id(made) for made in apps.values()}) == 1:
        return next(iter(apps))
    for name in _APPS:
        if name in names and flask_apps(names[name]):
            return name
    for name in _FACTORIES:
        if name in names and isinstance(names[name].data, Function):
            return f"{name}()"
    return None
