"""Gunicorn's settings with their origins, and what they come to."""

from __future__ import annotations

from pathlib import Path

import pytest

from flaskprod_lint.model import NOWHERE, EnvironmentRead, Package, Packages, Server, Setting, Step, Unknown
from flaskprod_lint.resolve.context import Context
from flaskprod_lint.resolve.gunicorn import effective
from flaskprod_lint.resolve.gunicorn.addresses import AddressError, address_of
from flaskprod_lint.resolve.gunicorn.merge import Resolved, resolve
from flaskprod_lint.resolve.gunicorn.table import settings_of, worker_classes
from flaskprod_lint.resolve.servers.step_words import Word
from flaskprod_lint.resolve.tree import Tree
from flaskprod_lint.source import Place, Project, Span


def settle(
    tmp_path: Path,
    *argv: str | Word,
    files: dict[str, str] | None = None,
    variables: dict[str, object] | None = None,
    version: str | None = "27.0.1",
    is_open: bool = False,
) -> tuple[Resolved, Server]:
    """What `gunicorn argv…` comes to in a project of these files that stands at /app."""
    for path, text in (files or {}).items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text)
    project = Project(tmp_path, files or {})
    tree = Tree(project)
    tree.mount("/app", "", NOWHERE)
    given = {name: Setting(name, value, Place(Span("env", 1), name)) for name, value in (variables or {}).items()}
    packages = Packages({"gunicorn": Package("gunicorn", version, "exact", NOWHERE)} if version else {})
    context = Context(project, tree, "/app", given, open_environment=is_open, packages=packages)
    words = [word if isinstance(word, Word) else Word(word) for word in argv]
    step = Step(("gunicorn", *[word.text for word in words]), "gunicorn", Place(Span("Procfile", 1)))
    resolved = resolve(words, step, context)
    return resolved, effective.server_of(resolved, step, context)


@pytest.mark.parametrize(
    ("text", "host", "port"),
    [
        ("", "0.0.0.0", 8000),
        (":8000", "0.0.0.0", 8000),
        ("0.0.0.0", "0.0.0.0", 8000),
        ("0:8000", "0.0.0.0", 8000),
        ("tcp://0.0.0.0:8000", "0.0.0.0", 8000),
        ("[::]:8000", "::", 8000),
        ("[::1]:8000", "::1", 8000),
        ("8000", "8000", 8000),
        ("LocalHost", "localhost", 8000),
        ("*:8000", "*", 8000),
    ],
)
def test_addresses(text: str, host: str, port: int) -> None:
    address = address_of(text)
    assert (address.host, address.port, address.socket) == (host, port, None)


@pytest.mark.parametrize(
    ("text", "path"), [("unix:/tmp/x", "/tmp/x"), ("unix:///tmp/y", "/tmp/y"), ("fd://3", "fd://3")]
)
def test_sockets(text: str, path: str) -> None:
    assert address_of(text).socket == path


@pytest.mark.parametrize(
    "text", ["::", "::1:8000", "http://0.0.0.0:8000", "0.0.0.0:$PORT", ":3,:4", "fd://x", "0.0.0.0:"]
)
def test_no_addresses(text: str) -> None:
    with pytest.raises(AddressError):
        address_of(text, expanded=False)


def test_variables_in_an_address() -> None:
    address = address_of("0.0.0.0:${PORT:-5000}")
    assert address.from_port and address.port_default == 5000 and isinstance(address.port, Unknown)
    assert isinstance(address_of("$BIND").host, Unknown)
    assert isinstance(address_of("$HOST:8000").host, Unknown) and address_of("$HOST:8000").port == 8000
    assert not address_of("0.0.0.0:$OTHER").from_port


def test_the_table_follows_the_version() -> None:
    assert (len(settings_of("20.1.0")), len(settings_of("27.0.1")), len(settings_of(None))) == (85, 120, 120)
    assert "eventlet" in worker_classes("25.3.0") and "eventlet" not in worker_classes("26.0.0")
    assert settings_of("23.0")["proxy_protocol"].action == "store_true"
    assert settings_of("24.1.1")["proxy_protocol"].nargs == "?"


