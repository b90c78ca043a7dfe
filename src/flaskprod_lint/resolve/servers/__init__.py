"""Which server a process runs, and what it comes to: addresses, concurrency, logs, the application it loads."""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Sequence
from dataclasses import replace

from flaskprod_lint.model import Process, Server, Setting, Step, Target, Unknown
from flaskprod_lint.resolve.context import Context
from flaskprod_lint.resolve.servers import asgi as asgi_servers
from flaskprod_lint.resolve.servers import uwsgi
from flaskprod_lint.resolve.servers import wsgi as wsgi_servers
from flaskprod_lint.resolve.servers.step_words import Word, words_of
from flaskprod_lint.source import Place

Reader = Callable[[Sequence[Word], Step, Context], "tuple[Server, Setting | None]"]

#: Servers other than Gunicorn by the name of their program, and by that of their module for `python -m`.
READERS: dict[str, Reader] = {
    "waitress-serve": wsgi_servers.waitress,
    "waitress": wsgi_servers.waitress,
    "mod_wsgi-express": wsgi_servers.mod_wsgi,
    "uvicorn": asgi_servers.uvicorn,
    "hypercorn": asgi_servers.hypercorn,
    "granian": asgi_servers.granian,
    "daphne": asgi_servers.daphne,
    "uwsgi": uwsgi.uwsgi,
    "pyuwsgi": uwsgi.uwsgi,
}
_GUNICORN = ("gunicorn", "gunicorn3", "gunicorn.app.wsgiapp", "gunicorn_paster")

#: Options of Python itself that take the next word.
_PYTHON_VALUED = "XW"


def of_process(process: Process, context: Context) -> Server | None:
    """The server that the process stays in; None when what it runs is no server that we know."""
    step = process.main_step
    if step is None:
        return None
    here = starting_context(step, context)
    if process.port_set and "PORT" not in here.variables:
        port = Setting("PORT", Unknown("the platform chooses it"), Place(None, "PORT, set by the platform"))
        here = here.with_variables({"PORT": port})
    server = of_step(step, here)
    if server is not None:
        server.unbuffered = _unbuffered(step, here)
    return server


def starting_context(step: Step, context: Context) -> Context:
    """The folder and the variables that the step's program starts with."""
    from flaskprod_lint.resolve.app.flask_dotenv import with_dotenv

    cwd = posixpath.normpath(posixpath.join(context.cwd or "/", step.cwd or ""))
    return with_dotenv(step, context.at(cwd).with_variables(step.environment))


def of_step(step: Step, context: Context) -> Server | None:
    """The server that a step's program is; `context` is where it starts."""
    program, start = _program(step)
    words = words_of(step, start)
    if program in _GUNICORN:
        return gunicorn_server(words, step, context)
    if program == "flask":
        return _flask(words, step, context)
    if program in READERS:
        server, target = READERS[program](words, step, context)
        return _with_target(server, target, step, context)
    if program in ("", "python") or step.entry_point or step.program.startswith(("python", "pypy")):
        return _script(step, context)
    return None


def _program(step: Step) -> tuple[str, int]:
    """The program's name, or the module that `python -m` runs, and where its arguments start."""
    name = step.program
    if not name.startswith("python") and name not in ("pypy3", "pypy"):
        return ("python", 1) if name.endswith(".py") else (name, 1)
    index = 1
    while index < len(step.argv):
        word = step.argv[index]
        if not isinstance(word, str) or not word.startswith("-") or word == "-":
            break
        letters = word[1:]
        if word.startswith("--"):
            letters = ""
        module = letters.find("m")
        if module >= 0 and not letters.startswith(tuple(_PYTHON_VALUED)):
            joined = letters[module + 1 :]
            following = step.argv[index + 1] if index + 1 < len(step.argv) else ""
            return (joined, index + 1) if joined else (following if isinstance(following, str) else "", index + 2)
        index += 2 if letters in tuple(_PYTHON_VALUED) else 1
    return "python", index


def gunicorn_server(
    words: Sequence[Word], step: Step, context: Context, own_target: Setting | None = None
) -> Server | None:
    """The Gunicorn that these words start; `own_target` is what the program sets in place of the one in the words."""
    from flaskprod_lint.resolve.gunicorn import effective, merge

    resolved = merge.resolve(words, step, context)
    if resolved.only_prints:
        return None
    server = effective.server_of(resolved, step, context)
    if own_target is not None or resolved.target is not None:
        target = own_target
        if target is None and resolved.target is not None:
            reads = resolved.target.reads
            target = Setting("target", resolved.target.value(), resolved.target_origin, environment=reads)
        chdir, paths = server.settings["chdir"].value, server.settings["pythonpath"].value
        folder = chdir if isinstance(chdir, str) else context.cwd
        more = paths.split(",") if isinstance(paths, str) else ()
        return _with_target(server, target, step, context.at(folder), more)
    return server


def _flask(words: Sequence[Word], step: Step, context: Context) -> Server | None:
    """`flask run`; None for every other command of Flask's."""
    texts = [word.text for word in words]
    if "run" not in texts:
        return None
    at = texts.index("run")
    before = wsgi_servers.flask_run(words[:at], step, context)[1]
    server, target = wsgi_servers.flask_run([*words[:at], *words[at + 1 :]], step, context)
    target = target or before
    if target is not None and isinstance(target.value, str) and ":" not in target.value:
        # Flask looks through the module for an app or a factory of any name.
        server.target = Target(target.value, target.value, "", target.origin)
        return server
    return _with_target(server, target, step, context)


def _with_target(
    server: Server, target: Setting | None, step: Step, context: Context, paths: Sequence[str] = ()
) -> Server:
    """The server with the application that it loads; `context` is where it looks for it."""
    from flaskprod_lint.resolve.app import target as targets

    own = server.settings.get("pythonpath")
    if not paths and own is not None and isinstance(own.value, str):
        paths = own.value.split(":")
    if target is not None and isinstance(target.value, str):
        server.target = targets.find(
            target.value, replace(step, cwd=""), context, origin=target.origin, python_path=paths
        )
    return server


def _script(step: Step, context: Context) -> Server | None:
    """A Python script that serves by itself."""
    from flaskprod_lint.resolve.servers import scripted as scripted_servers

    return scripted_servers.of_step(step, context)


def _unbuffered(step: Step, context: Context) -> Setting:
    """Whether Python writes what is printed at once: PYTHONUNBUFFERED (not empty), or `python -u`."""
    name = step.program
    if name.startswith("python"):
        for word in step.argv[1:]:
            if not isinstance(word, str) or not word.startswith("-") or word.startswith("--"):
                break
            if "u" in word.partition("m")[0]:
                return Setting("unbuffered", True, Place(step.origin.span, f"{name} {word}"))
    variable = context.variables.get("PYTHONUNBUFFERED")
    if variable is None:
        open_ended = Unknown("PYTHONUNBUFFERED may be set where it runs") if context.open_environment else False
        return Setting("unbuffered", open_ended, is_default=True)
    if isinstance(variable.value, Unknown):
        return Setting("unbuffered", variable.value, variable.origin)
    # Python takes "0" for off too, as an integer of PYTHONUNBUFFERED that is zero.
    on = str(variable.value) not in ("", "0")
    return Setting("unbuffered", on, Place(variable.span, f"PYTHONUNBUFFERED={variable.value}"))
