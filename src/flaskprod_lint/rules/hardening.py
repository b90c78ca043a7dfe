"""What of a running app should be closed in production: the session cookie on plain HTTP, debug toolbars."""

from __future__ import annotations

from collections.abc import Iterator

from flaskprod_lint.finding import Confidence, Finding, Severity
from flaskprod_lint.model import App, Deployment, Process, Setting, Use
from flaskprod_lint.rules import rule
from flaskprod_lint.rules.pointing import confidence_in, trail, unless
from flaskprod_lint.source import Place, Span

#: Uses that put something worth stealing behind the session cookie.
_IN_SESSION = ("login", "session", "oauth")


@rule("session-cookie-insecure")
def session_cookie_insecure(deployment: Deployment) -> Iterator[Finding]:
    """The session cookie also travels over plain HTTP."""
    for process, app in served_apps(deployment):
        use = used(app, *_IN_SESSION)
        setting = app.config.get("SESSION_COOKIE_SECURE")
        if use is None or setting is None or not setting.known or setting.value or used(app, "secure-cookies"):
            continue
        https = deployment.platform is not None and deployment.platform.https is True
        at = setting.span or definition(app, deployment)
        said = "is off" if setting.span else "is not set"
        yield Finding(
            f"SESSION_COOKIE_SECURE {said}{unless(setting)}: {_risk(use, https=https)}",
            at=at,
            because=trail(process, at, *_served_over_https(deployment), use.at, *_loaded(app)),
            confidence=_confidence(deployment, app, setting, use),
            severity=None if https else Severity.NOTE,
            label="the cookie is also sent over plain HTTP",
            instead=_instead(app, setting, "True"),
        )


@rule("debug-toolbar-on")
def debug_toolbar_on(deployment: Deployment) -> Iterator[Finding]:
    """A debug toolbar that the configuration switches on whatever debug is."""
    for process, app in served_apps(deployment):
        toolbar = used(app, "debug-toolbar")
        setting = app.config.get("DEBUG_TB_ENABLED")
        hosts = app.config.get("DEBUG_TB_HOSTS")
        if toolbar is None or setting is None or not setting.known or not setting.value:
            continue
        by_debug = app.debug is not None and app.debug.known and bool(app.debug.value)
        if by_debug or (hosts is not None and (not hosts.known or hosts.value)):
            continue
        at = setting.span or toolbar.at.span or definition(app, deployment)
        yield Finding(
            f"The debug toolbar is on in production{unless(setting)}: every page shows its visitors the configuration, "
            "secrets included, and the SQL that made it",
            at=at,
            because=trail(process, at, toolbar.at, *_loaded(app)),
            confidence=_confidence(deployment, app, setting, toolbar),
            label="anyone can read the configuration here",
            instead=_instead(app, setting, "False"),
        )


def served_apps(deployment: Deployment) -> Iterator[tuple[Process, App]]:
    """The apps that requests reach in production."""
    for process in deployment.web_processes:
        if process.app is not None and process.environment == "production":
            yield process, process.app


def used(app: App, *kinds: str) -> Use | None:
    """The first use of one of these kinds, a sure one before others, in the order of the kinds."""
    found = [use for kind in kinds for use in app.uses if use.kind == kind]
    return next((use for use in found if use.sure), None) or next(iter(found), None)


def definition(app: App, deployment: Deployment) -> Span:
    """Where the app is made."""
    return app.definition.span or deployment.origin.span or Span(deployment.origin.path or ".", 1)


def _instead(app: App, setting: Setting, value: str) -> str:
    """The line for a class or file of settings where the app has one, else for the app itself."""
    in_settings = bool(app.config_objects) and not setting.origin.note.startswith("app.config")
    return f"{setting.name} = {value}" if in_settings else f'app.config["{setting.name}"] = {value}'


def _risk(use: Use, *, https: bool) -> str:
    if not https:
        return "where people reach the app over HTTPS, their browsers send the session cookie over plain HTTP as well"
    gain = "is logged in as that person" if use.kind in ("login", "oauth") else "has that person's session"
    return f"browsers send the session cookie over plain HTTP as well, and whoever reads it there {gain}"


def _served_over_https(deployment: Deployment) -> Iterator[Place]:
    platform = deployment.platform
    if platform is not None and platform.https:
        yield Place(None, f"{platform.name} serves HTTPS")


def _loaded(app: App) -> Iterator[Place]:
    """The configuration object that production loads."""
    for setting in app.config_objects[-1:]:
        said = setting.origin.note or setting.name
        yield Place(setting.span, said or "loads a configuration that is not known here")


def may_load_other_settings(app: App) -> bool:
    """Whether a variable that a person may have set chooses another configuration object than the one at hand."""
    return any(read.is_set is None for one in app.config_objects for read in one.environment)


def _confidence(deployment: Deployment, app: App, setting: Setting, use: Use) -> Confidence:
    unconfirmed = deployment.platform is not None and not deployment.platform.confirms("front.https")
    sure = use.sure and setting.name not in app.unsure and not unconfirmed and not deployment.assumed
    sure = sure and not may_load_other_settings(app)
    return confidence_in(setting) if sure else Confidence.MEDIUM
