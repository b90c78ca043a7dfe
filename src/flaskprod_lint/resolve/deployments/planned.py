"""A deployment before its commands are followed, and the small steps of putting one together."""

from __future__ import annotations

import re
import shlex
from collections.abc import Mapping
from dataclasses import field, replace

from flaskprod_lint.inputs import templates
from flaskprod_lint.model import Command, Deployment, Image, Platform, Process, Setting, Unknown
from flaskprod_lint.patterns import regex
from flaskprod_lint.records import dataclass
from flaskprod_lint.resolve import platforms, secrecy
from flaskprod_lint.resolve.context import Context
from flaskprod_lint.resolve.options import Options
from flaskprod_lint.source import Located, Place, Span, is_number

_WORKER = regex(
    r"\bcelery\b.*\b(worker|beat|flower)\b|\brq\s+worker\b|\brqworker\b|\bdramatiq\b|huey_consumer|\barq\b"
    r"|\btaskiq\s+worker\b|\brqscheduler\b|\bflower\b"
)
_UPGRADE = regex(r"\b(db|alembic|database)\b\s+(?:\S+\s+)*?(upgrade|migrate)\b")
_SERVES = regex(r"gunicorn|uwsgi|waitress|uvicorn|hypercorn|granian|flask\b.*\brun\b|runserver|\bhttpd\b|nginx")

#: Words that only lead to what is started.
_RUNNERS = frozenset(
    ("exec", "poetry", "pipenv", "uv", "pdm", "hatch", "run", "python", "python3", "-m", "bash", "sh", "env")
)


@dataclass
class Planned:
    """A deployment whose processes have commands and nothing more, with where each of them runs.

    `uses` are the project's files that this deployment accounts for: a Dockerfile among them is judged here. `first`
    has, for a process with commands before it, where each of those runs.
    """

    deployment: Deployment
    contexts: dict[str, Context] = field(default_factory=dict)
    first: dict[str, tuple[Context, ...]] = field(default_factory=dict)
    uses: frozenset[str] = frozenset()

    def add(self, process: Process, context: Context) -> None:
        """Add a process with the place it runs in; its name is made unique."""
        process.name = self._free(process.name)
        process.variables = {name: shown(setting) for name, setting in context.variables.items()}
        process.packages = context.packages
        process.environment = self.deployment.environment if process.environment == "production" else "development"
        process.why = process.why or self.deployment.why
        self.deployment.processes.append(process)
        self.contexts[process.name] = context

    def _free(self, name: str) -> str:
        taken = {process.name for process in self.deployment.processes}
        number = 2
        found = name
        while found in taken:
            found, number = f"{name}-{number}", number + 1
        return found


def shown(setting: Setting) -> Setting:
    """A variable as it may be printed: the value of a secret masked."""
    value = setting.value
    if not isinstance(value, str) or not secrecy.is_to_be_masked(setting.name, value):
        return setting if not isinstance(value, str) else replace(setting, value=secrecy.mask_url(value))
    return replace(setting, value=secrecy.mask_url(value) if "://" in value else "***")


def kind_of(text: str) -> str:
    """What a command is for, told by its words: web, worker or release. What cannot be told is taken for web."""
    if _SERVES.search(text):
        return "web"
    if _WORKER.search(text):
        return "worker"
    return "release" if _UPGRADE.search(text) else "web"


def is_server_text(text: str) -> bool:
    """Whether a command names a program that answers requests."""
    return bool(_SERVES.search(text))


def runs_python(text: str) -> bool:
    """Whether a command names a program that a Flask project would run."""
    return bool(_SERVES.search(text) or _WORKER.search(text) or _UPGRADE.search(text) or re.search(r"\bpython", text))


def shell_command(text: Located[str], note: str = "") -> Command:
    """A command that a shell runs."""
    return Command(text.value, "shell", Place(text.span, note or text.value))


def exec_command(text: Located[str], words: tuple[str, ...] | None = None, note: str = "") -> Command:
    """A command that is split into words and run without a shell."""
    argv = words if words is not None else split(text.value)
    return Command(text.value, "exec", Place(text.span, note or text.value), argv)


def split(text: str) -> tuple[str, ...]:
    """The words of a text by the rules of a shell; what is no shell text is split at blanks."""
    return templates.split(text, _words)


def _words(text: str) -> tuple[str, ...]:
    try:
        return tuple(shlex.split(text))
    except ValueError:
        return tuple(text.split())


def injected(platform: Platform, *, size: str | None = None, scaled: bool = False) -> dict[str, Setting]:
    """The variables that a platform sets for every process, PORT apart.

    `scaled` says that it also sets WEB_CONCURRENCY by the size of the instance: `size` has it when that is known.
    """
    place = Place(None, f"set by {platform.name}")
    found = {name: Setting(name, value, place) for name, value in platform.injects.items()}
    if scaled:
        unknown = Unknown(f"{platform.name} sets it by the size of the instance, which is not known here")
        found["WEB_CONCURRENCY"] = Setting("WEB_CONCURRENCY", size if size is not None else unknown, place)
    return found


