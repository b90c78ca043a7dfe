"""Rules about what the server loads: module and name are there, factories are called, importing does not serve."""

from __future__ import annotations

from collections.abc import Iterator

from flaskprod_lint.finding import Confidence, Evidence, Finding
from flaskprod_lint.model import Deployment, Process, Server, Target, Unknown
from flaskprod_lint.rules import evidence, rule
from flaskprod_lint.source import Place, Span

_SHOWN = {"gunicorn": "Gunicorn", "uwsgi": "uWSGI", "mod_wsgi": "mod_wsgi"}


@rule("wsgi-target-not-found")
def wsgi_target_not_found(deployment: Deployment) -> Iterator[Finding]:
    """The server is told to load a module or a name that the shipped sources do not have."""
    for process, server, target in _targets(deployment):
        if target.state not in ("module-missing", "name-missing"):
            continue
        yield Finding(
            f"{shown(server)} cannot load `{target.text}`: {target.detail}",
            at=_span(target, process, deployment),
            because=_trail(process, server),
            label="every worker fails to import this",
            instead=target.instead or None,
        )


@rule("factory-not-called")
def factory_not_called(deployment: Deployment) -> Iterator[Finding]:
    """A factory is named without a call, an app is called, or a factory is called with arguments that do not fit."""
    for process, server, target in _targets(deployment):
        if target.state not in ("not-called", "not-a-factory", "bad-arguments"):
            continue
        yield Finding(
            _factory_message(server, target),
            at=_span(target, process, deployment),
            because=(*_trail(process, server), *((target.definition,) if target.definition else ())),
            label="every request fails" if target.state == "not-called" else "the worker fails to start",
            instead=_factory_instead(server, target),
        )


@rule("app-run-on-import")
def app_run_on_import(deployment: Deployment) -> Iterator[Finding]:
    """Importing the target serves, so that the import never ends."""
    for process, server, target in _targets(deployment):
        if server.is_dev_server or process.app is None:
            continue
        for reached in process.app.reached:
            if reached.kind != "app.run" or reached.at.span is None:
                continue
            yield Finding(
                f"{shown(server)} imports `{target.text}`, and the import reaches {reached.at.note}: each worker then "
                "serves there with Flask's own server and never answers a request",
                at=reached.at.span,
                because=(*_trail(process, server), *reached.trail),
                confidence=Confidence.HIGH if reached.sure else Confidence.MEDIUM,
                label="the import stops here",
                instead='if __name__ == "__main__":\n    app.run()',
            )


@evidence("server")
def evidence_of_server(deployment: Deployment) -> Evidence:
    """What shows that a real server serves the app: its command, and where the app it loads is made."""
    web = list(deployment.web_processes)
    if not web:
        reason = "nothing here starts a web process"
        return Evidence(unknown=reason) if deployment.web_missing else Evidence(not_applicable=reason)
    proofs: list[Place] = []
    for process in web:
        server = process.server
        if server is None or server.name == "unknown":
            return Evidence(unknown=_unfollowed(process))
        for refusal in (*server.refusals, *server.boot_refusals):
            return Evidence(unknown=f"{shown(server)} does not start as it is set up: {refusal.note}")
        proofs.extend(_proofs(process, server))
        if server.target is None and process.app is None:
            return Evidence("", tuple(proofs), unknown=_which_app(server))
        if server.target is not None and server.target.state == "unknown":
            reason = server.target.detail or "it could not be found"
            return Evidence(_headline(server), tuple(proofs), unknown=f"{server.target.text}: {reason}")
    first = web[0].server
    return Evidence(_headline(first) if first else "", tuple(dict.fromkeys(proofs)))


def _which_app(server: Server) -> str:
    """That the app is not known, with the reason where its name would be set."""
    named = server.settings.get("wsgi_app")
    reason = f": {named.value.reason}" if named is not None and isinstance(named.value, Unknown) else ""
    return f"which app {shown(server)} loads{reason}"


def _unfollowed(process: Process) -> str:
    """Why it is not known which server a process starts."""
    reason = f"which server `{process.name}` starts could not be followed from its command"
    return f"{reason}: {process.unknowns[0].reason}" if process.unknowns else reason


def _proofs(process: Process, server: Server) -> Iterator[Place]:
    text = server.step.text or process.command.text
    yield Place(server.step.written.span or process.command.origin.span, text)
    if server.target is not None and server.target.definition is not None:
        yield server.target.definition


def _headline(server: Server) -> str:
    what = f" {server.target.text}" if server.target else " the app"
    return f"{shown(server)} serves{what}"


def shown(server: Server) -> str:
    """The server's name as its makers write it."""
    return _SHOWN.get(server.name, server.name)


def _targets(deployment: Deployment) -> Iterator[tuple[Process, Server, Target]]:
    for process in deployment.web_processes:
        if process.server is not None and process.server.target is not None:
            yield process, process.server, process.server.target


def _span(target: Target, process: Process, deployment: Deployment) -> Span:
    for place in (target.origin, process.command.origin, deployment.origin):
        if place.span is not None:
            return place.span
    return Span(deployment.origin.path or ".", 1)


def _trail(process: Process, server: Server) -> tuple[Place, ...]:
    return server.step.trail or process.trail


def _factory_message(server: Server, target: Target) -> str:
    if target.state == "not-called":
        return f"{shown(server)} takes the factory `{target.attribute}` itself for the app: it is named, but not called"
    if target.state == "not-a-factory":
        return f"{shown(server)} calls `{target.attribute}`, which is the app already and makes none"
    return f"{shown(server)} cannot call the factory: {target.detail}"


def _factory_instead(server: Server, target: Target) -> str | None:
    name = f"{target.module}:{target.attribute}"
    if target.state == "bad-arguments":
        return f"from {target.module} import {target.attribute}\n\napp = {target.attribute}(…)"
    if target.state == "not-a-factory":
        return f"gunicorn {name}"
    return f"waitress-serve --call {name}" if server.name == "waitress" else f'gunicorn "{name}()"'
