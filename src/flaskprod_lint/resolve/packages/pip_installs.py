"""What pip installs, and `uv pip`: requirements, the project itself, held to constraints."""

from __future__ import annotations

import posixpath
import re

from flaskprod_lint.inputs import pyproject, requirements
from flaskprod_lint.inputs.lockfiles import Lock
from flaskprod_lint.model import Unknown
from flaskprod_lint.resolve.packages import Selection
from flaskprod_lint.resolve.packages.install_command import Arguments, Command
from flaskprod_lint.source import Place

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


def pip(command: Command) -> None:
    """Take in what pip, or `uv pip`, installs."""
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


def _constraints(command: Command, arguments: Arguments) -> Lock:
    """The versions that pip is held to, by an option or by the variable that stands for it."""
    names = arguments.all("-c", "--constraint")
    for variable in _CONSTRAINTS:
        setting = command.step.environment.get(variable)
        names += setting.value.split() if setting is not None and isinstance(setting.value, str) else []
    found = (command.locate(name, command.step.cwd) for name in names)
    return command.collector.constraints(path for path in found if isinstance(path, str))


def _take_pip(command: Command, arguments: Arguments, *, is_sync: bool) -> None:
    files = arguments.all("-r", "--requirement", "--requirements") + (arguments.words if is_sync else [])
    for path in files:
        _requirements_file(command, path)
    for path in arguments.all("-e", "--editable"):
        _local(command, path, arguments)
    for group in arguments.all("--group"):
        _group(command, group)
    for word in [] if is_sync else arguments.words:
        pip_word(command, word, arguments)


def _requirements_file(command: Command, path: str) -> None:
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


def pip_word(command: Command, word: str, arguments: Arguments) -> None:
    """Take in one word that stands alone: a requirement, a local path or a wheel."""
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


def _local(command: Command, path: str, arguments: Arguments) -> None:
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


def _names_project(command: Command, place: str | Unknown | None) -> bool:
    """Whether a pyproject.toml describes the project, and not only what builds it."""
    facts = command.collector.project.facts(place, pyproject.read) if isinstance(place, str) else None
    return facts is not None and (bool(facts.main) or ((facts.has_project or bool(facts.name)) and not facts.dynamic))


def _group(command: Command, group: str) -> None:
    """A dependency group, as pip takes it: "name", or "path/to/pyproject.toml:name"."""
    path, _, name = group.rpartition(":")
    found = command.file(path or "pyproject.toml")
    if found is not None:
        command.collector.project_file(found, Selection(only=(name,)), use_lock=False, at=command.place)
