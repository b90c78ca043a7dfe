"""Runs what a process loads, in the interpreter and with Flask's hooks: a WSGI target's module, or a script.

The same start in the same place is run once, however many ask for it.
"""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Hashable, Sequence
from dataclasses import field, replace
from typing import TYPE_CHECKING, TypeVar

from flaskprod_lint.model import Step, Unknown
from flaskprod_lint.records import dataclass
from flaskprod_lint.resolve.app import (
    data_hooks,
    decouple_hooks,
    dotenv_hooks,
    dynaconf_hooks,
    flask_dotenv,
    ini_hooks,
    pydantic_hooks,
    random_hooks,
    settings_hooks,
)
from flaskprod_lint.resolve.app.flask_hooks import FlaskHooks
from flaskprod_lint.resolve.app.python_path import locate, search_path, site_packages, with_installed_project
from flaskprod_lint.resolve.context import Context
from flaskprod_lint.resolve.database import url_hooks
from flaskprod_lint.resolve.interpreter.limits import Limits
from flaskprod_lint.resolve.interpreter.machine import Interpreter
from flaskprod_lint.resolve.interpreter.values import Event, Module, Value
from flaskprod_lint.source import Place

if TYPE_CHECKING:
    from flaskprod_lint.resolve.app.argument_hooks import CommandLine

LIBRARIES = (
    dotenv_hooks.call,
    settings_hooks.call,
    decouple_hooks.call,
    pydantic_hooks.call,
    dynaconf_hooks.call,
    data_hooks.call,
    ini_hooks.call,
    random_hooks.call,
    url_hooks.call,
)

#: Nodes of syntax that one file of settings may run: a hundred times what real ones need.
SETTINGS_STEPS = 15_000

T = TypeVar("T")


@dataclass
class Loaded:
    """A run of a process's code. `value` is the module that it starts with; `made` what was kept with it."""

    machine: Interpreter
    hooks: FlaskHooks
    context: Context
    value: Value
    search: tuple[str, ...] = ()
    made: dict[Hashable, object] = field(default_factory=dict)

    @property
    def events(self) -> list[Event]:
        return self.machine.events

    @property
    def module(self) -> Module | None:
        return self.value.data if isinstance(self.value.data, Module) else None

    def once(self, key: Hashable, make: Callable[[], T]) -> T:
        """What `make` gives, made the first time only: a factory is called once, and gives one app."""
        if key not in self.made:
            self.made[key] = make()
        return self.made[key]  # type: ignore[return-value]


def of_step(step: Step, context: Context) -> Context:
    """The context in which a step runs: its folder and the variables that were set for it on the way."""
    cwd = posixpath.normpath(posixpath.join(context.cwd or "/", step.cwd or ""))
    place = replace(with_installed_project(context.with_variables(step.environment)), cwd=cwd)
    return flask_dotenv.with_dotenv(step, place)


def of_module(
    dotted: str, step: Step, context: Context, *, chdir: str | None = None, python_path: Sequence[str] = ()
) -> Loaded:
    """The run of `import dotted`, as a server does it; a path stands for the file that uWSGI loads by it."""
    place = of_step(step, context)
    path = search_path(step, place, chdir=chdir, more=python_path)
    if chdir:
        place = place.at(posixpath.normpath(posixpath.join(place.cwd, chdir)))
    folders = (*path.folders, *site_packages(place))
    return _once(("module", dotted, folders), place, lambda: _import(dotted, place, folders))


def _import(dotted: str, context: Context, folders: tuple[str, ...]) -> Loaded:
    hooks, machine = _machine(context, folders)
    if "/" in dotted:
        path = context.tree.locate(dotted, context.cwd)
        module = machine.run_file(path, "uwsgi_file") if isinstance(path, str) and path in context.project else None
        value = Value(module) if module is not None else Value(Unknown(f"{dotted} is no file of the project"))
        return Loaded(machine, hooks, context, value, folders)
    return Loaded(machine, hooks, context, machine.import_module(dotted), folders)


def of_script(step: Step, context: Context) -> Loaded | None:
    """The run of `python file.py`, `python -m module` or a console script of the project's.

    None for another program, or a file that is not there.
    """
    place = of_step(step, context)
    if step.entry_point:
        return _of_entry_point(step, place)
    script = script_file(step, place)
    if script is None:
        return None
    path, absolute = script
    found = search_path(step, place, script=absolute)
    folders = (*found.folders, *site_packages(place))
    words = arguments(step)
    line = _command_line(step, len(words))
    return _once(("script", path, tuple(map(str, words))), place, lambda: _run(path, place, folders, line))


def _command_line(step: Step, following: int) -> CommandLine:
    # Few web processes are scripts, and argparse takes long to import.
    from flaskprod_lint.resolve.app.argument_hooks import CommandLine

    return CommandLine(step, following)


def _run(path: str, context: Context, folders: tuple[str, ...], line: CommandLine) -> Loaded:
    hooks, machine = _machine(context, folders)
    hooks.listen(line, path)
    module = machine.run_file(path, "__main__")
    return Loaded(machine, hooks, context, Value(module), folders)


