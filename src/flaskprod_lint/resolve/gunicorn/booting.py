"""Why Gunicorn stops, or never answers, although it has taken its settings: what it finds out only when it starts."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from flaskprod_lint.model import Address, Packages, Refusal, Server, Setting
from flaskprod_lint.patterns import regex
from flaskprod_lint.records import dataclass
from flaskprod_lint.resolve.context import Context
from flaskprod_lint.resolve.gunicorn.known import WORKERS
from flaskprod_lint.resolve.gunicorn.missing import is_missing
from flaskprod_lint.resolve.gunicorn.table import worker_classes

#: A host made of digits alone is an address of the network 0.0.0.0/8, which no machine has.
_DIGITS = regex(r"[1-9]\d{0,5}")
#: Distributions that bring no packaging.
_LEAN = frozenset(
    "gunicorn gevent flask flask-sqlalchemy sqlalchemy flask-migrate alembic psycopg2 psycopg2-binary psycopg redis "
    "requests python-dotenv flask-login flask-wtf flask-cors greenlet psycogreen".split()
)


@dataclass(frozen=True)
class _Start:
    """What is known when Gunicorn starts."""

    server: Server
    context: Context

    def setting(self, name: str) -> Setting:
        return self.server.settings.get(name) or Setting(name, None, is_default=True)

    def refuse(self, setting: Setting, reason: str, kind: str = "value", *, instead: str = "") -> Refusal:
        sure = setting.sure and all(read.is_set is not None for read in setting.environment)
        return Refusal(setting.span, reason, kind, sure, instead)


def refusals(server: Server, context: Context) -> tuple[Refusal, ...]:
    """Every reason that its settings give."""
    start = _Start(server, context)
    return tuple(found for question in _QUESTIONS for found in question(start))


def _workers(start: _Start) -> Iterator[Refusal]:
    workers = start.setting("workers")
    if workers.value == 0 and workers.value is not False:
        yield start.refuse(workers, "`workers` is 0", "workers")


def _addresses(start: _Start) -> Iterator[Refusal]:
    bind = start.setting("bind")
    if bind.value == []:
        yield start.refuse(bind, "`bind` is empty, so it listens nowhere", "address")
    seen: set[object] = set()
    for address in start.server.bind:
        reason = _unreachable(address)
        if reason:
            instead = f"0.0.0.0:{address.host}" if _is_port(address) else ""
            yield start.refuse(bind, reason, "address", instead=instead)
        key = address.socket or (address.host, address.port)
        if key in seen and isinstance(address.port, int) and start.setting("reuse_port").value is not True:
            yield start.refuse(bind, f"`bind` names {address.text} twice, and the second finds it in use", "address")
        seen.add(key)


def _is_port(address: Address) -> bool:
    return isinstance(address.host, str) and ":" not in address.text and bool(_DIGITS.fullmatch(address.host))


def _unreachable(address: Address) -> str:
    """Why nobody can listen on an address."""
    host, port = address.host, address.port
    if isinstance(host, str) and _DIGITS.fullmatch(host):
        hint = ", a port needs a colon before it" if _is_port(address) else ""
        return f"`bind` is {address.text!r}, which names a host called {host}{hint}"
    if host == "*":
        return f"`bind` is {address.text!r}, and no host is called *"
    if isinstance(port, int) and port > 65535:
        return f"`bind` is {address.text!r}, and ports end at 65535"
    return ""


def _worker_class(start: _Start) -> Iterator[Refusal]:
    """A class that this version does not have."""
    setting = start.setting("worker_class")
    name = setting.value
    if not isinstance(name, str) or name.startswith("egg:"):
        return
    version = start.server.version
    known, ever = worker_classes(version), {name: path for name, _, _, path in WORKERS}
    which = f"version {version}" if version else "it"
    if "." not in name and name.lstrip("#") not in known:
        if version is None and name in ever:
            return
        what = f"no longer has the worker class {name}" if name in ever else f"has no worker class called {name!r}"
        yield start.refuse(setting, f"{which} {what}", "worker-class")
    elif name in ever.values() and name not in known.values() and version is not None:
        yield start.refuse(setting, f"{which} no longer has the worker class {name}", "worker-class")


def _gevent_without_packaging(start: _Start) -> Iterator[Refusal]:
    """Since 27, Gunicorn's gevent worker imports packaging, which only gunicorn[gevent] brings."""
    packages = start.context.packages
    if "packaging" not in start.server.requires or packages.find("gevent") is None or packages.find("packaging"):
        return
    if packages.complete is not True:
        return
    setting = start.setting("worker_class")
    reason = "its gevent worker needs packaging, which `gunicorn[gevent]` installs and `gunicorn` alone does not"
    sure = start.server.version is not None and _is_whole(packages)
    yield Refusal(setting.span, reason, "worker-class", sure, "gunicorn[gevent]")


def _is_whole(packages: Packages) -> bool:
    """Whether the packages are all that is installed, or bring nothing that would bring packaging."""
    frozen = any(package.pin == "locked" for package in packages.packages.values())
    return frozen or {"werkzeug", "jinja2", "gunicorn"} <= set(packages.packages) or set(packages.packages) <= _LEAN


def _threads(start: _Start) -> Iterator[Refusal]:
    threads, kind = start.setting("threads"), start.server.worker_class
    if kind is not None and kind.value == "gthread" and threads.value == 0 and threads.value is not False:
        yield start.refuse(threads, "its workers cannot have 0 threads", "workers")


def _variables(start: _Start) -> Iterator[Refusal]:
    setting = start.setting("raw_env")
    for text in setting.value if isinstance(setting.value, list) else ():
        if isinstance(text, str) and "=" not in text and "$" not in text:
            yield start.refuse(setting, f"`raw_env` needs NAME=value, not {text!r}")


def _log_configuration(start: _Start) -> Iterator[Refusal]:
    setting = start.setting("logconfig")
    others = (start.setting("logconfig_dict").value, start.setting("logconfig_json").value)
    if isinstance(setting.value, str) and setting.value and not any(others) and is_missing(setting.value, _at(start)):
        yield start.refuse(setting, f"its logging configuration {setting.value} does not exist", "file")


def _at(start: _Start) -> Context:
    """Where Gunicorn is when it starts: `chdir` is done by then."""
    folder = start.setting("chdir").value
    return start.context.at(folder) if isinstance(folder, str) else start.context


_QUESTIONS: tuple[Callable[[_Start], Iterator[Refusal]], ...] = (
    _workers,
    _addresses,
    _worker_class,
    _gevent_without_packaging,
    _threads,
    _variables,
    _log_configuration,
)
