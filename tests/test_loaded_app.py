"""Targets, scripts that serve, settings libraries and log handlers, each on a project of a few lines."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from flaskprod_lint.discover import open_project
from flaskprod_lint.model import App, Command, LogHandler, Package, Packages, Process, Server, Setting, Step, Unknown
from flaskprod_lint.resolve.app import of_process, target
from flaskprod_lint.resolve.context import Context
from flaskprod_lint.resolve.servers import script_server
from flaskprod_lint.resolve.tree import Tree
from flaskprod_lint.source import Place

HERE = Place(None, "test")
APP = "from flask import Flask\napp = Flask(__name__)\n"


def context_of(
    folder: Path,
    files: Mapping[str, str],
    variables: Mapping[str, str] | None = None,
    packages: tuple[str, ...] = (),
    *,
    open_environment: bool = True,
) -> Context:
    """A context with these files at /app."""
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    project = open_project(folder)
    tree = Tree(project)
    tree.mount("/app", "", HERE)
    installed = Packages({name: Package(name, "1.0", "exact", HERE) for name in packages})
    settings = {name: Setting(name, value, HERE) for name, value in (variables or {}).items()}
    return Context(project, tree, "/app", settings, open_environment, packages=installed)


def step_of(*argv: str) -> Step:
    return Step(argv, " ".join(argv), HERE)


def app_of(context: Context, text: str = "app:app") -> App:
    """The app that Gunicorn loads by that target."""
    step = step_of("gunicorn", text)
    process = Process("web", "web", Command(step.text, "shell", HERE), steps=(step,), main=0)
    process.server = Server("gunicorn", step, target=target.find(text, step, context))
    app = of_process(process, context)
    assert app is not None
    return app


FACTORY = "def create_app(name='x'):\n    return None\n\ndef needs(name):\n    return None\n"


@pytest.mark.parametrize(
    ("text", "files", "state"),
    [
        ("app:app", {"app.py": APP}, "found"),
        ("app", {"app.py": APP}, "name-missing"),
        ("app", {"app.py": APP + "application = app\n"}, "found"),
        ("pkg.web:app", {"pkg/web.py": APP}, "found"),
        ("pkg:app", {"pkg/__init__.py": "from .web import *\n", "pkg/web.py": APP}, "found"),
        ("pkg:app", {"pkg/__init__.py": "from .web import app as app, other\n", "pkg/web.py": APP}, "found"),
        ("app:app", {"app.py": "app, other = object(), 1\n"}, "found"),
        (
            "app:app",
            {
                "app.py": "if __name__ == '__main__':\n    app = None\nelse:\n    "
                + APP.splitlines()[0]
                + "\n    app = Flask('x')\n"
            },
            "found",
        ),
        ("app:app", {"app.py": "app = None\n"}, "name-missing"),
        ("app:app", {"app.py": "def __getattr__(name):\n    return 1\n"}, "unknown"),
        ("app:app", {"app.py": "from somewhere import *\n"}, "unknown"),
        ("app:app", {"app.py": "exec(open('x').read())\n"}, "unknown"),
        ("app:app", {"app.py": "this is no Python\n"}, "unknown"),
        ("app:create_app()", {"app.py": FACTORY}, "found"),
        ("app:create_app('prod')", {"app.py": FACTORY}, "found"),
        ("app:create_app\\(\\)", {"app.py": FACTORY}, "found"),
        ("app:create_app(name='x')", {"app.py": FACTORY}, "found"),
        ("app:create_app(nam='x')", {"app.py": FACTORY}, "bad-arguments"),
        ("app:create_app(1, 2)", {"app.py": FACTORY}, "bad-arguments"),
        ("app:needs()", {"app.py": FACTORY}, "bad-arguments"),
        ("app:create_app", {"app.py": FACTORY}, "not-called"),
        ("app:app()", {"app.py": APP}, "not-a-factory"),
        ("app:create_app(os.environ)", {"app.py": FACTORY}, "name-missing"),
        ("app.py:app", {"app.py": APP}, "module-missing"),
        ("other:app", {"app.py": APP}, "module-missing"),
        ("$MODULE:app", {"app.py": APP}, "unknown"),
    ],
)
def test_state_of_target(text: str, files: dict[str, str], state: str, tmp_path: Path) -> None:
    context = context_of(tmp_path, files)
    assert target.find(text, step_of("gunicorn", text), context).state == state


def test_target_below_chdir_and_python_path(tmp_path: Path) -> None:
    context = context_of(tmp_path, {"src/app.py": APP, "lib/more.py": APP})
    step = step_of("gunicorn")
    assert target.find("app:app", step, context, chdir="src").file == "src/app.py"
    assert target.find("more:app", step, context, python_path=["lib"]).file == "lib/more.py"
    assert target.find("app:app", step, context).state == "module-missing"


def test_target_of_a_dependency_is_unknown(tmp_path: Path) -> None:
    context = context_of(tmp_path, {"app.py": APP}, packages=("apache-superset",))
    assert target.find("superset.app:create_app()", step_of("gunicorn"), context).state == "unknown"


MAIN = "if __name__ == '__main__':\n    "


@pytest.mark.parametrize(
    ("text", "packages", "server"),
    [
        (APP + MAIN + "app.run(port=80)\n", (), "werkzeug"),
        (APP + "import waitress\n" + MAIN + "waitress.serve(app)\n", (), "waitress"),
        (APP + "from waitress import serve\nserve(app, port=80)\n", (), "waitress"),
        (APP + "from gevent.pywsgi import WSGIServer\nWSGIServer(('', 80), app).serve_forever()\n", (), "gevent"),
        (APP + "import uvicorn\n" + MAIN + "uvicorn.run('app:app')\n", (), "uvicorn"),
        (APP + "from flask_socketio import SocketIO\nio = SocketIO(app)\nio.run(app)\n", (), "werkzeug"),
        (APP + "from flask_socketio import SocketIO\nio = SocketIO(app)\nio.run(app)\n", ("eventlet",), "eventlet"),
        (
            "from gunicorn.app.base import BaseApplication\nclass Own(BaseApplication):\n    pass\n"
            + MAIN
            + "Own().run()\n",
            (),
            "gunicorn",
        ),
        (APP, (), None),
    ],
)
def test_server_of_script(text: str, packages: tuple[str, ...], server: str | None, tmp_path: Path) -> None:
    context = context_of(tmp_path, {"app.py": text}, packages=packages)
    found = script_server.of_step(step_of("python", "-u", "app.py"), context)
    assert (found[0] if found else None) == server


def test_manage_commands(tmp_path: Path) -> None:
    text = (
        "from flask.cli import FlaskGroup\nfrom waitress import serve\ncli = FlaskGroup()\n"
        "@cli.command('serve')\ndef start():\n    serve(None)\n" + MAIN + "cli()\n"
    )
    context = context_of(tmp_path, {"manage.py": text})
    assert script_server.of_step(step_of("python", "manage.py", "run"), context)[0] == "werkzeug"  # type: ignore[index]
    assert script_server.of_step(step_of("python", "manage.py", "serve"), context)[0] == "waitress"  # type: ignore[index]
    assert script_server.of_step(step_of("python", "manage.py", "db"), context) is None


def test_secret_of_settings_libraries(tmp_path: Path) -> None:
    text = (
        APP
        + "from environs import Env\nenv = Env()\napp.secret_key = env('K', 'dev')\napp.debug = env.bool('D', False)\n"
    )
    app = app_of(context_of(tmp_path, {"app.py": text}, {"D": "yes"}))
    assert [(use.kind, use.variable) for use in app.secrets] == [("fallback", "K")]
    assert app.debug is not None and app.debug.value is True
    assert app.config["SECRET_KEY"].value == "***"


def test_dotenv_is_loaded_only_where_it_is_shipped(tmp_path: Path) -> None:
    text = "from dotenv import load_dotenv\nload_dotenv()\n" + APP
    shipped = context_of(tmp_path / "a", {"app.py": text, ".env": "FLASK_DEBUG = 1\n"})
    ignored = context_of(tmp_path / "b", {"app.py": text, ".env": "FLASK_DEBUG=1\n", ".gitignore": ".env\n"})
    assert app_of(shipped).debug.value is True  # type: ignore[union-attr]
    assert app_of(ignored).debug.value is False  # type: ignore[union-attr]


def test_what_an_unread_object_may_have_set_is_unknown(tmp_path: Path) -> None:
    text = APP + "import somewhere\napp.debug = False\napp.config.from_object(somewhere.Config)\n"
    app = app_of(context_of(tmp_path, {"app.py": text}))
    assert app.debug is not None and isinstance(app.debug.value, Unknown)


def test_app_within_a_middleware(tmp_path: Path) -> None:
    text = APP + "from whitenoise import WhiteNoise\napp.testing = True\napp = WhiteNoise(app, root='static')\n"
    assert app_of(context_of(tmp_path, {"app.py": text})).testing.value is True  # type: ignore[union-attr]


def _written(handlers: list[LogHandler]) -> list[tuple[str, object]]:
    return [(handler.logger, handler.destination) for handler in handlers]


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("", [("app", "-")]),
        ("app.logger.addHandler(logging.FileHandler('x.log'))", [("app", "-"), ("app", "x.log")]),
        ("logging.getLogger().addHandler(logging.FileHandler('x.log'))", [("", "x.log")]),
        ("logging.basicConfig(filename='/dev/stdout')", [("", "-")]),
        ("logging.basicConfig()\nlogging.basicConfig(filename='x.log')", [("", "-")]),
    ],
)
def test_log_handlers(code: str, expected: list[tuple[str, object]], tmp_path: Path) -> None:
    app = app_of(context_of(tmp_path, {"app.py": APP + "import logging\n" + code + "\n"}))
    assert _written(app.handlers) == expected


def test_code_that_cannot_be_read_may_set_anything_of_the_app(tmp_path: Path) -> None:
    files = {"app.py": APP + "from setup_app import configure\nconfigure(app)\n", "setup_app.py": "no Python at all\n"}
    app = app_of(context_of(tmp_path, files))
    assert app.debug is not None and isinstance(app.debug.value, Unknown)


def test_an_app_that_two_branches_make_gets_its_config_once(tmp_path: Path) -> None:
    """Which of the two it is does not matter to what is set on it afterwards."""
    code = """\
