"""Flask itself is the oracle: generated projects are imported by the real Flask, and its config compared with ours.

The suite runs a few; FLASK_ORACLE=500 (and FLASK_ORACLE_SEED=…) in the environment runs more.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from flask_projects import NAMES, Made, make
from flaskprod_lint.discover import open_project
from flaskprod_lint.model import Setting, Step, Unknown
from flaskprod_lint.resolve.app import loading, target, target_text
from flaskprod_lint.resolve.context import Context
from flaskprod_lint.resolve.interpreter.values import as_value
from flaskprod_lint.resolve.tree import Tree
from flaskprod_lint.source import Place

COUNT = int(os.environ.get("FLASK_ORACLE", "40"))
SEED = int(os.environ.get("FLASK_ORACLE_SEED", "1"))
ROOT = "/app"

#: Runs in a process of its own with the real Flask: forks for each project, and prints what its config holds.
DRIVER = """
import importlib, json, os, sys
import flask
names = json.loads(sys.argv[1])
for line in sys.stdin:
    case = json.loads(line)
    read, write = os.pipe()
    child = os.fork()
    if not child:
        os.close(read)
        os.environ.clear()
        os.environ.update(case["environment"])
        os.chdir(case["folder"])
        sys.path.insert(0, case["folder"])
        try:
            module, _, attribute = case["target"].partition(":")
            namespace = dict(vars(importlib.import_module(module)))
            app = eval(attribute, namespace)
            known = {}
            for name in names:
                value = app.config.get(name, "<absent>")
                try:
                    repr(json.dumps(value, default=lambda one: {"bytes": one.decode()}))
                    known[name] = repr(value)
                except (TypeError, AttributeError):
                    known[name] = "<other>"
            result = {"config": known, "debug": repr(app.debug), "secret": repr(app.secret_key)}
        except BaseException as error:
            result = {"error": type(error).__name__}
        os.write(write, json.dumps(result).encode())
        os._exit(0)
    os.close(write)
    data = b""
    while chunk := os.read(read, 65536):
        data += chunk
    os.close(read)
    os.waitpid(child, 0)
    print(data.decode(), flush=True)
"""


def write_project(made: Made, folder: Path) -> None:
    for name, text in made.files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")


def ask_flask(cases: list[dict[str, object]]) -> list[dict[str, object]]:
    """What the real Flask makes of each project, in order."""
    text = "".join(json.dumps(case) + "\n" for case in cases)
    command = [sys.executable, "-c", DRIVER, json.dumps(NAMES)]
    run = subprocess.run(command, input=text, capture_output=True, text=True, check=True, timeout=600)
    return [json.loads(line) for line in run.stdout.splitlines()]


def ask_ourselves(made: Made, folder: Path, *, open_environment: bool) -> dict[str, object]:
    """What we say of each name: its value as text, None when it is unknown."""
    project = open_project(folder)
    tree = Tree(project)
    origin = Place(None, "test")
    tree.mount(ROOT, "", origin)
    variables = {name: Setting(name, value, origin) for name, value in made.environment.items()}
    context = Context(project, tree, ROOT, variables, open_environment)
    step = Step(("gunicorn", made.target), f"gunicorn {made.target}", origin)
    found = target.find(made.target, step, context)
    assert found.state in ("found", "unknown"), found
    parsed = target_text.parse(made.target)
    loaded = loading.of_module(parsed.module, step, context)
    assert loaded.module is not None
    value = target.lookup(parsed.attribute, loaded.module, loaded)
    if parsed.called and value is not None:
        value = loaded.machine.call(value, tuple(as_value(one) for one in parsed.args), {})
    config = loaded.hooks.configs[-1]
    answers: dict[str, object] = {name: _shown(config.setting(name)) for name in NAMES if name in config.entries}
    absent = None if config.doubt else "'<absent>'"
    return {name: answers.get(name, absent) for name in NAMES}


def _shown(setting: Setting) -> str | None:
    return None if isinstance(setting.value, Unknown) else repr(setting.value)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="the driver forks")
def test_config_is_what_flask_makes_of_it(tmp_path: Path) -> None:
    made = [make(SEED * 100_000 + number) for number in range(COUNT)]
    cases: list[dict[str, object]] = []
    for number, one in enumerate(made):
        folder = tmp_path / str(number)
        write_project(one, folder)
        cases.append({"folder": str(folder), "environment": one.environment, "target": one.target})
    real = ask_flask(cases)
    wrong, unsure, asked, unknown, started = [], [], 0, 0, 0
    for number, (one, truth) in enumerate(zip(made, real, strict=True)):
        if "error" in truth:
            continue
        started += 1
        closed = number % 2 == 1
        ours = ask_ourselves(one, tmp_path / str(number), open_environment=not closed)
        config = truth["config"]
        assert isinstance(config, dict)
        for name, value in config.items():
            asked += closed
            if ours[name] is None:
                unknown += closed and value != "<other>"
                unsure += [f"project {number}: {name} is {value}"] * (closed and value != "<other>")
            elif ours[name] != value:
                wrong.append(f"project {number}: {name} is {value}, not {ours[name]}")
    assert not wrong, "\n".join(wrong)
    assert started >= COUNT // 2
    assert unknown <= asked * 0.05, f"{unknown} of {asked} unknown:\n" + "\n".join(unsure)
