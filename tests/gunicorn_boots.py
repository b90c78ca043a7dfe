"""Ways to start Gunicorn whose outcome `--print-config` does not tell: addresses, worker classes, and how it fails.

`{port}` and `{other}` stand for free ports, wherever they are written.
"""

from __future__ import annotations

import random
from dataclasses import replace

from gunicorn_projects import Case

APP = """\
import sys


def app(environ, start_response):
    return []


def create_app(config=None):
    return app


application = app
print("LOADED", file=sys.stderr, flush=True)
"""
_LOCAL = "127.0.0.1:{port}"


def _case(*argv: str, conf: str = "", **environment: str) -> Case:
    files = {"app.py": APP, "broken.py": "import nothing_of_that_name\n"}
    if conf:
        files["gunicorn.conf.py"] = conf
    return Case(["gunicorn", *argv], environment, files)


#: What people write, with what goes wrong with it.
CASES = [
    _case("-b", _LOCAL, "app:app"),
    _case("-b", _LOCAL, "app"),
    _case("-b", _LOCAL, "app:create_app()"),
    _case("-b", _LOCAL, "app:create_app"),
    _case("-b", _LOCAL, "nope:app"),
    _case("-b", _LOCAL, "broken:app"),
    _case("-b", _LOCAL, "app:nope"),
    _case("-b", "localhost:{port}", "app:app"),
    _case("-b", "LocalHost:{port}", "app:app"),
    _case("-b", "tcp://127.0.0.1:{port}", "app:app"),
    _case("-b", ":{port}", "app:app"),
    _case("-b", "0:{port}", "app:app"),
    _case("app:app", PORT="{port}"),
    _case("-b", _LOCAL, "app:app", PORT="{other}"),
    _case("-b", _LOCAL, "-b", "127.0.0.1:{other}", "app:app"),
    _case("-b", _LOCAL, "app:app", GUNICORN_CMD_ARGS="-b 127.0.0.1:{other}"),
    _case("app:app", GUNICORN_CMD_ARGS="-b 127.0.0.1:{other} --threads 2"),
    _case("app:app", conf="bind = ['127.0.0.1:{port}', '127.0.0.1:{other}']\n"),
    _case("app:app", conf="import os\nbind = f\"127.0.0.1:{{os.environ['P']}}\"\nthreads = 3\n", P="{port}"),
    _case("-b", "unix:gunicorn.sock", "app:app"),
    _case("-b", "8000", "app:app"),
    _case("-b", "127.0.0.1:$PORT", "app:app", PORT="{port}"),
    _case("-b", "http://127.0.0.1:{port}", "app:app"),
    _case("-b", "127.0.0.1:{port},127.0.0.1:{other}", "app:app"),
    _case("-b", "127.0.0.1:99999", "app:app"),
    _case("-b", "::1:{port}", "app:app"),
    _case("-b", _LOCAL, "-b", _LOCAL, "app:app"),
    _case("app:app", PORT=""),
    _case("-b", _LOCAL, "app:app", PORT=""),
    _case("-b", _LOCAL, "--threads", "4", "app:app"),
    _case("-b", _LOCAL, "-k", "sync", "--threads", "4", "app:app"),
    _case("-b", _LOCAL, "-k", "gunicorn.workers.sync.SyncWorker", "--threads", "2", "app:app"),
    _case("-b", _LOCAL, "-k", "gthread", "app:app"),
    _case("-b", _LOCAL, "-k", "gthread", "--threads", "0", "app:app"),
    _case("-b", _LOCAL, "-k", "gunicorn.workers.gthread.ThreadWorker", "app:app"),
    _case("-b", _LOCAL, "-k", "threads", "app:app"),
    _case("-b", _LOCAL, "-k", "eventlet", "app:app"),
    _case("-b", _LOCAL, "-k", "gunicorn.workers.geventlet.EventletWorker", "app:app"),
    _case("-b", _LOCAL, "-k", "GThread", "app:app"),
    _case("-b", _LOCAL, "-w", "0", "app:app"),
    _case("-b", _LOCAL, "app:app", WEB_CONCURRENCY="0"),
    _case("-b", _LOCAL, "app:app", WEB_CONCURRENCY=""),
    _case("-b", _LOCAL, "app:app", WEB_CONCURRENCY="auto"),
    _case("-b", _LOCAL, "-w", "2", "app:app", WEB_CONCURRENCY="4"),
    _case("-b", _LOCAL, "-w", "2.5", "app:app"),
    _case("-b", _LOCAL, "-w", "-1", "app:app"),
    _case("-b", _LOCAL, "-w", "$(nproc)", "app:app"),
    _case("--port", "{port}", "app:app"),
    _case("--work", "3", "app:app"),
    _case("-b", _LOCAL),
    _case("-b", _LOCAL, conf="wsgi_app = 'app:app'\n"),
    _case("-b", _LOCAL, "-c", "nope.py", "app:app"),
    _case("-b", _LOCAL, "app:app", conf="workers = 'auto'\n"),
    _case("-b", _LOCAL, "app:app", conf="preload_app = 1\n"),
    _case("-b", _LOCAL, "app:app", conf="preload = True\nthread = 4\nWORKERS = 0\n"),
    _case("-b", _LOCAL, "app:app", conf="1 / 0\n"),
    _case("-b", _LOCAL, "app:app", conf="workers: 0\n"),
    _case("-b", _LOCAL, "app:app", conf="bind = 8000\n"),
    _case("app:app", conf="bind = []\n"),
    _case("-b", _LOCAL, "--env", "FOO", "app:app"),
    _case("-b", _LOCAL, "--log-config", "nope.ini", "app:app"),
    _case("-b", _LOCAL, "--chdir", "nowhere", "app:app"),
    _case("-b", _LOCAL, "app:app", "extra:app"),
    _case("-b", _LOCAL, "--forwarded-allow-ips", "nginx", "app:app"),
    _case("-b", _LOCAL, "app:app", GUNICORN_CMD_ARGS="--nope"),
    _case("-b", _LOCAL, "app:app", GUNICORN_CMD_ARGS="--workers '3"),
    _case("-b", _LOCAL, "--reload-extra-file", "nope.txt", "app:app"),
    _case("-b", _LOCAL, "--preload", "app:app"),
    _case("-b", _LOCAL, "--preload", "app:nope"),
]

