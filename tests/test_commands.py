"""Each folder tests/resolve/commands/<case> is a project with a command; expected.txt says what it really runs.

`command.json` holds "shell" (a text) or "exec" (a list), and where they matter "env", "kind" of shell, "cwd", "closed".
`pytest tests/test_commands.py --accept -k CASE` writes the expected text anew.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from conftest import ROOT
from flaskprod_lint.model import Command, Setting, Step, Unknown
from flaskprod_lint.resolve.commands import Execution, follow
from flaskprod_lint.resolve.context import Context
from flaskprod_lint.resolve.tree import Tree
from flaskprod_lint.source import Place, Project

FOLDER = ROOT / "tests" / "resolve" / "commands"
CASES = sorted(path for path in FOLDER.iterdir() if path.is_dir())


def run(folder: Path) -> Execution:
    case = json.loads((folder / "command.json").read_text("utf-8"))
    paths = [path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()]
    project = Project(folder, [path for path in paths if path not in ("command.json", "expected.txt")])
    cwd = case.get("cwd", "/app")
    tree = Tree(project)
    tree.mount(cwd, "", Place(None))
    for target, origin in case.get("mounts", {}).items():
        tree.mount(target, origin, Place(None))
    variables = {name: Setting(name, value) for name, value in case.get("env", {}).items()}
    kind = case.get("kind", "dash")
    context = Context(project, tree, cwd, variables, open_environment=not case.get("closed"), shell=kind)
    if "shell" in case:
        return follow(Command(case["shell"], "shell", Place(None, "CMD")), context)
    argv = tuple(case["exec"])
    return follow(Command(" ".join(argv), "exec", Place(None, "CMD"), argv), context)


def describe_step(step: Step, main: bool) -> str:
    marks = [mark for mark, on in (("unsure", not step.sure), ("background", step.background)) if on]
    lines = [f"{'*' if main else '-'} {step.text}" + (f"  [{', '.join(marks)}]" if marks else "")]
    lines += [f"    in {step.cwd}"] if step.cwd != "/app" else []
    lines += [f"    calls {step.entry_point}"] if step.entry_point else []
    lines += [f"    with {name}={setting.value}" for name, setting in step.environment.items()]
    for index, reads in step.environment_words.items():
        names = ", ".join(
            f"{read.name} (default {read.default!r})" if read.has_default else read.name for read in reads
        )
        lines.append(f"    {step.raw[index]} reads {names}")
    for word in step.argv:
        lines += [f"    {word}"] if isinstance(word, Unknown) else []
    places = [str(place.span) for place in step.trail if place.span]
    return "\n".join([*lines, *([f"    from {' → '.join(places)}"] if places else [])])


def describe(execution: Execution) -> str:
    lines = [describe_step(step, index == execution.main) for index, step in enumerate(execution.steps)]
    signal = execution.signal
    answer = {True: "reaches it", False: "is lost", None: "is unknown"}[signal.reaches]
    lines.append(f"SIGTERM {answer}: {signal.reason}")
    lines += [f"    instead {line}" for line in signal.instead.splitlines()]
    lines += [f"fault {fault.kind}: {fault.reason}" for fault in execution.faults]
    lines += [str(unknown) for unknown in execution.unknowns]
    return "\n".join(lines) + "\n"


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_what_really_runs(case: Path, accept: bool) -> None:
    text = describe(run(case))
    expected = case / "expected.txt"
    if accept:
        expected.write_text(text, "utf-8")
    assert text == expected.read_text("utf-8")


HOSTILE = [
    "while true; do while true; do :; done; done",
    "f() { f; f; }; f",
    ". ./self.sh",
    "sh self.sh",
    "eval 'eval \"eval a\"'",
    "x=a; while :; do x=$x$x; [ -n $x ] || break; done; gunicorn $x",
    "$(" * 200,
    "${x:-" * 200,
    "((((((" * 50,
    "case",
    "if then fi",
    'echo "unterminated',
    "'",
    "[[ ",
    "a | | b && ; &",
    "gunicorn ${",
    "$((1/0)) $((9**9**9)) $((x",
    "for i in $(seq 1 1000000); do for j in a b c d e f; do gunicorn $i $j; done; done",
    "\x00\x01\ue000\uf8ff",
    "gunicorn \udcff",
    "set -- $*$*$* $@ $@; " * 50 + "a $@",
]


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_nothing_breaks_it(text: str, tmp_path: Path) -> None:
    (tmp_path / "self.sh").write_text("#!/bin/sh\n. ./self.sh\nsh self.sh\n./self.sh & ./self.sh\n")
    (tmp_path / "self.sh").chmod(0o755)
    project = Project(tmp_path, ["self.sh"])
    tree = Tree(project)
    tree.mount("/app", "", Place(None))
    for shell in ("dash", "bash", "busybox", "unknown"):
        execution = follow(Command(text, "shell", Place(None)), Context(project, tree, "/app", shell=shell))
        assert len(execution.steps) <= 400
