"""A project in git with a secret of every kind in every place that is read, and what must never be shown of them."""

from __future__ import annotations

import base64
import random
from pathlib import Path

from flaskprod_lint.tokens.scanning import _forms
from made_tokens import json_web_token, made, password, private_key
from projects import DOCKERFILE, write
from test_git import call

#: Letters of a secret that must not be seen together.
PIECE = 8
_APP = """
import os
from flask import Flask
from flask_sqlalchemy import SQLAlchemy

app = Flask(__name__)
app.secret_key = os.environ["SECRET_KEY"]
app.config["SQLALCHEMY_DATABASE_URI"] = os.environ["DATABASE_URL"]
db = SQLAlchemy(app)
"""
_APP_YAML = "runtime: python312\nentrypoint: gunicorn app:app\nenv_variables:\n  SECRET_KEY: {}\n"
_UNIT = "[Service]\nEnvironment=SECRET_KEY={}\nExecStart=/usr/bin/gunicorn app:app\n"


class Planted:
    """The texts that were planted, by place; `pieces` is what must not be seen of them."""

    def __init__(self) -> None:
        self.chance = random.Random(77)
        self.texts: dict[str, str] = {}

    def __call__(self, place: str) -> str:
        """A new password for a place."""
        return self.keep(place, password(self.chance, 18))

    def keep(self, place: str, text: str) -> str:
        """The text, remembered."""
        self.texts[place] = text
        return text

    def encoded(self, place: str) -> str:
        """A new password in base64: neither it nor its base64 may be seen."""
        return self.keep(f"{place} in base64", base64.b64encode(self(place).encode()).decode())

    def pieces(self) -> dict[str, str]:
        """Each run of letters of a secret, with its place."""
        return {
            text[start : start + PIECE]: place
            for place, text in self.texts.items()
            for start in range(max(1, len(text) - PIECE + 1))
        }


def project(folder: Path) -> Planted:
    """Write the project: some secrets are committed, some were, some are only staged."""
    planted = Planted()
    call(folder, "init", "-q")
    write(folder, {"ops/old.sh": f"dump postgres://shop:{planted('history')}@db.shop.dev/shop\n"})
    _commit(folder)
    (folder / "ops/old.sh").unlink()
    write(folder, {**_of_the_app(planted), **_manifests(planted), **_infrastructure(planted), **_tokens(planted)})
    _commit(folder)
    staged = f"url = amqps://shop:{planted('staged')}@mq.shop.dev/shop\nk = {made(_forms()[0], planted.chance)}\n"
    write(folder, {"ops/staged.ini": staged})
    call(folder, "add", "-A", "-f")
    return planted


def _commit(folder: Path) -> None:
    call(folder, "add", "-A", "-f")
    call(folder, "commit", "-q", "-m", "Change")


def _of_the_app(planted: Planted) -> dict[str, str]:
    docker = DOCKERFILE.replace(
        "WORKDIR /app",
        f"ENV FLASK_APP=app.py STRIPE_API_KEY={planted('image')}\nARG PIP_TOKEN={planted('argument')}\nWORKDIR /app",
    ).replace("COPY app.py", "COPY .netrc .env app.py")
    return {
        "app.py": f'{_APP}MAIL_PASSWORD = "{planted("code")}"\nLOGIN = {{"api_token": "{planted("dict")}"}}\n',
        "requirements.txt": "flask==3.1.0\ngunicorn==23.0.0\nflask-sqlalchemy==3.1.1\n",
        "Dockerfile": docker,
        ".env": f"SECRET_KEY={planted('dotenv')}\nDATABASE_URL=postgresql://shop:{planted('dotenv url')}@db.dev/shop\n",
        "Procfile": f"web: SENTRY_TOKEN={planted('procfile')} gunicorn app:app\n",
    }


