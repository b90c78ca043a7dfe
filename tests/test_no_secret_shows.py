"""A project with a secret in every place that is read: no output shows a single one."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

import planted_secrets
from flaskprod_lint.cli import cli
from flaskprod_lint.config import FORMATS, Config
from flaskprod_lint.linting import lint
from flaskprod_lint.resolve import committed
from planted_secrets import Planted
from projects import DOCKERFILE, write

#: Each place has a value of its own, so that a leak names its source.
SECRETS = {
    place: f"q{number}Zx7Lw9Kp3Vn5Rt{number}"
    for number, place in enumerate(
        "env arg run key fallback or_key update class_key url url_fallback jwt salt compose compose_list "
        "own_db fly render dotenv dotenv_url script inline conf raw_env procfile app_json pydantic password "
        "spec spec_bound foundry foundry_url kamal kamal_ruby koyeb koyeb_url quadlet captain nixpacks".split()
    )
}


def project(folder: Path) -> Path:
    s = SECRETS
    app = f"""
import os
from flask import Flask
from flask_sqlalchemy import SQLAlchemy
import config

app = Flask(__name__)
app.secret_key = "{s["key"]}"
app.config["JWT_SECRET_KEY"] = os.environ.get("JWT_SECRET_KEY", "{s["fallback"]}")
app.config["WTF_CSRF_SECRET_KEY"] = os.environ.get("WTF_CSRF_SECRET_KEY") or "{s["or_key"]}"
app.config.update(SECURITY_PASSWORD_SALT="{s["update"]}", MAIL_PASSWORD="{s["password"]}")
app.config.from_object(config.Production)
db = SQLAlchemy(app)
"""
    config = f"""
import os
from pydantic_settings import BaseSettings

class Production:
    SECRET_KEY = "{s["class_key"]}"
    JWT_SECRET_KEY = "{s["jwt"]}"
    SECURITY_PASSWORD_SALT = b"{s["salt"]}"
    SQLALCHEMY_DATABASE_URI = os.environ.get("DATABASE_URL", "postgresql://shop:{s["url_fallback"]}@db/shop")
    SQLALCHEMY_BINDS = {{"log": "mysql://log:{s["url"]}@log/log"}}

class Settings(BaseSettings):
    secret_key: str = "{s["pydantic"]}"
"""
    compose = f"""
services:
  web:
    build: .
    ports: ["8000:8000"]
    environment:
      SECRET_KEY: {s["compose"]}
  worker:
    build: .
    command: sh -c 'API_TOKEN={s["inline"]} celery -A app worker'
    environment:
      - STRIPE_SECRET_KEY={s["compose_list"]}
  db:
    image: postgres:16
    environment:
      POSTGRES_PASSWORD: {s["own_db"]}
"""
    render = f"""
services:
  - type: web
    name: shop
    runtime: docker
    envVars:
      - key: SECRET_KEY
        value: {s["render"]}
"""
    spec = f"""
services:
  - name: web
    dockerfile_path: Dockerfile
    envs:
      - {{key: SECRET_KEY, value: {s["spec"]}}}
      - {{key: DATABASE_URL, value: "postgresql://shop:{s["spec_bound"]}@${{db.HOSTNAME}}/shop"}}
"""
    foundry = f"""
applications:
  - name: shop
    command: gunicorn app:app
    env:
      SECRET_KEY: {s["foundry"]}
      DATABASE_URL: postgresql://shop:{s["foundry_url"]}@((host))/shop
"""
    kamal = f"""
service: shop
image: me/shop
servers: [192.0.2.1]
env:
  clear:
    SECRET_KEY: {s["kamal"]}
    JWT_SECRET_KEY: <%= ENV.fetch("JWT", "{s["kamal_ruby"]}") %>
"""
    koyeb = f"""
services:
  - name: web
    run_command: gunicorn app:app
    env:
      - {{key: SECRET_KEY, value: {s["koyeb"]}}}
      - {{key: DATABASE_URL, value: "postgresql://shop:{s["koyeb_url"]}@{{{{ secret.HOST }}}}/shop"}}
