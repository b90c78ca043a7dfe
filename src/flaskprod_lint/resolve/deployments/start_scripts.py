"""Scripts that a person would start the app with, where no file names one: start.sh, boot.sh and their like."""

from __future__ import annotations

import posixpath
import re

from flaskprod_lint.model import Command
from flaskprod_lint.patterns import regex
from flaskprod_lint.records import dataclass
from flaskprod_lint.resolve import commands, servers
from flaskprod_lint.resolve.context import Context
from flaskprod_lint.resolve.deployments import planned, standing
from flaskprod_lint.resolve.options import Options
from flaskprod_lint.source import Place, Project, Span

_NAME = regex(
    r"(?:docker[-_])?(?:start|startup|boot|run|serve|server|launch|entrypoint|entry|gunicorn|uwsgi|waitress)"
    r"(?:[-_]?(?:start|app|api|server|web|site|flask|gunicorn|uwsgi|waitress|prod|production))*(?:\.sh|\.bash)?",
    re.IGNORECASE,
)
#: Where a script goes to, or sends the server.
_HOME = regex(r"(?:^\s*cd\s+|--chdir[=\s]+)[\"']?(/[\w./-]+)", re.MULTILINE)


@dataclass(frozen=True)
class StartScript:
    """A script at the top of the project that ends in a server for production, and how it would be started.

    `homes` are the folders of the host, by their absolute paths, in which it looks for the project.
    """

    path: str
    command: Command
    server: str
    homes: tuple[str, ...] = ()


def find(project: Project, options: Options, context: Context) -> StartScript | None:
    """The script that starts a server; None where none does, or several do it differently."""
    found = [one for path in project.of_format("shell") if (one := _script(project, path, options, context))]
    for_production = [one for one in found if standing.production_word(one.path)]
    chosen = for_production or found
    return chosen[0] if len(chosen) == 1 else None


def _script(project: Project, path: str, options: Options, context: Context) -> StartScript | None:
    source = project.read(path)
    if "/" in path or not _NAME.fullmatch(path) or source is None or not planned.is_server_text(source.text):
        return None
    if not standing.of_path(path, options, "").is_production:
        return None
    shell = "bash" if "bash" in source.line(1) else "sh"
    place = Place(Span(path, 1), f"assumed: no file says how the app is started, and {path} starts a server")
    command = Command(f"{shell} {path}", "exec", place, (shell, path))
    execution = commands.follow(command, context)
    step = execution.steps[execution.main] if execution.main is not None else None
    server = servers.of_step(step, servers.starting_context(step, context)) if step is not None else None
    if server is None or server.is_dev_server:
        return None
    homes = dict.fromkeys(posixpath.normpath(found) for found in _HOME.findall(source.text))
    return StartScript(path, command, server.name, tuple(homes))