def test_what_was_beaten(tmp_path: Path) -> None:
    resolved, _ = settle(
        tmp_path,
        *("-w", "4", "app:app"),
        files={"gunicorn.conf.py": "workers = 5\n"},
        variables={"WEB_CONCURRENCY": "2", "GUNICORN_CMD_ARGS": "--workers 3"},
    )
    workers = resolved.settings["workers"]
    assert workers.value == 4
    assert [(each.value, str(each.origin.span)) for each in workers.overrides] == [
        (3, "env:1"),
        (5, "gunicorn.conf.py:1"),
        (2, "env:1"),
    ]


@pytest.mark.parametrize(
    ("argv", "variables", "threads"),
    [
        (["app:app"], {}, 8),
        (["-c", "other.py", "app:app"], {}, 2),
        (["app:app"], {"GUNICORN_CMD_ARGS": "-c other.py"}, 2),
        (["-c", "plain.py", "app:app"], {"GUNICORN_CMD_ARGS": "-c other.py"}, 1),
        (["--chdir", "sub", "app:app"], {}, 8),
        (["-c", "python:other", "app:app"], {}, 2),
        (["--config=file:other.py", "app:app"], {}, 2),
    ],
)
def test_one_file_counts(tmp_path: Path, argv: list[str], variables: dict[str, object], threads: int) -> None:
    files = {
        "gunicorn.conf.py": "threads = 8\n",
        "other.py": "threads = 2\n",
        "plain.py": "workers = 2\n",
        "sub/gunicorn.conf.py": "threads = 9\n",
    }
    assert settle(tmp_path, *argv, files=files, variables=variables)[1].threads.value == threads  # type: ignore[union-attr]


@pytest.mark.parametrize(
    "argv",
    [["-w", "2.5"], ["--port", "80"], ["--work", "3"], ["-w", "-1"], ["-c", "nope.py"], ["-b", "0.0.0.0:$PORT"], []],
)
def test_refusals(tmp_path: Path, argv: list[str]) -> None:
    app = ["app:app"] if argv else []
    server = settle(tmp_path, *argv, *app, files={"app.py": ""})[1]
    assert server.refusals or server.boot_refusals


def test_port_of_the_environment(tmp_path: Path) -> None:
    closed = settle(tmp_path, "app:app")[1]
    assert [address.text for address in closed.bind] == ["127.0.0.1:8000"]
    known = settle(tmp_path, "app:app", variables={"PORT": "5000"})[1]
    assert [(address.text, address.from_port) for address in known.bind] == [("0.0.0.0:5000", True)]
    chosen = settle(tmp_path, "app:app", variables={"PORT": Unknown("Heroku chooses it")})[1]
    assert [(address.text, address.from_port) for address in chosen.bind] == [("0.0.0.0:$PORT", True)]
    assert chosen.settings["bind"].value == ["0.0.0.0:$PORT"]


def test_port_in_the_file(tmp_path: Path) -> None:
    files = {"gunicorn.conf.py": "import os\nbind = f\"0.0.0.0:{os.environ['PORT']}\"\n"}
    server = settle(tmp_path, "app:app", files=files, is_open=True)[1]
    assert [(address.host, address.from_port) for address in server.bind] == [("0.0.0.0", True)]
    assert isinstance(server.settings["bind"].value, Unknown)


def test_words_that_may_hold_options(tmp_path: Path) -> None:
    read = EnvironmentRead("OPTS", is_set=None)
    maybe = Word("$OPTS", (read,), Unknown("OPTS is not set here"))
    settings = settle(tmp_path, "-w", "3", maybe, "app:app")[0].settings
    assert settings["workers"].value == 3 and settings["workers"].environment == ()
    assert settings["threads"].value == 1 and settings["threads"].environment == (read,)
    surely = Word("$(cat options)", (), Unknown("what cat prints"))
    settings = settle(tmp_path, "-w", "3", surely, "app:app")[0].settings
    assert settings["workers"].known and not settings["threads"].known


