"""What the code of a loaded app uses: sessions, logins, the address of the request, debug toolbars.

What a function does counts only where something can call it: a route, a hook, or code that is itself called.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from flaskprod_lint.model import Setting, Use
from flaskprod_lint.resolve.app import mentions
from flaskprod_lint.resolve.app.flask_hooks import flask_instance
from flaskprod_lint.resolve.app.mentions import Mention, Unit
from flaskprod_lint.resolve.interpreter.values import Event, External, Instance, Value
from flaskprod_lint.source import Place, Project, Span

#: Extensions that do something for an app that they are given, by the kind of `Use`.
_EXTENSIONS: Mapping[str, str] = {
    "flask_wtf.CSRFProtect": "csrf",
    "flask_wtf.csrf.CSRFProtect": "csrf",
    "flask_wtf.CsrfProtect": "csrf",
    "flask_wtf.csrf.CsrfProtect": "csrf",
    "flask_session.Session": "server-session",
    "flask_talisman.Talisman": "secure-cookies",
    "flask_talisman.talisman.Talisman": "secure-cookies",
    "flask_debugtoolbar.DebugToolbarExtension": "debug-toolbar",
    "flask_security.Security": "login",
    "flask_security.core.Security": "login",
    "flask_appbuilder.AppBuilder": "login",
    "flask_user.UserManager": "login",
}
_SIGN_INS = (
    "authlib.integrations.flask_client.OAuth.register",
    "authlib.flask.client.OAuth.register",
    "flask_oauthlib.client.OAuth.remote_app",
)
_LIMITERS = ("flask_limiter.Limiter", "flask_limiter.extension.Limiter")
_REMOTE_ADDRESS = "flask_limiter.util.get_remote_address"
#: Switches in the config that turn off what is used otherwise.
_SWITCHES = {"csrf": "WTF_CSRF_ENABLED", "client-address": "RATELIMIT_ENABLED"}


def of_app(
    events: list[Event], config: Mapping[str, Setting], project: Project, files: Iterable[str], name: str
) -> tuple[Use, ...]:
    """Every use of the app; `name` is what its target calls, which no code of the project needs to."""
    found = [*_of_events(events, config), *_of_files(events, project, files, name)]
    return tuple(use for use in found if use.kind != "csrf" or not _is_off("csrf", config))


def _is_off(kind: str, config: Mapping[str, Setting]) -> bool:
    setting = config.get(_SWITCHES[kind])
    return setting is not None and setting.value is False


# What loading the app sets up


def _of_events(events: list[Event], config: Mapping[str, Setting]) -> Iterator[Use]:
    attached = {event.callee.removesuffix(".init_app") for event in events if event.callee.endswith(".init_app")}
    for event in events:
        kind = _kind(event, attached, config)
        if kind:
            yield Use(kind, Place(event.at, _what(event)), event.trail, event.sure)


def _kind(event: Event, attached: set[str], config: Mapping[str, Setting]) -> str:
    if event.kind == "set-attribute":
        return "server-session" if event.callee == "flask.Flask.session_interface" else ""
    if event.kind != "call":
        return ""
    extension = event.callee.removesuffix(".init_app")
    if extension in _EXTENSIONS and _is_given_the_app(event):
        return "" if _is_unwilling(event) else _EXTENSIONS[extension]
    if event.callee in _SIGN_INS or (event.callee.startswith("flask_dance.contrib.") and ".make_" in event.callee):
        return "oauth"
    if event.callee in _LIMITERS and _limits_by_address(event) and not _is_off("client-address", config):
        return "client-address" if event.callee in attached or _is_given_the_app(event) else ""
    return ""


def _is_given_the_app(event: Event) -> bool:
    given = (*event.args, *event.kwargs.values())
    return any(flask_instance(value) is not None or isinstance(value.data, Instance) for value in given)


def _is_unwilling(event: Event) -> bool:
    """Talisman that was told to leave the session cookie alone."""
    willing = event.kwargs.get("session_cookie_secure")
    return willing is not None and not willing.data


def _limits_by_address(event: Event) -> bool:
    given: Iterable[Value] = (*event.args, *event.kwargs.values())
    enabled = event.kwargs.get("enabled")
    off = enabled is not None and enabled.data is False
    return not off and any(isinstance(one.data, External) and one.data.path == _REMOTE_ADDRESS for one in given)


def _what(event: Event) -> str:
    if event.kind == "set-attribute":
        return "app.session_interface"
    if event.callee in _LIMITERS:
        return "the rate limiter counts by get_remote_address()"
    return event.callee.removesuffix(".init_app").rpartition(".")[2] + "()"


# What its functions do


def _of_files(events: list[Event], project: Project, files: Iterable[str], name: str) -> Iterator[Use]:
    units = [unit for path in files for unit in project.facts(path, mentions.read) or ()]
    if not any(unit.mentions for unit in units):
        return
    unregistered = _routes_of_unregistered_blueprints(events)
    for unit in _live(units, unregistered, {name, "create_app"}):
        for mention in unit.mentions:
            if not (unit.by_hand and mention.kind in ("client-address", "scheme", "external-url")):
                yield _use(mention)


def _use(mention: Mention) -> Use:
    return Use(mention.kind, Place(mention.at, mention.what), (), mention.sure)


def _live(units: list[Unit], unregistered: set[Span], called: set[str]) -> list[Unit]:
    """The units that something calls: by a decorator, or by name from one that is called itself."""
    waiting = list(units)
    live: list[Unit] = []
    while True:
        reached = [unit for unit in waiting if _is_called(unit, unregistered, called)]
        if not reached:
            return live
        live += reached
        called = called.union(*(unit.names for unit in reached))
        known = {id(unit) for unit in reached}
        waiting = [unit for unit in waiting if id(unit) not in known]


def _is_called(unit: Unit, unregistered: set[Span], called: set[str]) -> bool:
    return not unit.name or unit.name in called or any(span not in unregistered for span in unit.registered)


def _routes_of_unregistered_blueprints(events: list[Event]) -> set[Span]:
    """The decorators of blueprints that no app has: none where an argument of register_blueprint is not known."""
    registered: list[Instance] = []
    for event in events:
        if event.callee.endswith("register_blueprint"):
            given = event.args[0].data if event.args else None
            if not isinstance(given, Instance):
                return set()
            registered.append(given)
    return {event.at for event in events if _is_of_another_blueprint(event, registered)}


def _is_of_another_blueprint(event: Event, registered: list[Instance]) -> bool:
    data = event.receiver.data if event.receiver is not None else None
    return (
        event.kind == "call"
        and isinstance(data, Instance)
        and data.callee.endswith("Blueprint")
        and not any(data is one for one in registered)
    )
