"""Rules of the item "Gunicorn, not the Flask dev server"."""

from __future__ import annotations

from collections.abc import Iterator

from flaskprod_lint.finding import Finding
from flaskprod_lint.model import Deployment, Process, Server
from flaskprod_lint.rules import rule
from flaskprod_lint.rules.deploying import manifest_unreadable as manifest_unreadable
from flaskprod_lint.rules.deploying import no_web_process as no_web_process
from flaskprod_lint.rules.deploying import start_command_conflict as start_command_conflict
from flaskprod_lint.rules.idle_settings import server_setting_ineffective as server_setting_ineffective
from flaskprod_lint.rules.idle_settings import server_setting_unknown as server_setting_unknown
from flaskprod_lint.rules.refusing import server_refuses_to_start as server_refuses_to_start
from flaskprod_lint.rules.server_settings import config_file_not_loaded as config_file_not_loaded
from flaskprod_lint.rules.server_settings import reload_on as reload_on
from flaskprod_lint.rules.starting import command_not_runnable as command_not_runnable
from flaskprod_lint.rules.starting import dev_server as dev_server
from flaskprod_lint.rules.wsgi_target import app_run_on_import as app_run_on_import
from flaskprod_lint.rules.wsgi_target import evidence_of_server as evidence_of_server
from flaskprod_lint.rules.wsgi_target import factory_not_called as factory_not_called
from flaskprod_lint.rules.wsgi_target import wsgi_target_not_found as wsgi_target_not_found
from flaskprod_lint.source import Place

#: The distribution that brings each server, where its name is not the server's.
_DISTRIBUTIONS = {"mod_wsgi": "mod-wsgi"}
#: Servers that a system package or Python itself brings, so that no requirement is expected.
_NOT_FROM_PIP = frozenset(("werkzeug", "unknown", "mod_wsgi", "python", "passenger"))


@rule("server-not-installed")
def server_not_installed(deployment: Deployment) -> Iterator[Finding]:
    for process in deployment.web_processes:
        server = process.server
        if server is None or process.packages.complete is not True:
            continue
        missing = [name for name in _needed(server) if process.packages.find(name) is None]
        if missing and server.step.written.span is not None:
            yield _not_installed(process, server, missing)


def _needed(server: Server) -> list[str]:
    """The distributions that the server cannot start without."""
    if server.name in _NOT_FROM_PIP:
        return []
    # What Gunicorn needs beside its worker class's own library is a matter of `server-refuses-to-start`.
    return [_DISTRIBUTIONS.get(server.name, server.name), *(name for name in server.requires if name != "packaging")]


def _not_installed(process: Process, server: Server, missing: list[str]) -> Finding:
    sources = process.packages.sources
    files = " and ".join(dict.fromkeys(place.path for place in sources)) or "the build"
    span = server.step.written.span
    assert span is not None
    names = " and ".join(missing)
    because = tuple(Place(place.span, f"{place.note or 'installed'}: {names} is not in it") for place in sources)
    return Finding(
        f"`{process.name}` starts {server.name}, and nothing in {files} installs {names}: the process exits at once",
        at=span,
        because=(*server.step.trail, *because),
        label=f"{names} is not installed",
        instead="\n".join(missing),
    )
