"""Flask itself is the oracle for routes: generated projects are imported by the real Flask, and its URL map compared.

The suite runs a few; ROUTES_ORACLE=1000 (and ROUTES_ORACLE_SEED=…) in the environment runs more.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from flaskprod_lint.discover import open_project
from flaskprod_lint.model import App, Setting, Target
from flaskprod_lint.model.routing import UNKNOWN, finds
from flaskprod_lint.resolve import app as apps
from flaskprod_lint.resolve.context import Context
from flaskprod_lint.resolve.tree import Tree
from flaskprod_lint.source import Place
from route_projects import Made, make

COUNT = int(os.environ.get("ROUTES_ORACLE", "40"))
SEED = int(os.environ.get("ROUTES_ORACLE_SEED", "1"))
ROOT = "/app"

#: Runs in a process of its own with the real Flask: forks for each project, and prints what its URL map holds.
DRIVER = """
import importlib, json, os, sys
import flask
import werkzeug.exceptions
from werkzeug.routing import RequestRedirect
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
            app = eval(attribute, dict(vars(importlib.import_module(module))))
            rules = [[rule.rule, sorted(rule.methods - {"HEAD", "OPTIONS"})] for rule in app.url_map.iter_rules()]
            router, answers = app.url_map.bind("localhost"), {}
            for path in case["paths"]:
                try:
                    router.match(path, "GET")
                    answers[path] = "matched"
                except RequestRedirect:
                    answers[path] = "redirected"
                except (werkzeug.exceptions.NotFound, werkzeug.exceptions.MethodNotAllowed):
                    answers[path] = "none"
            result = {"rules": sorted(rules), "answers": answers}
        except BaseException as error:
            result = {"error": repr(error)}
        data = json.dumps(result).encode()
        while data:
            data = data[os.write(write, data):]
        os._exit(0)
    os.close(write)
    data = b""
    while chunk := os.read(read, 65536):
        data += chunk
    os.close(read)
    os.waitpid(child, 0)
    print(data.decode(), flush=True)
"""


def ask_flask(cases: list[dict[str, object]]) -> list[dict[str, object]]:
    """What the real Flask makes of each project, in order."""
    text = "".join(json.dumps(case) + "\n" for case in cases)
    command = [sys.executable, "-c", DRIVER]
    run = subprocess.run(command, input=text, capture_output=True, text=True, check=True, timeout=900)
    return [json.loads(line) for line in run.stdout.splitlines()]


def ask_ourselves(made: Made, folder: Path, *, open_environment: bool) -> App:
    """The app as we resolve it."""
    project = open_project(folder)
    tree, origin = Tree(project), Place(None, "test")
    tree.mount(ROOT, "", origin)
    variables = {name: Setting(name, value, origin) for name, value in made.environment.items()}
    context = Context(project, tree, ROOT, variables, open_environment)
    module, _, attribute = made.target.partition(":")
    target = Target(made.target, module, attribute, origin, file=f"{module}.py")
    app = apps.of_assumed(target, context)
    assert app is not None
    return app


def compare(app: App, truth: dict[str, object]) -> tuple[list[str], int, int]:
    """What we say wrong, how many answers were asked for, and how many are not known."""
    rules, answers = truth["rules"], truth["answers"]
    assert isinstance(rules, list)
    assert isinstance(answers, dict)
    ours = sorted([route.rule, sorted({*route.methods} - {"HEAD", "OPTIONS"})] for route in app.routes if route.sure)
    wrong = [f"{rule} is no rule" for rule in ours if rule not in rules]
    if app.routes_unknown is None and all(route.sure for route in app.routes):
        wrong += [f"{rule} is missing" for rule in rules if rule not in ours]
    unknown = 0
    for path, kind in answers.items():
        said = finds(app, path).kind
        unknown += said == UNKNOWN
        if said not in (kind, UNKNOWN):
            wrong.append(f"{path} is {kind}, not {said}")
    return wrong, len(answers), unknown


@pytest.mark.skipif(not hasattr(os, "fork"), reason="the driver forks")
def test_routes_are_those_of_flask(tmp_path: Path) -> None:
    made = [make(SEED * 100_000 + number) for number in range(COUNT)]
    cases: list[dict[str, object]] = []
    for number, one in enumerate(made):
        folder = tmp_path / str(number)
        for name, text in one.files.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, "utf-8")
        cases.append({"folder": str(folder), "environment": one.environment, "target": one.target, "paths": one.paths})
    real = ask_flask(cases)
    wrong, asked, unknown, started, unsure = [], 0, 0, 0, []
    for number, (one, truth) in enumerate(zip(made, real, strict=True)):
        if "error" in truth:
            continue
        started += 1
        closed = number % 2 == 1
        app = ask_ourselves(one, tmp_path / str(number), open_environment=not closed)
        faults, answers, hidden = compare(app, truth)
        wrong += [f"project {number}: {fault}" for fault in faults]
        asked += answers * closed
        unknown += hidden * closed
        if closed and hidden:
            unsure.append(f"project {number}: {app.routes_unknown} {[r for r in app.routes if not r.sure]}")
    assert not wrong, "\n".join(wrong)
    assert started >= COUNT * 0.6, [truth.get("error") for truth in real]
    assert unknown <= asked * 0.05, f"{unknown} of {asked} unknown:\n" + "\n".join(unsure)
