"""The command that brings a deployment's database up to date, in the words of the tool that the project has."""

from __future__ import annotations

import posixpath
from collections.abc import Mapping

from flaskprod_lint.inputs.alembic import MigrationFolder, read_script_location
from flaskprod_lint.model import Deployment, Packages, Process
from flaskprod_lint.resolve.context import Context
from flaskprod_lint.source import Project

_PLAIN = "alembic upgrade head"
#: The names by which `flask` takes an app or a factory for the one that is meant.
_FOUND = ("", "app", "application", "create_app", "make_app")


def of_deployment(
    tool: str, folder: MigrationFolder | None, project: Project, deployment: Deployment, contexts: Mapping[str, Context]
) -> str:
    """The command, to be run where the web process runs; empty where the project has no such tool."""
    web = next(iter(deployment.web_processes), None)
    context = contexts.get(web.name) if web is not None else None
    if tool == "alembic":
        return _of_alembic(folder, project, context)
    packages = web.packages if web is not None else deployment.packages
    if folder is None and packages.complete is True and packages.find("flask-migrate") is None:
        return ""
    return f"flask {_app(web, context, packages)}db upgrade"


def _of_alembic(folder: MigrationFolder | None, project: Project, context: Context | None) -> str:
    """Alembic's command, with what lets it find an alembic.ini that lies in another folder."""
    beside = f"{posixpath.dirname(folder.path)}/alembic.ini".lstrip("/") if folder is not None else ""
    path = beside if beside in project else next(iter(project.of_format("alembic-ini")), "alembic.ini")
    there = _from_here(path, context) if context is not None else path
    if there == "alembic.ini":
        return _PLAIN
    location = project.facts(path, read_script_location)
    text = location.value if location is not None else ""
    # Without an anchor, Alembic looks for the folder from where it is started, and not from where its file lies.
    anchored = "%(here)s" in text or ":" in text or (folder is not None and folder.path == text)
    return f"alembic -c {there} upgrade head" if anchored else f"sh -c 'cd {posixpath.dirname(there)} && {_PLAIN}'"


def _from_here(path: str, context: Context) -> str:
    """The path of a project's file as the process would write it: a whole one where a host starts it at its root."""
    within = [place for place in context.tree.paths_of(path) if place.startswith(f"{context.cwd.rstrip('/')}/")]
    if not within:
        return path
    return within[0] if context.cwd in ("", "/") else posixpath.relpath(within[0], context.cwd)


def _app(web: Process | None, context: Context | None, packages: Packages) -> str:
    """`--app` with the module that the server loads, where `flask` would not find the app by itself."""
    target = web.server.target if web is not None and web.server is not None else None
    if target is None or target.state != "found" or context is None or not _takes_app(packages):
        return ""
    known = "FLASK_APP" in context.variables or _in_dotenv(context)
    if known or any(isinstance(context.tree.locate(name, context.cwd), str) for name in ("app.py", "wsgi.py")):
        return ""
    named = target.module if target.attribute in _FOUND else f"{target.module}:{target.attribute}"
    return f"--app {named} "


def _takes_app(packages: Packages) -> bool:
    """Whether the installed Flask surely knows --app, which came with 2.2."""
    flask = packages.find("flask")
    parts = flask.version.split(".") if flask is not None and flask.version else []
    return [int(part) for part in parts[:2] if part.isdecimal()] >= [2, 2]


def _in_dotenv(context: Context) -> bool:
    """Whether a file that `flask` reads by itself may name the app."""
    paths = (context.tree.locate(name, context.cwd) for name in (".flaskenv", ".env"))
    return any(isinstance(path, str) and context.project.holds(path, b"FLASK_APP") for path in paths)
