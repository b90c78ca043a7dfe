"""Which app the `flask` command and job workers load: --app, FLASK_APP, or the file that they look for."""

from __future__ import annotations

import posixpath
from collections.abc import Sequence

from flaskprod_lint.model import Step, Unknown
from flaskprod_lint.resolve.app import loading
from flaskprod_lint.resolve.app.flask_hooks import flask_instance
from flaskprod_lint.resolve.app.python_path import locate, search_path, site_packages
from flaskprod_lint.resolve.context import Context
from flaskprod_lint.resolve.interpreter.values import Function, Instance, Module, Value

#: The beginnings of what makes a queue of jobs.
QUEUES = ("celery.", "rq.", "dramatiq.", "huey.", "flask_rq2.")


def target_of(step: Step, context: Context) -> str | None:
    """The target text of the app that the step loads by the rules of its own program; None when it loads none."""
    words = _words(step)
    if words[:1] == ["flask"]:
        return _of_flask(words, step, context)
    if words[:1] == ["celery"]:
        return _of_celery(_option(words, ("-A", "--app")), step, context)
    if words[:1] == ["dramatiq"]:
        return _module(next((word for word in words[1:] if not word.startswith("-")), None))
    return None


def _words(step: Step) -> list[str]:
    """The words of the step, with `python -m flask` read as `flask`."""
    words = [word if isinstance(word, str) else "" for word in step.argv]
    if loading.is_python(step.program) and words[1:2] == ["-m"]:
        words = words[2:]
    return [posixpath.basename(words[0]), *words[1:]] if words else []


def _of_flask(words: Sequence[str], step: Step, context: Context) -> str | None:
    place = loading.of_step(step, context)
    variable = place.variables.get("FLASK_APP")
    given = _option(words, ("-A", "--app"))
    if given is None and variable is not None:
        given = variable.value if isinstance(variable.value, str) else None
    if given:
        return _module(given)
    for name in ("wsgi", "app"):
        if isinstance(place.tree.locate(f"{name}.py", place.cwd), str):
            return name
    return None


def _of_celery(given: str | None, step: Step, context: Context) -> str | None:
    """Celery takes `pkg.module` as well as `pkg.module.attribute`."""
    text = _module(given)
    if text is None or ":" in text:
        return text
    place = loading.of_step(step, context)
    folders = (*search_path(step, place).folders, *site_packages(place))
    parent, _, name = text.rpartition(".")
    for module, target in ((text, text), (parent, f"{parent}:{name}")):
        if module and isinstance(locate(module, folders, place.tree), str):
            return target
    return None


def queue_of(module: Module) -> Value | None:
    """The queue of jobs that a worker takes of a module: celery, app, or the first that there is."""
    named = [module.names.get(name) for name in ("app", "celery")]
    for value in (*named, *module.names.values()):
        if value is not None and isinstance(value.data, Instance) and value.data.callee.startswith(QUEUES):
            return value
    return None


def _option(words: Sequence[str], names: Sequence[str]) -> str | None:
    for index, word in enumerate(words):
        flag, equals, value = word.partition("=")
        if flag in names:
            return value if equals else words[index + 1] if index + 1 < len(words) else None
        if any(len(name) == 2 and word.startswith(name) and len(word) > 2 for name in names):
            return word[2:]
    return None


def _module(text: str | None) -> str | None:
    return dotted(text) if text else None


def dotted(text: str) -> str | None:
    """A target text whose module is dotted: Flask takes paths such as `src/app.py` as well."""
    if "$" in text:
        return None
    module, colon, attribute = text.strip("'\"").partition(":")
    path = module.removeprefix("./")
    if "/" in path or path.endswith(".py"):
        module = path.removesuffix(".py").removesuffix("/__init__").strip("/").replace("/", ".")
    return f"{module}{colon}{attribute}"


def best_app(module: Module) -> Value | None:
    """What Flask takes of a module when no name is given: app, application, the only app, or a factory."""
    for name in ("app", "application"):
        value = module.names.get(name)
        if value is not None and flask_instance(value) is not None:
            return value
    apps = [value for value in module.names.values() if flask_instance(value) is not None]
    if len(apps) == 1:
        return apps[0]
    for name in ("create_app", "make_app"):
        value = module.names.get(name)
        if value is not None and isinstance(value.data, (Function, Unknown)):
            return value
    return None
