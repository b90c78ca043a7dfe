"""What one command of a build installs: pip, uv, Poetry, Pipenv, PDM, conda and the packages of Linux systems."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Sequence
from dataclasses import field

from flaskprod_lint.inputs import lockfiles, pyproject, requirements
from flaskprod_lint.inputs.lockfiles import Lock
from flaskprod_lint.model import Step, Unknown
from flaskprod_lint.patterns import regex
from flaskprod_lint.records import dataclass
from flaskprod_lint.resolve.packages import Collector, Selection
from flaskprod_lint.source import Place, Span

#: Finds the project's file at a path of the image: its path, None when there is none, or Unknown.
Locate = Callable[[str, str], "str | Unknown | None"]

_PIP = regex(r"pip(?:\d+(?:\.\d+)?)?")
_PYTHON = regex(r"(?:python|pypy)(?:\d+(?:\.\d+)?)?")
#: Options of pip and of `uv pip` that take a value of their own.
_PIP_VALUES = frozenset(
    """
    -i --index-url --extra-index-url -f --find-links -t --target --prefix --root --platform --python-version
    --implementation --abi --timeout --retries --trusted-host --cache-dir --progress-bar --only-binary --no-binary
    --upgrade-strategy --src -b --build --config-settings --global-option --log --proxy --cert --client-cert
    --exists-action --python -p --report --use-feature --index --default-index --keyring-provider -w --wheel-dir
    -d --dest --root-user-action --link-mode --resolution --prerelease --torch-backend
    -r --requirement --requirements -c --constraint -e --editable --extra --group
    """.split()
)


#: Variables that name a file of constraints for pip and for `uv pip`.
_CONSTRAINTS = ("PIP_CONSTRAINT", "UV_CONSTRAINT")


@dataclass
class _Arguments:
    """Words of an install command, sorted: what follows each option, and what stands alone."""

    values: dict[str, list[str]] = field(default_factory=dict)
    flags: set[str] = field(default_factory=set)
    words: list[str] = field(default_factory=list)
    unknown: Unknown | None = None

    def all(self, *names: str) -> list[str]:
        return [value for name in names for value in self.values.get(name, ())]


def take_step(collector: Collector, step: Step, locate: Locate) -> None:
    """Take in what one step of a build installs; steps that install nothing are passed over."""
    argv = step.argv
    words = [word if isinstance(word, str) else None for word in argv]
    name, rest, offset = _tool(step.program, words)
    if not name:
        return
    reader = _TOOLS.get(name)
    if reader is not None:
        reader(_Command(collector, step, locate, rest, argv[offset:]))


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


@dataclass
class _Command:
    """One install command at work."""

    collector: Collector
    step: Step
    locate: Locate
    words: list[str | None]
    argv: Sequence[str | Unknown]

    @property
    def place(self) -> Place:
        return self.step.origin

    @property
    def span(self) -> Span:
        return self.step.origin.span or Span("", 1)

    def arguments(self, taking_values: frozenset[str]) -> _Arguments:
        found = _Arguments()
        index = 0
        while index < len(self.words):
            word = self.words[index]
            index += 1
            if word is None:
                raw = self.argv[index - 1]
                found.unknown = raw if isinstance(raw, Unknown) else None
            elif word.startswith("-") and len(word) > 1:
                index = self._option(word, index, taking_values, found)
            else:
                found.words.append(word)
        return found

    def _option(self, word: str, index: int, taking_values: frozenset[str], found: _Arguments) -> int:
        name, equals, value = word.partition("=")
        if equals and word.startswith("--"):
            found.values.setdefault(name, []).append(value)
        elif name in taking_values and index < len(self.words):
            following = self.words[index]
            if following is None:
                found.unknown = Unknown(f"the value of {name} is not known here", self.place.span)
            else:
                found.values.setdefault(name, []).append(following)
            return index + 1
        elif not word.startswith("--") and word[:2] in taking_values and len(word) > 2:
            found.values.setdefault(word[:2], []).append(word[2:])
        else:
            found.flags.add(word)
        return index

    def file(self, path: str) -> str | None:
        """The project's file at a path of the image; None (with the hole noted) where none can be read."""
        found = self.locate(path, self.step.cwd)
        if isinstance(found, str) and found in self.collector.project:
            return found
        reason = found.reason if isinstance(found, Unknown) else f"{path} is not among the project's files"
        self.collector.hole(reason, self.place.span)
        return None


