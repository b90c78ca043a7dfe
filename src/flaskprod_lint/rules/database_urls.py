"""Where the URL of a production database comes from: the code, or a fallback in it."""

from __future__ import annotations

from collections.abc import Iterator

from flaskprod_lint.finding import Confidence, Finding, Severity
from flaskprod_lint.model import Deployment, Engine, Process, Setting
from flaskprod_lint.rules import rule
from flaskprod_lint.rules.database_places import sqlite_trouble
from flaskprod_lint.rules.production_engines import NO_SERVER, engines_of, trail_of


@rule("database-url-hardcoded")
def database_url_hardcoded(deployment: Deployment) -> Iterator[Finding]:
    """Production connects to a database whose URL stands in the code."""
    for process, engine in engines_of(deployment):
        at = engine.url.span if engine.url else None
        if engine.url is None or at is None or engine.url_kind != "literal":
            continue
        if engine.dialect in (None, NO_SERVER):
            continue
        password = ", and the password can be read by everyone who sees the code" if engine.has_password else ""
        where = f"The database's URL is written into the code{_in_brackets(engine.url)}"
        yield Finding(
            f"{where}: another database needs a new release{password}",
            at=at,
            because=trail_of(process, engine),
            confidence=Confidence.HIGH if engine.sure and engine.url.sure else Confidence.MEDIUM,
            label="DATABASE_URL is ignored",
        )


def _in_brackets(url: Setting) -> str:
    return f" ({url.value})" if isinstance(url.value, str) else ""


@rule("database-url-fallback")
def database_url_fallback(deployment: Deployment) -> Iterator[Finding]:
    """The URL comes from the environment, and a literal stands in for it when the variable is missing."""
    for process, engine in engines_of(deployment):
        if engine.url is None or engine.url_kind != "fallback" or sqlite_trouble(process, engine):
            continue
        at = engine.url.span or next((read.at for read in engine.url_variables if read.at), None)
        if at is None:
            continue
        yield Finding(
            _fallback(engine),
            at=at,
            because=trail_of(process, engine),
            severity=Severity.ERROR if engine.has_password else None,
            confidence=_fallback_confidence(process, engine, engine.url),
            instead=_fallback_instead(engine),
            label=f"used when {_they_are(engine)} missing",
        )


def _fallback_confidence(process: Process, engine: Engine, url: Setting) -> Confidence:
    """Medium where a variable that may be set chooses the configuration: another one may have another URL."""
    objects = process.app.config_objects if process.app is not None else ()
    chosen = any(read.is_set is None for loaded in objects for read in loaded.environment)
    return Confidence.HIGH if engine.sure and _is_plain_fallback(url) and not chosen else Confidence.MEDIUM


def _is_plain_fallback(url: Setting) -> bool:
    """Whether the fallback hangs on the variable alone, and on no other condition that cannot be known."""
    return url.sure or (url.known and bool(url.environment))


def _fallback(engine: Engine) -> str:
    names = variables(engine)
    unset = all(read.is_set is False for read in engine.url_variables)
    when = f"{names} is set by nothing here, so" if unset else f"Without {names},"
    password = "; its password can be read in the code" if engine.has_password else ""
    return f"{when} the app silently uses {_fallback_text(engine)}{password}"


def _fallback_text(engine: Engine) -> str:
    value = engine.url.value if engine.url else None
    defaults = [read.default for read in engine.url_variables if isinstance(read.default, str) and read.default]
    text = value if isinstance(value, str) else next(iter(defaults), "a fallback in the code")
    if not text.startswith("sqlite"):
        return text
    file = text.partition("?")[0].rpartition("/")[2]
    return f"SQLite ({file})" if file and file != ":memory:" else "SQLite in memory"


def variables(engine: Engine) -> str:
    names = list(dict.fromkeys(read.name for read in engine.url_variables))
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def _they_are(engine: Engine) -> str:
    return "the variable is" if len({read.name for read in engine.url_variables}) == 1 else "they are"


def _fallback_instead(engine: Engine) -> str | None:
    names = {read.name for read in engine.url_variables}
    return f'os.environ["{names.pop()}"]' if len(names) == 1 else None
