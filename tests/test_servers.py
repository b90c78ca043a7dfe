"""Which server a command starts, and what it comes to: whole small projects with a Procfile."""

from __future__ import annotations

from pathlib import Path

import pytest

from flaskprod_lint.config import Config
from flaskprod_lint.linting import examine
from flaskprod_lint.model import Server, Unknown

APP = "from flask import Flask\n\napp = Flask(__name__)\n"


def server_of(tmp_path: Path, command: str, **files: str) -> Server | None:
    (tmp_path / "Procfile").write_text(f"web: {command}\n")
    (tmp_path / "app.py").write_text(APP)
    (tmp_path / "requirements.txt").write_text("flask==3.1.3\n")
    for name, text in files.items():
        (tmp_path / name.replace("__", ".")).write_text(text)
    examined = examine(tmp_path, Config(platform="heroku"))
    assert not examined.crashes
    return next(examined.deployments[0].web_processes).server


def found(tmp_path: Path, command: str, **files: str) -> Server:
    server = server_of(tmp_path, command, **files)
    assert server is not None
    return server


@pytest.mark.parametrize(
    ("command", "name", "address"),
    [
        ("gunicorn app:app", "gunicorn", "0.0.0.0:$PORT"),
        ("python -m gunicorn -b :80 app:app", "gunicorn", ":80"),
        ("/opt/venv/bin/gunicorn -b :80 app:app", "gunicorn", ":80"),
        ("flask run", "werkzeug", "127.0.0.1:5000"),
        ("FLASK_RUN_PORT=7000 python -m flask run --host=0.0.0.0", "werkzeug", "0.0.0.0:7000"),
        ("flask --app app run -h 0.0.0.0 -p 80 --debug", "werkzeug", "0.0.0.0:80"),
        ("waitress-serve app:app", "waitress", "0.0.0.0:8080"),
        ("waitress-serve --listen=*:$PORT app:app", "waitress", "0.0.0.0:$PORT"),
        ("waitress-serve --port=$PORT --threads=8 app:app", "waitress", "0.0.0.0:$PORT"),
        ("uwsgi --http :8000 --module app:app", "uwsgi", ":8000"),
        ("uwsgi --http-socket 0.0.0.0:$PORT -w app:app", "uwsgi", "0.0.0.0:$PORT"),
        ("uvicorn app:app", "uvicorn", "127.0.0.1:8000"),
        ("uvicorn --host 0.0.0.0 --port $PORT app:app", "uvicorn", "0.0.0.0:$PORT"),
        ("hypercorn -b 0.0.0.0:9000 app:app", "hypercorn", "0.0.0.0:9000"),
        ("granian --interface wsgi --host 0.0.0.0 app:app", "granian", "0.0.0.0:8000"),
        ("daphne -b 0.0.0.0 -p 9000 app:app", "daphne", "0.0.0.0:9000"),
        ("mod_wsgi-express start-server app.py --port 9000", "mod_wsgi", "0.0.0.0:9000"),
    ],
)
def test_servers(tmp_path: Path, command: str, name: str, address: str) -> None:
    server = found(tmp_path, command)
    assert (server.name, [each.text for each in server.bind]) == (name, [address])


@pytest.mark.parametrize(
    "command", ["celery -A app worker", "flask db upgrade", "sleep infinity", "gunicorn --version"]
)
def test_no_servers(tmp_path: Path, command: str) -> None:
    assert server_of(tmp_path, command) is None


@pytest.mark.parametrize(
    ("text", "name", "address"),
    [
        ("from app import app\napp.run(host='0.0.0.0', port=80)\n", "werkzeug", "0.0.0.0:80"),
        ("from app import app\napp.run()\n", "werkzeug", "127.0.0.1:5000"),
        ("from waitress import serve\nfrom app import app\nserve(app, listen='*:80')\n", "waitress", "0.0.0.0:80"),
        (
            "import os\nfrom waitress import serve\nfrom app import app\nserve(app, port=int(os.environ['PORT']))\n",
            "waitress",
            "0.0.0.0:$PORT",
        ),
        (
            "from gevent.pywsgi import WSGIServer\nfrom app import app\n"
            "WSGIServer(('0.0.0.0', 80), app).serve_forever()\n",
            "gevent",
            "0.0.0.0:80",
        ),
        ("import uvicorn\nfrom app import app\nuvicorn.run(app, host='0.0.0.0', port=80)\n", "uvicorn", "0.0.0.0:80"),
    ],
)
def test_scripts(tmp_path: Path, text: str, name: str, address: str) -> None:
    server = found(tmp_path, "python serve.py", serve__py=text)
    assert (server.name, [each.text for each in server.bind]) == (name, [address])


def test_gunicorn_inside_a_program(tmp_path: Path) -> None:
    text = """
from gunicorn.app.base import BaseApplication
from app import app

class Standalone(BaseApplication):
    def __init__(self, app, options=None):
        self.options = options or {}
        self.application = app
        super().__init__()

    def load_config(self):
        for key, value in self.options.items():
            self.cfg.set(key, value)

    def load(self):
        return self.application

if __name__ == "__main__":
    Standalone(app, {"bind": "0.0.0.0:80", "workers": 4, "threads": 2}).run()
"""
    server = found(tmp_path, "python serve.py", serve__py=text)
    assert server.name == "gunicorn" and server.workers is not None and server.concurrency is not None
    assert [each.text for each in server.bind] == ["0.0.0.0:80"]
    assert (server.workers.value, server.concurrency.value) == (4, 2)