def injected_port(platform: Platform) -> dict[str, Setting]:
    """PORT as the platform sets it for a web process; nothing where it sets none."""
    if not platform.port_injected:
        return {}
    place = Place(None, f"set by {platform.name}")
    port = platform.port_default
    value = str(port) if port is not None else Unknown(f"{platform.name} chooses it at each start")
    return {"PORT": Setting("PORT", value, place)}


def default_port(platform: Platform | None, told: str, *, sure: bool = True) -> Setting | None:
    """The port that the platform connects to where no file names one; `told` says so, with braces for the number."""
    if platform is None or platform.port_default is None:
        return None
    return Setting("port", platform.port_default, Place(None, told.format(platform.port_default)), sure=sure)


def injected_database(platform: Platform) -> dict[str, Setting]:
    """DATABASE_URL where the platform sets it by itself for a project with a database."""
    if not platforms.sets_database_url(platform.id):
        return {}
    place = Place(None, f"set by {platform.name}")
    unknown = Unknown(f"{platform.name} sets it to the address of the database")
    return {"DATABASE_URL": Setting("DATABASE_URL", unknown, place)}


def starts_differently(first: Command, second: Command) -> bool:
    """Whether two commands start something else, beyond how they are written."""
    return _essence(first) != _essence(second)


def _essence(command: Command) -> tuple[str, ...]:
    """The words that count of a command: without shells, runners and folders of programs."""
    words = command.argv if command.argv is not None else split(command.text)
    if len(words) > 2 and words[1] in ("-c", "-lc", "-ec"):
        words = split(words[2])
    kept = [word.rpartition("/")[2] if number == 0 else word for number, word in enumerate(words)]
    return tuple(word for word in kept if word not in _RUNNERS)


def instances(options: Options, count: Located[str] | None = None, note: str = "") -> Setting:
    """How many copies of a process run: what the user says, else what a file says, else one."""
    if options.instances is not None:
        return Setting("instances", options.instances, Place(None, "--instances"))
    if count is None:
        return Setting("instances", 1, is_default=True)
    number = int(count.value) if is_number(count.value) else None
    value = number if number is not None else Unknown("it is not a plain number", count.span)
    return Setting("instances", value, Place(count.span, note or count.value))


def tiers(options: Options, *named: tuple[str, Located[str] | None]) -> tuple[Setting, ...]:
    """The tiers of a deployment, each once: those that the user tells, then those of a manifest by their keys."""
    found = {setting.value: setting for setting in options.told_tiers}
    for key, text in named:
        if text is None or templates.PIECE.search(text.value):
            continue
        name = text.value.rpartition(":")[2] if key == "addons" else text.value
        found.setdefault(name, Setting("tier", name, Place(text.span, f"{key}: {text.value}")))
    return tuple(found.values())


def note_no_command(deployment: Deployment, image: Image | None, at: Span | None, reason: str) -> None:
    """Say that nothing is started, or that this is unknown where the base image may start something of its own."""
    if image is not None and image.plain_base:
        deployment.web_missing = Place(at, reason)
        return
    what = f"the base image {image.base.value} may" if image is not None else "the image, which is not here, may"
    deployment.unknowns.append(("the start command", Unknown(f"{reason}, and {what} start something of its own", at)))


def literal(name: str, value: Located[str], how: str = "") -> Setting:
    """A variable with the text that a file gives it, if no template is to fill in part of that."""
    if templates.PIECE.search(value.value):
        return filled_in_later(name, value, templates.PIECE.pattern, "a template")
    return Setting(name, value.value, Place(value.span, how or f"{name}={shown(Setting(name, value.value)).value}"))


def filled_in_later(name: str, value: Located[str], what: str, by: str) -> Setting:
    """A variable whose text holds pieces like `what` (a pattern) that someone fills in; the rest of it is not shown."""
    pieces = " ".join(dict.fromkeys(re.findall(what, value.value)))
    return Setting(name, Unknown(f"{by} fills in {pieces}", value.span), Place(value.span, f"{name} with {pieces}"))


def merged(*environments: Mapping[str, Setting]) -> dict[str, Setting]:
    """Environments on top of each other: the last one wins, and remembers what it beat."""
    from flaskprod_lint.model import Override

    found: dict[str, Setting] = {}
    for environment in environments:
        for name, setting in environment.items():
            beaten = found.get(name)
            if beaten is not None and beaten is not setting:
                lost = shown(beaten)
                overrides = (*setting.overrides, Override(lost.value, lost.origin), *lost.overrides)
                setting = replace(setting, overrides=overrides)
            found[name] = setting
    return found
