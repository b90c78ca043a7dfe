"""Where an engine gets a `postgres://` from, the scheme that SQLAlchemy 1.4 and later refuse."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace

from flaskprod_lint.model import Engine
from flaskprod_lint.patterns import regex
from flaskprod_lint.resolve.context import Context
from flaskprod_lint.resolve.database.drivers import ON_SQLALCHEMY, is_for_another, is_usual
from flaskprod_lint.resolve.interpreter.values import Partial
from flaskprod_lint.resolve.packages.versions import is_installed, sqlalchemy_version
from flaskprod_lint.source import Place

_OLD = regex(r"\s*postgres(\+\w+)?:")
#: Code that looks at the scheme, or replaces it.
_REWRITES = regex(
    r"""\b(replace|startswith|sub|subn|split|partition|removeprefix|scheme|drivername|_replace)\b[^\n]*postgres"""
    r"""|["']postgres(://|:|["'])|\bpostgres://[^\n]*\bpostgresql""",
    re.IGNORECASE,
)


def completed(engine: Engine, files: Iterable[str], context: Context) -> Engine:
    """The engine, with the place where its `postgres://` comes from, if it gets one."""
    place = _place(engine, files, context)
    if place is None:
        return engine
    sure = engine.sure and is_installed(context, "sqlalchemy") and (engine.url is None or engine.url.sure)
    sure = sure and engine.url_kind != "fallback"
    return replace(engine, old_scheme=place, old_scheme_sure=sure)


def _place(engine: Engine, files: Iterable[str], context: Context) -> Place | None:
    if engine.library not in ON_SQLALCHEMY or engine.url is None or sqlalchemy_version(context) < (1, 4):
        return None
    value = engine.url.value
    text = value if isinstance(value, str) else value.prefix if isinstance(value, Partial) else ""
    if _OLD.match(text) and engine.url_kind != "fallback":
        return _source(engine, context)
    if _is_passed_on(engine, context) and not _is_rewritten(files, context):
        name = engine.url_variables[0].name
        platform = context.platform.name if context.platform else ""
        return Place(engine.url.span, f"{platform} sets {name} to an address that starts with postgres://")
    return None


def _source(engine: Engine, context: Context) -> Place:
    """The manifest that sets the variable, else the code."""
    for read in engine.url_variables:
        setting = context.variables.get(read.name)
        if setting is not None and isinstance(setting.value, str) and _OLD.match(setting.value) and setting.span:
            return Place(setting.span, f"{read.name} starts with postgres://")
    return Place(engine.url.span if engine.url else None, "The URL starts with postgres://")


def _is_passed_on(engine: Engine, context: Context) -> bool:
    """Whether the URL is a variable of the platform as it is: nothing has been done to its text."""
    platform = context.platform
    if platform is None or platform.database_scheme != "postgres://" or engine.url is None:
        return False
    if len(engine.url_variables) != 1 or is_for_another(context):
        return False
    setting = context.variables.get(engine.url_variables[0].name)
    if setting is None or setting.origin.span is not None:
        return False
    if engine.url_kind == "fallback":  # Where no driver for it is installed, no such database is attached.
        return is_usual(engine, context)
    return setting.value == engine.url.value


def _is_rewritten(files: Iterable[str], context: Context) -> bool:
    sources = (context.project.read(path) for path in files)
    return any(source is not None and _REWRITES.search(source.text) for source in sources)
