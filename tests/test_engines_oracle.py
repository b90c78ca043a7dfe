"""What the linter says of engines, against the engines that the installed SQLAlchemy and Flask-SQLAlchemy really make.

Projects are generated, imported in a process of their own, and resolved without running them. ORACLE_PYTHON names
another Python to be the oracle, one with Flask-SQLAlchemy 2, say.
"""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
from pathlib import Path

import pytest

from flaskprod_lint.config import Config
from flaskprod_lint.lint import examine
from flaskprod_lint.model import Engine, Setting, Unknown

PYTHON = os.environ.get("ORACLE_PYTHON", sys.executable)
PROJECTS = int(os.environ.get("ORACLE_PROJECTS", "60"))

#: Imports every app of a folder and prints what its engines are; an app that does not start prints the error's name.
PROBE = """
import importlib, json, sys, warnings
from importlib.metadata import version
warnings.simplefilter("ignore")
names = json.loads(sys.argv[2])
sys.path.insert(0, sys.argv[1])

def described(engine):
    pool = getattr(engine, "sync_engine", engine).pool
    size = getattr(pool, "size", None)
    size = size() if callable(size) else None
    return {"class": type(pool).__name__, "size": size, "overflow": getattr(pool, "_max_overflow", None),
            "pre_ping": bool(pool._pre_ping), "recycle": pool._recycle}

def engines(module):
    found = {}
    app = getattr(module, "app", None)
    if hasattr(module, "db"):
        with app.app_context():
            if hasattr(module.db, "engines"):
                found.update({key or "": described(each) for key, each in module.db.engines.items()})
            else:
                binds = [None, *(app.config.get("SQLALCHEMY_BINDS") or {})]
                found.update({key or "": described(module.db.get_engine(app, key)) for key in binds})
    for name in ("engine", "other"):
        if hasattr(module, name):
            found[name] = described(getattr(module, name))
    return found

result = {"versions": {name: version(name) for name in ("Flask", "SQLAlchemy", "Flask-SQLAlchemy")}}
for name in names:
    try:
        result[name] = engines(importlib.import_module(name))
    except Exception as error:
        result[name] = type(error).__name__
print(json.dumps(result))
"""

URLS = ("postgresql+psycopg2://u:p@h/d", "mysql+pymysql://u:p@h/d", "sqlite://", "sqlite:///shop.db")


