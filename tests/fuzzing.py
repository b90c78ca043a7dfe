"""What fuzzing needs: every parser, found by introspection, the texts to start from, and how they are spoiled.

A target is something that takes one text: a reader of inputs/ (of a whole file, or of a piece of one), the interpreter,
the shell's evaluator, or the whole program on a project one file of which is spoiled.
"""

from __future__ import annotations

import fnmatch
import inspect
import random
import re
import shutil
import signal
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, fields, is_dataclass
from functools import cache, lru_cache
from importlib import import_module
from itertools import islice
from pathlib import Path
from pkgutil import iter_modules
from types import FrameType
from typing import Any

from conftest import ROOT
from flaskprod_lint import inputs
from flaskprod_lint.config import Config
from flaskprod_lint.finding import Crash
from flaskprod_lint.linting import NothingToLint, lint
from flaskprod_lint.model import Command
from flaskprod_lint.resolve.commands import follow
from flaskprod_lint.resolve.context import Context
from flaskprod_lint.resolve.interpreter import Interpreter
from flaskprod_lint.resolve.tree import Tree
from flaskprod_lint.source import Located, Place, Project, Source, Span, decode

#: No input may take longer (seconds of CPU).
PATIENCE = 1.0
#: What raises one of UNPARSABLE by contract.
PROMISED = frozenset(("python.parse", "python.expression", "dockerignore.matcher"))
#: Larger fixtures are no good start: what is found in them is found in small ones.
_LARGEST = 6_000

#: The fixtures of each module of inputs/: a pattern of the path, and a word that the text must hold.
FIXTURES: dict[str, tuple[tuple[str, str], ...]] = {
    "alembic": (("*/alembic.ini", ""), ("*versions/*.py", "revision")),
    "app_engine": (("*/app.y*ml", "runtime"),),
    "app_json": (("*/app.json", ""), ("*/scalingo.json", "")),
    "apprunner": (("*/apprunner.yaml", ""),),
    "azd": (("*/azure.y*ml", ""),),
    "beanstalk": (("*.config", ""), ("*/config.yml", "")),
    "bicep": (("*.bicep", ""),),
    "captain": (("*/captain-definition*", ""),),
    "cloud_build": (("*/cloudbuild*", ""),),
    "cloud_foundry": (("*/manifest.y*ml", "applications"),),
    "cloud_run": (("*.yaml", "serving.knative.dev"),),
    "compose": (("*compose*.y*ml", ""),),
    "compose_words": (("*/Procfile", ""),),
    "container_app": (("*/containerapp*.y*ml", ""),),
    "copilot": (("*/copilot/*.y*ml", ""),),
    "digitalocean": (("*/.do/*.y*ml", ""),),
    "dockerfile": (("*ockerfile*", "FROM"),),
    "dockerfile_lines": (("*ockerfile*", "FROM"),),
    "dockerfile_words": (("*ockerfile*", "FROM"),),
    "dockerignore": (("*/.dockerignore", ""),),
    "dockerrun": (("*/Dockerrun.aws.json", ""),),
    "dotenv": (("*.env*", "="),),
    "ecs": (("*/task*def*.json", ""),),
    "fly": (("*/fly*.toml", ""),),
    "gcloudignore": (("*/.gcloudignore", ""),),
    "go_template": (("*/templates/*", "{{"),),
    "heroku_yml": (("*/heroku.yml", ""),),
    "ini": (("*supervisor*.conf", ""), ("*.service", ""), ("*.ini", "")),
    "interpolation": (("*compose*.y*ml", "$"),),
    "kamal": (("*/config/deploy*.yml", ""),),
    "koyeb": (("*/koyeb.yaml", ""),),
    "kubernetes": (("*.yaml", "apiVersion"),),
    "kubernetes_pods": (("*.yaml", "containers"),),
    "kustomization": (("*/kustomization.yaml", ""),),
    "lockfiles": (("*.lock", ""), ("*/environment.yml", "")),
    "makefile": (("*/Makefile", ""),),
    "nginx": (("*nginx*.conf*", ""), ("*/proxy.conf", ""), ("*/default.conf", "")),
    "package_json": (("*/package.json", ""),),
    "procfile": (("*/Procfile", ""),),
    "pyproject": (("*/pyproject.toml", ""),),
    "python": (("*.py", ""),),
    "quadlet": (("*.container", ""), ("*.build", "")),
    "railway": (("*/railway.*", ""), ("*/nixpacks.toml", "")),
    "render": (("*/render.yaml", ""),),
    "requirements": (("*requirements*.txt", ""),),
    "shell": (("*.sh", ""), ("*/Procfile", "")),
    "shell_syntax": (("*.sh", ""),),
    "shell_words": (("*.sh", ""), ("*/Procfile", "")),
    "supervisord": (("*supervisor*.conf", ""),),
    "systemd": (("*.service", ""),),
    "toml_tree": (("*.toml", ""),),
    "uwsgi_ini": (("*/uwsgi.ini", ""),),
    "workflows": (("*.github/workflows/*", ""), ("*/.gitlab-ci.yml", "")),
    "yaml_tree": (("*.y*ml", ""), ("*.json", "")),
}
#: Formats of which the fixtures hold too little; the last resort of every module that has none.
WRITTEN = {
    "lockfiles": '[[package]]\nname = "flask"\nversion = "3.1.0"\nsource = { registry = "x" }\n',
    "lockfiles.read_pipfile_lock": '{"default": {"flask": {"version": "==3.1.0", "extras": ["a"]}}, "develop": {}}',
    "pyproject": '[project]\nname = "a"\ndependencies = ["flask>=3; python_version > \'3\'"]\n'
    "[tool.poetry.dependencies]\npython = '^3.10'\nflask = {version = '^3', extras = ['async']}\n"
    "[dependency-groups]\nweb = ['gunicorn', {include-group = 'web'}]\n",
    "pyproject.read_pipfile": '[packages]\nflask = "*"\ngunicorn = {version = "==23.0.0", extras = ["gevent"]}\n',
    "requirements": "-r base.txt\n-c c.txt\nflask[async]==3.1.0 ; python_version > '3' --hash=sha256:aa \\\n  # x\n"
    "git+https://user@host/a.git@v1#egg=a&subdirectory=b\n./local -e . --index-url https://a/b\n",
    "nginx": "upstream a { server b:8000; }\nserver { listen 80; location / { proxy_pass http://a; } }\n",
    "uwsgi_ini": "[uwsgi]\nmodule = app:app\nprocesses = %(n)\nif-env = A\nendif =\n",
    "shell_words": "echo \"${a:-$(b `c`)}\" $'x\\n' {a,b}{1..3} ~/x $((1+${y})) <<E\n",
    "interpolation": "${A:-${B:?c}} $D $$ ${E-} ${F:+g}",
    "beanstalk": "option_settings:\n  aws:elasticbeanstalk:container:python:\n    WSGIPath: a:b\n  - namespace: a\n",
}
#: What the parameters of a reader are given beside the text.
_ARGUMENTS: dict[str, Any] = {
    "escape": "\\",
    "bare": True,
    "span": Span("a", 1),
    "variables": {"A": "$(B)$(B)", "B": "$(A)$(A)", "CC": "${NAME}"},
    "destination": None,
    "comments": "#;",
    "path": "a",
    "words": lambda text: tuple(text.split()),
}


