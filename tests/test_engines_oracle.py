"""What the linter says of engines, against the engines that the installed SQLAlchemy and Flask-SQLAlchemy really make.

Projects are generated, imported in a process of their own, and resolved without running them. ORACLE_PYTHON names
another Python to be the oracle, one with Flask-SQLAlchemy 2, say; ORACLE_PROJECTS says how many there are. Drivers that
are not installed are stood in for by empty modules: an engine that never connects asks no more of them.
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
from flaskprod_lint.linting import examine
from flaskprod_lint.model import Engine, Setting, Unknown

PYTHON = os.environ.get("ORACLE_PYTHON", sys.executable)
PROJECTS = int(os.environ.get("ORACLE_PROJECTS", "60"))

#: Imports every app of a folder and prints what its engines are; an app that does not start prints the error's name.
PROBE = """
import importlib, json, sys, types, warnings
from importlib.metadata import version
warnings.simplefilter("ignore")
for driver in ("psycopg2", "pymysql", "MySQLdb"):
    try:
        importlib.import_module(driver)
    except ImportError:
        stand_in = types.ModuleType(driver)
        stand_in.__version__, stand_in.paramstyle, stand_in.version_info = "2.9.10", "pyformat", (2, 2, 4)
        for name in ("extensions", "extras", "constants", "cursors"):
            setattr(stand_in, name, types.ModuleType(name))
            sys.modules[driver + "." + name] = getattr(stand_in, name)
        sys.modules[driver] = stand_in
names = json.loads(sys.argv[2])
sys.path.insert(0, sys.argv[1])

def described(engine):
    pool = getattr(engine, "sync_engine", engine).pool
    size = getattr(pool, "size", None)
    size = size() if callable(size) else None
    dialect = engine.dialect
    return {"dialect": dialect.name, "driver": dialect.driver,
            "class": type(pool).__name__, "size": size, "overflow": getattr(pool, "_max_overflow", None),
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
    for name in ("engine", "other", "third"):
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

SERVERS = ("postgresql+psycopg2://u:p@h/d", "mysql+pymysql://u:p@h/d", "mysql+mysqldb://u:p@h/d", "mysql://u:p@h/d")
FILES = ("sqlite://", "sqlite:///shop.db", "sqlite:///:memory:", "sqlite:////tmp/shop.db")
#: The fields of an engine that are compared, besides its name.
FIELDS = ("dialect", "driver", "class", "size", "overflow", "pre_ping", "recycle")


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
            'USER = os.environ.get("SHOP_USER", "shop")',
            'PASSWORD = os.environ.get("SHOP_PASSWORD", "p")',
        ]

    def chance(self, share: float) -> bool:
        return self.random.random() < share

    def url(self) -> str:
        """The URL in one of the ways to write it. A variable has a server's for its default, as SQLite says nothing."""
        server = self.random.choices(SERVERS, (8, 3, 1, 1))[0]
        scheme, _, rest = server.partition("://")
        file = self.random.choice(FILES)
        return self.random.choices(
            [
                repr(server),
                repr(file),
                f'os.environ.get("SHOP_URL", {server!r})',
                f'os.environ.get("SHOP_URL") or {server!r}',
                f'os.getenv("SHOP_URL", {"postgres://" + rest!r}).replace("postgres://", "postgresql+psycopg2://", 1)',
                f"{scheme + '://'!r} + {rest!r}",
                f'f"{scheme}://{{USER}}:{{PASSWORD}}@h/d"',
                f'"{scheme}://%s:%s@h/d" % (USER, PASSWORD)',
                f'"{scheme}://{{}}:{{}}@h/d".format(USER, PASSWORD)',
                '"sqlite:///" + os.path.join(os.path.dirname(os.path.abspath(__file__)), "shop.db")',
            ],
            (6, 3, 1, 1, 1, 1, 1, 1, 1, 1),
        )[0]

    def own_url(self) -> str:
        """What only create_engine and a bind take: an object."""
        made = 'sa.engine.URL.create("postgresql+psycopg2", username=USER, password=PASSWORD, host="h", database="d")'
        return self.random.choices([self.url(), made, f"sa.engine.make_url({self.url()})"], (6, 1, 1))[0]

    def options(self) -> dict[str, str]:
        found: dict[str, str] = {}
        if self.chance(0.2):
            found["poolclass"] = self.random.choice(
                ["NullPool", "QueuePool", "StaticPool", "sa.pool.NullPool", "sa.pool.AssertionPool"]
            )
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
        if self.chance(0.05):
            found[self.random.choice(["pool_preping", "pool_timeout"])] = "20"
        if self.chance(0.1):
            found["echo"] = "False"
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
        if self.chance(0.2):
            write("class Database(SQLAlchemy):\n    pass")
            write(f"db = Database({constructor})\ndb.init_app(app)")
        elif self.chance(0.5):
            write(f"db = SQLAlchemy({constructor})\ndb.init_app(app)")
        else:
            write(f"db = SQLAlchemy(app{', ' if constructor else ''}{constructor})")
        if self.chance(0.3):
            write(f"engine = create_engine({self.own_url()}{self.keywords()})")
        if self.chance(0.2):
            write("def made(url, **options):\n    options.setdefault('max_overflow', 3)")
            write("    return create_engine(url, **{'pool_pre_ping': True, **options})")
            write(f"third = made({self.own_url()}{self.keywords()})")
        if self.chance(0.2):
            texts = {"db.url": self.url(), "db.pool_size": "'6'", "db.max_overflow": "'2'", "other.pool_size": "'9'"}
            write(f"other = engine_from_config({self.plain(texts)}, prefix='db.'{self.keywords()})")
        return "\n".join(self.lines) + "\n"

    def engine_options(self) -> str:
        write = self.lines.append
        way = self.random.choice(["plain", "plain", "spread", "dict", "or", "update", "class", "items"])
        if way == "plain":
            return self.dict()
        write(f"BASE = {self.dict()}")
        if way == "spread":
            return "{**BASE, " + self.dict()[1:]
        if way == "dict":
            return "dict(BASE" + self.keywords() + ")"
        if way == "or":
            return f"BASE | {self.dict()}"
        if way == "update":
            write(f"BASE.update({self.dict()})\nBASE.setdefault('pool_recycle', 900)")
        elif way == "items":
            write("BASE['pool_size'] = 6\nBASE.pop('max_overflow', None)")
        else:
            write(f"class Parent:\n    OPTIONS = {self.dict()}\nclass Child(Parent):")
            write("    OPTIONS = {**Parent.OPTIONS, 'pool_size': 4}")
            return "Child.OPTIONS"
        return "BASE"

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
        "dialect": engine.dialect or "?",
        "driver": engine.driver or {"mysql": "mysqldb", "sqlite": "pysqlite"}.get(engine.dialect or "", "?"),
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
    return "third" if line.startswith("    return") else line.partition(" = ")[0]


