"""A variable that is not known chooses the configuration: a class for development is not taken for production's."""

from __future__ import annotations

from pathlib import Path

import pytest

from flaskprod_lint.finding import Verdict
from flaskprod_lint.linting import lint
from projects import rules_of, write

CONFIG = """\
import os


class Development:
    DEBUG = True
    SECRET_KEY = "kx9Qw2LmZr7dev"
    SESSION_COOKIE_SECURE = False
    MAIL_PASSWORD = "hX29fk2LmZr7"


class Testing:
    DEBUG = True
    SECRET_KEY = os.environ.get("SECRET_KEY", "kx9Qw2LmZr7test")


class Production:
    SECRET_KEY = os.environ["SECRET_KEY"]
    SESSION_COOKIE_SECURE = True


configs = {"development": Development, "testing": Testing, "production": Production}
"""
APP = """\
import os

from flask import Flask, session

from config import Development, Production, Testing, configs

app = Flask(__name__)
{loads}


@app.route("/")
def home():
    session["seen"] = True
    return "ok"
"""
BY_NAME = 'app.config.from_object(configs[os.environ["APP_ENV"]])'
BY_BRANCH = """\
if os.environ["APP_ENV"] == "development":
    app.config.from_object(Development)
elif os.environ["APP_ENV"] == "testing":
    app.config.from_object(Testing)
else:
    app.config.from_object(Production)"""
FILES = {"requirements.txt": "flask==3.1.0\ngunicorn==23.0.0\n", "Procfile": "web: gunicorn --workers 2 app:app\n"}
OF_PRODUCTION = {
    "secret-key-hardcoded",
    "secret-key-fallback",
    "secret-key-random",
    "debug-on",
    "development-config",
    "credential-hardcoded",
    "session-cookie-insecure",
}


def files(loads: str, config: str = CONFIG) -> dict[str, str]:
    return {**FILES, "app.py": APP.format(loads=loads), "config.py": config}


@pytest.mark.parametrize("loads", [BY_NAME, BY_BRANCH])
def test_a_class_for_development_is_not_what_production_loads(tmp_path: Path, loads: str) -> None:
    report = lint(write(tmp_path, files(loads)))
    assert not OF_PRODUCTION & set(rules_of(report))
    answers = {answer.item: answer for answer in report.checklist}
    assert answers["secrets"].verdict is Verdict.UNKNOWN
    assert "the variable APP_ENV is not set in the project" in (answers["secrets"].reason or "")


@pytest.mark.parametrize("loads", [BY_NAME, BY_BRANCH])
def test_what_the_others_load_as_well_is_told(tmp_path: Path, loads: str) -> None:
    config = CONFIG.replace('os.environ["SECRET_KEY"]', '"kx9Qw2LmZr7prod"')
    report = lint(write(tmp_path, files(loads, config)))
    assert [finding.at.line for finding in report.findings if finding.rule == "secret-key-hardcoded"] == [17]


@pytest.mark.parametrize("loads", [BY_NAME, BY_BRANCH])
def test_a_key_that_all_inherit_is_told(tmp_path: Path, loads: str) -> None:
    config = CONFIG.replace("class Dev", 'class Base:\n    SECRET_KEY = "kx9Qw2LmZr7all"\n\n\nclass Dev')
    for name in ("Development", "Testing", "Production"):
        config = config.replace(f"class {name}:", f"class {name}(Base):")
    for line in CONFIG.splitlines():
        config = config.replace(f"{line}\n", "") if line.startswith("    SECRET_KEY") else config
    report = lint(write(tmp_path, files(loads, config)))
    assert [finding.at.line for finding in report.findings if finding.rule == "secret-key-hardcoded"] == [5]
