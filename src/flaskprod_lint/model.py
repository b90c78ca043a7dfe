"""What will run: deployments, their images, processes, servers, apps and database engines.

`resolve` fills the model, rules read it. Nothing here reads a file or knows an order of precedence.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from flaskprod_lint.source import Place, Span

NOWHERE = Place(None)

#: Destinations of a log that are streams of the process, not files.
STREAMS = frozenset("- /dev/stdout /dev/stderr /proc/1/fd/1 /proc/1/fd/2 /proc/self/fd/1 /proc/self/fd/2".split())


@dataclass(frozen=True, slots=True)
class Unknown:
    """A value that only run time decides, with the reason in plain words and the place where knowledge ends.

    `symbol` names a quantity that is known by name only: "host-cpus" for what is computed from the number of the
    host's processors; `reason` is then the formula ("host CPUs × 2 + 1"); "variable X" where X is missing and all ends.
    """

    reason: str
    at: Span | None = None
    symbol: str = ""

    def __str__(self) -> str:
        return f"unknown: {self.reason}"


@dataclass(frozen=True, slots=True)
class EnvironmentRead:
    """A variable that a value was read from. `default` is the literal used when it is unset, None when there is none.

    `is_set` says whether something in the deployment sets the variable (True), nothing can (False), or a person may
    have set it where we cannot look, such as a platform's dashboard (None). A list or dict is kept as its text.
    """

    name: str
    default: object = None
    has_default: bool = False
    is_set: bool | None = None
    at: Span | None = None

    def __post_init__(self) -> None:
        if isinstance(self.default, (list, dict, set, tuple)):
            object.__setattr__(self, "default", repr(self.default))


@dataclass(frozen=True, slots=True)
class Override:
    """A value that lost to another, and where it stands."""

    value: object
    origin: Place


@dataclass(frozen=True, slots=True)
class Setting:
    """One named value in effect: what set it, what that beat, and the variables it was read from.

    `value` is in the type its consumer ends up with, or Unknown. `origin.note` says what set it when the place alone
    does not ("Gunicorn's default", "PORT, set by Heroku"). `is_default` marks what nobody set. `sure` is False for
    what was decided under a condition that cannot be known.
    """

    name: str
    value: object
    origin: Place = NOWHERE
    overrides: tuple[Override, ...] = ()
    environment: tuple[EnvironmentRead, ...] = ()
    is_default: bool = False
    sure: bool = True

    @property
    def known(self) -> bool:
        return not isinstance(self.value, Unknown)

    @property
    def span(self) -> Span | None:
        return self.origin.span


@dataclass(frozen=True, slots=True)
class Platform:
    """A hosting platform, with the facts that verdicts rest on (platforms.yaml has them with their sources).

    `port_injected` and `sigterm_to_all` are None where the facts say nothing. `limits` maps a database plan to its
    connections. `origin` is the file that says the project is deployed there, or the option that said so.
    """

    id: str
    name: str
    origin: Place = NOWHERE
    port_injected: bool | None = None
    port_default: int | None = None
    proxy_on_same_host: bool = False
    sigterm_to_all: bool = False
    stop_signal: str | None = None
    grace_seconds: float | None = None
    injects: Mapping[str, str] = field(default_factory=dict)
    database_variables: tuple[str, ...] = ()
    database_scheme: str | None = None
    limits: Mapping[str, int] = field(default_factory=dict)
    chooses_user: bool = False
    overlaps: bool = False
    ephemeral_disk: bool | None = None
    runs_release: bool = False
    unconfirmed: frozenset[str] = frozenset()


# Commands and processes


@dataclass(frozen=True, slots=True)
class Command:
    """What a manifest, an image or a script says to start. `form` is "exec" (no shell: argv is what runs) or "shell".

    `argv` holds the words of an exec form; `text` is as written. `places` has the place of each word of `argv`, where
    they are known: an image's ENTRYPOINT and CMD are joined into one command. `filled_in` has, by how it is written
    (`${WORKERS}`), what a manifest replaces in the words before any shell sees them, where the value is not known here.
    """

    text: str
    form: str
    origin: Place
    argv: tuple[str, ...] | None = None
    places: tuple[Place, ...] = ()
    filled_in: Mapping[str, Setting] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Step:
    """One program that a process runs, after shells, scripts, wrappers and task runners were followed.

    `argv` has an Unknown where run time decides a word. `environment` holds what was set for this step on the way
    (inline assignments, exports). `sure` is False under a condition that cannot be known, `background` True for
    `command &`. `trail` leads from the process's command to the line that starts the program.
    `raw` has each word as written (`0.0.0.0:$PORT`), `word_spans` where it stands, `environment_words` by index the
    variables it came from. `entry_point` is the "module:function" that a console script of the project calls.
    `user` is the user that supervisord starts it as.
    """

    argv: tuple[str | Unknown, ...]
    text: str
    origin: Place
    trail: tuple[Place, ...] = ()
    environment: Mapping[str, Setting] = field(default_factory=dict)
    cwd: str = ""
    sure: bool = True
    background: bool = False
    raw: tuple[str, ...] = ()
    word_spans: tuple[Span | None, ...] = ()
    environment_words: Mapping[int, tuple[EnvironmentRead, ...]] = field(default_factory=dict)
    entry_point: str = ""
    user: str = ""

    @property
    def program(self) -> str:
        """The name of the program without its folder; empty when it is unknown."""
        first = self.argv[0] if self.argv else ""
        return first.replace("\\", "/").rpartition("/")[2] if isinstance(first, str) else ""

    @property
    def written(self) -> Place:
        """Where its words stand: on its own line, or where the words of an `exec "$@"` come from."""
        first, at = self.word_spans[0] if self.word_spans else None, self.origin.span
        if first is None or at is None or (first.path == at.path and at.line <= first.line <= at.end_line):
            return self.origin
        spans = [span for span in self.word_spans if span is not None and span.path == first.path]
        return Place(Span(first.path, first.line, first.column, spans[-1].end_line, spans[-1].end_column), self.text)


@dataclass(frozen=True, slots=True)
class Signal:
    """Whether SIGTERM, sent to the process's first program, reaches the server: True, False or None for unknown.

    `reason` is the sentence that explains it; `at` the line to change; `instead` the text to write there.
    `pid_one` says that the server itself is the first program: it must then handle SIGTERM of its own accord.
    """

    reaches: bool | None
    reason: str = ""
    at: Place = NOWHERE
    instead: str = ""
    pid_one: bool = False


@dataclass(frozen=True, slots=True)
class CommandFault:
    """Something about a command that keeps it from running, or from running as written.

    `kind` is "not-found", "not-executable", "one-element", "builtin", "crlf", "no-interpreter", "port-not-expanded" or
    "dropped".
    `sure` is False where something that cannot be read may mend it.
    """

    kind: str
    reason: str
    at: Place
    instead: str = ""
    sure: bool = True


@dataclass(frozen=True, slots=True)
class Disk:
    """A process's files: those outside `volumes` (absolute paths) are lost, for the `reason`.

    `shared` says that all instances have the same. `sure` is False where a volume may be added where we cannot look.
    """

    reason: str
    volumes: tuple[str, ...] = ()
    at: Place = NOWHERE
    cwd: str = "/"
    sure: bool = True
    shared: bool = False


@dataclass(slots=True)
class Process:
    """One command that runs: `kind` is web, worker, release or cron. `why` says why it counts as production or not.

    `steps` are all the programs it runs, in order; `main` the index of the one it stays in (the server of a web
    process); earlier ones run at each boot. `variables` is its environment when it starts.
    `port_expected` is the port that the platform or the manifest connects to; `port_set` whether PORT is set for it
    (None: cannot be known). `proxy` is the place of an nginx (or alike) in the same container or unit before it.
    `assumed` is the app that a server would load where no command says so: there are then no steps. `as_script` says
    what a script would start that nothing names. `memory_folders` are kept in memory, such as a tmpfs of compose.
    `disk` says which files are lost, None where they may all stay.
    """

    name: str
    kind: str
    command: Command
    environment: str = "production"
    why: str = ""
    trail: tuple[Place, ...] = ()
    instances: Setting = field(default_factory=lambda: Setting("instances", 1, is_default=True))
    variables: dict[str, Setting] = field(default_factory=dict)
    steps: tuple[Step, ...] = ()
    main: int | None = None
    faults: tuple[CommandFault, ...] = ()
    packages: Packages = field(default_factory=lambda: Packages(complete=Unknown("not read")))
    signal: Signal = field(default_factory=lambda: Signal(None))
    server: Server | None = None
    app: App | None = None
    port_set: bool | None = None
    port_expected: Setting | None = None
    proxy: Place | None = None
    assumed: Target | None = None
    as_script: str = ""
    disk: Disk | None = None
    memory_folders: frozenset[str] = frozenset()
    unknowns: list[Unknown] = field(default_factory=list)

    @property
    def main_step(self) -> Step | None:
        return self.steps[self.main] if self.main is not None and self.main < len(self.steps) else None

    @property
    def boot_steps(self) -> tuple[Step, ...]:
        """The programs that run at each boot before the main one."""
        return self.steps if self.main is None else self.steps[: self.main]


# Servers


@dataclass(frozen=True, slots=True)
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


@dataclass(frozen=True, slots=True)
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


@dataclass(frozen=True, slots=True)
class Refusal(Place):
    """Why a server would exit at once or never answer: the reason is its note.

    `kind` is "command-line", "value", "file", "application", "address", "workers", "worker-class" or "daemon".
    `sure` is False where something that cannot be known may mend it. `instead` is what to write.
    """

    kind: str = "value"
    sure: bool = True
    instead: str = ""


@dataclass(frozen=True, slots=True)
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


@dataclass(slots=True)
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


# The application and its database


@dataclass(frozen=True, slots=True)
class Reached:
    """Something that loading the app does, with how it gets there. `sure` is False under an unknown condition.

    `kind` is "app.run", "upgrade", "create_all", "drop_all" or "load_dotenv". `hook` is the decorator of a function
    that runs with requests (`before_request`) and not while the app loads.
    """

    kind: str
    at: Place
    trail: tuple[Place, ...] = ()
    sure: bool = True
    detail: str = ""
    hook: str = ""


@dataclass(frozen=True, slots=True)
class LogHandler:
    """A logging handler that the app adds: `destination` is a path, "-" for a stream, or Unknown."""

    kind: str
    destination: str | Unknown
    at: Place
    logger: str = ""
    level: str | None = None
    sure: bool = True


@dataclass(frozen=True, slots=True)
class InProcess:
    """Something an app keeps in the memory of its process (or on its instance), where each other has its own.

    `kind` is "limiter", "cache", "scheduler", "socketio", "sessions" or "data"; the note of `at` is what it is called.
    `sure` is False below a condition, or where a variable may put it elsewhere.
    """

    kind: str
    at: Place
    trail: tuple[Place, ...] = ()
    sure: bool = True


@dataclass(frozen=True, slots=True)
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


@dataclass(frozen=True, slots=True)
class OptionFault:
    """An option of an engine that does not do what it says: `kind` is "refused", "text", "unknown" or "unread".

    Refused options, texts for numbers and unknown names end the app when it loads; unread ones are passed over.
    `reason` is the sentence that says why, `more` are the places of others of the same kind.
    `written` has the names and values of settings that are not read, "…" for one that is not known.
    """

    name: str
    at: Place
    kind: str
    reason: str
    sure: bool = True
    more: tuple[Place, ...] = ()
    written: tuple[tuple[str, object], ...] = ()


@dataclass(frozen=True, slots=True)
class Driver:
    """What SQLAlchemy imports to talk to the database: `module`, which one of `distributions` brings.

    `installed` is None where it cannot be known. `chosen_by` says in a sentence why it is this one; `sure` is False
    where the version of SQLAlchemy or the URL may choose another. `yields` is False for psycopg2 that nothing makes
    wait together with other greenlets.
    """

    module: str
    distributions: tuple[str, ...]
    installed: bool | None = None
    chosen_by: str = ""
    sure: bool = True
    yields: bool = True


@dataclass(slots=True)
class Engine:
    """A database engine that production code makes. Settings have SQLAlchemy's names; the URL is kept without secrets.

    `url` has the password replaced by "***"; `url_kind` is "literal", "fallback", "environment" or "unknown";
    `dialect` is postgresql, mysql, sqlite … or None when it cannot be known; `has_password` whether a literal URL
    (or fallback) carries one that could be real. `library` is SQLAlchemy or Flask-SQLAlchemy.
    `faults` are options that do nothing or end the app, `client` what SQLAlchemy connects with. `old_scheme` is the
    place where a `postgres://` comes from that SQLAlchemy refuses, its note the sentence that says so.
    """

    definition: Place
    library: str = "SQLAlchemy"
    library_version: str | None = None
    bind: str | None = None
    url: Setting | None = None
    url_kind: str = "unknown"
    url_variables: tuple[EnvironmentRead, ...] = ()
    dialect: str | None = None
    driver: str | None = None
    has_password: bool = False
    pool_class: Setting | None = None
    pool_size: Setting | None = None
    max_overflow: Setting | None = None
    pool_pre_ping: Setting | None = None
    pool_recycle: Setting | None = None
    sure: bool = True
    faults: tuple[OptionFault, ...] = ()
    client: Driver | None = None
    old_scheme: Place | None = None
    old_scheme_sure: bool = True


@dataclass(slots=True)
class App:
    """A Flask application as production loads it. `config` is what is in effect after all writes, by name.

    `files` are the project's files that loading it runs, in order; `trail` leads from the WSGI target to the app.
    `config_objects` are what `from_object` and its kin loaded, by name, in order. `unsure` are the names of `config`
    that hold only under a condition which cannot be known. `reads_variables` are read on the way, also by scripts.
    `debug_written` is what stands before the value of DEBUG in the code (`app.config["DEBUG"] = `).
    """

    name: str
    definition: Place
    factory: bool = False
    trail: tuple[Place, ...] = ()
    config: dict[str, Setting] = field(default_factory=dict)
    config_objects: list[Setting] = field(default_factory=list)
    debug: Setting | None = None
    debug_written: str = ""
    testing: Setting | None = None
    secrets: list[SecretUse] = field(default_factory=list)
    engines: list[Engine] = field(default_factory=list)
    reached: list[Reached] = field(default_factory=list)
    handlers: list[LogHandler] = field(default_factory=list)
    state: list[InProcess] = field(default_factory=list)
    files: tuple[str, ...] = ()
    reads_variables: frozenset[str] = frozenset()
    unsure: frozenset[str] = frozenset()
    unknowns: list[Unknown] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Migrations:
    """The project's migrations: their tool (alembic, flask-migrate), folder and number, and what runs or makes them.

    `runs` are all the programs of the deployment's processes and image that upgrade; each is (where, step), with
    `where` one of release, boot, build, worker, ci. `autogenerates` likewise for commands that write new revisions.
    `left_out` is what keeps the folder out of what runs them. `heads` are the revisions that no other follows where
    they are too many, `missing` those that follow one which is in no file.
    """

    tool: str = "alembic"
    folder: Place | None = None
    count: int = 0
    runs: tuple[MigrationRun, ...] = ()
    autogenerates: tuple[MigrationRun, ...] = ()
    elsewhere: Place | None = None
    left_out: tuple[Place, ...] = ()
    left_out_sure: bool = True
    heads: tuple[Place, ...] = ()
    missing: tuple[Place, ...] = ()
    graph_sure: bool = True


@dataclass(frozen=True, slots=True)
class MigrationRun:
    """A step that upgrades the database (or writes revisions), and when it runs.

    `kind` is "upgrade", "create_all" or "autogenerate"; `sure` is False where a condition or a command that cannot be
    followed decides; `trail` leads from a command of the project to the call that does it.
    """

    where: str
    process: str
    step: Step
    effective: bool = True
    reason: str = ""
    kind: str = "upgrade"
    sure: bool = True
    trail: tuple[Place, ...] = ()


@dataclass(frozen=True, slots=True)
class BudgetRow:
    """The connections of one process through one engine. Counts are Unknown where a factor is.

    `reachable` is what PostgreSQL can ever count, `configured` workers × pool_size, `ceiling` with the overflow.
    """

    process: str
    engine: Place | None
    instances: Setting
    workers: Setting
    concurrency: Setting
    pool_size: Setting
    max_overflow: Setting
    reachable: int | Unknown
    configured: int | Unknown
    ceiling: int | Unknown
    text: str


@dataclass(frozen=True, slots=True)
class Budget:
    """The connection budget of a deployment against the database's limit. `limit` is None where none is known."""

    rows: tuple[BudgetRow, ...]
    limit: Setting | None
    reachable: int | Unknown
    configured: int | Unknown
    ceiling: int | Unknown


