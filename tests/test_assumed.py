"""Projects of which no file says how they are started: nothing is proven, and a likely app is looked at."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from flaskprod_lint.config import Config
from flaskprod_lint.finding import Confidence, Finding, Report, Verdict
from flaskprod_lint.linting import NothingToLint, examine, lint
from flaskprod_lint.model import Deployment
from flaskprod_lint.outputs import json_report, json_show
from projects import APP, lint_files, rules_of, write

NOTHING_SAYS = "no Dockerfile, Procfile or manifest says how it is started"
KEY = 'from flask import Flask\n\napp = Flask(__name__)\napp.secret_key = "kx9Qw2LmZr7"\n'
FACTORY = """\
from flask import Flask


def create_app():
    app = Flask(__name__)
    app.secret_key = "kx9Qw2LmZr7"
    return app
"""
REVISION = 'revision = "0001"\ndown_revision = None\n\n\ndef upgrade():\n    pass\n'
REQUIREMENTS = {"requirements.txt": "flask==3.1.0\ngunicorn==23.0.0\n"}
OPEN = ("server", "binding", "concurrency", "logs", "secrets", "debug")


def verdicts(report: Report) -> dict[str, Verdict]:
    return {answer.item: answer.verdict for answer in report.checklist}


def reason(report: Report, item: str) -> str:
    return next(answer.reason or "" for answer in report.checklist if answer.item == item)


def only(report: Report, rule: str) -> Finding:
    found = [finding for finding in report.findings if finding.rule == rule]
    assert len(found) == 1, rules_of(report)
    return found[0]


def deployment(folder: Path, files: dict[str, str]) -> Deployment:
    """The only production deployment of a project."""
    found = examine(write(folder, files), Config()).production
    assert len(found) == 1
    return found[0]


def started(folder: Path, files: dict[str, str]) -> str:
    """The target or the command that is assumed, and the folder of its file; the reason where there is none."""
    one = deployment(folder, files)
    assert one.assumed
    process = next(iter(one.web_processes), None)
    if process is None:
        assert not one.apps
        return dict(one.unknowns)["the app"].reason
    assert process.app is not None
    return process.command.text


# What is said


def test_nothing_is_proven_without_a_start(tmp_path: Path) -> None:
    report = lint_files(tmp_path, {"app.py": APP, **REQUIREMENTS})
    assert not report.ready
    assert not report.findings
    assert {item: verdicts(report)[item] for item in OPEN} == dict.fromkeys(OPEN, Verdict.UNKNOWN)
    assert all(NOTHING_SAYS in reason(report, item) for item in OPEN)
    assert verdicts(report)["image"] is Verdict.NOT_APPLICABLE
    assert verdicts(report)["database"] is Verdict.NOT_APPLICABLE
    assert verdicts(report)["migrations"] is Verdict.NOT_APPLICABLE


def test_what_runs_says_that_it_is_assumed(tmp_path: Path) -> None:
    report = lint_files(tmp_path, {"shop/__init__.py": FACTORY, **REQUIREMENTS})
    (process,) = report.what_runs
    assert (process.name, process.command) == ("app", "shop:create_app()")
    assert process.summary == "assumed: no file says how it is started"


def test_a_key_in_the_assumed_app_is_found_with_medium_confidence(tmp_path: Path) -> None:
    report = lint_files(tmp_path, {"app.py": KEY, **REQUIREMENTS})
    finding = only(report, "secret-key-hardcoded")
    assert finding.confidence is Confidence.MEDIUM
    assert "assumed: nothing says which app is started" in [place.note for place in finding.because]
    assert verdicts(report)["secrets"] is Verdict.FAIL


def test_debug_development_configuration_and_database_of_the_assumed_app(tmp_path: Path) -> None:
    app = (
        "import os\nfrom flask import Flask\nfrom flask_sqlalchemy import SQLAlchemy\n\n\n"
        "class DevelopmentConfig:\n    DEBUG = True\n\n\n"
        'app = Flask(__name__)\napp.config.from_object(os.environ.get("SETTINGS", "app.DevelopmentConfig"))\n'
        'app.config["SQLALCHEMY_DATABASE_URI"] = os.environ.get("DATABASE_URL", "postgresql://shop@db/shop")\n'
        "db = SQLAlchemy(app)\nwith app.app_context():\n    db.create_all()\n"
    )
    report = lint_files(tmp_path, {"app.py": app, "requirements.txt": "flask==3.1.0\nflask-sqlalchemy==3.1.1\n"})
    assert set(rules_of(report)) == {
        "development-config",
        "database-url-fallback",
        "pool-pre-ping-off",
        "migrate-on-import",
    }
    assert {finding.confidence for finding in report.findings} == {Confidence.MEDIUM}


def test_migrations_may_run_where_the_start_command_is_kept(tmp_path: Path) -> None:
    app = (
        "import os\nfrom flask import Flask\nfrom flask_sqlalchemy import SQLAlchemy\n\napp = Flask(__name__)\n"
        'app.config["SQLALCHEMY_DATABASE_URI"] = os.environ["DATABASE_URL"]\n'
        'app.config["SQLALCHEMY_ENGINE_OPTIONS"] = {"pool_pre_ping": True}\ndb = SQLAlchemy(app)\n'
    )
    files = {
        "app.py": app,
        "migrations/alembic.ini": "[alembic]\n",
        "migrations/env.py": "from alembic import context\nfrom flask import current_app\n",
        "migrations/script.py.mako": "",
        "migrations/versions/0001_first.py": REVISION,
        "requirements.txt": "flask==3.1.0\nflask-sqlalchemy==3.1.1\nflask-migrate==4.0.7\n",
    }
    report = lint_files(tmp_path, files)
    assert not report.findings
    assert NOTHING_SAYS in reason(report, "migrations")
    assert NOTHING_SAYS in reason(report, "database")


def test_sqlite_of_an_assumed_app_answers_nothing_about_the_database(tmp_path: Path) -> None:
    app = (
        "from flask import Flask\nfrom flask_sqlalchemy import SQLAlchemy\n\napp = Flask(__name__)\n"
        'app.config["SQLALCHEMY_DATABASE_URI"] = "sqlite:///shop.db"\ndb = SQLAlchemy(app)\n'
    )
    report = lint_files(tmp_path, {"app.py": app, "requirements.txt": "flask==3.1.0\nflask-sqlalchemy==3.1.1\n"})
    assert verdicts(report)["database"] is not Verdict.NOT_APPLICABLE


def test_a_committed_dotenv_file_is_one_whatever_is_started(tmp_path: Path) -> None:
    env = "STRIPE_SECRET_KEY=sk_live_9Rk2LmXq7TzWbNv4HcYd0sJe\n"
    report = lint_files(tmp_path, {"app.py": APP, ".env": env, **REQUIREMENTS})
    assert only(report, "env-file-committed").confidence is Confidence.HIGH


def test_a_script_that_only_serves_by_itself_is_no_finding(tmp_path: Path) -> None:
    app = APP + '\nif __name__ == "__main__":\n    app.run(debug=True)\n'
    report = lint_files(tmp_path, {"app.py": app, **REQUIREMENTS})
    assert not report.findings
    said = "`python app.py` would start Flask's development server"
    assert reason(report, "server") == f"{NOTHING_SAYS}; {said}"


def test_reports_keep_the_contract_of_json(tmp_path: Path) -> None:
    report = lint_files(tmp_path, {"app.py": KEY, **REQUIREMENTS})
    written = json.loads(json_report.write([report], "0"))
    assert written["ready"] is False
    assert {answer["verdict"] for answer in written["checklist"]} == {"fail", "unknown", "not-applicable"}
    assert {finding["confidence"] for finding in written["findings"]} == {"medium"}
    assert [one["what"] for one in written["unknowns"]] == ["the start command"]
    shown = json.loads(json_show.write_json(examine(tmp_path, Config()).deployments, "0"))
    (process,) = shown["processes"]
    assert process["server"] is None
    assert process["command"]["text"] == "app:app"
    assert process["why"] == "assumed: nothing says which app is started"
    assert shown["apps"][0]["config"]["SECRET_KEY"]["known"] is True


# Which app


@pytest.mark.parametrize(
    ("files", "target"),
    [
        ({"wsgi.py": APP, "app.py": KEY}, "wsgi:app"),
        ({"wsgi.py": "from shop import create_app\n\napplication = create_app()\n", "shop/__init__.py": FACTORY}, None),
        ({"app.py": FACTORY}, "app:create_app()"),
        ({"app.py": APP.replace("app =", "site =")}, "app:site"),
        ({"app.py": APP, "server.py": KEY}, "app:app"),
        ({"main.py": APP}, "main:app"),
        ({"application.py": APP.replace("app =", "application =")}, "application:application"),
        ({"run.py": "from shop import app\n\napp.run()\n", "shop/__init__.py": APP}, "run:app"),
        ({"server.py": APP, "celery_worker.py": KEY}, "server:app"),
        ({"hello.py": APP}, "hello:app"),
        ({"shop/__init__.py": FACTORY}, "shop:create_app()"),
        ({"shop/__init__.py": "", "shop/app.py": APP, "shop/views.py": ""}, "shop.app:app"),
        ({"src/shop/__init__.py": FACTORY}, "shop:create_app()"),
        ({"backend/app.py": APP, "frontend/package.json": "{}"}, "app:app"),
        ({"backend/app.py": "from backend.site import app\n", "backend/site.py": APP}, "backend.app:app"),
        ({"app.py": APP, "tests/app.py": KEY, "examples/main.py": KEY}, "app:app"),
        ({".flaskenv": "FLASK_APP=shop\n", "shop/__init__.py": FACTORY, "app.py": APP}, "shop:create_app()"),
        ({".flaskenv": "FLASK_APP=site.py\n", "site.py": APP, "main.py": KEY}, "site:app"),
        ({".env": "FLASK_APP='shop.web:make()'\n", "shop/web.py": FACTORY.replace("create_app", "make")}, None),
        ({".env": "FLASK_APP=gone.py\n", "app.py": APP}, "app:app"),
    ],
)
def test_the_app_that_a_person_would_start(tmp_path: Path, files: dict[str, str], target: str | None) -> None:
    expected = target or ("wsgi:application" if "wsgi.py" in files else "shop.web:make()")
    assert started(tmp_path, {**files, **REQUIREMENTS}) == expected


@pytest.mark.parametrize(
    ("files", "why"),
    [
        ({"flask_shop/__init__.py": "class Shop: ...\n", "tests/test_shop.py": APP}, "only tests, examples"),
        ({"flask_shop/__init__.py": "class Shop: ...\n", "examples/app.py": APP}, "only tests, examples"),
        ({"main.py": "print('hello')\n"}, "nothing here makes a Flask app"),
        ({"billing/app.py": APP, "stock/app.py": APP}, "billing/app.py and stock/app.py are equally likely"),
        ({"main.py": APP, "server.py": KEY}, "main.py and server.py are equally likely"),
        ({"shop/__init__.py": FACTORY.replace("create_app()", "create_app(config)")}, "create_app() needs config"),
        (
            {"app.py": "from flask import Flask\n\nif __name__ == '__main__':\n    Flask('shop').run()\n"},
            "app.py makes",
        ),
        ({"app.py": "app = Flask(\n"}, "app.py, which may make the app, cannot be parsed"),
    ],
)
def test_no_app_is_assumed(tmp_path: Path, files: dict[str, str], why: str) -> None:
    assert why in started(tmp_path, files)
    report = lint(tmp_path, Config())
    assert all(reason(report, item).startswith(NOTHING_SAYS) for item in OPEN)
    assert all(why in reason(report, item) for item in ("server", "secrets", "debug"))
    assert not report.findings
    assert not report.ready
    assert {verdicts(report)[item] for item in OPEN} == {Verdict.UNKNOWN}


def test_two_modules_with_the_same_app_are_one(tmp_path: Path) -> None:
    files = {"main.py": "from shop import app\n", "run.py": "from shop import app\n", "shop.py": APP}
    assert started(tmp_path, files) == "main:app"


def test_a_manifest_that_is_not_read_is_named(tmp_path: Path) -> None:
    report = lint_files(tmp_path, {"app.py": APP, "zappa_settings.json": "{}"})
    assert (
        reason(report, "binding")
        == "it runs on AWS Lambda (zappa_settings.json), where no server of its own is started"
    )


# Scripts that start a server


GUNICORN = "#!/bin/sh\nflask db upgrade\nexec gunicorn --bind 127.0.0.1:8000 --workers 3 --access-logfile - app:app\n"


@pytest.mark.parametrize("name", ["start.sh", "boot.sh", "run_gunicorn.sh", "docker-entrypoint.sh"])
def test_a_script_that_starts_a_server_is_the_assumed_start(tmp_path: Path, name: str) -> None:
    report = lint_files(tmp_path, {"app.py": KEY, name: GUNICORN, **REQUIREMENTS})
    (process,) = report.what_runs
    assert process.command.startswith("gunicorn --bind")
    assert process.summary.endswith("assumed: no file says how it is started")
    assert {"secret-key-hardcoded", "migrate-on-boot"} <= set(rules_of(report))
    assert not {"bind-loopback", "port-hardcoded", "stop-signal-lost"} & set(rules_of(report))
    assert {finding.confidence for finding in report.findings} == {Confidence.MEDIUM}
    assert all((finding.because[0].note or "").startswith("assumed: ") for finding in report.findings)
    assert reason(report, "server") == f"{NOTHING_SAYS}; {name} would start Gunicorn, and nothing names it"
    assert verdicts(report)["binding"] is Verdict.UNKNOWN
    assert verdicts(report)["concurrency"] is Verdict.UNKNOWN


def test_a_script_on_a_host(tmp_path: Path) -> None:
    """It goes to a folder of the host, and what is installed there is not known."""
    script = "cd /srv/shop\nflask db upgrade\ngunicorn --chdir=/srv/shop/backend app:app\n"
    report = lint_files(tmp_path, {"backend/app.py": KEY, "startup.sh": script, "requirements.txt": "flask==3.1.0\n"})
    assert "secret-key-hardcoded" in rules_of(report)
    assert not {"wsgi-target-not-found", "server-not-installed", "command-not-runnable"} & set(rules_of(report))


def test_socketio_with_threads_is_the_development_server(tmp_path: Path) -> None:
    app = (
        "from flask import Flask\nfrom flask_socketio import SocketIO\n\napp = Flask(__name__)\n"
        'socketio = SocketIO(app, async_mode="threading")\n\nif __name__ == "__main__":\n    socketio.run(app)\n'
    )
    requirements = {"requirements.txt": "flask==3.1.0\nflask-socketio==5.5.1\neventlet==0.40.0\n"}
    report = lint_files(tmp_path, {"app.py": app, **requirements})
    assert reason(report, "server").endswith("`python app.py` would start Flask's development server")


@pytest.mark.parametrize(
    "files",
    [
        {"start.sh": "flask run --debug\n"},
        {"start.sh": "python app.py\n"},
        {"start-dev.sh": "gunicorn app:app\n"},
        {"install.sh": "gunicorn app:app\n"},
        {"scripts/start.sh": "gunicorn app:app\n"},
        {"start.sh": "gunicorn app:app\n", "boot.sh": "waitress-serve app:app\n"},
    ],
)
def test_other_scripts_are_not(tmp_path: Path, files: dict[str, str]) -> None:
    assert started(tmp_path, {"app.py": APP, **files}) == "app:app"


# Other ways to say nothing


def test_a_guess_of_the_platform_is_kept(tmp_path: Path) -> None:
    write(tmp_path, {"app.py": APP, **REQUIREMENTS})
    (one,) = examine(tmp_path, Config(platform="render")).production
    assert not one.assumed
    assert next(iter(one.web_processes)).command.text == "gunicorn app:app"


def test_files_for_development_say_nothing_about_production(tmp_path: Path) -> None:
    compose = "services:\n  web:\n    image: python:3.13\n    command: flask run\n"
    report = lint_files(tmp_path, {"app.py": KEY, "docker-compose.dev.yml": compose, **REQUIREMENTS})
    assert only(report, "secret-key-hardcoded").confidence is Confidence.MEDIUM
    assert reason(report, "server").startswith(f"{NOTHING_SAYS} in production")


@pytest.mark.parametrize(
    "files",
    [
        {"docker-compose.yml": "services:\n  db:\n    image: postgres:16\n"},
        {"frontend/Dockerfile": 'FROM node:22\nCOPY . .\nCMD ["node", "server.js"]\n', "frontend/package.json": "{}"},
    ],
)
def test_files_of_other_parts_say_nothing_about_the_app(tmp_path: Path, files: dict[str, str]) -> None:
    report = lint_files(tmp_path, {"app.py": KEY, **files, **REQUIREMENTS})
    assert [process.command for process in report.what_runs] == ["app:app"]
    assert "secret-key-hardcoded" in rules_of(report)


def test_an_image_that_starts_nothing_leaves_its_secrets_open(tmp_path: Path) -> None:
    report = lint_files(tmp_path, {"app.py": APP, "Dockerfile": "FROM python:3.13-slim\nCOPY . .\n"})
    assert {verdicts(report)[item] for item in OPEN} <= {Verdict.UNKNOWN, Verdict.FAIL}


def test_a_project_in_another_language_is_nothing_to_lint(tmp_path: Path) -> None:
    write(tmp_path, {"main.go": "package main\n", "go.test.sh": "go test ./...\n", "Makefile": "all:\n\tgo build\n"})
    with pytest.raises(NothingToLint):
        lint(tmp_path, Config())


def test_a_folder_of_the_host_that_nobody_knows(tmp_path: Path) -> None:
    script = '. /etc/shop.env\ncd "$HOME_OF_SHOP"\nexec /opt/venv/bin/gunicorn --access-logfile - shop.app:app\n'
    report = lint_files(tmp_path, {"app.py": APP, "start.sh": script, **REQUIREMENTS})
    assert not {"wsgi-target-not-found", "server-not-installed", "command-not-runnable"} & set(rules_of(report))
    assert not report.ready


def test_a_procfile_by_another_name_is_read_by_nobody(tmp_path: Path) -> None:
    files = {**REQUIREMENTS, "app.py": KEY, "procfile": "hello: gunicorn app:app\n"}
    report = lint(write(tmp_path, files))
    assert "no-web-process" not in rules_of(report)
    assert reason(report, "server") == ("platforms read a file named Procfile, and procfile is another name to them")


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("Dockerfile", "FROM nginx:1.29\nCOPY site /usr/share/nginx/html\n"),
        ("frontend/Dockerfile", "FROM node:22\nCOPY . .\nRUN npm ci\nCMD npm start\n"),
    ],
)
def test_dockerfile_without_python_is_not_the_apps(tmp_path: Path, path: str, text: str) -> None:
    report = lint_files(tmp_path, {"app.py": APP, **REQUIREMENTS, path: text})
    assert not report.findings
    assert reason(report, "server").startswith(
        f"{path} builds an image without Python, and no Procfile, manifest or other Dockerfile says how it is started"
    )
