"""The interpreter of Python sources, form by form. What Python itself can confirm is in test_interpreter_oracle."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent

import pytest

from flaskprod_lint.model import Setting, Unknown
from flaskprod_lint.resolve.context import Context
from flaskprod_lint.resolve.interpreter import Hooks, Interpreter
from flaskprod_lint.resolve.interpreter.values import (
    Class,
    Event,
    External,
    Instance,
    Maybe,
    Member,
    Module,
    Object,
    Partial,
    Value,
)
from flaskprod_lint.resolve.tree import Tree
from flaskprod_lint.source import Place, Project


class Run:
    """A project of a few files, with `conf.py` run as Gunicorn would."""

    def __init__(
        self,
        folder: Path,
        files: dict[str, str] | str,
        variables: dict[str, str] | None = None,
        *,
        closed: bool = False,
        hooks: Hooks | None = None,
        name: str = "conf",
        python: tuple[int, int] | None = None,
    ) -> None:
        files = {"conf.py": files} if isinstance(files, str) else files
        for path, text in files.items():
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_text(dedent(text))
        self.project = Project(folder, files)
        tree = Tree(self.project)
        tree.mount("/app", "", Place(None))
        settings = {key: Setting(key, value) for key, value in (variables or {}).items()}
        context = Context(self.project, tree, "/app", settings, open_environment=not closed, python=python)
        self.interpreter = Interpreter(context, hooks=hooks)
        self.module = self.interpreter.run_file("conf.py", name)

    def value(self, name: str) -> Value:
        return self.module.names[name]

    def plain(self, name: str) -> object:
        return self.value(name).plain()

    def reason(self, name: str) -> str:
        data = self.plain(name)
        assert isinstance(data, Unknown)
        return data.reason

    def calls(self) -> list[str]:
        return [
            f"{event.callee}{'' if event.sure else '?'}" for event in self.interpreter.events if event.kind == "call"
        ]


# Where values come from


def test_a_value_knows_where_it_was_written(tmp_path: Path) -> None:
    run = Run(tmp_path, "a = 1\nb = a\n")
    assert str(run.value("b").at) == "conf.py:1"


def test_columns_count_characters(tmp_path: Path) -> None:
    at = Run(tmp_path, "é = 'é'; b = 2\n").value("b").at
    assert at is not None and (at.column, at.end_column) == (14, 15)


def test_a_later_value_remembers_the_earlier(tmp_path: Path) -> None:
    run = Run(tmp_path, "workers = 2\nworkers = 5\n")
    assert [(one.value, str(one.origin)) for one in run.value("workers").overrides] == [(2, "conf.py:1")]


# The environment


def test_a_variable_that_is_set(tmp_path: Path) -> None:
    run = Run(tmp_path, "import os\nport = int(os.environ.get('PORT', 5000))\n", {"PORT": "80"})
    assert run.plain("port") == 80
    assert [(read.name, read.default, read.is_set) for read in run.value("port").environment] == [("PORT", 5000, True)]


def test_a_default_holds_as_long_as_nobody_sets_the_variable(tmp_path: Path) -> None:
    run = Run(tmp_path, "import os\nport = int(os.getenv('PORT', '5000'))\n")
    value = run.value("port")
    assert (value.data, value.sure, value.environment[0].is_set) == (5000, False, None)


def test_an_unset_variable_of_a_closed_environment(tmp_path: Path) -> None:
    run = Run(
        tmp_path, "import os\na = os.environ.get('A')\nb = 'A' in os.environ\nc = os.environ['A']\nd = 1", closed=True
    )
    assert (run.plain("a"), run.plain("b")) == (None, False)
    assert run.module.failure is not None and run.module.failure.path == "builtins.KeyError"
    assert "d" not in run.module.names


@pytest.mark.parametrize(
    "text",
    [
        "key = os.environ.get('KEY') or 'dev'",
        "key = os.environ.get('KEY', 'dev')",
        "key = os.environ['KEY'] if 'KEY' in os.environ else 'dev'",
        "key = os.getenv('KEY') if os.getenv('KEY') else 'dev'",
        "key = os.getenv('KEY')\nif not key:\n    key = 'dev'",
        "key = os.getenv('KEY')\nif key is None:\n    key = 'dev'",
        "try:\n    key = os.environ['KEY']\nexcept KeyError:\n    key = 'dev'",
        "if os.environ.get('KEY'):\n    key = os.environ['KEY']\nelse:\n    key = 'dev'",
        "key = 'dev'\nif 'KEY' in os.environ:\n    key = os.environ['KEY']",
        "key = os.environ.get('KEY', '').strip() or 'dev'",
        "def read(name, default=None):\n    return os.environ.get(name) or default\nkey = read('KEY', 'dev')",
        "def get(name):\n    v = os.environ.get(name)\n    if v:\n        return v\n    return 'dev'\nkey = get('KEY')",
    ],
)
def test_every_way_of_writing_a_default(text: str, tmp_path: Path) -> None:
    value = Run(tmp_path, f"import os\n{text}\n").value("key")
    assert (value.data, value.sure) == ("dev", False)
    assert [(read.name, read.default, read.is_set) for read in value.environment][:1] == [("KEY", "dev", None)]


def test_a_variable_without_default_is_unknown(tmp_path: Path) -> None:
    run = Run(tmp_path, "import os\nkey = os.environ['KEY']\n")
    assert run.reason("key") == "the variable KEY is not set in the project"
    assert run.value("key").environment[0].name == "KEY"


def test_the_program_changes_its_environment(tmp_path: Path) -> None:
    run = Run(
        tmp_path,
        "import os\nos.environ['A'] = '1'\nos.environ.setdefault('B', '2')\nos.environ.update(C='3')\n"
        "a, b, c = os.environ['A'], os.getenv('B'), os.environ.get('C')\n"
        "del os.environ['A']\nd = os.environ.get('A', 'gone')\n",
        closed=True,
    )
    assert [run.plain(name) for name in "abcd"] == ["1", "2", "3", "gone"]


def test_variables_that_name_settings(tmp_path: Path) -> None:
    text = """
    import os
    for key, value in os.environ.items():
        if key.startswith("GUNICORN_"):
            locals()[key.split("_", 1)[1].lower()] = value
    """
    assert Run(tmp_path, text, {"GUNICORN_WORKERS": "3", "PATH": "/bin"}).plain("workers") == "3"


# What is known by name only


@pytest.mark.parametrize(
    ("text", "formula"),
    [
        ("multiprocessing.cpu_count() * 2 + 1", "host CPUs × 2 + 1"),
        ("2 * (os.cpu_count() or 1) + 1", "2 × host CPUs + 1"),
        ("(cpu_count() + 1) * 2", "(host CPUs + 1) × 2"),
        ("int(os.getenv('W', cpu_count() * 2))", "host CPUs × 2"),
        ("min(cpu_count() * 2 + 1, 4)", "min(host CPUs × 2 + 1, 4)"),
        ("len(os.sched_getaffinity(0))", "host CPUs"),
    ],
)
def test_processors_of_the_host(text: str, formula: str, tmp_path: Path) -> None:
    head = "import os, multiprocessing\nfrom multiprocessing import cpu_count\n"
    data = Run(tmp_path, f"{head}workers = {text}\n").plain("workers")
    assert isinstance(data, Unknown)
    assert (data.reason, data.symbol) == (formula, "host-cpus")


def test_a_text_that_is_known_in_parts(tmp_path: Path) -> None:
    run = Run(
        tmp_path,
        "import os\nurl = f\"postgresql://{os.environ['U']}:{os.environ['P']}@db/x\"\n"
        "same = 'postgresql://' + os.getenv('U')\nagain = 'postgresql://%s@%s/' % (os.getenv('U'), 'h')\n",
    )
    data = run.value("url").data
    assert isinstance(data, Partial)
    assert data.parts == ("postgresql://", None, ":", None, "@db/x")
    for name in ("same", "again"):
        partial = run.value(name).data
        assert isinstance(partial, Partial) and partial.prefix == "postgresql://"


def test_files_of_the_project(tmp_path: Path) -> None:
    text = """
    import os
    from pathlib import Path
    here = os.path.abspath(os.path.dirname(__file__))
    base = str(Path(__file__).resolve().parent.parent / "x.db")
    there = os.path.exists(os.path.join(here, "VERSION"))
    maybe = os.path.exists("/etc/secret")
    with open("VERSION") as stream:
        version = stream.read().strip()
    """
    run = Run(tmp_path, {"conf.py": text, "VERSION": "1.2\n"})
    assert [run.plain(name) for name in ("here", "base", "there", "version")] == ["/app", "/x.db", True, "1.2"]
    assert isinstance(run.plain("maybe"), Unknown)


# Branches


def test_a_known_condition_takes_one_side(tmp_path: Path) -> None:
    run = Run(tmp_path, "import os\nif os.getenv('E') == 'prod':\n    a = 1\nelse:\n    a = 2\n", {"E": "prod"})
    assert (run.plain("a"), run.value("a").sure) == (1, True)


def test_an_assumed_condition_takes_one_side_without_being_sure(tmp_path: Path) -> None:
    run = Run(tmp_path, "import os\nif os.getenv('E', 'dev') == 'prod':\n    a = 1\nelse:\n    a = 2\n")
    assert (run.plain("a"), run.value("a").sure) == (2, False)


def test_an_unknown_condition_gives_alternatives(tmp_path: Path) -> None:
    run = Run(tmp_path, "import os\na = b = 1\nif os.getenv('E') == 'prod':\n    a = 2\n    c = 3\nelse:\n    b = 1\n")
    assert [one.data for one in run.value("a").alternatives] == [2, 1]
    assert run.plain("b") == 1
    assert isinstance(run.value("c").data, Maybe)


def test_changes_of_one_side_do_not_leak_into_the_other(tmp_path: Path) -> None:
    text = """
    import os
    rows, table = ["a"], {"k": 1}
    if os.getenv("E"):
        rows.append("b")
        table["k"] = 2
        seen = list(rows)
    else:
        seen = list(rows)
    first = rows[0]
    """
    run = Run(tmp_path, text)
    assert [one.data for one in run.value("table").data["k"].alternatives] == [2, 1]  # type: ignore[index]
    assert run.plain("first") == "a"
    assert isinstance(run.plain("rows"), Unknown)


def test_a_guard_that_raises_leaves_the_other_path(tmp_path: Path) -> None:
    text = """
    import os, sys
    key = os.environ.get("KEY")
    if not key:
        raise RuntimeError("no key")
    if os.getenv("E", "dev") == "dev":
        sys.exit(1)
    done = True
    """
    run = Run(tmp_path, text)
    assert run.plain("done") is True
    assert run.module.failure is None
    assert isinstance(run.plain("key"), Unknown)


def test_returns_under_unknown_conditions(tmp_path: Path) -> None:
    text = """
    import os
    state = []
    def choose():
        if os.getenv("A"):
            state.append(1)
            return "a"
        for name in ("b", "c"):
            if os.getenv(name):
                return name
        return "d"
    chosen = choose()
    after = 1
    """
    run = Run(tmp_path, text)
    assert sorted(str(one.data) for one in run.value("chosen").alternatives) == ["a", "b", "c", "d"]
    assert run.value("after").sure
    assert isinstance(run.plain("state"), Unknown)


def test_what_is_true_on_both_sides_is_known(tmp_path: Path) -> None:
    run = Run(tmp_path, "import os\nif os.getenv('A'):\n    a = 5\nelse:\n    a = 5\n")
    assert (run.plain("a"), run.value("a").sure) == (5, True)


def test_name_is_main_only_when_run(tmp_path: Path) -> None:
    text = "import flask\napp = flask.Flask(__name__)\nif __name__ == '__main__':\n    app.run(debug=True)\n"
    assert Run(tmp_path, text).calls() == ["flask.Flask"]
    assert Run(tmp_path, text, name="__main__").calls() == ["flask.Flask", "flask.Flask.run"]


def test_try_of_an_external_import_takes_the_body(tmp_path: Path) -> None:
    text = "try:\n    import ujson as json\n    fast = True\nexcept ImportError:\n    import json\n    fast = False\n"
    assert Run(tmp_path, text).plain("fast") is True


def test_loops_over_what_is_unknown(tmp_path: Path) -> None:
    text = "import os\ncount = 0\nfor one in os.getenv('A').split(','):\n    count += 1\nafter = 2\n"
    run = Run(tmp_path, text)
    assert isinstance(run.plain("count"), Unknown)
    assert run.plain("after") == 2


def test_an_endless_loop_ends_the_path(tmp_path: Path) -> None:
    run = Run(tmp_path, "a = 1\nwhile True:\n    pass\nb = 2\n")
    assert "b" not in run.module.names


def test_exec_of_what_is_unknown_spoils_the_names(tmp_path: Path) -> None:
    run = Run(tmp_path, "import os\nworkers = 3\nexec(os.getenv('CODE'))\nafter = 1\n")
    assert isinstance(run.module.opaque, Unknown)
    assert [one.data for one in run.value("workers").alternatives] == [3]
    assert run.plain("after") == 1


def test_a_library_that_is_given_globals(tmp_path: Path) -> None:
    run = Run(tmp_path, "from lib import set_defaults\nworkers = 3\nset_defaults(globals())\n")
    assert isinstance(run.plain("workers"), Unknown)
    assert run.module.opaque is not None


# Imports


def test_imports_of_every_form(tmp_path: Path) -> None:
    files = {
        "conf.py": """
            import pack.deep.inner as inner, importlib
            import pack.deep.inner
            from pack import A, deep
            from pack.deep import *
            from pack.deep.inner import VALUE as renamed
            by_name = importlib.import_module("pack.deep.inner").VALUE
            chain = pack.deep.inner.VALUE
            from plain_folder import module
            from_namespace = module.X
            """,
        "pack/__init__.py": "from .deep.inner import VALUE as A\nfrom . import other\n",
        "pack/other.py": "from .deep import inner\nfrom ..pack import deep\n",
        "pack/deep/__init__.py": "__all__ = ['STAR']\nSTAR, HIDDEN = 1, 2\n",
        "pack/deep/inner.py": "VALUE = 7\n",
        "plain_folder/module.py": "X = 9\n",
    }
    run = Run(tmp_path, files)
    names = ("A", "STAR", "renamed", "by_name", "chain", "from_namespace")
    assert [run.plain(name) for name in names] == [7, 1, 7, 7, 7, 9]
    assert "HIDDEN" not in run.module.names
    assert run.interpreter.files[0] == "conf.py"


def test_modules_that_import_each_other(tmp_path: Path) -> None:
    files = {
        "conf.py": "import a\nx = a.X\n",
        "a.py": "X = 1\nimport b\nY = b.Z\n",
        "b.py": "import a\nZ = a.X + 1\n",
    }
    run = Run(tmp_path, files)
    assert run.plain("x") == 1
    assert run.interpreter.modules["a.py"].names["Y"].data == 2


def test_a_folder_does_not_hide_an_installed_package(tmp_path: Path) -> None:
    files = {"conf.py": "from alembic import op\nimport docker\nx = op.f\n", "alembic/env.py": "", "docker/x.txt": ""}
    run = Run(tmp_path, files)
    assert run.value("x").data == External("alembic.op.f")


def test_an_absent_module_of_the_project(tmp_path: Path) -> None:
    files = {
        "conf.py": "try:\n    from pack.local import *\nexcept ImportError:\n    a = 1\nfrom pack.local import b\n",
        "pack/__init__.py": "",
    }
    run = Run(tmp_path, files)
    assert run.plain("a") == 1
    assert run.reason("b") == "the module pack.local is not in the project"


def test_a_file_that_cannot_be_parsed_is_unknown(tmp_path: Path) -> None:
    run = Run(tmp_path, {"conf.py": "from broken import x\ny = 1\n", "broken.py": "print 'x'\n"})
    assert isinstance(run.plain("x"), Unknown)
    assert run.plain("y") == 1
    assert [str(problem.place.span) for problem in run.project.problems] == ["broken.py:1"]


def test_sys_path(tmp_path: Path) -> None:
    text = "import sys, os\nsys.path.insert(0, os.path.join(os.path.dirname(__file__), 'lib'))\nfrom inside import X\n"
    assert Run(tmp_path, {"conf.py": text, "lib/inside.py": "X = 3\n"}).plain("X") == 3


# Functions and classes


def test_functions_with_everything(tmp_path: Path) -> None:
    text = """
    from functools import lru_cache, wraps, partial
    def doubled(function):
        @wraps(function)
        def wrapper(*args, **kwargs):
            return 2 * function(*args, **kwargs)
        return wrapper
    @doubled
    def add(a, b=2, *rest, key=5, **more):
        return a + b + sum(rest) + key + sum(more.values())
    @lru_cache()
    def cached(n): return n + 1
    def counter():
        count = 0
        def step():
            nonlocal count
            count += 1
            return count
        step()
        return step()
    a, b, c, d = add(1), add(1, 2, 3, key=4, x=5), cached(1), counter()
    e = partial(add, b=7)(1)
    """
    run = Run(tmp_path, text)
    assert [run.plain(name) for name in "abcde"] == [16, 30, 2, 2, 26]


def test_classes_with_everything(tmp_path: Path) -> None:
    text = """
    import os
    from dataclasses import dataclass, field
    from enum import Enum
    class Base:
        OPTIONS = {"pool_size": 5}
        DEBUG = True
        @staticmethod
        def fix(url): return url.replace("postgres://", "postgresql://")
        @property
        def URI(self): return self.fix("postgres://x")
        def __init__(self, name="n"): self.name = name
    class Production(Base):
        OPTIONS = {**Base.OPTIONS, "max_overflow": 100}
        if os.getenv("DEBUG_ON"):
            DEBUG = True
        else:
            DEBUG = False
        def __init__(self):
            super().__init__("p")
            self.other = self.name + "!"
    @dataclass
    class Data:
        size: int = 3
        rows: list = field(default_factory=list)
    class Level(str, Enum):
        LOW = "low"
        HIGH = "high"
    made = Production()
    setattr(made, "EXTRA", 1)
    a, b, c, d = made.OPTIONS, made.URI, made.other, Data(size=4).size
    e = [level.value for level in Level]
    f = Level("high").name
    g = os.getenv("LEVEL", "low") == Level.LOW
    """
    run = Run(tmp_path, text, {"DEBUG_ON": ""})
    assert [run.plain(name) for name in "abcdef"] == [
        {"pool_size": 5, "max_overflow": 100},
        "postgresql://x",
        "p!",
        4,
        ["low", "high"],
        "HIGH",
    ]
    assert run.plain("g") is True
    upper = run.interpreter.uppercase(run.value("made"))
    assert {name: value.plain() for name, value in upper.items()} == {
        "OPTIONS": {"pool_size": 5, "max_overflow": 100},
        "DEBUG": False,
        "URI": "postgresql://x",
        "EXTRA": 1,
    }
    assert run.interpreter.uppercase(run.value("Production"))["DEBUG"].data is False


def test_a_generator_is_unknown(tmp_path: Path) -> None:
    assert isinstance(Run(tmp_path, "def g():\n    yield 1\nx = list(g())\n").plain("x"), Unknown)


def test_random_values_are_instances_of_their_source(tmp_path: Path) -> None:
    data = Run(tmp_path, "import secrets\nkey = secrets.token_hex(16)\n").value("key").data
    assert isinstance(data, Instance) and data.callee == "secrets.token_hex"


# Events

APP = """
    from flask import Flask
    from flask_sqlalchemy import SQLAlchemy
    db = SQLAlchemy()
    def create_app(config="prod"):
        app = Flask(__name__)
        app.config.from_object(config)
        app.config["X"] = 1
        app.config.update(Y=2)
        app.secret_key = "s"
        db.init_app(app)
        @app.route("/health")
        def health(): return "ok"
        app.before_request(health)
        return app
    """


def test_events_of_a_factory(tmp_path: Path) -> None:
    run = Run(tmp_path, {"conf.py": "from app import create_app, db\napp = create_app()\n", "app.py": APP})
    seen = [(event.kind, event.callee) for event in run.interpreter.events]
    assert seen == [
        ("call", "flask_sqlalchemy.SQLAlchemy"),
        ("call", "flask.Flask"),
        ("call", "flask.Flask.config.from_object"),
        ("set-item", "flask.Flask.config"),
        ("call", "flask.Flask.config.update"),
        ("set-attribute", "flask.Flask.secret_key"),
        ("call", "flask_sqlalchemy.SQLAlchemy.init_app"),
        ("call", "flask.Flask.route"),
        ("decorate", "flask.Flask.route"),
        ("call", "flask.Flask.before_request"),
    ]
    event = run.interpreter.events[2]
    assert event.receiver is not None and event.receiver.data is run.value("app").data
    assert [str(place) for place in event.trail] == ["conf.py:2  calls create_app"]
    assert [str(place) for place in run.interpreter.events[0].trail] == ["conf.py:1  imports app"]
    app = run.value("app").data
    assert isinstance(app, Instance)
    assert app.items["config", "X"].data == 1
    assert app.members["secret_key"].data == "s"


def test_a_call_under_an_unknown_condition_is_not_sure(tmp_path: Path) -> None:
    run = Run(tmp_path, "import os, lib\nif os.getenv('A'):\n    lib.a()\nlib.b()\n")
    assert run.calls() == ["lib.a?", "lib.b"]


def test_a_function_that_is_handed_over_does_not_run(tmp_path: Path) -> None:
    text = "import threading, lib\ndef work():\n    lib.never()\nthreading.Thread(target=work).start()\n"
    run = Run(tmp_path, text)
    assert run.calls() == ["threading.Thread", "threading.Thread.start"]


def test_a_class_with_an_external_base(tmp_path: Path) -> None:
    text = """
    from flask import Flask
    class App(Flask):
        def __init__(self, name):
            super().__init__(name)
            self.config["A"] = 1
            self.secret_key = "s"
        def extra(self): return 5
    app = App("x")
    app.run(port=80)
    n = app.extra()
    """
    run = Run(tmp_path, text)
    assert [(event.kind, event.callee) for event in run.interpreter.events] == [
        ("call", "flask.Flask"),
        ("set-item", "flask.Flask.config"),
        ("set-attribute", "flask.Flask.secret_key"),
        ("call", "flask.Flask.run"),
    ]
    app = run.value("app").data
    assert isinstance(app, Object) and run.interpreter.instance_of(run.value("app")) is app.outer
    assert run.plain("n") == 5
    assert all(event.receiver is not None for event in run.interpreter.events)


def test_an_app_that_is_one_of_two(tmp_path: Path) -> None:
    text = """
    import os
    from flask import Flask
    app = Flask("a") if os.getenv("A") else Flask("b")
    app.config["X"] = 1
    app.run()
    """
    run = Run(tmp_path, text)
    assert run.calls() == ["flask.Flask?", "flask.Flask?", "flask.Flask.run", "flask.Flask.run"]


class Model(Hooks):
    """Knows one library: its `get` gives a number, its config has a DEBUG, its instances contain "x"."""

    def __init__(self) -> None:
        self.seen: list[Event] = []

    def call(self, event: Event) -> Value | None:
        return Value(42, event.at) if event.callee == "lib.get" else None

    def changed(self, event: Event) -> bool:
        self.seen.append(event)
        return event.callee == "lib.Thing.kept"

    def name(self, path: str) -> Value | None:
        return Value("constant") if path == "lib.NAME" else None

    def attribute(self, instance: Instance, path: str) -> Value | None:
        return Value(True) if path == "debug" else None

    def item(self, instance: Instance, path: str, key: object) -> Value | None:
        return Value(f"{path}:{key}") if path == "config" else None

    def contains(self, instance: Instance, path: str, key: object) -> bool | None:
        return key == "x"


def test_hooks(tmp_path: Path) -> None:
    text = """
    import lib
    from lib import NAME
    thing = lib.Thing()
    a, b, c, d, e = lib.get(), thing.debug, thing.config["K"], "x" in thing.config, "y" in thing.config
    thing.kept = 1
    thing.other = 2
    """
    hooks = Model()
    run = Run(tmp_path, text, hooks=hooks)
    assert [run.plain(name) for name in ("a", "b", "c", "d", "e", "NAME")] == [
        42,
        True,
        "config:K",
        True,
        False,
        "constant",
    ]
    thing = run.value("thing").data
    assert isinstance(thing, Instance)
    assert list(thing.members) == ["other"]
    assert run.interpreter.events[1].result == Value(42, run.interpreter.events[1].at)


def test_attributes_from_outside(tmp_path: Path) -> None:
    run = Run(tmp_path, APP + "\n    class C:\n        A = 1\n")
    interpreter = run.interpreter
    assert isinstance(run.value("C").data, Class)
    assert interpreter.attribute(run.value("C"), "A").data == 1
    app = interpreter.call(run.value("create_app"), (Value("dev"),))
    assert isinstance(app.data, Instance)
    config = interpreter.attribute(app, "config").data
    assert config == Member(app.data, "config")
    assert isinstance(interpreter.import_module("conf").data, Module)
    assert interpreter.import_module("flask").data == External("flask")


def test_errors_of_libraries_are_the_builtins_they_inherit(tmp_path: Path) -> None:
    text = """
        import json
        def of(kind, text="no json"):
            try:
                return json.loads(text)
            except kind:
                return "caught"
        value, own, other = of(ValueError), of(json.JSONDecodeError), of((KeyError, Exception))
        fine = of(ValueError, "1")
    """
    run = Run(tmp_path, text)
    assert [run.plain(name) for name in ("value", "own", "other", "fine")] == ["caught", "caught", "caught", 1]


def test_a_file_is_its_lines(tmp_path: Path) -> None:
    text = """
        with open("names.txt") as file:
            names = [line.strip() for line in file if not line.startswith("#")]
    """
    assert Run(tmp_path, {"conf.py": text, "names.txt": "a\n# b\nc\n"}).plain("names") == ["a", "c"]


def test_what_a_folder_holds(tmp_path: Path) -> None:
    text = """
    import glob
    import os
    from pathlib import Path
    here = os.path.dirname(__file__)
    names = os.listdir(os.path.join(here, "plugins"))
    python = [os.path.basename(path) for path in glob.glob(here + "/plugins/*.py")]
    paths = [path.name for path in Path(here, "plugins").iterdir()]
    some = [path.stem for path in Path(here).joinpath("plugins").glob("b*")]
    logs = os.listdir("/var/log")
    deep = glob.glob(here + "/**/*.py", recursive=True)
    """
    files = {"plugins/a.py": "", "plugins/b.txt": "", "plugins/c/__init__.py": "", "plugins/.hidden.py": ""}
    run = Run(tmp_path, {"conf.py": text, **files}, closed=True)
    assert run.plain("names") == [".hidden.py", "a.py", "b.txt", "c"]
    assert run.plain("python") == ["a.py"]
    assert run.plain("paths") == [".hidden.py", "a.py", "b.txt", "c"]
    assert run.plain("some") == ["b"]
    assert isinstance(run.plain("logs"), Unknown)
    assert isinstance(run.plain("deep"), Unknown)


def test_on_a_host_a_folder_may_hold_more(tmp_path: Path) -> None:
    files = {"conf.py": "import glob\nfound = glob.glob('config/*.conf')\n", "config/00-default.conf": ""}
    assert Run(tmp_path, files).reason("found") == "what a folder holds when the program runs"
    assert Run(tmp_path, files, closed=True).plain("found") == ["config/00-default.conf"]


def test_an_attribute_with_a_computed_name_may_be_any(tmp_path: Path) -> None:
    text = """
    import settings
    class Signals:
        def __init__(self, names):
            for name in names:
                setattr(self, name, 1)
    class Plain:
        pass
    signals = Signals(settings.names())
    a = signals.started
    """
    run = Run(tmp_path, text)
    assert isinstance(run.plain("a"), Unknown)