# Images and packages


@dataclass(frozen=True, slots=True)
class Package:
    """A distribution that production installs. `pin` is exact, locked, compatible (~=), range, none, vcs or local."""

    name: str
    version: str | None
    pin: str
    origin: Place
    direct: bool = True
    extras: tuple[str, ...] = ()


@dataclass(slots=True)
class Packages:
    """What is installed where the process runs. `complete` is an Unknown when it cannot be read to the end."""

    packages: dict[str, Package] = field(default_factory=dict)
    complete: bool | Unknown = True
    sources: tuple[Place, ...] = ()

    def find(self, name: str) -> Package | None:
        """A package by its normalised name (lower case, "-" for "_" and ".")."""
        return self.packages.get(name.lower().replace("_", "-").replace(".", "-"))


@dataclass(frozen=True, slots=True)
class Copied:
    """A COPY or ADD from the build context into the shipped image: sources and destination after substitution."""

    sources: tuple[str, ...]
    destination: str
    at: Place
    files: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    excluded: tuple[tuple[str, Place], ...] = ()


@dataclass(frozen=True, slots=True)
class ImageRun:
    """A RUN of the shipped stage (or of an earlier one that it is built from): its programs, in order."""

    text: str
    at: Place
    steps: tuple[Step, ...]
    stage: str
    shipped: bool = True