import os
from flask import Flask

if os.path.exists("/app/dist"):
    app = Flask(__name__, static_folder="dist")
else:
    app = Flask(__name__)
app.config.from_object("settings")
app.config["TESTING"] = False
app.debug = True
"""
    context = context_of(tmp_path, {"app.py": code, "settings.py": "PAGE = 20\n"})
    config = app_of(context).config
    assert {name: (config[name].value, config[name].sure) for name in ("PAGE", "TESTING", "DEBUG")} == {
        "PAGE": (20, True),
        "TESTING": (False, True),
        "DEBUG": (True, True),
    }
    assert not config["DEBUG"].overrides


def test_apps_that_two_branches_set_up_differently_are_not_mixed(tmp_path: Path) -> None:
    code = """\
import os
from flask import Flask

if os.path.exists("/app/dist"):
    app = Flask(__name__)
    app.config["PAGE"] = 1
else:
    app = Flask(__name__)
    app.config["PAGE"] = 2
app.config["SIZE"] = 3
"""
    config = app_of(context_of(tmp_path, {"app.py": code})).config
    assert not config["PAGE"].sure
    assert config["SIZE"].value == 3


def test_which_of_two_apps_is_loaded_leaves_their_common_settings_known(tmp_path: Path) -> None:
    code = (
        "import os\nfrom flask import Flask\n\n\ndef closed():\n    return Flask('closed')\n\n\ndef shop():\n"
        "    return Flask('shop')\n\n\ndef create_app():\n    return closed() if 'CLOSED' in os.environ else shop()\n"
        "\n\napp = create_app()\n"
    )
    context = context_of(tmp_path, {"app.py": code})
    app = app_of(context)
    assert app.debug is not None and app.debug.value is False
    found = target.find("app:app", step_of("gunicorn", "app:app"), context)
    assert found.state == "found" and found.definition is not None
    assert found.definition.span is not None and found.definition.span.line == 10


def test_what_an_extension_sets_under_its_own_names_is_not_debug(tmp_path: Path) -> None:
    code = (
        "import flask_limiter\nimport flask_profiler\n"
        + APP
        + "app.config[flask_limiter.C.STORAGE_URL] = 'memory://'\n"
        "flask_profiler.init_app(app)\n"
    )
    app = app_of(context_of(tmp_path, {"app.py": code}))
    assert app.debug is not None and app.debug.value is False
    assert not app.unknowns


def test_envparse_reads_the_environment_like_environs(tmp_path: Path) -> None:
    code = (
        "from envparse import env\n"
        + APP
        + "env.read_envfile()\napp.config['DEBUG'] = env.bool('DEBUGGING', default=False)\n"
        "app.secret_key = env('KEY', default='dev')\n"
    )
    app = app_of(context_of(tmp_path, {"app.py": code}))
    assert app.debug is not None and app.debug.value is False
    assert [(use.kind, use.variable) for use in app.secrets] == [("fallback", "KEY")]


def test_an_exit_names_what_it_follows(tmp_path: Path) -> None:
    code = "import sys\ntry:\n    import parts\n    app = None\nexcept Exception:\n    sys.exit(1)\n"
    app = app_of(context_of(tmp_path, {"app.py": code, "parts.py": "raise KeyError('x')\n"}))
    assert "SystemExit after KeyError" in app.unknowns[0].reason


def test_an_app_that_nobody_names_has_the_name_that_the_module_gives_it(tmp_path: Path) -> None:
    context = context_of(tmp_path, {"hello.py": APP.replace("app =", "server =")}, {"FLASK_APP": "hello.py"})
    step = step_of("flask", "run")
    app = of_process(Process("web", "web", Command(step.text, "shell", HERE), steps=(step,), main=0), context)
    assert app is not None
    assert app.name == "server"


@pytest.mark.parametrize("code", ["os.environ.setdefault('STAGE', 'production')", "os.environ['STAGE'] = 'production'"])
def test_a_variable_that_the_code_sets_where_nobody_has(tmp_path: Path, code: str) -> None:
    text = (
        "import os\n"
        + APP
        + f"if not os.environ.get('STAGE'):\n    {code}\napp.config['STAGE'] = os.environ['STAGE']\n"
    )
    stage = app_of(context_of(tmp_path, {"app.py": text})).config["STAGE"]
    assert (stage.value, stage.sure, stage.environment[0].name) == ("production", False, "STAGE")


def test_no_person_sets_the_variables_of_a_test_runner(tmp_path: Path) -> None:
    text = "import os\n" + APP + "app.testing = os.getenv('PYTEST_CURRENT_TEST') is not None\n"
    app = app_of(context_of(tmp_path, {"app.py": text}))
    assert app.testing is not None and app.testing.value is False


@pytest.mark.parametrize(("version", "value"), [("2.2.5", True), ("3.0.3", False)])
def test_old_flask_names_its_environment(tmp_path: Path, version: str, value: bool) -> None:
    text = APP + "app.config['IS_PRODUCTION'] = app.config.get('ENV') == 'production'\n"
    context = context_of(tmp_path, {"app.py": text})
    context.packages.packages["flask"] = Package("flask", version, "exact", HERE)
    assert app_of(context).config["IS_PRODUCTION"].value is value


def test_the_side_that_a_compared_variable_takes_is_no_default_of_it(tmp_path: Path) -> None:
    code = "import os\nif os.environ.get('MODE') == 'prod':\n    app.debug = False\nelse:\n    app.debug = {}\n"
    debug = app_of(context_of(tmp_path, {"app.py": APP + code.format("os.environ.get('MODE') == 'dev'")})).debug
    assert isinstance(debug.value, Unknown)
