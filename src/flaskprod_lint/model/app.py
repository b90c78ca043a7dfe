"""The Flask application as production loads it."""

from __future__ import annotations

from dataclasses import field

from flaskprod_lint.model.credentials import HardcodedSecret
from flaskprod_lint.model.database import Engine
from flaskprod_lint.model.values import Setting, Unknown
from flaskprod_lint.records import dataclass
from flaskprod_lint.source import Place, Span

#: The functions of Gunicorn's configuration file that it calls when it starts: the first two once, the others for each
#: worker.
GUNICORN_HOOKS = ("on_starting", "when_ready", "pre_fork", "post_fork", "post_worker_init")


@dataclass(frozen=True)
class Reached:
    """Something that loading the app does, with how it gets there. `sure` is False under an unknown condition.

    `kind` is "app.run", "upgrade", "create_all", "drop_all" or "load_dotenv". `hook` is the decorator of a function
    that runs with requests (`before_request`) and not while the app loads, or the hook that Gunicorn calls.
    """

    kind: str
    at: Place
    trail: tuple[Place, ...] = ()
    sure: bool = True
    detail: str = ""
    hook: str = ""


@dataclass(frozen=True)
class LogHandler:
    """A logging handler that the app adds: `destination` is a path, "-" for a stream of the process, "" for what is
    neither (syslog, mail, a queue), or Unknown for a file whose name is not known.

    `logger` is "" for the root and "app" for the Flask app's. `level` is "?" where it is not known. `alone` says that
    its records go to no logger above.
    """

    kind: str
    destination: str | Unknown
    at: Place
    logger: str = ""
    level: str | None = None
    sure: bool = True
    alone: bool = False

    @property
    def is_file(self) -> bool:
        return self.destination not in ("-", "")


@dataclass(frozen=True)
class InProcess:
    """Something an app keeps in the memory of its process (or on its instance), where each other has its own.

    `kind` is "limiter", "cache", "scheduler", "socketio", "sessions" or "data"; the note of `at` is what it is called.
    `sure` is False below a condition, or where a variable may put it elsewhere.
    """

    kind: str
    at: Place
    trail: tuple[Place, ...] = ()
    sure: bool = True


@dataclass(frozen=True)
class SecretUse:
    """A secret setting of the app as written. `kind` is "literal", "fallback", "random", "environment" or "unknown".

    `variable` is the environment variable of a fallback. `guard` is the place of code that refuses to start with this
    value, if there is one. `sure` is False when production may not load this code. The value itself is never kept:
    `weak` says that it is a placeholder or a word anyone would guess, `length` how long it is. `written` is what
    stands before the value in the code (`app.secret_key = `), empty where that is not on its line.
    """

    name: str
    kind: str
    at: Span
    trail: tuple[Place, ...] = ()
    variable: str | None = None
    variable_set: bool | None = None
    weak: bool = False
    length: int = 0
    guard: Place | None = None
    sure: bool = True
    written: str = ""


@dataclass(frozen=True)
class Use:
    """Something that the app's own code does, and that production decides the safety of.

    `kind` is "session" (it writes to the session), "flash", "login" (Flask-Login or its like logs someone in), "csrf",
    "oauth" (a sign-in elsewhere whose state is in the session), "external-url" (an address with scheme and host),
    "scheme" (whether the request came over HTTPS), "client-address", "server-session" (sessions that are kept on the
    server), "secure-cookies" (an extension that marks the session cookie Secure) or "debug-toolbar". The note of `at`
    is what the code calls it. `sure` is False below a condition that cannot be known.
    """

    kind: str
    at: Place
    trail: tuple[Place, ...] = ()
    sure: bool = True


@dataclass(frozen=True)
class ProxyTrust:
    """The app's own belief in the headers of the proxies before it.

    `by` is "ProxyFix", or "own" for code of the project or another library, of which nothing more is known. The numbers
    are how many proxies are believed for each header: X-Forwarded-For, -Proto and -Host.
    """

    by: str
    at: Place
    x_for: int | Unknown = 0
    x_proto: int | Unknown = 0
    x_host: int | Unknown = 0
    sure: bool = True


@dataclass(frozen=True)
class Route:
    """A path that the app answers: `rule` is Werkzeug's text (`/api/items/<int:id>`), with all prefixes before it.

    `methods` are as written, without the HEAD and OPTIONS that Flask adds; empty where any method, or one that is not
    known, is meant. `sure` is False where it may not be there, or may not answer: below a condition, or as part of the
    pages that an extension adds below a prefix (`/admin/<path:page>`). `host` is its own subdomain or host, if any.
    """

    rule: str
    methods: tuple[str, ...]
    at: Place
    endpoint: str = ""
    sure: bool = True
    strict_slashes: bool = True
    host: str = ""


@dataclass
class App:
    """A Flask application as production loads it. `config` is what is in effect after all writes, by name.

    `files` are the project's files that loading it runs, in order; `trail` leads from the WSGI target to the app.
    `config_objects` are what `from_object` and its kin loaded, by name, in order. `unsure` are the names of `config`
    that hold only under a condition which cannot be known. `reads_variables` are read on the way, also by scripts.
    `log_level` is what lets debug records of the app through, None where they are dropped; its name is the logger that
    has this level: "root" or "app".
    `held` is the script that serves it and binds it to `name` for all who import it, None where none does; `made_by`
    the function that makes what a script serves and can be called without arguments, with its name as the note.
    `debug_written` is what stands before the value of DEBUG in the code (`app.config["DEBUG"] = `).
    `routes_unknown` says why other paths than those of `routes` may be answered: code that cannot be read, an extension
    that adds routes of its own, a function that runs before each request. `loose_paths` are texts like paths in the
    files it loads that no route explains.
    """

    name: str
    definition: Place
    factory: bool = False
    trail: tuple[Place, ...] = ()
    held: Place | None = None
    made_by: Place | None = None
    config: dict[str, Setting] = field(default_factory=dict)
    config_objects: list[Setting] = field(default_factory=list)
    debug: Setting | None = None
    debug_written: str = ""
    testing: Setting | None = None
    secrets: list[SecretUse] = field(default_factory=list)
    hardcoded: list[HardcodedSecret] = field(default_factory=list)
    engines: list[Engine] = field(default_factory=list)
    reached: list[Reached] = field(default_factory=list)
    handlers: list[LogHandler] = field(default_factory=list)
    log_level: Setting | None = None
    state: list[InProcess] = field(default_factory=list)
    uses: tuple[Use, ...] = ()
    proxy_trust: tuple[ProxyTrust, ...] = ()
    files: tuple[str, ...] = ()
    reads_variables: frozenset[str] = frozenset()
    unsure: frozenset[str] = frozenset()
    routes: tuple[Route, ...] = ()
    routes_unknown: Unknown | None = field(default_factory=lambda: Unknown("its routes were not read"))
    loose_paths: frozenset[str] = frozenset()
    unknowns: list[Unknown] = field(default_factory=list)
