"""Flask itself is the oracle: generated projects are imported by the real Flask, and compared with what we say.

Compared are its config and its engines. The suite runs a few; FLASK_ORACLE=1000 (and FLASK_ORACLE_SEED=…) in the
environment runs more.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path

import pytest

from flask_projects import COMPARED, Made, make
from flaskprod_lint.discover import open_project
from flaskprod_lint.model import Engine, Package, Packages, Setting, Step, Unknown
from flaskprod_lint.resolve.app import loading, target, target_text
from flaskprod_lint.resolve.context import Context
from flaskprod_lint.resolve.database import engine_facts, engines
from flaskprod_lint.resolve.interpreter.values import as_value
from flaskprod_lint.resolve.tree import Tree
from flaskprod_lint.source import Place

COUNT = int(os.environ.get("FLASK_ORACLE", "40"))
SEED = int(os.environ.get("FLASK_ORACLE_SEED", "1"))
ROOT = "/app"

#: What Flask-SQLAlchemy itself puts into the config, which is nobody's setting.
OF_THE_EXTENSION = ("SQLALCHEMY_ENGINE_OPTIONS", "{}", "'<absent>'")

INSTALLED = ("Flask", "Flask-SQLAlchemy", "SQLAlchemy", "environs")
DRIVERS = {"psycopg2-binary": "2.9.10", "psycopg": "3.2.1", "pymysql": "1.1.1"}

#: Runs in a process of its own with the real Flask: forks for each project, and prints what its config holds.
DRIVER = """
import importlib, json, os, sys, types, warnings
import decouple, dynaconf, environs, flask, flask_sqlalchemy, pydantic_settings, sqlalchemy, yaml
warnings.simplefilter("ignore")
class StandIn(types.ModuleType):
    __path__ = []
    __version__, paramstyle, version_info = "3.2.1", "pyformat", (2, 2, 4)

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return lambda *args, **options: StandIn(name)

# An engine that never connects asks no more of its driver than this.
for driver in ("psycopg2", "psycopg", "pymysql"):
    for name in ("", ".adapt", ".types", ".types.string", ".types.json", ".extensions", ".extras", ".constants"):
        sys.modules[driver + name] = StandIn(driver + name)
names = json.loads(sys.argv[1])

def shown(value, folder):
    try:
        json.dumps(value, default=lambda one: {"bytes": one.decode()})
    except (TypeError, AttributeError):
        return "<other>"
    return repr(value).replace(folder, "/app")

def described(engine):
    pool = engine.pool
    size = getattr(pool, "size", None)
    return {
        "dialect": engine.dialect.name, "driver": engine.dialect.driver,
        "database": (engine.url.database or "").rpartition("/")[2],
        "class": type(pool).__name__, "size": size() if callable(size) else None,
        "overflow": getattr(pool, "_max_overflow", None), "pre_ping": bool(pool._pre_ping), "recycle": pool._recycle,
    }

def answer(case):
    module, _, attribute = case["target"].partition(":")
    namespace = dict(vars(importlib.import_module(module)))
    app = eval(attribute, namespace)
    config = {name: shown(app.config.get(name, "<absent>"), case["folder"]) for name in names}
    for name in ("debug", "testing", "secret_key"):
        try:
            config["app." + name] = shown(getattr(app, name), case["folder"])
        except KeyError:
            config["app." + name] = repr("<absent>")
    made = {}
    if "sqlalchemy" in app.extensions:
        with app.app_context():
            made = {key or "": described(each) for key, each in app.extensions["sqlalchemy"].engines.items()}
    return {"config": config, "engines": made}

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
            result = answer(case)
        except BaseException as error:
            result = {"error": type(error).__name__ + ": " + str(error)[:200]}
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
    command = [sys.executable, "-c", DRIVER, json.dumps(COMPARED)]
    run = subprocess.run(command, input=text, capture_output=True, text=True, check=True, timeout=1800)
    return [json.loads(line) for line in run.stdout.splitlines()]


@dataclass
class Answer:
    """What we say of a project: each name's value as text, None when it is unknown; its engines; why it stops."""

    config: dict[str, str | None]
    engines: dict[str, dict[str, object]]
    stops: bool