def _of_entry_point(step: Step, context: Context) -> Loaded | None:
    """The run of a console script: its module is imported and its function called."""
    dotted, _, name = step.entry_point.partition(":")
    path = search_path(step, context)
    folders = (*path.folders, *site_packages(context))
    if not isinstance(locate(dotted, folders, context.tree), str):
        return None
    words = arguments(step)
    line = _command_line(step, len(words))

    def run() -> Loaded:
        hooks, machine = _machine(context, folders)
        hooks.listen(line, step.program)
        module = value = machine.import_module(dotted)
        for part in name.split("."):
            value = machine.attribute(value, part)
        machine.call(value)
        return Loaded(machine, hooks, context, module, folders)

    return _once(("entry point", step.entry_point, tuple(map(str, words))), context, run)


def interpreter(context: Context) -> Interpreter:
    """An interpreter that knows the libraries which code reads its settings with. It has the patience that a file
    of settings needs, which is less than an app's."""
    return _machine(context, (), Limits(steps_per_file=SETTINGS_STEPS))[1]


def _machine(
    context: Context, folders: tuple[str, ...], limits: Limits | None = None
) -> tuple[FlaskHooks, Interpreter]:
    hooks = FlaskHooks(LIBRARIES)
    machine = Interpreter(context, hooks=hooks, search=folders, limits=limits or Limits())
    hooks.machine = machine
    return hooks, machine


def _once(key: Hashable, context: Context, make: Callable[[], Loaded]) -> Loaded:
    runs: dict[Hashable, object] = context.project.kept(__name__)
    full = (key, context.cwd, context.open_environment, context.python, _variables(context), tuple(context.tree.mounts))
    kept = runs.get(full)
    if not isinstance(kept, Loaded):
        kept = runs[full] = make()
    return kept


def _variables(context: Context) -> tuple[tuple[str, str, Place], ...]:
    return tuple((name, repr(setting.value), setting.origin) for name, setting in sorted(context.variables.items()))


def script_file(step: Step, context: Context) -> tuple[str, str] | None:
    """The project path and the absolute path of the file that a step runs with Python, or by its shebang."""
    words = list(step.argv)
    if not words or not all(isinstance(word, str) for word in words[:1]):
        return None
    if not is_python(step.program):
        return _file(str(words[0]), context)
    index = _after_switches(words)
    word = words[index] if index < len(words) else None
    if not isinstance(word, str):
        return None
    if word.startswith("-") and "m" in word:
        name = word.partition("m")[2] or (words[index + 1] if index + 1 < len(words) else None)
        return _module_file(name, step, context) if isinstance(name, str) else None
    return None if word.startswith("-") else _file(word, context)


def is_python(program: str) -> bool:
    """Whether a program is a Python interpreter: python, python3, python3.12, pypy3."""
    return program.rstrip("0123456789.") in ("python", "pypy", "python.exe")


_TAKING = ("-W", "-X", "--check-hash-based-pycs")


def _after_switches(words: Sequence[str | Unknown]) -> int:
    """The index of the script, or of the `-m` or `-c` that stands in its place."""
    index = 1
    while index < len(words):
        word = words[index]
        if not isinstance(word, str) or not word.startswith("-") or word == "-":
            return index
        if not word.startswith("--") and ("m" in word[1:] or "c" in word[1:]) and word[:2] not in _TAKING:
            return index
        index += 2 if word in _TAKING else 1
    return index


def arguments(step: Step) -> list[str | Unknown]:
    """What follows the script or module on the command line."""
    words = list(step.argv)
    if not is_python(step.program):
        return words[1:]
    index = _after_switches(words)
    word = words[index] if index < len(words) else ""
    return (
        words[index + 2 :]
        if isinstance(word, str) and word.startswith("-") and word.endswith("m")
        else words[index + 1 :]
    )


def _file(word: str, context: Context) -> tuple[str, str] | None:
    absolute = posixpath.normpath(posixpath.join(context.cwd, word))
    found = context.tree.locate(absolute)
    if isinstance(found, str) and context.project.is_folder(found):
        absolute += "/__main__.py"
        found = context.tree.locate(absolute)
    if not isinstance(found, str) or found not in context.project:
        return None
    source = context.project.read(found)
    python = found.endswith(".py") or (
        source is not None and source.line(1).startswith("#!") and "python" in source.line(1)
    )
    return (found, absolute) if python or is_python_word(word) else None


def is_python_word(word: str) -> bool:
    """Whether a file is surely Python by its name."""
    return word.endswith((".py", ".pyw"))


def _module_file(name: str, step: Step, context: Context) -> tuple[str, str] | None:
    path = search_path(step, context)
    found = locate(name, path.folders, context.tree)
    if not isinstance(found, str):
        return None
    if found.endswith("/__init__.py") or context.project.is_folder(found):
        folder = found.removesuffix("/__init__.py")
        found = f"{folder}/__main__.py"
    if found not in context.project:
        return None
    places = context.tree.paths_of(found)
    return (found, posixpath.join(context.cwd, "-m")) if places else None
