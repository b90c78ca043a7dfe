"""Programs that a process stays in: servers, workers, proxies."""

from __future__ import annotations

import posixpath

from flaskprod_lint.model import Step
from flaskprod_lint.patterns import regex

#: Programs that answer HTTP with a WSGI or ASGI app, by name or by `python -m`.
APP_SERVERS = frozenset(
    "gunicorn uwsgi pyuwsgi waitress waitress-serve uvicorn hypercorn granian daphne unitd mod_wsgi-express meinheld "
    "bjoern cheroot twistd pserve sanic fastapi gunicorn_paster nginx-unit".split()
)
#: Programs that work in the background for ever.
_WORKERS = frozenset(
    "celery rq rqworker rq-scheduler rqscheduler huey huey_consumer huey_consumer.py dramatiq arq flower temporal "
    "supervisord honcho foreman runsvdir s6-svscan circusd".split()
)
#: Of these, those that start other programs, which may answer requests, or answer some themselves.
_HOSTS = frozenset("supervisord honcho foreman runsvdir s6-svscan circusd flower".split())
#: Programs that start others at their times.
_SCHEDULERS = frozenset("cron crond go-crond supercronic yacron".split())
#: Programs that stay, beside the one that a process is there for.
_COMPANIONS = frozenset(
    "nginx httpd apache2 apache2ctl caddy haproxy redis-server cron crond go-crond supercronic yacron memcached "
    "traefik".split()
)
#: Programs that prepare something and end.
_UTILITIES = frozenset(
    "mkdir chmod chown chgrp rm cp mv ln cat echo touch sleep sed grep egrep awk cut tr head tail date id whoami test "
    "true false printf tee sort uniq wc ls find xargs mktemp env printenv hostname uname nc curl wget pg_isready "
    "useradd usermod groupadd groupmod adduser addgroup tar unzip gzip openssl psql mysql basename dirname pip "
    "pip3".split()
)
_PYTHON = regex(r"(?:python|pypy)[\d.]*(?:-dbg)?$")
_ENDS_AT_ONCE = frozenset(
    {"-D", "--daemon", "--check-config", "--print-config", "--version", "-v", "--help", "-h", "-d", "--daemonize"}
)


def is_python(name: str) -> bool:
    return _PYTHON.match(posixpath.basename(name)) is not None


def python_module(words: list[str]) -> tuple[str, int] | None:
    """The module after `python -m` and the place of the word after it."""
    if not words or not is_python(words[0]):
        return None
    place = 1
    while place < len(words) and words[place].startswith("-"):
        option = words[place]
        if option.startswith("-") and not option.startswith("--") and "m" in option:
            rest = option[option.index("m") + 1 :]
            return (rest, place + 1) if rest else (words[place + 1], place + 2) if place + 1 < len(words) else None
        if option in ("-c", "-"):
            return None
        place += 2 if option in ("-W", "-X") else 1
    return None


def python_file(words: list[str]) -> tuple[str, int] | None:
    """The file that `python file.py` runs and the place of the word after it."""
    if not words or not is_python(words[0]) or python_module(words):
        return None
    place = 1
    while place < len(words) and words[place].startswith("-"):
        if words[place] in ("-c", "-"):
            return None
        place += 2 if words[place] in ("-W", "-X") else 1
    return (words[place], place + 1) if place < len(words) else None


def words_of(step: Step) -> list[str]:
    """The step's words, "" for those that are unknown; `python -m gunicorn x` reads as `gunicorn x`."""
    words = [word if isinstance(word, str) else "" for word in step.argv]
    module = python_module(words)
    if module is not None:
        return [module[0].split(".")[0] if module[0].endswith(".__main__") else module[0], *words[module[1] :]]
    return [posixpath.basename(words[0]), *words[1:]] if words else []


def is_flask_run(words: list[str]) -> bool:
    """`flask run`, also with options before `run`."""
    if not words or words[0] != "flask":
        return False
    place = 1
    while place < len(words) and words[place].startswith("-"):
        place += 2 if words[place] in ("-A", "--app", "-e", "--env-file") else 1
    return place < len(words) and words[place] == "run"


def answers_nobody(step: Step) -> bool:
    """Whether a program works in the background, or starts others at their times, and serves no requests."""
    words = words_of(step)
    return bool(words) and step.sure and words[0] in (_WORKERS - _HOSTS) | _SCHEDULERS and "flower" not in words


def rank(step: Step) -> int:
    """How much a program looks like the one that its process stays in: 0 not at all, 4 an app server."""
    words = words_of(step)
    if not words:
        return 1
    name = words[0]
    if name in APP_SERVERS:
        return 0 if name in ("gunicorn", "uwsgi") and _ENDS_AT_ONCE & set(words[1:]) - {"-D", "--daemon", "-d"} else 4
    if is_flask_run(words):
        return 4
    if "runserver" in words[1:3]:
        return 4
    if name in _WORKERS or (name == "flask" and words[1:2] in (["rq"], ["celery"])):
        return 3
    return 2 if name in _COMPANIONS else 0 if name in _UTILITIES else 1


def blocks(step: Step) -> bool:
    """Whether what comes after this program in the same shell has to wait for its end, which never comes."""
    words = words_of(step)
    if not words or rank(step) < 2:
        return False
    name, rest = words[0], words[1:]
    if name == "nginx":
        return any("daemon off" in word for word in rest)
    if name in ("cron", "crond"):
        return "-f" in rest
    if name in ("redis-server", "memcached", "httpd", "apache2", "apache2ctl", "haproxy", "flask"):
        return is_flask_run(words)
    if name == "supervisord":
        return "-n" in rest or "--nodaemon" in rest
    if name == "celery":
        return any(word in ("worker", "beat", "flower") for word in rest) and "--detach" not in rest
    return not _ENDS_AT_ONCE & set(rest)