def _pip(command: _Command) -> None:
    if not command.words or command.words[0] not in ("install", "wheel", "sync", "download"):
        return
    is_sync = command.words[0] == "sync"
    command.words, command.argv = command.words[1:], command.argv[1:]
    arguments = command.arguments(_PIP_VALUES)
    if arguments.unknown is not None:
        command.collector.hole("the command line decides what is installed only when it runs", command.place.span)
    command.collector.fixed = _constraints(command, arguments)
    _take_pip(command, arguments, is_sync=is_sync)
    command.collector.fixed = Lock()


def _constraints(command: _Command, arguments: _Arguments) -> Lock:
    """The versions that pip is held to, by an option or by the variable that stands for it."""
    names = arguments.all("-c", "--constraint")
    for variable in _CONSTRAINTS:
        setting = command.step.environment.get(variable)
        names += setting.value.split() if setting is not None and isinstance(setting.value, str) else []
    found = (command.locate(name, command.step.cwd) for name in names)
    return command.collector.constraints(path for path in found if isinstance(path, str))


def _take_pip(command: _Command, arguments: _Arguments, *, is_sync: bool) -> None:
    files = arguments.all("-r", "--requirement", "--requirements") + (arguments.words if is_sync else [])
    for path in files:
        _requirements_file(command, path)
    for path in arguments.all("-e", "--editable"):
        _local(command, path, arguments)
    for group in arguments.all("--group"):
        _group(command, group)
    for word in [] if is_sync else arguments.words:
        _pip_word(command, word, arguments)


def _requirements_file(command: _Command, path: str) -> None:
    collector = command.collector
    found = command.locate(path, command.step.cwd)
    if isinstance(found, str) and found in collector.project:
        if found.endswith("pyproject.toml"):
            collector.project_file(found, Selection(), use_lock=False, at=command.place)
        else:
            collector.requirements_file(found, command.place)
    elif collector.exported:
        for facts, lock in collector.exported:
            collector.take(facts, Selection(), lock)
    else:
        command.file(path)


def _pip_word(command: _Command, word: str, arguments: _Arguments) -> None:
    if word.startswith("/") and ("*" in word or word.endswith(".whl")):
        if not command.collector.sources:
            command.collector.hole(f"{word} holds packages that cannot be read here", command.place.span)
    elif word.partition("[")[0].startswith((".", "/")) or word.endswith("/"):
        _local(command, word, arguments)
    elif word not in ("pip", "setuptools", "wheel") or "==" in word:
        requirement = requirements.parse(word, command.span)
        if requirement is None:
            command.collector.hole(f"{word} cannot be read as a requirement", command.place.span)
        else:
            command.collector.add(requirement)
            command.collector.sources.append(Place(command.place.span, "installed by pip"))


def _local(command: _Command, path: str, arguments: _Arguments) -> None:
    """The project itself, installed from its pyproject.toml or setup.py."""
    from flaskprod_lint.resolve.packages import setup_script

    folder, _, extras = path.rstrip("]").partition("[")
    if "://" in folder or folder.startswith("git+"):
        command.collector.add(requirements.from_location(path, command.span))
        return
    place = command.locate(posixpath.join(folder, "pyproject.toml"), command.step.cwd)
    script = command.locate(posixpath.join(folder, "setup.py"), command.step.cwd)
    chosen = tuple(re.split(r"[,\s]+", extras)) if extras else tuple(arguments.all("--extra"))
    if isinstance(script, str) and not _names_project(command, place):
        setup_script.take(command.collector, script, chosen, command.place)
    elif isinstance(place, str):
        selection = Selection(extras=chosen, default_groups=False)
        command.collector.project_file(place, selection, use_lock=False, at=command.place)
    else:
        command.collector.hole(f"what {path} depends on stands in no file that is read", command.place.span)