@dataclass(frozen=True, slots=True)
class SecretLiteral:
    """A secret that stands literally where it can be read: in an image, a manifest or a dotenv file.

    `weak` says it is a placeholder or a guessable word; `kind` what it is ("password", "key", "token", "file");
    `how` the instruction or key that holds it (ARG, ENV, RUN export, COPY, environment …).
    `development` marks services that only development uses; `own_database` the password of the manifest's own
    database service.
    """

    name: str
    at: Span
    how: str
    kind: str = "key"
    length: int = 0
    weak: bool = False
    shipped: bool = True
    development: bool = False
    own_database: bool = False


@dataclass(slots=True)
class Image:
    """The image that a deployment ships: its final (or targeted) stage with all that it inherits.

    `base` is the reference after FROM of the first stage in its chain, `bases` all references with their places.
    `shell` is what shell forms run under: dash, bash, busybox or unknown. `user` is the last USER (root by default).
    `stage` is the name or the index of the shipped stage. `python` is the version of the base image, when it says.
    `context_filter` is the .dockerignore in force, `sends_git` whether the build context includes .git.
    `fetched_tools` are those of curl and wget that are in the image, or may be. `plain_base` is False where the base
    image may bring a command, a user and variables of its own. `passed_secrets` are secrets that a build argument
    leaves in the image. `ignored_copies` are COPYs, also of stages it copies from, that .dockerignore excludes.
    """

    dockerfile: str
    stage: str
    origin: Place
    base: Setting
    bases: tuple[Setting, ...] = ()
    entrypoint: Command | None = None
    cmd: Command | None = None
    workdir: str = "/"
    user: Setting = field(default_factory=lambda: Setting("user", "root", is_default=True))
    variables: dict[str, Setting] = field(default_factory=dict)
    shell: str = "unknown"
    exposed: tuple[Setting, ...] = ()
    stop_signal: Setting | None = None
    health_check: Command | None = None
    copies: tuple[Copied, ...] = ()
    runs: tuple[ImageRun, ...] = ()
    packages: Packages = field(default_factory=Packages)
    python: Setting | None = None
    secrets: tuple[SecretLiteral, ...] = ()
    env_files: tuple[Copied, ...] = ()
    context_filter: Place | None = None
    copies_context: tuple[Copied, ...] = ()
    sends_git: bool = False
    install_after_copy: Place | None = None
    keeps_pip_cache: tuple[Place, ...] = ()
    fetched_tools: frozenset[str] = frozenset()
    build_arguments: dict[str, Setting] = field(default_factory=dict)
    shell_argv: tuple[str, ...] = ("/bin/sh", "-c")
    plain_base: bool = True
    passed_secrets: tuple[SecretLiteral, ...] = ()
    ignored_copies: tuple[Copied, ...] = ()