@pytest.mark.parametrize(
    ("argv", "worker_class", "concurrency"),
    [
        ([], "sync", 1),
        (["--threads", "4"], "gthread", 4),
        (["-k", "gunicorn.workers.sync.SyncWorker", "--threads", "4"], "gthread", 4),
        (["-k", "gevent"], "gevent", 1000),
        (["-k", "gevent", "--worker-connections", "50", "--threads", "4"], "gevent", 50),
        (["-k", "gthread"], "gthread", 1),
    ],
)
def test_worker_class_and_concurrency(tmp_path: Path, argv: list[str], worker_class: str, concurrency: int) -> None:
    server = settle(tmp_path, *argv, "app:app")[1]
    assert server.worker_class is not None and server.concurrency is not None
    assert (server.worker_class.value, server.concurrency.value) == (worker_class, concurrency)


@pytest.mark.parametrize(
    ("file", "access", "error"),
    [
        ("", None, "-"),
        ("accesslog = '-'\nerrorlog = 'x.log'", "-", "x.log"),
        ("logconfig_dict = {'version': 1, 'loggers': {}}\naccesslog = '-'", "-", "-"),
        ("logconfig_dict = {'version': 1}", "-", "-"),
        ("syslog = True", "syslog", "-"),
        (
            "logconfig_dict = {'handlers': {'f': {'class': 'logging.FileHandler', 'filename': 'a.log'}},"
            " 'loggers': {'gunicorn.access': {'handlers': ['f']}}}",
            "a.log",
            "-",
        ),
    ],
)
def test_log_destinations(tmp_path: Path, file: str, access: str | None, error: str) -> None:
    server = settle(tmp_path, "app:app", files={"gunicorn.conf.py": file + "\n"})[1]
    assert server.access_log is not None and server.error_log is not None
    assert (server.access_log.value, server.error_log.value) == (access, error)


def test_log_configuration_in_a_file(tmp_path: Path) -> None:
    ini = "[handler_out]\nclass=FileHandler\nargs=('access.log',)\n[logger_a]\nqualname=gunicorn.access\nhandlers=out\n"
    server = settle(tmp_path, "--log-config", "log.ini", "app:app", files={"log.ini": ini})[1]
    assert server.access_log is not None and server.access_log.value == "access.log"


def test_host_processors_keep_their_name(tmp_path: Path) -> None:
    files = {"gunicorn.conf.py": "from multiprocessing import cpu_count\nworkers = cpu_count() * 2 + 1\n"}
    workers = settle(tmp_path, "app:app", files=files)[1].workers
    assert workers is not None and isinstance(workers.value, Unknown) and workers.value.symbol == "host-cpus"


def test_a_file_that_reads_settings_with_a_library(tmp_path: Path) -> None:
    text = "from environs import Env\nenv = Env()\nthreads = env.int('THREADS', default=4)\n"
    threads = settle(tmp_path, "app:app", files={"gunicorn.conf.py": text})[1].threads
    assert threads is not None and threads.value == 4


def test_names_that_are_overlooked(tmp_path: Path) -> None:
    server = settle(tmp_path, "app:app", files={"gunicorn.conf.py": "preload = True\nworkers = 2\n"})[1]
    assert [(place.note, place.span.line if place.span else 0) for place in server.ignored] == [("preload", 1)]


def test_requirements_of_the_worker_class(tmp_path: Path) -> None:
    assert settle(tmp_path, "-k", "gevent", "app:app")[1].requires == ("gevent", "packaging")
    assert settle(tmp_path, "-k", "gevent", "app:app", version="23.0.0")[1].requires == ("gevent",)
    assert settle(tmp_path, "-k", "uvicorn.workers.UvicornWorker", "a:b")[1].requires == ("uvicorn",)