"""
    captain = (
        f'{{"schemaVersion": 2, "dockerfileLines": ["FROM python:3.13", "ENV SECRET_KEY={s["captain"]}", "CMD sh"]}}'
    )
    dockerfile = DOCKERFILE.replace(
        "WORKDIR /app",
        f"ENV SECRET_KEY={s['env']}\nARG API_TOKEN={s['arg']}\nRUN export PIP_PASSWORD={s['run']}\nWORKDIR /app",
    ).replace(DOCKERFILE.splitlines()[-1], 'COPY . .\nENTRYPOINT ["./start.sh"]')
    start = f"#!/bin/sh\nexport SECRET_KEY={s['script']}\nexec gunicorn -e DB_PASSWORD={s['raw_env']} app:app\n"
    files = {
        "app.py": app,
        "config.py": config,
        "Dockerfile": dockerfile,
        "start.sh": start,
        "docker-compose.prod.yml": compose,
        "render.yaml": render,
        "fly.toml": f'app = "shop"\n[env]\nSECRET_KEY = "{s["fly"]}"\n',
        "app.json": f'{{"env": {{"SECRET_KEY": {{"value": "{s["app_json"]}"}}}}}}',
        "Procfile": f"web: SECRET_KEY={s['procfile']} gunicorn app:app\n",
        ".env": f"SECRET_KEY={s['dotenv']}\nDATABASE_URL=postgresql://shop:{s['dotenv_url']}@db/shop\n",
        "gunicorn.conf.py": f'raw_env = ["SECRET_KEY={s["conf"]}"]\n',
        ".do/app.yaml": spec,
        "manifest.yml": foundry,
        "config/deploy.yml": kamal,
        "koyeb.yaml": koyeb,
        "captain-definition": captain,
        "shop.container": f"[Container]\nImage=localhost/shop\nEnvironment=SECRET_KEY={s['quadlet']}\n",
        "railway/nixpacks.toml": f'[variables]\nSECRET_KEY = "{s["nixpacks"]}"\n[start]\ncmd = "gunicorn app:app"\n',
        "railway/app.py": app,
        "requirements.txt": "flask==3.1.0\ngunicorn==23.0.0\nflask-sqlalchemy==3.1.1\n",
    }
    return write(folder, files)


@pytest.mark.parametrize(
    "arguments",
    [
        ["check"],
        ["check", "--verbose"],
        ["check", "--color", "always"],
        ["check", "--format", "json"],
        ["show"],
        ["show", "--all"],
        ["show", "--format", "json", "--all"],
    ],
    ids=" ".join,
)
def test_no_output_shows_a_secret(tmp_path: Path, arguments: list[str]) -> None:
    done = CliRunner().invoke(cli, [*arguments, str(project(tmp_path))])
    assert len(done.output) > 2000, done.output
    assert [place for place, value in SECRETS.items() if value in done.output] == []


@pytest.fixture(scope="module")
def everywhere(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Planted]:
    folder = tmp_path_factory.mktemp("everywhere")
    return folder, planted_secrets.project(folder)


def leaks(text: str, planted: Planted) -> set[str]:
    """The places whose secret shows in a text, if only eight letters of it."""
    pieces = planted.pieces()
    seen = {text[start : start + planted_secrets.PIECE] for start in range(len(text))}
    return {place for piece, place in pieces.items() if piece in seen}


@pytest.mark.parametrize("name", FORMATS)
def test_no_format_shows_a_piece_of_a_secret(everywhere: tuple[Path, Planted], name: str) -> None:
    folder, planted = everywhere
    done = CliRunner().invoke(cli, ["check", "--format", name, str(folder)])
    assert len(done.output) > 500
    assert "a defect of ours" not in done.output
    assert leaks(done.output, planted) == set()


@pytest.mark.parametrize(
    "arguments",
    [
        ["check", "--verbose"],
        ["check", "--color", "always"],
        ["check", "--select", "secrets", "--verbose"],
        ["check", "--history", "--format", "json"],
        ["check", "--history", "--verbose"],
        ["check", "--staged", "--verbose"],
        ["show"],
        ["show", "--all"],
        ["show", "--format", "json", "--all"],
    ],
    ids=" ".join,
)
def test_no_way_to_ask_shows_a_piece_of_a_secret(everywhere: tuple[Path, Planted], arguments: list[str]) -> None:
    folder, planted = everywhere
    done = CliRunner().invoke(cli, [*arguments, str(folder)])
    assert len(done.output) > 1000, done.output
    assert leaks(done.output, planted) == set()


def test_nearly_all_that_is_planted_is_found(everywhere: tuple[Path, Planted]) -> None:
    """Else the tests above would prove nothing."""
    folder, _ = everywhere
    report = lint(folder, Config(select=("secrets",), history=True))
    places = {(finding.at.path, finding.at.line) for finding in report.findings}
    assert len(places) > 240
    assert {
        "app.yaml",
        "taskdef.json",
        "k8s/web.yaml",
        ".netrc",
        "infra/main.tf",
        "ops/old.sh",
        ".ebextensions/app.config",
    } <= {path for path, _ in places}


def test_the_baseline_holds_no_piece_of_a_secret(everywhere: tuple[Path, Planted], tmp_path: Path) -> None:
    folder, planted = everywhere
    file = tmp_path / "baseline.json"
    done = CliRunner().invoke(cli, ["baseline", "--output", str(file), str(folder)])
    text = file.read_text("utf-8")
    assert text.count("fingerprint") > 100
    assert leaks(done.output + text, planted) == set()


def test_a_defect_of_ours_shows_no_secret(everywhere: tuple[Path, Planted], monkeypatch: pytest.MonkeyPatch) -> None:
    folder, planted = everywhere

    def broken(text: str, path: str) -> list[object]:
        raise ValueError(text[:200], path)

    monkeypatch.setattr(committed, "in_text", broken)
    done = CliRunner().invoke(cli, ["check", "--verbose", str(folder)])
    assert "ValueError" in done.output
    assert leaks(done.output, planted) == set()