class Writer:
    """Writes one random app that makes engines in the ways that people do."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.lines = [
            "import os",
            "from flask import Flask",
            "import sqlalchemy as sa",
            "from sqlalchemy import create_engine, engine_from_config",
            "from sqlalchemy.pool import NullPool, QueuePool, StaticPool",
            "from flask_sqlalchemy import SQLAlchemy",
        ]

    def chance(self, share: float) -> bool:
        return self.random.random() < share

    def url(self) -> str:
        return repr(self.random.choices(URLS, (6, 3, 1, 2))[0])

    def options(self) -> dict[str, str]:
        found: dict[str, str] = {}
        if self.chance(0.2):
            found["poolclass"] = self.random.choice(["NullPool", "QueuePool", "StaticPool", "sa.pool.NullPool"])
        if self.chance(0.5):
            found["pool_size"] = self.random.choice(
                ["0", "1", "7", "20", 'int(os.getenv("POOL", "4"))', 'int(os.environ.get("SIZE") or 3)', "2 * 3"]
            )
        if self.chance(0.4):
            found["max_overflow"] = self.random.choice(["-1", "0", "5", "10", 'int(os.getenv("MORE", 2))'])
        if self.chance(0.4):
            found["pool_pre_ping"] = self.random.choice(["True", "False", '"false"', "bool(1)"])
        if self.chance(0.3):
            found["pool_recycle"] = self.random.choice(["280", "3600", "60 * 5"])
        return found

    def dict(self, more: dict[str, str] | None = None) -> str:
        options = {**(more or {}), **self.options()}
        return "{" + ", ".join(f'"{key}": {text}' for key, text in options.items()) + "}"

    def keywords(self) -> str:
        return "".join(f", {key}={text}" for key, text in self.options().items())

    def app(self) -> str:
        write = self.lines.append
        write("app = Flask(__name__)")
        way = self.random.choice(["items", "class", "mapping", "update"])
        config = {"SQLALCHEMY_DATABASE_URI": self.url()}
        if self.chance(0.7):
            config["SQLALCHEMY_ENGINE_OPTIONS"] = self.engine_options()
        if self.chance(0.3):
            binds = {f'"{name}"': self.bind() for name in self.random.sample(["logs", "stats", "old"], 2)}
            config["SQLALCHEMY_BINDS"] = "{" + ", ".join(f"{key}: {text}" for key, text in binds.items()) + "}"
        for name in ("POOL_SIZE", "MAX_OVERFLOW", "POOL_RECYCLE"):
            if self.chance(0.15):
                config[f"SQLALCHEMY_{name}"] = str(self.random.randint(1, 30))
        self.configure(way, config)
        constructor = f"engine_options={self.dict()}" if self.chance(0.4) else ""
        if self.chance(0.5):
            write(f"db = SQLAlchemy({constructor})\ndb.init_app(app)")
        else:
            write(f"db = SQLAlchemy(app{', ' if constructor else ''}{constructor})")
        if self.chance(0.3):
            write(f"engine = create_engine({self.url()}{self.keywords()})")
        if self.chance(0.2):
            texts = {"db.url": self.url(), "db.pool_size": "'6'", "db.max_overflow": "'2'", "other.pool_size": "'9'"}
            write(f"other = engine_from_config({self.plain(texts)}, prefix='db.'{self.keywords()})")
        return "\n".join(self.lines) + "\n"

    def engine_options(self) -> str:
        if self.chance(0.3):
            self.lines.append(f"BASE = {self.dict()}")
            return "{**BASE, " + self.dict()[1:] if self.chance(0.5) else "dict(BASE" + self.keywords() + ")"
        return self.dict()

    def bind(self) -> str:
        return self.url() if self.chance(0.5) else self.dict({"url": self.url()})

    @staticmethod
    def plain(texts: dict[str, str]) -> str:
        return "{" + ", ".join(f'"{key}": {text}' for key, text in texts.items()) + "}"

    def configure(self, way: str, config: dict[str, str]) -> None:
        write = self.lines.append
        if way == "items":
            self.lines += [f'app.config["{key}"] = {text}' for key, text in config.items()]
        elif way == "class":
            write("class Base:\n" + "\n".join(f"    {key} = {text}" for key, text in config.items()))
            write("class Config(Base):\n    DEBUG = False\napp.config.from_object(Config)")
        else:
            call = "from_mapping" if way == "mapping" else "update"
            write(f"app.config.{call}(" + ", ".join(f"{key}={text}" for key, text in config.items()) + ")")


@pytest.fixture(scope="module")
def truth(tmp_path_factory: pytest.TempPathFactory) -> dict[str, object]:
    """What the oracle says of every generated app, by its name; and the apps' folder."""
    folder = tmp_path_factory.mktemp("apps")
    names = [f"app{seed}" for seed in range(PROJECTS)]
    for seed, name in enumerate(names):
        (folder / f"{name}.py").write_text(Writer(seed).app(), "utf-8")
    environment = {"PATH": os.environ["PATH"], "HOME": str(folder)}
    command = [PYTHON, "-c", PROBE, str(folder), json.dumps(names)]
    done = subprocess.run(command, capture_output=True, text=True, check=True, env=environment, cwd=folder)
    found: dict[str, object] = json.loads(done.stdout)
    found["folder"] = str(folder)
    return found


def ours(source: str, versions: dict[str, str], folder: Path) -> list[Engine]:
    """What the linter resolves for an app that Gunicorn loads where no variable is set."""
    (folder / "app.py").write_text(source, "utf-8")
    drivers = "psycopg2-binary==2.9.10\npymysql==1.1.1\ngunicorn==23.0.0\n"
    (folder / "requirements.txt").write_text("".join(f"{k}=={v}\n" for k, v in versions.items()) + drivers)
    (folder / "Procfile").write_text("web: gunicorn app:app\n")
    (folder / "flaskprod-lint.toml").write_text('platform = "heroku"\n')
    (deployment,) = examine(folder, Config(platform="heroku")).production
    (app,) = deployment.apps
    return app.engines


def described(engine: Engine) -> dict[str, object]:
    def of(setting: Setting | None) -> object:
        return "?" if setting is not None and isinstance(setting.value, Unknown) else setting.value if setting else None

    return {
        "class": of(engine.pool_class),
        "size": of(engine.pool_size),
        "overflow": of(engine.max_overflow),
        "pre_ping": of(engine.pool_pre_ping),
        "recycle": of(engine.pool_recycle),
    }


def key_of(engine: Engine, source: str) -> str:
    """The name under which the oracle has this engine."""
    if engine.library != "SQLAlchemy":
        return engine.bind or ""
    line = source.splitlines()[(engine.definition.span.line if engine.definition.span else 1) - 1]
    return line.partition(" = ")[0]


@pytest.mark.parametrize("seed", range(PROJECTS))
def test_engines_are_what_sqlalchemy_makes(seed: int, truth: dict[str, object], tmp_path: Path) -> None:
    source = Writer(seed).app()
    expected = truth[f"app{seed}"]
    versions = truth["versions"]
    assert isinstance(versions, dict)
    found = {key_of(engine, source): described(engine) for engine in ours(source, versions, tmp_path)}
    if isinstance(expected, str):
        return  # options that this pool class refuses: the app does not start, and there is nothing to compare
    assert isinstance(expected, dict)
    assert found == expected, source