@dataclass(frozen=True)
class Target:
    """Something that takes one text; `seeds` are texts that it is made for."""

    name: str
    call: Callable[[str], object]
    seeds: tuple[str, ...]


def targets() -> list[Target]:
    """Every reader of inputs/, the interpreter and the shell's evaluator."""
    readers = [target for module in iter_modules(inputs.__path__) for target in _of_module(module.name)]
    python = tuple(text for path, text in fixtures() if path.endswith(".py"))
    commands = tuple(text for path, text in fixtures() if path.endswith((".sh", "/Procfile")))
    return [
        *readers,
        Target("interpreter", _interpret, python),
        Target("shell evaluator", _follow, commands),
    ]


def _of_module(name: str) -> Iterator[Target]:
    module = import_module(f"flaskprod_lint.inputs.{name}")
    for function in vars(module).values():
        if inspect.isfunction(function) and function.__module__ == module.__name__ and function.__name__[0] != "_":
            call = _call(function)
            if call is not None:
                yield Target(f"{name}.{function.__name__}", call, _seeds(name, function.__name__))


def _call(function: Callable[..., Any]) -> Callable[[str], object] | None:
    """The function as one of a text; None for one that is not fed with texts."""
    first, *others = inspect.signature(function).parameters.values()
    made = {"Source": source_of, "str": str, "Located[str]": lambda text: Located(text, Span("a", 1))}
    if first.annotation not in made:
        return None
    needed = {other.name: _ARGUMENTS[other.name] for other in others if other.default is inspect.Parameter.empty}
    return lambda text: touched(function(made[first.annotation](text), **needed))


def source_of(text: str) -> Source:
    """The source that a file of this text would be."""
    text = decode(text.encode("utf-8", errors="surrogatepass"))
    return Source("a.json" if text[:1] in "{[" else "a", text.replace("\r\n", "\n").replace("\r", "\n"))


