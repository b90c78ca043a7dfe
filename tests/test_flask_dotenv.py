"""What the `flask` command reads from .env and .flaskenv by itself, and Gunicorn does not."""

from __future__ import annotations

from pathlib import Path

import pytest

from flaskprod_lint.config import Config
from flaskprod_lint.linting import examine
from flaskprod_lint.model import App, Process, Unknown

APP = (
    "import os\nfrom flask import Flask\nfrom flask_sqlalchemy import SQLAlchemy\napp = Flask(__name__)\n"
    "app.config['SQLALCHEMY_DATABASE_URI'] = os.environ['SHOP_URL']\ndb = SQLAlchemy(app)\n"
)
FILES = {
    "shop.py": APP,
    ".flaskenv": "FLASK_APP=shop\nFLASK_DEBUG=1\nSHOP_URL=sqlite:///weak.db\n",
    ".env": "SHOP_URL=mysql+pymysql://h/shop\n",
    "Procfile": "release: flask db upgrade\nweb: gunicorn shop:app\n",
    "requirements.txt": "flask==3.1.0\nflask-sqlalchemy==3.1.1\ngunicorn==23.0.0\npython-dotenv==1.0.1\n",
}


def processes(folder: Path, **changed: str) -> dict[str, Process]:
    """The processes of the project, by name."""
    for name, text in {**FILES, **{key.replace("__", "."): text for key, text in changed.items()}}.items():
        (folder / name).write_text(text, "utf-8")
    (deployment,) = examine(folder, Config(platform="heroku")).production
    return {process.name: process for process in deployment.processes}


def url(app: App | None) -> object:
    assert app is not None
    (engine,) = app.engines
    return engine.url.value if engine.url is not None else None


def test_flask_command_loads_its_files(tmp_path: Path) -> None:
    found = processes(tmp_path)
    assert url(found["release"].app) == "mysql+pymysql://h/shop"


def test_flask_run_is_in_debug_by_a_committed_file(tmp_path: Path) -> None:
    server = processes(tmp_path, Procfile="web: flask run --host 0.0.0.0 --port $PORT\n")["web"].server
    assert server is not None
    assert server.debug is not None
    assert (server.debug.value, server.debug.origin.path) == (True, ".flaskenv")


def test_gunicorn_loads_none(tmp_path: Path) -> None:
    app = processes(tmp_path)["web"].app
    assert app is not None
    assert isinstance(url(app), Unknown)
    assert app.debug.value is False


@pytest.mark.parametrize("lacks", ["python-dotenv", "a file that reaches production", "leave"])
def test_flask_command_that_loads_nothing(tmp_path: Path, lacks: str) -> None:
    changed = {}
    if lacks == "python-dotenv":
        changed["requirements__txt"] = FILES["requirements.txt"].replace("python-dotenv==1.0.1\n", "")
    elif lacks == "leave":
        changed["Procfile"] = "release: FLASK_SKIP_DOTENV=1 flask --app shop db upgrade\nweb: gunicorn shop:app\n"
    else:
        changed["__gitignore"] = ".env\n.flaskenv\n"
    changed.setdefault("Procfile", "release: flask --app shop db upgrade\nweb: gunicorn shop:app\n")
    found = processes(tmp_path, **changed)
    assert isinstance(url(found["release"].app), Unknown)
