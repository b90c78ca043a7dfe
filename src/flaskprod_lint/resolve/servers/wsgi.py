"""waitress, mod_wsgi-express and Flask's own development server, as their command lines set them up."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from flaskprod_lint.model import Server, Setting, Step, Unknown
from flaskprod_lint.resolve.context import Context
from flaskprod_lint.resolve.servers.options import Flags, address, address_from, from_variable, number_of, read
from flaskprod_lint.resolve.servers.step_words import Word
from flaskprod_lint.source import Place

#: Reads the words after the program's name into a Server and the text of its target.
Reader = Callable[[Sequence[Word], Step, Context], "tuple[Server, Setting | None]"]

_WAITRESS = Flags(
    {
        **{f"--{name}": name for name in ("listen", "host", "port", "threads", "unix-socket", "app", "url-prefix")},
        **{f"--{name}": "" for name in ("backlog", "connection-limit", "channel-timeout", "log-level", "ident")},
        **{f"--{name}": "" for name in ("trusted-proxy", "trusted-proxy-count", "trusted-proxy-headers")},
        **{f"--{name}": "" for name in ("recv-bytes", "send-bytes", "outbuf-overflow", "inbuf-overflow")},
        **{f"--{name}": "" for name in ("unix-socket-perms", "cleanup-interval", "max-request-body-size")},
        **{f"--{name}": "" for name in ("max-request-header-size", "asyncore-loop-timeout", "url-scheme")},
    },
    {"--call": "call", "--help": "", "--ipv4": "", "--ipv6": "", "--expose-tracebacks": ""},
    prefixes=True,
)
_FLASK = Flags(
    {
        "--host": "host",
        "-h": "host",
        "--port": "port",
        "-p": "port",
        "--app": "app",
        "-A": "app",
        "--cert": "",
        "--key": "",
        "--extra-files": "",
        "--exclude-patterns": "",
        "-e": "",
        "--env-file": "",
    },
    {
        "--debug": "debug",
        "--no-debug": "no-debug",
        "--reload": "reload",
        "--no-reload": "no-reload",
        "--debugger": "debugger",
        "--no-debugger": "",
        "--with-threads": "",
        "--without-threads": "",
    },
)
_MOD_WSGI = Flags(
    {
        **{f"--{name}": name for name in ("host", "port", "processes", "threads", "callable-object", "log-directory")},
        **{f"--{name}": "" for name in ("user", "group", "url-alias", "working-directory", "server-root", "log-level")},
    },
    {"--log-to-terminal": "log-to-terminal", "--access-log": "access-log", "--reload-on-changes": "reload"},
    prefixes=True,
)


def waitress(words: Sequence[Word], step: Step, context: Context) -> tuple[Server, Setting | None]:
    """`waitress-serve --listen=*:8080 --threads=4 module:app`."""
    line = read(words, _WAITRESS, step)
    server = Server("waitress", step, version_of(context, "waitress"))
    listen = line.given.get("listen", [])
    if listen:
        parts = [(part, setting) for setting in listen for part in str(setting.value).split()]
        server.bind = tuple(
            address(_every(part), setting.origin, setting.environment)
            for part, setting in parts
            if not isinstance(setting.value, Unknown)
        )
    elif line.last("unix-socket") is None:
        server.bind = (address_from(line.last("host"), line.last("port"), "0.0.0.0", 8080, "waitress"),)
    else:
        server.bind = (address(f"unix:{text_of(line.last('unix-socket'))}", step.origin),)
    _one_process(server, number_of(line.last("threads"), "threads", 4, "waitress's default"))
    target = line.last("app") or positional(line.positionals, step)
    if target is not None and isinstance(target.value, str) and "call" in line.given:
        target = replace(target, value=f"{target.value}()")
    return server, target


def _every(text: str) -> str:
    """waitress writes every interface as *."""
    return text.replace("*:", "0.0.0.0:", 1) if text.startswith("*:") else text


def flask_run(words: Sequence[Word], step: Step, context: Context) -> tuple[Server, Setting | None]:
    """`flask --app shop run --host 0.0.0.0`: Flask's development server."""
    line = read(words, _FLASK, step)
    server = Server("werkzeug", step, version_of(context, "werkzeug"))
    host = line.last("host") or from_variable(context, "FLASK_RUN_HOST")
    port = line.last("port") or from_variable(context, "FLASK_RUN_PORT")
    server.bind = (address_from(host, port, "127.0.0.1", 5000, "Flask"),)
    server.debug = _switched(line.last("debug"), line.last("no-debug")) or _variable_debug(context)
    server.reload = _switched(line.last("reload"), line.last("no-reload")) or server.debug
    _one_process(server, Setting("threads", Unknown("one thread per request"), step.origin))
    app = line.last("app") or from_variable(context, "FLASK_APP")
    return server, app


def _variable_debug(context: Context) -> Setting | None:
    setting = from_variable(context, "FLASK_DEBUG")
    if setting is None or not isinstance(setting.value, str):
        return setting
    return replace(setting, name="debug", value=setting.value.lower() not in ("", "0", "false", "no"))


def mod_wsgi(words: Sequence[Word], step: Step, context: Context) -> tuple[Server, Setting | None]:
    """`mod_wsgi-express start-server wsgi.py --port 8000`."""
    line = read([word for word in words if word.text != "start-server"], _MOD_WSGI, step)
    server = Server("mod_wsgi", step, version_of(context, "mod-wsgi"))
    server.bind = (address_from(line.last("host"), line.last("port"), "0.0.0.0", 8000, "mod_wsgi-express"),)
    server.workers = number_of(line.last("processes"), "workers", 1, "mod_wsgi-express's default")
    server.threads = number_of(line.last("threads"), "threads", 5, "mod_wsgi-express's default")
    server.concurrency = replace(server.threads, name="concurrency")
    server.reload = line.last("reload")
    target = positional(line.positionals, step)
    if target is not None and isinstance(target.value, str):
        name = text_of(line.last("callable-object")) or "application"
        target = replace(target, value=f"{target.value.removesuffix('.py').replace('/', '.')}:{name}")
    return server, target


def _one_process(server: Server, threads: Setting) -> None:
    server.workers = Setting("workers", 1, Place(None, f"{server.name} is one process"), is_default=True)
    server.threads = threads
    server.concurrency = replace(threads, name="concurrency")


def _switched(on: Setting | None, off: Setting | None) -> Setting | None:
    if on is not None:
        return replace(on, value=True)
    return replace(off, value=False) if off is not None else None


def positional(words: Sequence[Word], step: Step) -> Setting | None:
    from flaskprod_lint.resolve.servers.step_words import place_of

    if not words:
        return None
    word = words[0]
    return Setting("target", word.value(), place_of(word, step, word.text), environment=word.reads)


def version_of(context: Context, name: str) -> str | None:
    package = context.packages.find(name)
    return package.version if package is not None else None


def text_of(setting: Setting | None) -> str:
    return str(setting.value) if setting is not None else ""