_BINDS = [_LOCAL, _LOCAL, _LOCAL, "localhost:{port}", "tcp://127.0.0.1:{port}", "unix:run.sock", "8000", "127.0.0.1:x"]
_CLASSES = ["sync", "gthread", "gthread", "gunicorn.workers.sync.SyncWorker", "eventlet", "thread"]
_COUNTS = ["1", "1", "2", "0", "4", "x"]
_APPS = ["app:app", "app:app", "app:app", "app", "app:create_app()", "app:nope", "nope:app", ""]


def generated(seed: int) -> Case:
    """A start out of a seed: each setting from a flag, a file or the environment, now and then from two of them."""
    draw = random.Random(seed)
    argv: list[str] = []
    conf: list[str] = []
    arguments: list[str] = []
    settings = [("bind", "-b", draw.choice(_BINDS))]
    for name, flag, values in (
        ("worker_class", "-k", _CLASSES),
        ("threads", "--threads", _COUNTS),
        ("workers", "-w", _COUNTS),
    ):
        if draw.random() < 0.5:
            settings.append((name, flag, draw.choice(values)))
    for name, flag, value in settings:
        for where in draw.sample(("argv", "conf", "arguments"), draw.choice([1, 1, 1, 2])):
            if where == "argv":
                argv += [flag, value]
            elif where == "arguments":
                arguments += [flag, value]
            else:
                conf.append(f"{name} = {value}" if value.isdigit() and name != "bind" else f"{name} = {value!r}")
    target = draw.choice(_APPS)
    case = _case(*argv, *([target] if target else []), conf="\n".join(conf) + "\n" if conf else "")
    return replace(case, environment={"GUNICORN_CMD_ARGS": " ".join(arguments)} if arguments else {})