def _names_project(command: _Command, place: str | Unknown | None) -> bool:
    """Whether a pyproject.toml describes the project, and not only what builds it."""
    facts = command.collector.project.facts(place, pyproject.read) if isinstance(place, str) else None
    return facts is not None and (bool(facts.main) or ((facts.has_project or bool(facts.name)) and not facts.dynamic))


def _group(command: _Command, group: str) -> None:
    """A dependency group, as pip takes it: "name", or "path/to/pyproject.toml:name"."""
    path, _, name = group.rpartition(":")
    found = command.file(path or "pyproject.toml")
    if found is not None:
        command.collector.project_file(found, Selection(only=(name,)), use_lock=False, at=command.place)


_UV_VALUES = frozenset(
    """
    --extra --group --only-group --no-group --python -p --project --directory --package --index --default-index -i
    --no-install-package --link-mode --cache-dir
    """.split()
)


_ADD_VALUES = frozenset("-G --group -E --extras --extra --optional --python -p --source --platform --index".split())


def _add(command: _Command) -> None:
    """`poetry add gunicorn`: packages beside those that the project lists; `gunicorn@^23` is Poetry's own writing."""
    command.words, command.argv = command.words[1:], command.argv[1:]
    arguments = command.arguments(_ADD_VALUES)
    if arguments.unknown is not None:
        command.collector.hole("the command line decides what is installed only when it runs", command.place.span)
    for word in arguments.words:
        name, at, version = word.partition("@")
        exact = at and version[:1].isdigit()
        _pip_word(command, word if "/" in word else f"{name}=={version}" if exact else name, arguments)


def _uv(command: _Command) -> None:
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


def _poetry(command: _Command) -> None:
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


def _all_groups(command: _Command) -> tuple[str, ...]:
    from flaskprod_lint.inputs import pyproject

    path = command.locate("pyproject.toml", command.step.cwd)
    facts = command.collector.project.facts(path, pyproject.read) if isinstance(path, str) else None
    return tuple(facts.groups) if facts else ()


def _names(values: list[str]) -> tuple[str, ...]:
    return tuple(name for value in values for name in re.split(r"[,\s]+", value.strip("\"'")) if name)


def _install_project(command: _Command, name: str, selection: Selection, export: bool) -> None:
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


def _pipenv(command: _Command) -> None:
    if not command.words or command.words[0] not in ("install", "sync", "requirements", "lock"):
        return
    verb = command.words[0]
    command.words, command.argv = command.words[1:], command.argv[1:]
    arguments = command.arguments(frozenset(("--python", "--pypi-mirror", "-i", "--index", "--categories", "-r")))
    for word in arguments.words if verb == "install" else ():
        _pip_word(command, word, arguments)
    if verb == "lock" and not {"-r", "--requirements"} & arguments.flags and "-r" not in arguments.values:
        return
    selection = Selection(development=bool({"-d", "--dev"} & arguments.flags))
    if not arguments.words or verb != "install":
        _install_project(command, "Pipfile", selection, verb in ("requirements", "lock"))


def _pdm(command: _Command) -> None:
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


def _conda(command: _Command) -> None:
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
            _pip_word(command, word, arguments)
    if arguments.unknown is not None:
        command.collector.hole("the command line decides what is installed only when it runs", command.place.span)


def _conda_environment(command: _Command, path: str) -> None:
    command.collector.sources.append(Place(Span(path, 1), "installed by conda"))
    for text in command.collector.project.facts(path, lockfiles.read_environment) or ():
        if text.value.startswith("-r "):
            command.file(posixpath.join(posixpath.dirname(path), text.value[3:].strip()))
            continue
        requirement = requirements.parse(text.value, text.span)
        if requirement is not None:
            command.collector.add(requirement)


def _system(command: _Command) -> None:
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


_TOOLS: dict[str, Callable[[_Command], None]] = {
    "pip": _pip,
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
