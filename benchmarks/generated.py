"""Flask projects of any size, the same at every run: code, tests, templates, documents and the files that deploy it.

What stands in them is taken from how real projects look: about 130 lines a module, one test for three modules, a
migration for ten, a page of documents for twenty; a lock file with many long words; one app, few that touch Flask.
"""

from __future__ import annotations

import random
import subprocess
from collections.abc import Iterator
from pathlib import Path

#: What the generated projects talk about.
WORDS = (
    "account address amount basket batch billing cart category charge checkout city comment country coupon currency "
    "customer delivery discount draft event export feature filter gallery group history inbox invoice item label "
    "ledger letter limit list location member message method note notice offer option order owner package page "
    "payment period plan price product profile project quantity quote rate reason receipt region report request "
    "result refund review role rule sale schedule search section service session setting share shipment shop size "
    "source stage state status stock store subject summary supplier tag task tax team template ticket total trial "
    "unit update user value vendor version visit voucher warehouse window"
).split()

_FIXED = {
    "Dockerfile": """\
FROM python:3.12-slim
ENV PYTHONUNBUFFERED=1
WORKDIR /srv/shop
COPY requirements.txt .
RUN pip install --no-cache-dir -r requirements.txt
COPY . .
RUN useradd --system shop
USER shop
CMD ["gunicorn", "--config", "gunicorn.conf.py", "shop.wsgi:app"]
""",
    ".dockerignore": ".git\n.env\ntests\ndocs\n",
    ".gitignore": "__pycache__/\n*.pyc\n.env\nnode_modules/\n",
    ".env.example": "SECRET_KEY=\nDATABASE_URL=postgresql://shop@localhost/shop\nREDIS_URL=redis://localhost:6379/0\n",
    "docker-compose.yml": """\
services:
  web:
    build: .
    restart: unless-stopped
    ports: ["8000:8000"]
    environment:
      DATABASE_URL: ${DATABASE_URL}
      SECRET_KEY: ${SECRET_KEY}
    depends_on: [db]
  db:
    image: postgres:16
    volumes: ["data:/var/lib/postgresql/data"]
volumes:
  data:
""",
    "gunicorn.conf.py": """\
import os

bind = f"0.0.0.0:{os.environ.get('PORT', '8000')}"
workers = int(os.environ.get("WEB_CONCURRENCY", "3"))
max_requests = 1000
max_requests_jitter = 100
accesslog = "-"
""",
    "requirements.txt": """\
flask==3.1.0
flask-migrate==4.1.0
flask-sqlalchemy==3.1.1
gunicorn==23.0.0
psycopg[binary]==3.2.4
""",
    "package.json": '{"name": "shop", "scripts": {"build": "vite build"}, "devDependencies": {"vite": "6.0.7"}}\n',
    ".github/workflows/test.yml": """\
name: test
on: [push]
jobs:
  test:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
      - run: pip install -r requirements.txt
      - run: pytest
""",
    "alembic.ini": "[alembic]\nscript_location = migrations\n",
    "shop/wsgi.py": "from shop import create_app\n\napp = create_app()\n",
    "shop/config.py": """\
import os


class Config:
    SECRET_KEY = os.environ["SECRET_KEY"]
    SQLALCHEMY_DATABASE_URI = os.environ["DATABASE_URL"]
    SQLALCHEMY_ENGINE_OPTIONS = {"pool_size": 5, "max_overflow": 5, "pool_pre_ping": True}
    SESSION_COOKIE_SECURE = True
    SESSION_COOKIE_HTTPONLY = True
    SESSION_COOKIE_SAMESITE = "Lax"
""",
    "shop/extensions.py": """\
from flask_migrate import Migrate
from flask_sqlalchemy import SQLAlchemy

db = SQLAlchemy()
migrate = Migrate()
""",
}
#: Python files among those above.
_FIXED_PYTHON = sum(name.endswith(".py") for name in _FIXED)


def write(folder: Path, python_files: int) -> None:
    """Write a project with that many Python files into an empty folder, all of it known to git."""
    for name, text in _files(python_files):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    subprocess.run(["git", "init", "--quiet", "."], cwd=folder, check=True)
    subprocess.run(["git", "add", "--all"], cwd=folder, check=True)


