"""What one command of a build installs: uv, Poetry, Pipenv, PDM, conda and the packages of Linux systems, and pip."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable

from flaskprod_lint.inputs import lockfiles, pyproject, requirements
from flaskprod_lint.model import Step
from flaskprod_lint.patterns import regex
from flaskprod_lint.resolve.packages import Collector, Selection
from flaskprod_lint.resolve.packages.install_command import Command, Locate
from flaskprod_lint.resolve.packages.pip_installs import pip, pip_word
from flaskprod_lint.source import Place, Span

_PIP = regex(r"pip(?:\d+(?:\.\d+)?)?")
_PYTHON = regex(r"(?:python|pypy)(?:\d+(?:\.\d+)?)?")


def take_step(collector: Collector, step: Step, locate: Locate) -> None:
    """Take in what one step of a build installs; steps that install nothing are passed over."""
    argv = step.argv
    words = [word if isinstance(word, str) else None for word in argv]
    name, rest, offset = _tool(step.program, words)
    if not name:
        return
    reader = _TOOLS.get(name)
    if reader is not None:
        reader(Command(collector, step, locate, rest, argv[offset:]))


def _tool(program: str, words: list[str | None]) -> tuple[str, list[str | None], int]:
    """The install tool of a command and the words after it: `python -m pip` and `uv pip` are pip."""
    if _PIP.fullmatch(program):
        return "pip", words[1:], 1
    if _PYTHON.fullmatch(program) and words[1:3] == ["-m", "pip"]:
        return "pip", words[3:], 3
    if _PYTHON.fullmatch(program) and words[1:2] == ["-m"] and words[2:3]:
        return words[2] or "", words[3:], 3
    if program == "uv" and words[1:2] == ["pip"]:
        return "pip", words[2:], 2
    return program, words[1:], 1


_UV_VALUES = frozenset(
    """
    --extra --group --only-group --no-group --python -p --project --directory --package --index --default-index -i
    --no-install-package --link-mode --cache-dir
    """.split()
)


_ADD_VALUES = frozenset("-G --group -E --extras --extra --optional --python -p --source --platform --index".split())


def _add(command: Command) -> None:
    """`poetry add gunicorn`: packages beside those that the project lists; `gunicorn@^23` is Poetry's own writing."""
    command.words, command.argv = command.words[1:], command.argv[1:]
    arguments = command.arguments(_ADD_VALUES)
    if arguments.unknown is not None:
        command.collector.hole("the command line decides what is installed only when it runs", command.place.span)
    for word in arguments.words:
        name, at, version = word.partition("@")
        exact = at and version[:1].isdigit()
        pip_word(command, word if "/" in word else f"{name}=={version}" if exact else name, arguments)


def _uv(command: Command) -> None:
    if command.words[:1] == ["add"]:
        _add(command)
        _install_project(command, "pyproject.toml", Selection(), export=False)
        return
    if not command.words or command.words[0] not in ("sync", "export"):
        return
    export = command.words[0] == "export"
    command.words, command.argv = command.words[1:], command.argv[1:]
    arguments = command.arguments(_UV_VALUES)
    no_dev = bool({"--no-dev", "--no-default-groups"} & arguments.flags) or "UV_NO_DEV" in command.step.environment
    selection = Selection(
        extras=tuple(arguments.all("--extra")),
        with_groups=tuple(arguments.all("--group")),
        without_groups=tuple(arguments.all("--no-group")),
        only=tuple(arguments.all("--only-group")),
        development=not no_dev,
        all_extras="--all-extras" in arguments.flags,
    )
    folder = next(iter(arguments.all("--project", "--directory")), ".")
    _install_project(command, posixpath.join(folder, "pyproject.toml"), selection, export)


_POETRY_VALUES = frozenset(
    "--with --without --only -E --extras -f --format -o --output --directory -C -P --project".split()
)


def _poetry(command: Command) -> None:
    if command.words[:1] == ["add"]:
        _add(command)
        return
    if not command.words or command.words[0] not in ("install", "export", "sync"):
        return
    export = command.words[0] == "export"
    command.words, command.argv = command.words[1:], command.argv[1:]
    arguments = command.arguments(_POETRY_VALUES)
    only = _names(arguments.all("--only"))
    selection = Selection(
        extras=_names(arguments.all("-E", "--extras")),
        with_groups=_names(arguments.all("--with")),
        without_groups=_names(arguments.all("--without")),
        only=tuple(name for name in only if name != "main"),
        development=not export and "--no-dev" not in arguments.flags and "main" not in only,
        all_extras="--all-extras" in arguments.flags,
    )
    if only == ("main",):
        selection.without_groups = (*selection.without_groups, *_all_groups(command))
    _install_project(command, "pyproject.toml", selection, export)