def touched(found: Any, depth: int = 2) -> object:
    """Ask the result everything that it says of itself: iterators are read, properties computed."""
    if isinstance(found, (str, int, float)) or found is None:
        return found
    if isinstance(found, Iterator):
        found = list(islice(found, 10_000))
    if isinstance(found, (list, tuple)):
        for one in found[:20]:
            touched(one, depth)
    elif depth:
        for name in _says(type(found)):
            touched(getattr(found, name), depth - 1)
    return found


@cache
def _says(kind: type) -> tuple[str, ...]:
    """The fields and the properties of a dataclass."""
    if not is_dataclass(kind):
        return ()
    properties = (name for name, member in vars(kind).items() if isinstance(member, property))
    return (*(field.name for field in fields(kind)), *properties)


def _seeds(module: str, function: str) -> tuple[str, ...]:
    found = [
        text
        for pattern, word in FIXTURES.get(module, ())
        for path, text in fixtures()
        if fnmatch.fnmatchcase(path, pattern) and word in text
    ]
    written = [WRITTEN[name] for name in (module, f"{module}.{function}") if name in WRITTEN]
    return tuple(dict.fromkeys((*written, *found))) or tuple(WRITTEN.values())


@lru_cache(maxsize=1)
def fixtures() -> list[tuple[str, str]]:
    """The files of the tests' projects and the examples: path and text, the small ones."""
    found = []
    for folder in ("tests/rules", "tests/resolve", "tests/inputs", "examples"):
        for path in sorted((ROOT / folder).rglob("*")):
            named = path.name not in ("expected.txt", "deployments.txt", "command.json")
            if named and path.is_file() and path.stat().st_size <= _LARGEST:
                found.append((path.as_posix(), path.read_text("utf-8", errors="replace")))
    return found


def _interpret(text: str) -> object:
    project = Project(Path("/"), ["conf.py"], contents=lambda _: text.encode("utf-8", errors="surrogatepass"))
    return Interpreter(Context(project, Tree(project))).run_file("conf.py", "conf")


def _follow(text: str) -> object:
    project = Project(Path("/"), ["self.sh"], contents=lambda _: text.encode("utf-8", errors="surrogatepass"))
    tree = Tree(project)
    tree.mount("/app", "", Place(None))
    command = Command(text, "shell", Place(None))
    return [follow(command, Context(project, tree, "/app", shell=shell)) for shell in ("dash", "bash")]


# The whole program on a spoiled project


def projects() -> list[Path]:
    """The rules' fixtures and the examples."""
    return sorted(
        path
        for pattern in ("tests/rules/*/*", "examples/*", "tests/resolve/deployments/*")
        for path in ROOT.glob(pattern)
        if path.is_dir()
    )


def lint_spoiled(folder: Path, path: str, text: str, scratch: Path) -> list[Crash]:
    """The defects of ours that a project shows with another text in one of its files."""
    with tempfile.TemporaryDirectory(dir=scratch) as name:
        copy = Path(name) / "shop"
        shutil.copytree(folder, copy)
        (copy / path).write_bytes(text.encode("utf-8", errors="surrogatepass"))
        try:
            return lint(copy, Config(today="2026-01-01")).crashes
        except NothingToLint:
            return []


def files_of(folder: Path) -> list[str]:
    """The paths of a project's files that may be spoiled."""
    names = (path.relative_to(folder).as_posix() for path in sorted(folder.rglob("*")) if path.is_file())
    return [name for name in names if name not in ("expected.txt", "deployments.txt", "flaskprod-lint.toml")]


# Spoiling

_PIECES = (
    *("\0", "\ufeff", "\ud800", "\u2028", "\x85", "\x0c", "\x1b[31m", "é", "👍", "\r", "\r\n", "\t", "\n\n", "\\\n"),
    *(
        "{{",
        "}}",
        "{%",
        "%}",
        "<%",
        "${",
        "$(",
        "$((",
        "`",
        "'",
        '"',
        '"""',
        "\\",
        "#",
        "<<EOF\n",
        "<<",
        "|",
        "&&",
        ";",
    ),
    *("&a ", "*a", "*a *a", "<<: *a", "? ", "!!binary ", "!x ", "- ", "---\n", "...\n", "[" * 30, "{" * 30, "(" * 30),
    *("1e999", "9" * 30, "9" * 5_000, "-1", "0", "0x", "1.5", ".nan", "nan", "inf", "null", "true", "~", "9999-99-99"),
    *("0001-01-01T00:00:00Z", "10000d", "1e3m", "%s", "%(x)s", "$1", "$@", "$PORT", "${PORT:-}", "$$", "=", ":", ","),
    *("==", "-r x\n", "-e .\n", "@", "FROM x\n", "CMD []\n", "RUN <<E\n", "COPY --from=0 a b\n", "ARG\n", "ENV a\n"),
    *("import a\n", "from . import *\n", "def f():\n", "x = ", "lambda: ", "await ", "match x:\n", "print 1\n", "*a, "),
    *(
        "[]",
        "{}",
        "[x]",
        "{x: y}",
        "[[table]]\n",
        "[a]\n",
        "a.b.c = 1\n",
        "\x7f",
        "http://[",
        "http://a:b@c:d/e",
        "/../",
    ),
)