def _manifests(planted: Planted) -> dict[str, str]:
    return {
        "compose.yaml": f"""\
services:
  web:
    build:
      context: .
      args: {{PIP_TOKEN: {planted("build argument")}}}
    environment: {{SECRET_KEY: {planted("compose")}, DATABASE_URL: "mysql://a:{planted("compose url")}@db/a"}}
""",
        ".ebextensions/app.config": f"""\
option_settings:
  aws:elasticbeanstalk:application:environment:
    SECRET_KEY: {planted("beanstalk")}
""",
        "app.yaml": _APP_YAML.format(planted("gae")),
        "taskdef.json": f"""\
{{"family": "shop", "containerDefinitions": [{{"name": "web", "image": "shop", "essential": true,
  "portMappings": [{{"containerPort": 8000}}],
  "environment": [
    {{"name": "SECRET_KEY",
      "value": "{planted("ecs")}"}}]}}]}}
""",
        "k8s/web.yaml": f"""\
apiVersion: apps/v1
kind: Deployment
metadata: {{name: web}}
spec:
  template:
    spec:
      containers:
        - name: web
          image: shop
          env:
            - {{name: SECRET_KEY, value: {planted("kubernetes")}}}
          envFrom:
            - secretRef: {{name: shop}}
---
apiVersion: v1
kind: Secret
metadata: {{name: shop}}
data:
  DB_PASSWORD: {planted.encoded("Secret")}
---
apiVersion: v1
kind: Secret
metadata: {{name: other}}
data:
  ADMIN_PASSWORD: {planted.encoded("lone Secret")}
stringData:
  MAIL_PASSWORD: {planted("text of a Secret")}
""",
        "chart/Chart.yaml": "apiVersion: v2\nname: shop\nversion: 1.0.0\n",
        "chart/values.yaml": f"env:\n  SECRET_KEY: {planted('helm')}\n",
        "chart/templates/web.yaml": """\
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  template:
    spec:
      containers:
        - name: web
          image: shop
          env:
            - {name: SECRET_KEY, value: "{{ .Values.env.SECRET_KEY }}"}
""",
        ".github/workflows/deploy.yml": f"""\
on: push
jobs:
  deploy:
    runs-on: ubuntu-latest
    env: {{URL: "https://ci:{planted("workflow")}@registry.shop.dev"}}
    steps:
      - run: gcloud run deploy shop --source . --set-env-vars SECRET_KEY={planted("cloud run")}
""",
        "shop.service": _UNIT.format(planted("systemd")),
    }


def _infrastructure(planted: Planted) -> dict[str, str]:
    login = planted("login")
    pair = planted.keep("login in base64", base64.b64encode(f"ci:{login}".encode()).decode())
    return {
        "infra/main.tf": f'  master_password = "{planted("terraform")}"\n',
        ".netrc": f"machine a.dev login ci password {planted('netrc')}\nmachine b.dev\n  password {planted('mail')}\n",
        ".npmrc": f"//npm.shop.dev/:_password={planted('npm')}\n",
        ".pgpass": f"db.shop.dev:5432:shop:shop:{planted('pgpass')}\n",
        "web/api.http": f"GET https://shop.dev\nAuthorization: Basic {pair}\n",
        "application.properties": f"spring.datasource.password={planted('java')}\n",
    }


def _tokens(planted: Planted) -> dict[str, str]:
    """A token of every form that is secret, each on a line and each beside code; keys in armour and in base64."""
    rows = []
    for form in _forms():
        token = made(form, planted.chance)
        if not form.public:
            rows.append(f"{len(rows)}: {token}")
            shown = "" if form.before else form.prefix
            secret = token.rpartition("/")[2] if token.startswith("https://") else token[len(shown) :]
            planted.keep(f"{form.name} {form.prefix}", secret)
    keys = [private_key(planted.chance, kind, 3) for kind in ("RSA ", "EC ", "OPENSSH ", "")]
    for number, key in enumerate(keys):
        for line in key.split("\n")[1:-1]:
            planted.keep(f"key {number} {line[:3]}", line)
    encoded = base64.b64encode(keys[0].encode()).decode()
    planted.keep("key in base64", encoded[48:-48])
    web = json_web_token(planted.chance, scope="shop")
    planted.keep("JSON Web Token", web.partition(".")[2])
    return {
        "ops/tokens.txt": "\n".join(rows) + "\n",
        "ops/keys.txt": "\n".join([*keys, f"client-key-data: {encoded}", f"Cookie: t={web}"]) + "\n",
        "ops/keys.py": f'KEY = "{keys[1]}"\n'.replace("\n", "\\n", keys[1].count("\n")),
    }
