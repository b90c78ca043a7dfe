"""Rules about the command that starts a process: the development server, and what cannot be started at all."""

from __future__ import annotations

from collections.abc import Iterator

from flaskprod_lint.finding import Confidence, Finding
from flaskprod_lint.model import App, CommandFault, Deployment, Process, Step
from flaskprod_lint.patterns import regex
from flaskprod_lint.rules import rule
from flaskprod_lint.rules.pointing import is_entrypoint
from flaskprod_lint.source import Place, Span

#: Programs that start others in the environment that they have made.
_RUNNER = regex(r"\b(pipenv|poetry|uv|pdm)[\s\",']+run\b")
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
        instead=_gunicorn(process, step, span),
    )


def _gunicorn(process: Process, step: Step, at: Span) -> str:
    """The command to write in that place."""
    path = at.path
    target = _target(process.app, _root(process, step, path)) or _factory(process) or "MODULE:APP"
    port = "$PORT" if process.port_set else f"${{PORT:-{_port(process)}}}"
    command = f"{_before(step)}gunicorn --bind 0.0.0.0:{port} {target}"
    name = path.rpartition("/")[2].lower()
    if name == "procfile":
        return f"{'web' if process.kind == 'web' else process.name}: {command}"
    if "dockerfile" in name:
        return f"{'ENTRYPOINT' if is_entrypoint(process, at) else 'CMD'} exec {command}"
    return f"exec {command}" if name.endswith(".sh") else command


def _port(process: Process) -> int:
    """The port that requests are sent to, as far as it is known; else the one that the development server takes."""
    expected = process.port_expected.value if process.port_expected is not None else None
    if isinstance(expected, int):
        return expected
    ports = [address.port for address in (process.server.bind if process.server is not None else ())]
    return next((port for port in ports if isinstance(port, int)), 8000)


def _root(process: Process, step: Step, path: str) -> str:
    """The folder that the process starts in, as the place of its script shows; else that of the file that starts it."""
    scripts = [word.removeprefix("./") for word in step.argv[1:] if isinstance(word, str) and word.endswith(".py")]
    for place in process.server.trail if process.server is not None and scripts else ():
        if place.span is not None and f"/{place.span.path}".endswith(f"/{scripts[0]}"):
            return place.span.path.removesuffix(scripts[0]).rstrip("/")
    return path.rpartition("/")[0]


def _before(step: Step) -> str:
    """What goes before Gunicorn: `poetry run` and its kin, or the folder of the virtual environment with its slash."""
    runner = _RUNNER.search(step.trail[-1].note) if step.trail else None
    if runner is not None:
        return f"{runner[1]} run "
    program = step.argv[0] if step.argv and isinstance(step.argv[0], str) else ""
    folder = program.rpartition("/")[0]
    return f"{folder}/" if folder.endswith("/bin") and not folder.startswith(("/usr/", "/bin")) else ""


def _factory(process: Process) -> str | None:
    """The call of the factory that `flask run` finds by itself, as Gunicorn takes it."""
    app, target = process.app, process.server.target if process.server else None
    if app is None or target is None or not app.factory or not app.name.isidentifier():
        return None
    module = target.text.partition(":")[0].removesuffix(".py")
    return f'"{module}:{app.name}()"' if all(map(str.isidentifier, module.split("."))) else None


def _target(app: App | None, folder: str) -> str | None:
    """The app's WSGI target, seen from the folder of the file that starts it; None where that is not certain."""
    if app is None or app.factory or not app.name.isidentifier():
        return None
    file = _file_of(app, folder)
    if file is None or (folder and not file.startswith(folder + "/")):
        return None
    module = file[len(folder) :].lstrip("/").removesuffix(".py").removesuffix("/__init__")
    if module.startswith("src/"):
        # A package under src/ is installed; whether a module there is found from src/ or from above is its own affair.
        module = module.removeprefix("src/") if module.count("/") > 1 or file.endswith("/__init__.py") else ""
    if not all(part.isidentifier() for part in module.split("/")):
        return None
    return f"{module.replace('/', '.')}:{app.name}"


def _file_of(app: App, folder: str) -> str | None:
    """The file whose own name the app's is: the script in that folder that serves it, else where it is made."""
    if app.held is not None and app.held.path.rpartition("/")[0] == folder:
        return app.held.path
    span = app.definition.span
    # `app = Flask(…)` at the start of a line is the module's own; what is indented stands in a function.
    return span.path if span is not None and span.column == len(f"{app.name} = ") + 1 else None


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
