"""The command that serves an app with Gunicorn, as text for the place where the development server is started."""

from __future__ import annotations

from flaskprod_lint.model import App, Process, Step
from flaskprod_lint.patterns import regex
from flaskprod_lint.rules.adding import adding
from flaskprod_lint.rules.pointing import is_entrypoint
from flaskprod_lint.source import Span

#: Programs that start others in the environment that they have made.
_RUNNER = regex(r"\b(pipenv|poetry|uv|pdm)[\s\",']+run\b")

#: The names by which `flask` finds an app first.
_USUAL = ("app", "application")


def instead(process: Process, step: Step, at: Span) -> str:
    """What to write in that place, with what has to be done first, and how Gunicorn gets there if it is missing."""
    target, first = _served(process, step, at.path)
    port = "$PORT" if process.port_set else f"${{PORT:-{_port(process)}}}"
    command = f"{_before(step)}gunicorn --bind 0.0.0.0:{port} {target}"
    return "\n".join(filter(None, (first, _in_words_of(process, at, command), adding(process.packages, "gunicorn"))))


def _in_words_of(process: Process, at: Span, command: str) -> str:
    """The command as the file wants it."""
    name = at.path.rpartition("/")[2].lower()
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


def _before(step: Step) -> str:
    """What goes before Gunicorn: `poetry run` and its kin, or the folder of the virtual environment with its slash."""
    runner = _RUNNER.search(step.trail[-1].note) if step.trail else None
    if runner is not None:
        return f"{runner[1]} run "
    program = step.argv[0] if step.argv and isinstance(step.argv[0], str) else ""
    folder = program.rpartition("/")[0]
    return f"{folder}/" if folder.endswith("/bin") and not folder.startswith(("/usr/", "/bin")) else ""


# What it serves


def _served(process: Process, step: Step, path: str) -> tuple[str, str]:
    """The WSGI target, and what has to be done before it is there."""
    app, script = process.app, _script(process, step)
    if not script:
        root = path.rpartition("/")[0]
        return _target(app, root) or _found_by_flask(process) or _factory(app, root) or "MODULE:APP", ""
    # Python looks for modules in the folder of the script, Gunicorn in the one where it is started.
    folder = _words(step)[0].rpartition("/")[0]
    within = f"--pythonpath {folder} " if folder else ""
    root = script.rpartition("/")[0]
    target = _target(app, root) or _factory(app, root)
    if target is not None:
        return within + target, ""
    name = app.name if app is not None and app.name.isidentifier() else "app"
    module = _module(script, root)
    if module is None:
        return "MODULE:APP", ""
    return f"{within}{module}:{name}", f"# first make {name} at the top of {script}, where a server can import it"


def _words(step: Step) -> list[str]:
    return [word.removeprefix("./") for word in step.argv[1:] if isinstance(word, str) and word.endswith(".py")]


def _script(process: Process, step: Step) -> str:
    """The path in the project of the script that is started; empty where that is not certain."""
    scripts = _words(step)
    for place in process.server.trail if process.server is not None and scripts else ():
        if place.span is not None and f"/{place.span.path}".endswith(f"/{scripts[0]}"):
            return place.span.path
    return ""


def _found_by_flask(process: Process) -> str | None:
    """The app, or the call of the factory, that `flask run` finds by itself, as Gunicorn takes it."""
    app, target = process.app, process.server.target if process.server else None
    if app is None or target is None or not app.name.isidentifier():
        return None
    file = target.text.partition(":")[0]
    folder, _, module = file.removesuffix(".py").rpartition("/") if file.endswith(".py") else ("", "", file)
    if not all(map(str.isidentifier, module.split("."))) or (app.name == module and module not in _USUAL):
        return None
    within = f"--pythonpath {folder} " if folder else ""
    return f"{within}'{module}:{app.name}()'" if app.factory else f"{within}{module}:{app.name}"


def _factory(app: App | None, root: str) -> str | None:
    """The call of the function that makes the app of a script."""
    place = app.made_by if app is not None else None
    module = _module(place.path, root) if place is not None else None
    return f"'{module}:{place.note}()'" if place is not None and module is not None else None


def _target(app: App | None, root: str) -> str | None:
    """The app's own name in its module, seen from the folder that the process starts in; None without certainty."""
    if app is None or app.factory or not app.name.isidentifier():
        return None
    file = _file_of(app, root)
    module = _module(file, root) if file is not None else None
    return f"{module}:{app.name}" if module is not None else None


def _module(file: str, root: str) -> str | None:
    """The dotted name of a file, seen from a folder."""
    if root and not file.startswith(root + "/"):
        return None
    module = file[len(root) :].lstrip("/").removesuffix(".py").removesuffix("/__init__")
    if module.startswith("src/"):
        # A package under src/ is installed; whether a module there is found from src/ or from above is its own affair.
        module = module.removeprefix("src/") if module.count("/") > 1 or file.endswith("/__init__.py") else ""
    return module.replace("/", ".") if all(part.isidentifier() for part in module.split("/")) else None


def _file_of(app: App, root: str) -> str | None:
    """The file whose own name the app's is: the script in that folder that serves it, else where it is made."""
    if app.held is not None and app.held.path.rpartition("/")[0] == root:
        return app.held.path
    span = app.definition.span
    # `app = Flask(…)` at the start of a line is the module's own; what is indented stands in a function.
    return span.path if span is not None and span.column == len(f"{app.name} = ") + 1 else None