#: Characters that a spoiled text may have: mostly few, so that many can be tried; now and then many, for what is slow.
_SIZES = (*(1_500,) * 19, 20_000)


def spoiled(chance: random.Random, text: str, others: tuple[str, ...]) -> str:
    """A text cut short, changed in places, joined with another, or all of it."""
    for _ in range(chance.choice((1, 1, 2, 3, 8))):
        text = _SPOILERS[chance.randrange(len(_SPOILERS))](chance, text, others)
    return text[: chance.choice(_SIZES)]


def _cut(chance: random.Random, text: str, _: tuple[str, ...]) -> str:
    return text[: chance.randrange(len(text) + 1)]


def _without(chance: random.Random, text: str, _: tuple[str, ...]) -> str:
    start = chance.randrange(len(text) + 1)
    return text[:start] + text[start + chance.choice((1, 2, 5, 40)) :]


def _with_a_piece(chance: random.Random, text: str, _: tuple[str, ...]) -> str:
    start = chance.randrange(len(text) + 1)
    return text[:start] + chance.choice(_PIECES) + text[start + chance.choice((0, 0, 1, 5)) :]


def _other_character(chance: random.Random, text: str, _: tuple[str, ...]) -> str:
    start = chance.randrange(len(text) + 1)
    return text[:start] + chr(chance.choice((chance.randrange(128), chance.randrange(0x3000)))) + text[start + 1 :]


def _spliced(chance: random.Random, text: str, others: tuple[str, ...]) -> str:
    other = chance.choice(others)
    return text[: chance.randrange(len(text) + 1)] + other[chance.randrange(len(other) + 1) :]


def _repeated(chance: random.Random, text: str, _: tuple[str, ...]) -> str:
    start = chance.randrange(len(text) + 1)
    return text[:start] + text[start : start + chance.choice((1, 3, 30))] * chance.choice((2, 10, 100)) + text[start:]


def _lines_moved(chance: random.Random, text: str, _: tuple[str, ...]) -> str:
    lines = text.split("\n")
    line = lines.pop(chance.randrange(len(lines)))
    indent = " " * chance.choice((0, 1, 2, 4, 8))
    lines.insert(chance.randrange(len(lines) + 1), chance.choice((line, line.strip(), indent + line.strip())))
    return "\n".join(lines)


def _other_value(chance: random.Random, text: str, _: tuple[str, ...]) -> str:
    """What stands behind a sign of a key is another value, or nothing."""
    places = [at for at, char in enumerate(text) if char in ":="]
    if not places:
        return text
    at = chance.choice(places) + 1
    end = text.find("\n", at)
    return text[:at] + " " + chance.choice(_PIECES) + text[end if end >= 0 else len(text) :]


_NUMBERS = ("0", "-1", "1e999", "1.5", "²", "٣", "9" * 19, "9" * 400, "9" * 5_000, "0x10", "1_000", "65536", "nan", "")


def _other_number(chance: random.Random, text: str, _: tuple[str, ...]) -> str:
    numbers = list(re.finditer(r"\d+", text))
    if not numbers:
        return text
    number = chance.choice(numbers)
    return text[: number.start()] + chance.choice(_NUMBERS) + text[number.end() :]


_SPOILERS = (
    *(_cut, _without, _with_a_piece, _other_character, _spliced, _repeated, _lines_moved, _other_value),
    *(_other_number, _other_number),
)


# Patience


class TooSlow(BaseException):
    """An input took more than PATIENCE; no Exception, so that nobody who catches those goes on."""


@contextmanager
def patience(seconds: float = PATIENCE) -> Iterator[None]:
    """Raise TooSlow where the block uses more CPU time of its own than that (where the system can tell)."""
    if not hasattr(signal, "setitimer"):
        yield
        return

    def stop(_: int, frame: FrameType | None) -> None:
        where = f"{frame.f_code.co_filename}:{frame.f_lineno}" if frame else ""
        raise TooSlow(f"more than {seconds} s, at {where}")

    before = signal.signal(signal.SIGVTALRM, stop)
    signal.setitimer(signal.ITIMER_VIRTUAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)