# The deployment


@dataclass(frozen=True, slots=True)
class EnvFile:
    """A dotenv file of the project with the secrets in it. `committed` as git says; `loaded_by` what reads it."""

    path: str
    committed: bool
    secrets: tuple[SecretLiteral, ...]
    loaded_by: Place | None = None
    example: bool = False


@dataclass(frozen=True, slots=True)
class Conflict:
    """Two files of the same platform that start the web process differently; `winner` runs, `loser` does not."""

    winner: Command
    loser: Command
    reason: str


@dataclass(slots=True)
class Deployment:
    """One way in which the project reaches production (`environment`), with why it counts as that.

    `name` is what a person would call it ("Dockerfile", "Procfile on Heroku"); `origin` its first file.
    `web_missing` is set when an image or manifest starts no web process: the place and the sentence that says so.
    `today` (ISO) is the date of the run. `sure` is False where it could be for the other environment. `assumed` is the
    reason where no file says what runs, so that its processes are only what a person would start; empty otherwise.
    """

    name: str
    origin: Place
    environment: str = "production"
    why: str = ""
    sure: bool = True
    platform: Platform | None = None
    tiers: tuple[str, ...] = ()
    image: Image | None = None
    processes: list[Process] = field(default_factory=list)
    packages: Packages = field(default_factory=Packages)
    python: Setting | None = None
    budget: Budget | None = None
    migrations: Migrations | None = None
    secrets: tuple[SecretLiteral, ...] = ()
    env_files: tuple[EnvFile, ...] = ()
    conflicts: tuple[Conflict, ...] = ()
    web_missing: Place | None = None
    unused_release: Place | None = None
    assumed: str = ""
    today: str = ""
    unknowns: list[tuple[str, Unknown]] = field(default_factory=list)

    @property
    def is_production(self) -> bool:
        return self.environment == "production"

    @property
    def web_processes(self) -> Iterator[Process]:
        return (process for process in self.processes if process.kind == "web")

    @property
    def apps(self) -> list[App]:
        """The apps that its processes load, each once."""
        found: list[App] = []
        for process in self.processes:
            if process.app is not None and not any(process.app is app for app in found):
                found.append(process.app)
        return found