def disagreements(expected: object, engines: list[Engine], source: str) -> tuple[list[str], int, int]:
    """Where the two differ; how many fields there are, and how many of them are unknown to us."""
    refused = [fault.reason for engine in engines for fault in engine.faults if fault.kind != "unread"]
    if isinstance(expected, str):  # the app does not start
        return ([] if refused or expected != "TypeError" else ["it does not start, and we see no reason"]), 0, 0
    assert isinstance(expected, dict)
    wrong = [f"it starts: {reason}" for reason in refused]
    found = {key_of(engine, source): described(engine) for engine in engines}
    if set(found) != set(expected):
        return [*wrong, f"engines {sorted(found)}, not {sorted(expected)}"], 0, 0
    asked = unknown = 0
    for name, truth in expected.items():
        for field in FIELDS:
            asked += 1
            unknown += found[name][field] == "?"
            if found[name][field] not in ("?", truth[field]):
                wrong.append(f"{name or 'db'}: {field} is {truth[field]}, not {found[name][field]}")
    return wrong, asked, unknown


def test_engines_are_what_sqlalchemy_makes(truth: dict[str, object], tmp_path: Path) -> None:
    versions = truth["versions"]
    assert isinstance(versions, dict)
    wrong: list[str] = []
    asked = unknown = started = 0
    for seed in range(PROJECTS):
        source, expected = Writer(seed).app(), truth[f"app{seed}"]
        differ, more, unsure = disagreements(expected, ours(source, versions, tmp_path), source)
        wrong += [f"app{seed}: {text}" for text in differ]
        asked, unknown, started = asked + more, unknown + unsure, started + isinstance(expected, dict)
    assert not wrong, "\n".join(wrong)
    assert started > PROJECTS // 3
    assert unknown * 20 < asked, f"{unknown} of {asked} are unknown"


def test_settings_that_are_not_read_are_told(truth: dict[str, object], tmp_path: Path) -> None:
    """Flask-SQLAlchemy 2 reads the old settings, 3 does not: what it makes of them is held above."""
    versions = truth["versions"]
    assert isinstance(versions, dict)
    for seed in range(min(PROJECTS, 40)):
        source = Writer(seed).app()
        unread = any(fault.kind == "unread" for engine in ours(source, versions, tmp_path) for fault in engine.faults)
        sets = any(f"SQLALCHEMY_{name}" in source for name in ("POOL_SIZE", "MAX_OVERFLOW", "POOL_RECYCLE"))
        assert unread == (sets and versions["Flask-SQLAlchemy"] >= "3"), source