def _all_groups(command: Command) -> tuple[str, ...]:

    path = command.locate("pyproject.toml", command.step.cwd)
    facts = command.collector.project.facts(path, pyproject.read) if isinstance(path, str) else None
    return tuple(facts.groups) if facts else ()


def _names(values: list[str]) -> tuple[str, ...]:
    return tuple(name for value in values for name in re.split(r"[,\s]+", value.strip("\"'")) if name)


def _install_project(command: Command, name: str, selection: Selection, export: bool) -> None:
    path = command.file(name)
    if path is None:
        return
    if export:
        from flaskprod_lint.inputs import pyproject

        reader = pyproject.read_pipfile if path.endswith("Pipfile") else pyproject.read
        facts = command.collector.project.facts(path, reader)
        if facts is not None:
            command.collector.exported.append((facts, command.collector.lock_of(posixpath.dirname(path), facts)))
        return
    command.collector.project_file(path, selection, use_lock=True, at=command.place)


def _pipenv(command: Command) -> None:
    if not command.words or command.words[0] not in ("install", "sync", "requirements", "lock"):
        return
    verb = command.words[0]
    command.words, command.argv = command.words[1:], command.argv[1:]
    arguments = command.arguments(frozenset(("--python", "--pypi-mirror", "-i", "--index", "--categories", "-r")))
    for word in arguments.words if verb == "install" else ():
        pip_word(command, word, arguments)
    if verb == "lock" and not {"-r", "--requirements"} & arguments.flags and "-r" not in arguments.values:
        return
    selection = Selection(development=bool({"-d", "--dev"} & arguments.flags))
    if not arguments.words or verb != "install":
        _install_project(command, "Pipfile", selection, verb in ("requirements", "lock"))


def _pdm(command: Command) -> None:
    if command.words[:1] == ["add"]:
        _add(command)
        return
    if not command.words or command.words[0] not in ("install", "sync", "export"):
        return
    export = command.words[0] == "export"
    command.words, command.argv = command.words[1:], command.argv[1:]
    arguments = command.arguments(frozenset(("-G", "--group", "-p", "--project", "-o", "--output", "-f")))
    production = bool({"--prod", "--production", "--no-default"} & arguments.flags)
    selection = Selection(with_groups=_names(arguments.all("-G", "--group")), development=not production)
    _install_project(command, "pyproject.toml", selection, export)


def _conda(command: Command) -> None:
    arguments = command.arguments(frozenset(("-f", "--file", "-n", "--name", "-c", "--channel", "-p", "--prefix")))
    verb = arguments.words[:2]
    for path in arguments.all("-f", "--file"):
        found = command.file(path)
        if found is None:
            continue
        if found.endswith((".yml", ".yaml")):
            _conda_environment(command, found)
        else:
            command.collector.requirements_file(found, command.place)
    if verb[:1] == ["install"]:
        for word in arguments.words[1:]:
            pip_word(command, word, arguments)
    if arguments.unknown is not None:
        command.collector.hole("the command line decides what is installed only when it runs", command.place.span)


def _conda_environment(command: Command, path: str) -> None:
    command.collector.sources.append(Place(Span(path, 1), "installed by conda"))
    for text in command.collector.project.facts(path, lockfiles.read_environment) or ():
        if text.value.startswith("-r "):
            command.file(posixpath.join(posixpath.dirname(path), text.value[3:].strip()))
            continue
        requirement = requirements.parse(text.value, text.span)
        if requirement is not None:
            command.collector.add(requirement)


def _system(command: Command) -> None:
    """Python packages of a Linux system: apt's python3-flask and gunicorn, apk's py3-gunicorn."""
    if "install" not in command.words and "add" not in command.words:
        return
    for word in command.words:
        if word and re.fullmatch(r"(?:python3?|py3)-[\w.+-]+|gunicorn3?|uwsgi[\w-]*|uvicorn", word):
            name = re.sub(r"^(?:python3?|py3)-", "", word).replace("gunicorn3", "gunicorn")
            name = "uwsgi" if name.startswith("uwsgi") else name
            requirement = requirements.parse(name, command.span)
            if requirement is not None:
                command.collector.add(requirement, direct=False)


_TOOLS: dict[str, Callable[[Command], None]] = {
    "pip": pip,
    "uv": _uv,
    "poetry": _poetry,
    "pipenv": _pipenv,
    "pdm": _pdm,
    "conda": _conda,
    "mamba": _conda,
    "micromamba": _conda,
    "apt-get": _system,
    "apt": _system,
    "apk": _system,
    "dnf": _system,
    "yum": _system,
}
