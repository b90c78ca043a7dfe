"""The program that accepts HTTP, and the application that it loads."""

from __future__ import annotations

from dataclasses import field

from flaskprod_lint.model.command import Step
from flaskprod_lint.model.values import NOWHERE, Setting, Unknown
from flaskprod_lint.records import dataclass
from flaskprod_lint.source import Place, Span

#: Destinations of a log that are streams of the process, not files.
STREAMS = frozenset("- /dev/stdout /dev/stderr /proc/1/fd/1 /proc/1/fd/2 /proc/self/fd/1 /proc/self/fd/2".split())


@dataclass(frozen=True)
class Address:
    """One address that a server listens on. `port` is None for a socket, Unknown where run time decides it.

    `from_port` is True when the port is what PORT says. `port_default` is the one used when PORT is unset.
    """

    text: str
    host: str | Unknown | None
    port: int | Unknown | None
    socket: str | None = None
    origin: Place = NOWHERE
    from_port: bool = False
    port_default: int | None = None

    @property
    def is_loopback(self) -> bool:
        return isinstance(self.host, str) and (self.host in ("localhost", "::1") or self.host.startswith("127."))


@dataclass(frozen=True)
class Target:
    """The WSGI application that a server loads, as written, and what was found of it.

    `state` is "found", "module-missing", "name-missing", "not-called" (a factory named without a call),
    "not-a-factory" (an app that is called), "bad-arguments" or "unknown"; `detail` says more in a sentence.
    `file` is the module's path in the project, `definition` the place that makes the app. `instead` is what to write
    where the right target is known.
    """

    text: str
    module: str
    attribute: str
    origin: Place
    called: bool = False
    state: str = "unknown"
    detail: str = ""
    file: str | None = None
    definition: Place | None = None
    instead: str = ""


@dataclass(frozen=True)
class Refusal(Place):
    """Why a server would exit at once or never answer: the reason is its note.

    `kind` is "command-line", "value", "file", "application", "address", "workers", "worker-class" or "daemon".
    `sure` is False where something that cannot be known may mend it. `instead` is what to write.
    """

    kind: str = "value"
    sure: bool = True
    instead: str = ""


@dataclass(frozen=True)
class Overlooked:
    """A name in a configuration file that Gunicorn ignores, though a setting was meant: `meant`, or none any more.

    `why` is "spelled" for another name, "doubled" where the file sets the right one too, "annotated" for `workers: 2`,
    "version" for a setting that the version at hand does not have. `instead` is the line as it was meant, where it can
    be written.
    """

    name: str
    meant: str
    at: Span
    why: str = "spelled"
    instead: str = ""


@dataclass
class Server:
    """The program that accepts HTTP. `settings` has Gunicorn's own names, whatever the server, as far as they apply.

    `name` is gunicorn, werkzeug (the development server), waitress, uwsgi, uvicorn, hypercorn, granian, gevent,
    mod_wsgi … or unknown. `workers`, `threads` and `concurrency` (requests that one worker serves at once) are what
    is in effect; `worker_class` after Gunicorn's own changes (threads turn sync into gthread).
    `access_log` and `error_log` are destinations: "-" and "/dev/stdout" are streams, None is off.
    `requires` are the distributions it needs beside itself (gevent for its worker class).
    `config_file` is the configuration file that is loaded. `stray_config_files` look like one and are not loaded.
    `refusals` say why it would exit at once, `boot_refusals` why it would after its settings were read, or never
    answer. `ignored` are names in its configuration file that are no setting, `overlooked` those meant to be one.
    `unbuffered` says whether what the app prints appears at once. `trail` leads from a script to the call that serves.
    `after_fork` is a hook of Gunicorn that each worker starts with; its note is "dispose" where it drops connections.
    """

    name: str
    step: Step
    version: str | None = None
    target: Target | None = None
    settings: dict[str, Setting] = field(default_factory=dict)
    bind: tuple[Address, ...] = ()
    workers: Setting | None = None
    threads: Setting | None = None
    concurrency: Setting | None = None
    worker_class: Setting | None = None
    access_log: Setting | None = None
    error_log: Setting | None = None
    reload: Setting | None = None
    debug: Setting | None = None
    timeout: Setting | None = None
    requires: tuple[str, ...] = ()
    config_file: Place | None = None
    stray_config_files: tuple[Place, ...] = ()
    refusals: tuple[Refusal, ...] = ()
    boot_refusals: tuple[Refusal, ...] = ()
    ignored: tuple[Place, ...] = ()
    overlooked: tuple[Overlooked, ...] = ()
    unbuffered: Setting | None = None
    trail: tuple[Place, ...] = ()
    after_fork: Place | None = None

    @property
    def is_gunicorn(self) -> bool:
        return self.name == "gunicorn"

    @property
    def is_dev_server(self) -> bool:
        return self.name == "werkzeug"
