"""What else loading the app does: serves, migrates, makes tables, loads dotenv files."""

from __future__ import annotations

from collections.abc import Iterable

from flaskprod_lint.model import Reached
from flaskprod_lint.resolve.app.dotenv_hooks import LOADERS
from flaskprod_lint.resolve.interpreter.values import Event
from flaskprod_lint.source import Place

#: Calls that serve requests with Werkzeug's server, and so never return.
WERKZEUG = frozenset(
    {
        "flask.Flask.run",
        "dash.Dash.run",
        "dash.Dash.run_server",
        "connexion.FlaskApp.run",
        "connexion.App.run",
        "werkzeug.serving.run_simple",
        "werkzeug.run_simple",
        "flask_socketio.SocketIO.run",
    }
)
_UPGRADES = frozenset(
    {
        "flask_migrate.upgrade",
        "alembic.command.upgrade",
        "flask_alembic.Alembic.upgrade",
        "alembic.config.main",
        "flask_migrate.Migrate.upgrade",
    }
)
_DATABASES = ("sqlalchemy", "flask_sqlalchemy", "sqlmodel", "flask_appbuilder", "flask_sqlalchemy_lite")


def of_events(events: Iterable[Event]) -> list[Reached]:
    """The calls that matter, in order, each with how the code gets there."""
    found: list[Reached] = []
    for event in events:
        kind = kind_of(event)
        if kind and not any(one.kind == kind and one.at.span == event.at for one in found):
            found.append(Reached(kind, Place(event.at, _what(event)), event.trail, event.sure, event.callee))
    return found


def kind_of(event: Event) -> str | None:
    """What an event is, in the words of `Reached.kind`; None for what does not matter here."""
    if event.kind != "call":
        return None
    if event.callee in WERKZEUG:
        return "app.run"
    if event.callee in _UPGRADES:
        return "upgrade"
    if event.callee in LOADERS:
        return "load_dotenv"
    name = event.callee.rpartition(".")[2]
    if name in ("create_all", "drop_all") and event.callee.startswith(_DATABASES):
        return name
    return None


def _what(event: Event) -> str:
    return event.callee.rpartition(".")[2] + "()"