def ask_ourselves(made: Made, folder: Path, *, open_environment: bool) -> Answer:
    """What we say of a project that Gunicorn loads in /app."""
    project = open_project(folder)
    tree = Tree(project)
    origin = Place(None, "test")
    tree.mount(ROOT, "", origin)
    variables = {name: Setting(name, value, origin) for name, value in made.environment.items()}
    versions = {**{name.lower(): version(name) for name in INSTALLED}, **DRIVERS}
    packages = Packages({name: Package(name, number, "exact", origin) for name, number in versions.items()})
    context = Context(project, tree, ROOT, variables, open_environment, packages=packages)
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
    absent = None if config.doubt else "'<absent>'"
    answers = {name: _shown(config.setting(name)) if name in config.entries else absent for name in COMPARED}
    for name, attribute in (("DEBUG", "debug"), ("TESTING", "testing"), ("SECRET_KEY", "secret_key")):
        answers[f"app.{attribute}"] = answers[name]
    values = {name: one for name in (*config.entries, *engines.SETTINGS) if (one := config.read(name)) is not None}
    pools = engines.of_events(list(loaded.events), values, loaded.context)
    pools = engine_facts.completed(pools, values, loaded.machine.files, loaded.context)
    # Where a person may have set the variable, an SQLite fallback is taken for no server's address.
    ours = [one for one in pools if one.library == "Flask-SQLAlchemy" and not (open_environment and one.url_variables)]
    made_by_flask = {one.bind or "": described(one) for one in ours}
    raises = isinstance(value.data, Unknown) and value.data.reason.startswith("it raises") if value else False
    stops = loaded.module.failure is not None or raises or any(one.faults for one in pools)
    return Answer(answers, made_by_flask, stops)


def _shown(setting: Setting) -> str | None:
    return None if isinstance(setting.value, Unknown) else repr(setting.value)


def described(engine: Engine) -> dict[str, object]:
    """An engine as the driver describes it; "?" for what is unknown."""
    fields = ("pool_class", "pool_size", "max_overflow", "pool_pre_ping", "pool_recycle")
    settings = [getattr(engine, name) for name in fields]
    known = [one and ("?" if isinstance(one.value, Unknown) else one.value) for one in settings]
    url = engine.url.value if engine.url is not None else None
    database = url.partition("?")[0].partition("://")[2].rpartition("/")[2] if isinstance(url, str) else "?"
    return {
        "dialect": engine.dialect or "?",
        "driver": "pysqlite" if engine.dialect == "sqlite" else engine.client.module if engine.client else "?",
        "database": database,
        **dict(zip(("class", "size", "overflow", "pre_ping", "recycle"), known, strict=True)),
    }


@dataclass
class Tally:
    """What came out of comparing: the disagreements, and how many of the values that could be known are not."""

    wrong: list[str] = field(default_factory=list)
    unsure: list[str] = field(default_factory=list)
    asked: int = 0
    started: int = 0

    def compare(self, what: str, ours: object, real: object, *, unknown: object, count: bool) -> None:
        self.asked += count and real != "<other>"
        if ours == unknown:
            self.unsure += [f"{what} is {real}"] * (count and real != "<other>")
        elif ours != real:
            self.wrong.append(f"{what} is {real}, not {ours}")


@pytest.mark.skipif(not hasattr(os, "fork"), reason="the driver forks")
def test_config_and_engines_are_what_flask_makes(tmp_path: Path) -> None:
    made = [make(SEED * 100_000 + number) for number in range(COUNT)]
    cases: list[dict[str, object]] = []
    for number, one in enumerate(made):
        folder = tmp_path / str(number)
        write_project(one, folder)
        cases.append({"folder": str(folder), "environment": one.environment, "target": one.target})
    tally = Tally()
    for number, (one, truth) in enumerate(zip(made, ask_flask(cases), strict=True)):
        closed = number % 2 == 1
        ours = ask_ourselves(one, tmp_path / str(number), open_environment=not closed)
        _compare(f"project {number}", ours, truth, tally, closed=closed)
    assert not tally.wrong, "\n".join(tally.wrong)
    assert tally.started >= COUNT // 2
    unknown = f"{len(tally.unsure)} of {tally.asked} unknown:\n" + "\n".join(tally.unsure)
    assert len(tally.unsure) <= tally.asked * 0.05, unknown


def _compare(name: str, ours: Answer, truth: dict[str, object], tally: Tally, *, closed: bool) -> None:
    if "error" in truth:
        if closed and not ours.stops and None not in ours.config.values():
            tally.wrong.append(f"{name} does not start ({truth['error']}), and we see no reason")
        return
    tally.started += 1
    if closed and ours.stops:
        tally.wrong.append(f"{name} starts, and we say that it does not")
    config, pools = truth["config"], truth["engines"]
    assert isinstance(config, dict)
    assert isinstance(pools, dict)
    for key, value in config.items():
        if (key, value, ours.config[key]) == OF_THE_EXTENSION:
            continue
        tally.compare(f"{name}: {key}", ours.config[key], value, unknown=None, count=closed)
    for bind, engine in pools.items():
        for key, value in engine.items():
            found = ours.engines.get(bind, {}).get(key) if closed or bind in ours.engines else "?"
            tally.compare(f"{name}: engine {bind} {key}", found, value, unknown="?", count=closed)
