"""Files that look like a Gunicorn configuration and that nothing in the project tells Gunicorn to load."""

from __future__ import annotations

import ast
import posixpath
import re

from flaskprod_lint.inputs import python
from flaskprod_lint.resolve.context import Context
from flaskprod_lint.resolve.deployments import standing
from flaskprod_lint.resolve.gunicorn.table import settings_of
from flaskprod_lint.resolve.options import Options
from flaskprod_lint.source import Place, Project, Source, Span

#: Names that are settings of Gunicorn and hardly anything else, at the top of a file.
_TELLING = frozenset(
    "bind workers worker_class threads timeout accesslog errorlog loglevel preload_app max_requests keepalive "
    "graceful_timeout worker_connections worker_tmp_dir max_requests_jitter capture_output".split()
)
_FORMATS = (
    "procfile dockerfile compose shell fly render heroku-yml app-json supervisord systemd makefile package-json "
    "pyproject dotenv github-workflow gitlab-ci pipfile apprunner ebextensions dockerrun copilot bicep".split()
)


def config_files(context: Context, loaded: str) -> tuple[Place, ...]:
    """The files that ship with the process, look like a configuration and are named by no command anywhere.

    Each with the path by which Gunicorn would find it from the folder where it starts.
    """
    project = context.project
    found = [
        path
        for path in project.of_format("gunicorn-config")
        if path != loaded and _is_config(project, path) and context.tree.paths_of(path)
    ]
    return tuple(
        Place(Span(path, 1), _from_here(context, path))
        for path in found
        if standing.of_path(path, Options(), "").environment != "development" and not _is_named(project, path)
    )


def _from_here(context: Context, path: str) -> str:
    there = context.tree.paths_of(path)[0]
    relative = posixpath.relpath(there, context.cwd or "/")
    return there if relative.startswith("..") else relative


def _is_config(project: Project, path: str) -> bool:
    return bool(project.facts(path, _looks_like_one))


def _looks_like_one(source: Source) -> bool:
    """Whether a file sets names of Gunicorn's at its top, and defines no application of its own."""
    tree = python.syntax(source)
    if tree is None:
        return False
    names = {
        target.id
        for node in tree.body
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    if any(isinstance(node, ast.ClassDef) for node in tree.body):
        return False
    return len(names & set(settings_of(None))) >= 2 and bool(names & _TELLING)


def _is_named(project: Project, path: str) -> bool:
    """Whether some command of the project loads it with -c, whatever it deploys."""
    name = path.rpartition("/")[2]
    stem = re.escape(name.removesuffix(".py"))
    option = re.compile(rf"(?:-c|--config|CONF\w*)[\s=,:'\"]+(?:file:|python:)?[\w./${{}}-]*{stem}\b")
    paths = [each for form in _FORMATS for each in project.of_format(form)]
    paths += [each for each in project.of_format("python") if each != path]
    paths += [each for form in ("yaml", "json") for each in project.of_format(form) if project.holds(each, b"gunicorn")]
    sources = (project.read(each) for each in paths)
    return any(source is not None and option.search(source.text) for source in sources)
