"""Connections that loading the app takes from a pool, and what each worker does about them after the fork."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Sequence

from flaskprod_lint.inputs import python
from flaskprod_lint.model import Process, Reached
from flaskprod_lint.patterns import regex
from flaskprod_lint.resolve.interpreter.values import Event
from flaskprod_lint.source import Place, Project, Source, Span

_LIBRARIES = ("sqlalchemy", "flask_sqlalchemy", "sqlmodel", "alchemical", "flask_appbuilder")
#: The ends of calls that use a connection: of an engine, of a session, of a query.
_CONNECTS = regex(
    r"(create_engine|engine|engines)\.(connect|begin|raw_connection|execute|scalar)$"
    r"|\b(session|sessionmaker\.__call__|Session|scoped_session)\.(execute|scalar|scalars|get|commit|flush)$"
    r"|\bquery\b.*\.(all|first|one|one_or_none|scalar|count|get|first_or_404)$"
    r"|\.(create_all|drop_all|reflect)$"
)
_HOOKS = ("post_fork", "post_worker_init")
_AFTER_FORK = regex(r"\bregister_at_fork\b|\bpost_?fork\b")


def of_events(events: Iterable[Event]) -> list[Reached]:
    """The calls that take a connection while the app loads, after the last one that gives all of them up."""
    found: list[Reached] = []
    for event in events:
        if event.kind != "call" or not event.callee.startswith(_LIBRARIES):
            continue
        if event.callee.endswith(".dispose"):
            found = []
        elif _CONNECTS.search(event.callee) and not any(one.at.span == event.at for one in found):
            place = Place(event.at, f"{event.callee.rpartition('.')[2]}() connects to the database")
            found.append(Reached("connect", place, event.trail, event.sure, event.callee))
    return found[:1]


def after_fork(process: Process, project: Project) -> Place | None:
    """The hook that each worker of Gunicorn starts with; its note is "dispose" where it drops its connections."""
    server = process.server
    paths = [server.config_file.path] if server is not None and server.config_file is not None else []
    for path in (*paths, *(process.app.files if process.app is not None else ())):
        source = project.read(path)
        place = _hook(source) if source is not None else None
        if place is not None:
            return place
    return None


def _hook(source: Source) -> Place | None:
    if not _AFTER_FORK.search(source.text) and not any(name in source.text for name in _HOOKS):
        return None
    syntax = python.syntax(source)
    tree: Sequence[ast.AST] = list(ast.walk(syntax)) if syntax is not None else []
    for node in tree:
        if isinstance(node, ast.FunctionDef) and node.name in _HOOKS:
            drops = "dispose(" in ast.unparse(node)
            return Place(Span(source.path, node.lineno, node.col_offset + 1), "dispose" if drops else node.name)
    registers = any(isinstance(node, ast.Attribute) and node.attr == "register_at_fork" for node in tree)
    return Place(Span(source.path, 1), "dispose" if "dispose" in source.text else "after fork") if registers else None
