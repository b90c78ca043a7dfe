"""What Gunicorn makes of a generated project, and what we make of it, side by side.

A shell form or script is run by the real shell, with a stub in the place of Gunicorn that notes its words and its
environment; the real Gunicorn is then asked with these (see gunicorn_asker.py).
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from flaskprod_lint.model import Command, Package, Packages, Process, Server, Setting, Unknown
from flaskprod_lint.resolve import servers
from flaskprod_lint.resolve.commands import follow
from flaskprod_lint.resolve.context import Context
from flaskprod_lint.resolve.gunicorn.table import settings_of
from flaskprod_lint.resolve.gunicorn.validators import Hook
from flaskprod_lint.resolve.tree import Tree
from flaskprod_lint.source import Place, Project, Span
from gunicorn_projects import Case

#: What cannot be compared: worked out by the machine that Gunicorn runs on, or said by us.
MACHINE = frozenset(("user", "group", "control_socket"))
SKIPPED = frozenset(("print_config", "default_proc_name"))
#: Variables that the shell and this test bring along.
_OURS = frozenset(("PWD", "OLDPWD", "_", "SHLVL", "PATH", "NOTED"))
_STUB = """#!/bin/sh
{ for word in "$@"; do printf '%s\\037' "$word"; done; printf '\\036'; env -0 | tr '\\0' '\\037'; } > "$NOTED"
"""


@dataclass
class Gunicorn:
    """A Gunicorn to ask: its version, and the process that answers for it."""

    version: str
    process: subprocess.Popen[str]
    stubs: Path

    def ask(self, argv: list[str], environment: dict[str, str], cwd: Path) -> tuple[int, str]:
        """The exit code of `gunicorn argv…` and all that it prints."""
        command = {"argv": argv, "environment": {"PATH": os.environ["PATH"], "HOME": str(cwd), **environment}}
        assert self.process.stdin and self.process.stdout
        self.process.stdin.write(json.dumps({**command, "cwd": str(cwd)}) + "\n")
        self.process.stdin.flush()
        answer = json.loads(self.process.stdout.readline())
        return answer["code"], answer["text"]


@contextmanager
def gunicorn(version: str, folder: Path | None, scratch: Path) -> Iterator[Gunicorn]:
    """The Gunicorn installed in a folder, or that of this Python. FOLDER/python, if there, is what runs it."""
    python = folder / "python" if folder and (folder / "python").exists() else Path(sys.executable)
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(folder) if folder else ""}
    stubs = scratch / "stubs"
    stubs.mkdir()
    for name in ("gunicorn", "python"):
        (stubs / name).write_text(_STUB)
        (stubs / name).chmod(0o755)
    command = [str(python), str(Path(__file__).with_name("gunicorn_asker.py"))]
    with subprocess.Popen(command, stdin=-1, stdout=-1, text=True, env=environment) as process:
        try:
            yield Gunicorn(version, process, stubs)
        finally:
            assert process.stdin
            process.stdin.close()


@dataclass
class Comparison:
    """Where we differ from Gunicorn in one project, how many settings it decides, and which of them we do not know."""

    wrong: list[str] = field(default_factory=list)
    decided: int = 0
    unknown: list[str] = field(default_factory=list)
    refused: bool = False


def compare(case: Case, folder: Path, asked: Gunicorn) -> Comparison:
    """Ask Gunicorn and ourselves about a project that is written to `folder`."""
    for path, text in case.files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text)
    run = _what_runs(case, folder, asked.stubs)
    ours = our_server(case, folder, asked.version)
    if run is None:
        return Comparison([] if ours is None else ["nothing starts Gunicorn, we say that it starts"])
    if ours is None:
        return Comparison(["Gunicorn starts, we do not see it"])
    code, printed = asked.ask(["--print-config", *run[0]], run[1], folder)
    if code and "\nworkers " not in printed:
        # It prints the settings before it looks for the application.
        said = printed.strip().splitlines()[-1:] or [""]
        wrong = [] if ours.refusals else [f"Gunicorn refuses ({said[0]}), we do not"]
        return Comparison(wrong, refused=True)
    comparison = Comparison([f"we refuse ({place.note}), Gunicorn does not" for place in ours.refusals])
    _compare_settings(printed, ours, comparison, settings_of(asked.version).keys())
    return comparison


def _compare_settings(printed: str, ours: Server, comparison: Comparison, names: Any) -> None:
    pairs = (line.partition(" = ") for line in printed.splitlines())
    theirs = {name.strip(): value for name, equals, value in pairs if equals and name.strip() in names}
    comparison.wrong += [f"{name} is not among theirs" for name in ours.settings if name not in theirs]
    for name, value in theirs.items():
        setting = ours.settings.get(name)
        if name in SKIPPED:
            continue
        if setting is None:
            comparison.wrong.append(f"{name} is missing")
            continue
        comparison.decided += not setting.is_default
        if isinstance(setting.value, Unknown):
            comparison.unknown.append(f"{name}: {setting.value.reason}")
        elif not agrees(setting, value):
            comparison.wrong.append(f"{name}: Gunicorn has {value}, we have {setting.value!r}")


def agrees(setting: Setting, printed: str) -> bool:
    """Whether a setting is what Gunicorn prints of its own."""
    if setting.name in MACHINE and setting.is_default:
        return True
    if setting.value is None and printed.startswith("<"):
        return True
    if isinstance(setting.value, Hook):
        return printed.endswith(f"{setting.value.name.rpartition('.')[2]}()>") or "lambda" in printed
    return str(setting.value) == printed


def _what_runs(case: Case, folder: Path, stubs: Path) -> tuple[list[str], dict[str, str]] | None:
    """The words and the environment that Gunicorn is started with; None when it is not."""
    if case.form == "exec":
        return case.argv[3:] if case.argv[0] == "python" else case.argv[1:], case.environment
    noted = folder / ".noted"
    path = f"{stubs}:{os.environ['PATH']}"
    subprocess.run(
        [shutil.which("sh") or "sh", "-c", case.command],
        cwd=folder,
        env={**case.environment, "PATH": path, "NOTED": str(noted)},
        capture_output=True,
        timeout=30,
    )
    if not noted.exists():
        return None
    words, environment = noted.read_bytes().decode().split("\036")
    argv = words.split("\037")[:-1]
    pairs = dict(entry.split("=", 1) for entry in environment.split("\037") if "=" in entry)
    found = {name: value for name, value in pairs.items() if name not in _OURS}
    return argv[2:] if argv[:2] == ["-m", "gunicorn"] else argv, found


def our_server(case: Case, folder: Path, version: str) -> Server | None:
    """The server that we see in the project when its command is followed."""
    project = Project(folder, case.files)
    tree = Tree(project)
    tree.mount(str(folder), "", Place(None))
    variables = {name: Setting(name, value) for name, value in case.environment.items()}
    packages = Packages({"gunicorn": Package("gunicorn", version, "exact", Place(None))})
    context = Context(
        project, tree, str(folder), variables, open_environment=False, packages=packages, shell="dash", python=(3, 11)
    )
    origin = Place(Span("Procfile", 1))
    if case.form == "exec":
        command = Command(json.dumps(case.argv), "exec", origin, tuple(case.argv))
    else:
        command = Command(case.command, "shell", origin)
    process = Process("web", "web", command, packages=packages)
    execution = follow(command, context)
    process.steps, process.main = execution.steps, execution.main
    server = servers.of_process(process, context)
    return server if server is not None and server.is_gunicorn else None
