"""uWSGI, as its command line and its ini file set it up."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from flaskprod_lint.model import Address, Server, Setting, Step, Unknown
from flaskprod_lint.resolve.context import Context
from flaskprod_lint.resolve.servers.options import Flags, Line, address, number_of, read
from flaskprod_lint.resolve.servers.step_words import Word
from flaskprod_lint.resolve.servers.wsgi import version_of
from flaskprod_lint.source import Place, Span

#: Options with one meaning, under the name that is used here.
_SAME = {
    "processes": "workers",
    "p": "workers",
    "wsgi": "module",
    "w": "module",
    "s": "socket",
    "uwsgi-socket": "socket",
    "wsgi-file": "file",
    "file": "file",
    "d": "daemonize",
    "logto2": "logto",
    "logger": "logger",
    "M": "master",
    "L": "disable-logging",
    "http11-socket": "http-socket",
    "https": "http",
    "python-autoreload": "py-autoreload",
    "python-path": "pythonpath",
    "pp": "pythonpath",
    "set-ph": "set-placeholder",
}
_VALUED = (
    "http http-socket http11-socket https socket uwsgi-socket workers processes threads module wsgi wsgi-file file "
    "callable ini chdir logto logto2 daemonize logger harakiri py-autoreload python-autoreload protocol gevent "
    "pythonpath python-path pp home virtualenv venv uid gid plugin plugins mount env set-placeholder buffer-size "
    "listen max-requests emperor pidfile chmod-socket static-map http-timeout http-keepalive stats post-buffering "
    "yaml json xml set-ph"
).split()
_SWITCHES = "master die-on-term disable-logging enable-threads vacuum lazy-apps need-app single-interpreter".split()
_FLAGS = Flags(
    {
        **{f"--{name}": _SAME.get(name, name) for name in _VALUED},
        **{f"-{name}": _SAME[name] for name in "pwsd"},
        "-H": "home",
        "-C": "chmod-socket",
        "-i": "ini",
    },
    {**{f"--{name}": name for name in _SWITCHES}, "-M": "master", "-L": "disable-logging", "-T": "enable-threads"},
)
_ADDRESSES = ("http", "http-socket", "socket")
_OTHER_FILES = ("yaml", "json", "xml")


def uwsgi(words: Sequence[Word], step: Step, context: Context) -> tuple[Server, Setting | None]:
    """`uwsgi --http :8000 --module shop:app`, or `uwsgi uwsgi.ini`."""
    line = read(words, _FLAGS, step)
    server = Server("uwsgi", step, version_of(context, "uwsgi"))
    hidden = _add_files(line, server, context)
    server.settings = {name: found for name in line.given if (found := line.last(name)) is not None}
    default: int | Unknown = hidden or 1
    server.bind = tuple(found for name in _ADDRESSES for one in line.given.get(name, ()) for found in _addresses(one))
    server.workers = number_of(line.last("workers"), "workers", default, "uWSGI's default")
    server.threads = number_of(line.last("threads"), "threads", default, "uWSGI's default")
    greenlets = line.last("gevent")
    server.concurrency = replace(
        number_of(greenlets, "gevent", 1, "") if greenlets else server.threads, name="concurrency"
    )
    server.reload = line.last("py-autoreload")
    _set_logs(server, line, hidden)
    return server, _target(line)


def _add_files(line: Line, server: Server, context: Context) -> Unknown | None:
    """Read the ini files that the line names; what hides options when a file cannot be read."""
    from flaskprod_lint.resolve.servers.uwsgi_files import Reading

    reading = Reading(line, context, _kept_as)
    placeholders = [
        setting.value for setting in line.given.get("set-placeholder", ()) if isinstance(setting.value, str)
    ]
    reading.placeholders |= {name: value for name, _, value in (text.partition("=") for text in placeholders)}
    hidden: Unknown | None = None
    named = [(setting.value, setting.origin) for setting in line.given.get("ini", ())]
    for word in [word for word in line.positionals if word.text.endswith((".ini", ".yaml", ".yml", ".xml", ".json"))]:
        line.positionals.remove(word)
        named.append((word.value(), Place(word.span or server.step.origin.span)))
    for kind in _OTHER_FILES:
        named += [(setting.value, setting.origin) for setting in line.given.get(kind, ())]
    for setting in line.given.get("emperor", ()):
        hidden = Unknown("an emperor starts other configurations", setting.span)
    for name, origin in named:
        file, _, section = name.partition(":") if isinstance(name, str) else ("", "", "")
        found = context.tree.locate(file, context.cwd) if file else name
        if isinstance(found, str) and found.endswith(".ini") and found in context.project:
            server.config_file = Place(Span(found, 1), f"loaded by {server.step.program}")
            reading.file(found, section or "uwsgi")
        else:
            hidden = Unknown(f"{name} is not read", origin.span)
    return hidden or reading.hidden


def _kept_as(name: str, text: str) -> str | None:
    """The name under which an option of an ini file is kept; None for a switch that is off."""
    name = _SAME.get(name, name)
    return None if name in _SWITCHES and text.lower() in ("0", "false", "no", "") else name


def _addresses(setting: Setting) -> list[Address]:
    text = str(setting.value)
    if isinstance(setting.value, Unknown):
        return [Address("…", setting.value, setting.value, origin=setting.origin)]
    if "/" in text and ":" not in text:
        text = f"unix:{text}"
    # `http = :8000,key=value` and `=0` for a shared socket follow the address.
    return [address(text.partition(",")[0], setting.origin, setting.environment)]


def _set_logs(server: Server, line: Line, hidden: Unknown | None) -> None:
    default = Setting("accesslog", hidden or "-", Place(None, "uWSGI logs requests on its own"), is_default=True)
    file = line.last("logto") or line.last("daemonize") or _file_logger(line)
    off = line.last("disable-logging")
    server.error_log = replace(file, name="errorlog") if file else replace(default, name="errorlog")
    server.access_log = Setting("accesslog", None, off.origin) if off else replace(server.error_log, name="accesslog")


def _file_logger(line: Line) -> Setting | None:
    logger = line.last("logger")
    if logger is None or not isinstance(logger.value, str):
        return None
    path = logger.value.rpartition("file:")[2] if "file:" in logger.value else ""
    return replace(logger, value=path) if path else None


def _target(line: Line) -> Setting | None:
    """module:callable, from whichever way it is named."""
    module, file, name = line.last("module"), line.last("file"), line.last("callable")
    mount = line.last("mount")
    if mount is not None and module is None and file is None and isinstance(mount.value, str):
        file = replace(mount, value=mount.value.rpartition("=")[2])
    found = module or file
    if found is None or not isinstance(found.value, str):
        return found
    text = found.value
    if file is not None and module is None and not text.startswith("/"):
        text = text.removesuffix(".py").removeprefix("./").replace("/", ".")
    if ":" not in text:
        text = f"{text}:{name.value if name is not None else 'application'}"
    return replace(found, name="target", value=text)
