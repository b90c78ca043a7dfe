"""Rules about the command that starts a process: the development server, and what cannot be started at all."""

from __future__ import annotations

from collections.abc import Iterator

from flaskprod_lint.finding import Confidence, Finding
from flaskprod_lint.model import CommandFault, Deployment, Process, Step
from flaskprod_lint.rules import rule, serving_commands
from flaskprod_lint.source import Place

_LABELS = {
    "one-element": "one word, and no program has this name",
    "builtin": "only a shell knows this word",
    "not-found": "there is no such file",
    "not-executable": "has no execute bit",
    "crlf": "its first line ends in CRLF",
    "no-interpreter": "nothing can run this script",
    "dropped": "only the first command runs",
}


@rule("dev-server")
def dev_server(deployment: Deployment) -> Iterator[Finding]:
    for process in deployment.web_processes:
        if process.environment == "development":
            continue
        server = process.server
        if server is not None and server.is_dev_server:
            yield from _dev_server(process, server.step, server.trail)
        elif (step := _perhaps(process)) is not None:
            yield from _dev_server(process, step, ())


def _perhaps(process: Process) -> Step | None:
    """`flask run` in a branch that is taken as likely as the one of the real server."""
    main = process.main_step
    if main is None or main.sure:
        return None
    return next((step for step in process.steps if step is not main and _is_flask_run(step)), None)


def _is_flask_run(step: Step) -> bool:
    return "run" in step.argv and (step.program == "flask" or step.argv[1:3] == ("-m", "flask"))


def _dev_server(process: Process, step: Step, trail: tuple[Place, ...]) -> Iterator[Finding]:
    span = step.written.span or process.command.origin.span
    if span is None:
        return
    what = f"`{process.name}` runs Flask's development server"
    if trail:
        what += f": `{step.text}` reaches {trail[-1].note or 'it'}"
    else:
        what += f" (`{step.text}`)"
    if not step.sure:
        what += ", unless a variable that nothing here sets says otherwise"
    yield Finding(
        what,
        at=span,
        because=(*step.trail, *trail),
        confidence=Confidence.HIGH if step.sure else Confidence.MEDIUM,
        label="the development server",
        instead=serving_commands.instead(process, step, span),
    )


@rule("command-not-runnable")
def command_not_runnable(deployment: Deployment) -> Iterator[Finding]:
    for process in deployment.processes:
        if process.environment == "development":
            continue
        for fault in process.faults:
            if fault.kind in _LABELS:
                yield from _not_runnable(process, fault)


def _not_runnable(process: Process, fault: CommandFault) -> Iterator[Finding]:
    span = fault.at.span or process.command.origin.span
    if span is None:
        return
    yield Finding(
        f"`{process.name}` does not run as written: {fault.reason}"
        if fault.kind == "dropped"
        else f"`{process.name}` cannot start: {fault.reason}",
        at=span,
        because=process.trail,
        confidence=Confidence.HIGH if fault.sure else Confidence.MEDIUM,
        label=_LABELS[fault.kind],
        instead=fault.instead or None,
    )
