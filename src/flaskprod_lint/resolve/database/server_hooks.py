"""What the hooks in Gunicorn's configuration file do to the schema: read from their syntax, never run."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from flaskprod_lint.model import Process, Reached
from flaskprod_lint.model.app import GUNICORN_HOOKS
from flaskprod_lint.resolve.database import upgrades
from flaskprod_lint.source import Place, Project, Span


def of_process(process: Process, project: Project) -> list[Reached]:
    """The calls in the hooks of a server that change the schema, each with the hook it stands below."""
    server = process.server
    path = server.config_file.path if server is not None and server.is_gunicorn and server.config_file else ""
    source = project.read(path) if path else None
    names = [name for name in GUNICORN_HOOKS if source is not None and f"def {name}(" in source.text]
    return list(_of_file(project, path, names)) if names else []


def _of_file(project: Project, path: str, names: list[str]) -> Iterator[Reached]:
    file = upgrades.parse(project, path)
    for name in names if file is not None else ():
        upgrade = upgrades.of_function_in(project, path, name)
        function = file.functions.get(name) if file is not None else None
        if function is None or upgrade is None or upgrade.kind == "autogenerate":
            continue
        hook = Place(Span(path, function.lineno, function.col_offset + 1), f"Gunicorn calls {name}()")
        called = "create_all()" if upgrade.kind == "create_all" else "upgrade()"
        sure = not any(isinstance(node, (ast.If, ast.IfExp)) for node in ast.walk(function))
        yield Reached(upgrade.kind, Place(upgrade.at, called), (hook,), sure, hook=name)
