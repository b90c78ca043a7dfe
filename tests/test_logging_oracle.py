"""Python's own logging is the oracle: generated projects are imported, and their handlers compared with ours.

The suite runs a few; LOGGING_ORACLE=1000 (and LOGGING_ORACLE_SEED=…) in the environment runs more.
"""

from __future__ import annotations

import json
import os
import posixpath
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from flaskprod_lint.model import LogHandler, Unknown
from logging_projects import Made, make
from test_loaded_app import app_of, context_of

COUNT = int(os.environ.get("LOGGING_ORACLE", "60"))
SEED = int(os.environ.get("LOGGING_ORACLE_SEED", "1"))

#: Runs in a process of its own: forks for each project, does what Gunicorn does before it loads one, and prints every
#: logger's handlers with where they write.
DRIVER = """
import importlib, json, logging, os, sys
import flask, logging.config, logging.handlers
def destination(handler):
    if isinstance(handler, logging.handlers.MemoryHandler):
        return destination(handler.target)
    if isinstance(handler, logging.FileHandler):
        return "-" if handler.baseFilename.startswith("/dev/") else handler.baseFilename
    if isinstance(handler, logging.StreamHandler):
        name = getattr(handler.stream, "name", "-")
        return "-" if name in ("<stderr>", "<stdout>", "-") else os.path.abspath(name)
    return ""
for line in sys.stdin:
    case = json.loads(line)
    read, write = os.pipe()
    child = os.fork()
    if not child:
        os.close(read)
        os.environ.clear()
        os.environ.update(case["environment"])
        os.chdir(case["folder"])
        for folder in ("logs", "other"):
            os.makedirs(folder, exist_ok=True)
        sys.path.insert(0, case["folder"])
        for number in (1, 2):
            os.dup2(os.open(os.devnull, os.O_WRONLY), number)
        logging.getLogger("gunicorn.error").propagate = False
        logging.getLogger("gunicorn.error").addHandler(logging.StreamHandler())
        try:
            app = importlib.import_module("shop").app
            app.logger
            found = []
            for name in ("", "shop", "shop.jobs", "gunicorn.error"):
                for handler in logging.getLogger(name).handlers:
                    found.append([name, destination(handler)])
            result = {"handlers": found, "level": app.logger.getEffectiveLevel()}
        except BaseException as error:
            result = {"error": repr(error)}
        os.write(write, json.dumps(result).encode())
        os._exit(0)
    os.close(write)
    data = b""
    while chunk := os.read(read, 65536):
        data += chunk
    os.close(read)
    os.waitpid(child, 0)
    print(data.decode(), flush=True)
"""


def ask_python(cases: list[dict[str, object]]) -> list[dict[str, object]]:
    text = "".join(json.dumps(case) + "\n" for case in cases)
    run = subprocess.run([sys.executable, "-c", DRIVER], input=text, capture_output=True, text=True, timeout=900)
    assert run.returncode == 0, run.stderr
    return [json.loads(line) for line in run.stdout.splitlines()]


def ask_ourselves(made: Made, folder: Path) -> tuple[Counter[tuple[str, str]], bool]:
    """Each logger's destinations as we know them, and whether debug records get through."""
    context = context_of(folder, made.files, made.environment, open_environment=False)
    app = app_of(context, made.target)
    assert all(handler.sure for handler in app.handlers), app.handlers
    return Counter(map(_place, app.handlers)), app.log_level is not None


def _place(handler: LogHandler) -> tuple[str, str]:
    destination = handler.destination
    assert not isinstance(destination, Unknown), handler
    name = "shop" if handler.logger == "app" else handler.logger
    return name, destination if destination in ("-", "") else posixpath.join("/app", destination)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="the driver forks")
def test_handlers_are_those_that_python_ends_up_with(tmp_path: Path) -> None:
    made = [make(SEED * 100_000 + number) for number in range(COUNT)]
    folders = [tmp_path / str(number) for number in range(COUNT)]
    ours = [ask_ourselves(one, folder) for one, folder in zip(made, folders, strict=True)]
    cases = [{"folder": str(folder), "environment": one.environment} for one, folder in zip(made, folders, strict=True)]
    answers = ask_python(cases)
    assert sum("error" in answer for answer in answers) < COUNT / 10
    for one, folder, (handlers, debug), answer in zip(made, folders, ours, answers, strict=True):
        if "error" in answer:
            continue
        real = Counter((name, place.replace(str(folder), "/app")) for name, place in answer["handlers"])
        if not any(name == "gunicorn.error" for name, _ in handlers):
            real = Counter({key: count for key, count in real.items() if key[0] != "gunicorn.error"})
        assert handlers == real, one.files["shop.py"]
        assert debug == (answer["level"] <= 10), one.files["shop.py"]
