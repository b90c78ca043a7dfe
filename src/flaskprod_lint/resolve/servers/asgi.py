"""uvicorn, hypercorn, granian and daphne, which serve a Flask app through an adapter or their WSGI mode."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from flaskprod_lint.model import Server, Setting, Step, Unknown
from flaskprod_lint.resolve.context import Context
from flaskprod_lint.resolve.servers.options import Flags, Line, address, address_from, from_variable, number_of, read
from flaskprod_lint.resolve.servers.step_words import Word
from flaskprod_lint.resolve.servers.wsgi import positional, text_of, version_of
from flaskprod_lint.source import Place

_UVICORN = Flags(
    {
        **{f"--{name}": name for name in ("host", "port", "uds", "fd", "workers", "app-dir", "log-config")},
        **{f"--{name}": "" for name in ("reload-dir", "reload-include", "reload-exclude", "env-file", "root-path")},
        **{
            f"--{name}": "" for name in ("loop", "http", "ws", "lifespan", "interface", "backlog", "timeout-keep-alive")
        },
        **{f"--{name}": "" for name in ("limit-concurrency", "limit-max-requests", "forwarded-allow-ips", "header")},
        **{f"--{name}": "" for name in ("ssl-keyfile", "ssl-certfile", "timeout-graceful-shutdown")},
        "--log-level": "log-level",
    },
    {
        "--reload": "reload",
        "--no-access-log": "no-access-log",
        "--access-log": "",
        "--factory": "factory",
        "--proxy-headers": "",
        "--no-proxy-headers": "",
        "--use-colors": "",
        "--no-use-colors": "",
        **{f"--{name}-header": "" for name in ("server", "no-server", "date", "no-date")},
    },
)
_HYPERCORN = Flags(
    {
        "-b": "bind",
        "--bind": "bind",
        "-w": "workers",
        "--workers": "workers",
        "-c": "config",
        "--config": "config",
        "--access-logfile": "access-log",
        "--access-log": "access-log",
        "-k": "",
        "--worker-class": "",
        "--error-logfile": "error-log",
        "--error-log": "error-log",
        "--log-file": "error-log",
        "--log-level": "log-level",
        "--certfile": "",
        "--keyfile": "",
        "--graceful-timeout": "",
        "-p": "",
        "-m": "",
        "--keep-alive": "",
        "--root-path": "",
        "--backlog": "",
        "-u": "",
        "-g": "",
        "--insecure-bind": "bind",
    },
    {"--reload": "reload", "--debug": "debug"},
    prefixes=True,
)
_GRANIAN = Flags(
    {
        **{f"--{name}": name for name in ("host", "port", "workers", "blocking-threads", "interface", "uds")},
        **{f"--{name}": "" for name in ("http", "runtime-threads", "loop", "backlog", "log-config", "log-level")},
        **{f"--{name}": "" for name in ("working-dir", "workers-lifetime", "threads", "threading-mode", "env-files")},
    },
    {
        "--reload": "reload",
        "--no-reload": "",
        "--access-log": "access-log",
        "--no-access-log": "no-access-log",
        "--factory": "factory",
        "--no-factory": "",
        "--log": "",
        "--no-log": "no-log",
    },
)
_DAPHNE = Flags(
    {
        "-b": "host",
        "--bind": "host",
        "-p": "port",
        "--port": "port",
        "-u": "uds",
        "--unix-socket": "uds",
        "-v": "",
        "--verbosity": "",
        "-t": "",
        "--http-timeout": "",
        "--access-log": "access-log",
        "-e": "",
    },
    {},
    prefixes=True,
)


def uvicorn(words: Sequence[Word], step: Step, context: Context) -> tuple[Server, Setting | None]:
    """`uvicorn shop:app --host 0.0.0.0 --workers 4`."""
    line = read(words, _UVICORN, step)
    server = _start("uvicorn", line, step, context, "UVICORN_")
    workers = line.last("workers") or from_variable(context, "WEB_CONCURRENCY")
    server.workers = number_of(workers, "workers", 1, "uvicorn's default")
    off = line.last("no-access-log")
    server.access_log = Setting(
        "accesslog", None if off else "-", off.origin if off else Place(None, "uvicorn's default")
    )
    folder = line.last("app-dir") or from_variable(context, "UVICORN_APP_DIR")
    if folder is not None:
        server.settings["pythonpath"] = folder
    return server, _called(line, step)


def hypercorn(words: Sequence[Word], step: Step, context: Context) -> tuple[Server, Setting | None]:
    """`hypercorn -b 0.0.0.0:8000 shop:app`."""
    line = read(words, _HYPERCORN, step)
    server = Server("hypercorn", step, version_of(context, "hypercorn"))
    binds = [setting for setting in line.given.get("bind", []) if isinstance(setting.value, str)]
    config = line.last("config")
    if binds:
        server.bind = tuple(address(str(one.value), one.origin, one.environment) for one in binds)
    elif config is None:
        server.bind = (address("127.0.0.1:8000", Place(None, "hypercorn's default")),)
    default = 1 if config is None else Unknown(f"{config.value} may say it", config.span)
    server.workers = number_of(line.last("workers"), "workers", default, "hypercorn's default")
    server.reload, server.access_log = line.last("reload"), line.last("access-log")
    return server, positional(line.positionals, step)


def granian(words: Sequence[Word], step: Step, context: Context) -> tuple[Server, Setting | None]:
    """`granian --interface wsgi --host 0.0.0.0 shop:app`."""
    line = read(words, _GRANIAN, step)
    server = _start("granian", line, step, context, "GRANIAN_")
    workers = line.last("workers") or from_variable(context, "GRANIAN_WORKERS")
    server.workers = number_of(workers, "workers", 1, "granian's default")
    on = line.last("access-log")
    server.access_log = Setting("accesslog", "-" if on else None, on.origin if on else Place(None, "granian's default"))
    return server, _called(line, step)


def daphne(words: Sequence[Word], step: Step, context: Context) -> tuple[Server, Setting | None]:
    """`daphne -b 0.0.0.0 -p 8000 shop:app`."""
    line = read(words, _DAPHNE, step)
    server = _start("daphne", line, step, context, "")
    server.workers = number_of(None, "workers", 1, "daphne is one process")
    return server, positional(line.positionals, step)


def _start(name: str, line: Line, step: Step, context: Context, prefix: str) -> Server:
    """The server with what all of them share: the address and reloading."""
    server = Server(name, step, version_of(context, name))
    socket = line.last("uds")
    if socket is not None:
        server.bind = (address(f"unix:{text_of(socket)}", socket.origin),)
    else:
        host = line.last("host") or (from_variable(context, f"{prefix}HOST") if prefix else None)
        port = line.last("port") or (from_variable(context, f"{prefix}PORT") if prefix else None)
        server.bind = (address_from(host, port, "127.0.0.1", 8000, name),)
    server.reload = line.last("reload")
    return server


def _called(line: Line, step: Step) -> Setting | None:
    target = positional(line.positionals, step)
    if target is not None and isinstance(target.value, str) and "factory" in line.given:
        return replace(target, value=f"{target.value}()")
    return target
