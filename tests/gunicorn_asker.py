"""Runs inside the Python of a Gunicorn: answers, for each line with a command as JSON, what `gunicorn` does with it.

Each command gets a process of its own, which imports Gunicorn afresh: some of its defaults come from the environment at
import. Only what Gunicorn itself imports is loaded before, to save time. Plain Python 3.7, without the project's code.
"""

import argparse  # noqa: F401
import contextlib
import copy  # noqa: F401
import grp  # noqa: F401
import importlib.util  # noqa: F401
import inspect  # noqa: F401
import json
import logging.config  # noqa: F401
import os
import pwd  # noqa: F401
import random  # noqa: F401
import shlex  # noqa: F401
import signal
import ssl  # noqa: F401
import sys
import tempfile
import traceback

sys.path.pop(0)
with contextlib.suppress(ImportError):
    import pkg_resources  # noqa: F401


def child(command, output):
    for number in (1, 2):
        os.dup2(output, number)
    os.environ.clear()
    os.environ.update(command["environment"])
    os.chdir(command["cwd"])
    sys.argv = ["gunicorn"] + command["argv"]
    signal.alarm(30)
    try:
        from gunicorn.app.wsgiapp import run

        run()
        code = 0
    except SystemExit as error:
        code = error.code if isinstance(error.code, int) else int(error.code is not None)
    except BaseException:
        traceback.print_exc()
        code = 1
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


def main():
    for line in sys.stdin:
        with tempfile.TemporaryFile() as output:
            pid = os.fork()
            if pid == 0:
                child(json.loads(line), output.fileno())
            status = os.waitpid(pid, 0)[1]
            output.seek(0)
            text = output.read().decode("utf-8", "replace")
        print(json.dumps({"code": status >> 8 or status, "text": text}), flush=True)  # noqa: T201


main()