def _files(python_files: int) -> Iterator[tuple[str, str]]:
    chance = random.Random(python_files)
    yield from _FIXED.items()
    left = max(1, python_files - _FIXED_PYTHON - 1)
    tests, migrations = left // 4, left // 13
    names = [_name(chance, number) for number in range(left - tests - migrations)]
    views = names[:: max(8, len(names) // 30)]
    yield "shop/__init__.py", _factory(views)
    for number, name in enumerate(names):
        package = f"shop/{WORDS[number // 12 % len(WORDS)]}" if number >= 8 else "shop"
        place = f"shop/{name}.py" if name in views else f"{package}/{name}.py"
        yield place, _view(chance, name) if name in views else _module(chance, name)
    for number in range(tests):
        yield f"tests/test_{number}_{chance.choice(WORDS)}.py", _test(chance)
    for number in range(migrations):
        yield f"migrations/versions/{number:04}_{chance.choice(WORDS)}.py", _migration(chance, number)
    for number in range(1 + python_files // 20):
        yield f"docs/{number}.md", _document(chance)
        yield f"shop/templates/{number}.html", _page(chance)
    yield "package-lock.json", _lock_file(chance, 20 + python_files // 4)


def _name(chance: random.Random, number: int) -> str:
    return f"{chance.choice(WORDS)}_{chance.choice(WORDS)}_{number}"


def _factory(views: list[str]) -> str:
    imports = "".join(f"    from shop.{name} import blueprint as {name}\n" for name in views)
    registers = "".join(f"    app.register_blueprint({name})\n" for name in views)
    return f"""\
from flask import Flask

from shop.config import Config
from shop.extensions import db, migrate


def create_app():
    app = Flask(__name__)
    app.config.from_object(Config)
    db.init_app(app)
    migrate.init_app(app, db)
{imports}{registers}
    @app.get("/healthz")
    def healthz():
        return "ok"

    return app
"""


def _view(chance: random.Random, name: str) -> str:
    routes = "".join(
        f'''

@blueprint.get("/{name}/{word}/<int:number>")
def show_{word}(number):
    """Show one {word}."""
    found = db.session.execute(db.text("select 1")).scalar()
    return render_template("0.html", {word}=found, number=number)
'''
        for word in chance.sample(WORDS, 6)
    )
    return f"""\
from flask import Blueprint, render_template

from shop.extensions import db

blueprint = Blueprint("{name}", __name__)
{routes}"""


def _module(chance: random.Random, name: str) -> str:
    classes = "".join(_class(chance) for _ in range(chance.randint(2, 4)))
    functions = "".join(_function(chance) for _ in range(chance.randint(4, 9)))
    return f'''\
"""What there is to say of {name.replace("_", " ")}."""

import logging
from datetime import datetime

log = logging.getLogger(__name__)
{classes}{functions}'''


def _class(chance: random.Random) -> str:
    kind, fields = "".join(word.title() for word in chance.sample(WORDS, 2)), chance.sample(WORDS, 5)
    sets = "".join(f"        self.{field} = {field}\n" for field in fields)
    methods = "".join(
        f'''
    def {field}_of(self, other, *, exact=False):
        """The {field} beside that of another {kind}."""
        if exact and self.{field} != other.{field}:
            raise ValueError(f"no {field}: {{self.{field}}} against {{other.{field}}}")
        return {{"own": self.{field}, "other": other.{field}, "at": datetime.utcnow().isoformat()}}
'''
        for field in fields[:3]
    )
    return f"\n\nclass {kind}:\n    def __init__(self, {', '.join(fields)}):\n{sets}{methods}"


def _function(chance: random.Random) -> str:
    name, (first, second, third) = "_".join(chance.sample(WORDS, 3)), chance.sample(WORDS, 3)
    return f'''

def {name}({first}, {second}=None, limit={chance.randint(2, 900)}):
    """Count each {first} of a {second}, at most so many."""
    found = []
    for {third} in {first}:
        if {second} is not None and {third} not in {second}:
            log.info("left out %s of %s", {third}, len(found))
            continue
        found.append(({third}, {chance.random():.4f}, "{chance.choice(WORDS)}-{chance.choice(WORDS)}"))
        if len(found) >= limit:
            break
    return sorted(found, key=lambda pair: pair[1])
'''


def _test(chance: random.Random) -> str:
    cases = "".join(
        f'''

def test_{word}_of_{chance.choice(WORDS)}(client):
    answer = client.get("/{word}/{chance.randint(1, 99)}")
    assert answer.status_code in (200, 404), answer.data
    assert "{word}" not in answer.headers
'''
        for word in chance.sample(WORDS, 9)
    )
    return f"""\
import pytest

from shop import create_app


@pytest.fixture
def client():
    return create_app().test_client()
{cases}"""


def _migration(chance: random.Random, number: int) -> str:
    table, column = chance.sample(WORDS, 2)
    before = f'"{number - 1:04}"' if number else "None"
    return f'''\
"""Add {column} to {table}."""

import sqlalchemy as sa
from alembic import op

revision = "{number:04}"
down_revision = {before}


def upgrade():
    op.add_column("{table}", sa.Column("{column}", sa.String(length=80), nullable=True))


def downgrade():
    op.drop_column("{table}", "{column}")
'''


def _document(chance: random.Random) -> str:
    lines = (" ".join(chance.choices(WORDS, k=14)).capitalize() + "." for _ in range(60))
    return (
        f"# About the {chance.choice(WORDS)}\n\nSee https://example.com/{chance.choice(WORDS)} first.\n\n"
        + "\n".join(lines)
    )


def _page(chance: random.Random) -> str:
    rows = "".join(f'  <li class="{word}">{{{{ {word} }}}}</li>\n' for word in chance.sample(WORDS, 20))
    return f'{{% extends "base.html" %}}\n{{% block body %}}\n<ul>\n{rows}</ul>\n{{% endblock %}}\n'


def _lock_file(chance: random.Random, packages: int) -> str:
    names = (f"node_modules/{chance.choice(WORDS)}-{number}" for number in range(packages))
    entries = ",\n".join(f'    "{name}": {{"integrity": "sha512-{_digest(chance)}"}}' for name in names)
    return f'{{\n  "name": "shop",\n  "lockfileVersion": 3,\n  "packages": {{\n{entries}\n  }}\n}}\n'


def _digest(chance: random.Random) -> str:
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    return "".join(chance.choices(letters, k=86)) + "=="