def test_uwsgi_ini(tmp_path: Path) -> None:
    ini = "[uwsgi]\nhttp-socket = 0.0.0.0:$(PORT)\nmodule = app\ncallable = app\n"
    ini += "processes = 4\nthreads = 2\nlogto = /tmp/x.log\n"
    server = found(tmp_path, "uwsgi --ini uwsgi.ini", uwsgi__ini=ini)
    assert server.workers is not None and server.concurrency is not None and server.error_log is not None
    assert (server.workers.value, server.concurrency.value, server.error_log.value) == (4, 2, "/tmp/x.log")
    assert server.bind[0].from_port and server.target is not None and server.target.text == "app:app"
    assert server.config_file is not None and server.config_file.path == "uwsgi.ini"


def test_unbuffered(tmp_path: Path) -> None:
    server = found(tmp_path, "PYTHONUNBUFFERED= gunicorn app:app")
    assert server.unbuffered is not None and server.unbuffered.value is False
    server = found(tmp_path, "PYTHONUNBUFFERED= python -u -m gunicorn app:app")
    assert server.unbuffered is not None and server.unbuffered.value is True


def test_workers_that_heroku_decides(tmp_path: Path) -> None:
    server = found(tmp_path, "gunicorn app:app")
    assert server.workers is not None and isinstance(server.workers.value, Unknown)


def test_uwsgi_sections(tmp_path: Path) -> None:
    ini = "[uwsgi]\nini = :bare\nmount = /=app.py\n\n[bare]\nsocket = 0.0.0.0:5000\nprocesses = 3\ncallable = app\n"
    server = found(tmp_path, "uwsgi --ini uwsgi.ini", uwsgi__ini=ini)
    assert [each.text for each in server.bind] == ["0.0.0.0:5000"]
    assert server.workers is not None and server.workers.value == 3
    assert server.target is not None and server.target.text == "app:app"


def test_uwsgi_files_within_files(tmp_path: Path) -> None:
    ini = "[uwsgi]\nbase = more\ninclude = %(base).ini\nset-placeholder = many=3\nprocesses = %(many)\n"
    more = "[uwsgi]\nhttp-socket = :8000\nmodule = app:app\nmaster = true\n"
    server = found(tmp_path, "uwsgi --ini uwsgi.ini", uwsgi__ini=ini, more__ini=more)
    assert [each.text for each in server.bind] == [":8000"]
    assert server.workers is not None and server.workers.value == 3 and "master" in server.settings
    missing = found(tmp_path, "uwsgi --ini uwsgi.ini", uwsgi__ini="[uwsgi]\ninclude = elsewhere.ini\n")
    assert missing.workers is not None and isinstance(missing.workers.value, Unknown)


@pytest.mark.parametrize(
    "ini",
    [
        "[uwsgi]\nprocesses = 4\nif-env = MANY\nprocesses = 9\nendif =\n",
        "[uwsgi]\nfor-glob = sizes/*\nprocesses = 9\nendfor =\n",
        "[uwsgi]\nif-exists = /etc/many\nprocesses = 9\nend-if =\n",
        "[uwsgi]\nprocesses = %(many)\n",
        "[uwsgi]\nprocesses = %k\n",
        "[uwsgi]\nprocesses = @(/etc/many)\n",
    ],
)
def test_uwsgi_options_that_run_time_decides(tmp_path: Path, ini: str) -> None:
    server = found(tmp_path, "uwsgi --ini uwsgi.ini", uwsgi__ini=f"{ini}http-socket = :8000\n")
    assert server.workers is not None and isinstance(server.workers.value, Unknown)
    assert [each.text for each in server.bind] == [":8000"]


def test_uwsgi_conditions_that_are_known(tmp_path: Path) -> None:
    ini = "[uwsgi]\nprocesses = 4\nif-env = MANY\nprocesses = 9\nendif =\nif-not-env = MANY\nprocesses = 2\nendif =\n"
    server = found(tmp_path, "uwsgi --ini uwsgi.ini --set-ph a=b -w app:app", uwsgi__ini=ini)
    assert server.workers is not None and isinstance(server.workers.value, Unknown)
    dockerfile = "FROM python:3.13-slim\nENV MANY=1\nCOPY . .\nCMD uwsgi --ini uwsgi.ini -w app:app\n"
    (tmp_path / "Procfile").unlink()
    (tmp_path / "Dockerfile").write_text(dockerfile)
    examined = examine(tmp_path, Config())
    second = next(examined.deployments[0].web_processes).server
    assert second is not None and second.workers is not None and second.workers.value == 9


BOTH = """
import argparse
import waitress
from app import app

arguments = argparse.ArgumentParser().parse_args()
if arguments.debug:
    app.run()
else:
    waitress.serve(app)
"""


def test_either_of_two_servers(tmp_path: Path) -> None:
    server = found(tmp_path, "python serve.py", serve__py=BOTH)
    assert server.name == "unknown" and not server.step.sure


def test_a_server_under_a_condition(tmp_path: Path) -> None:
    text = "import os\nfrom app import app\nif os.environ.get('SERVE', '1'):\n    app.run()\n"
    server = found(tmp_path, "python serve.py", serve__py=text)
    assert server.is_dev_server and not server.step.sure
