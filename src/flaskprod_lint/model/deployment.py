"""One way in which the project reaches production: its platform and its processes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import field

from flaskprod_lint.model.app import App
from flaskprod_lint.model.command import Command, CommandFault, Signal, Step
from flaskprod_lint.model.credentials import Credential
from flaskprod_lint.model.database import Budget, Migrations
from flaskprod_lint.model.image import Image, Packages, SecretLiteral
from flaskprod_lint.model.server import Server, Target
from flaskprod_lint.model.values import NOWHERE, Setting, Unknown
from flaskprod_lint.records import dataclass
from flaskprod_lint.source import Located, Place, Problem


@dataclass(frozen=True)
class Platform:
    """A hosting platform, with the facts that verdicts rest on (platforms.yaml has them with their sources).

    `port_injected` and `sigterm_to_all` are None where the facts say nothing. `limits` maps a database plan to its
    connections. `origin` is the file that says the project is deployed there, or the option that said so. `https` says
    that its proxy takes HTTPS and passes plain HTTP on; `proxy_hops` how many addresses it adds to X-Forwarded-For;
    `proxy_peer` the address that the server sees it at, where that is always the same.
    `stop_signal` is what it sends, unless the image names another and `image_decides_signal`.
    Times are seconds: `drain_seconds` pass without new requests before the signal to stop, `grace_seconds` from there
    to SIGKILL; its router waits `router_timeout` for an answer and keeps an idle connection for `idle_seconds`.
    `health_statuses` are the answers that pass a health check. `unconfirmed` are facts without a source.
    """

    id: str
    name: str
    origin: Place = NOWHERE
    port_injected: bool | None = None
    port_default: int | None = None
    proxy_on_same_host: bool = False
    sigterm_to_all: bool = False
    stop_signal: str | None = None
    image_decides_signal: bool = False
    grace_seconds: float | None = None
    drain_seconds: float = 0
    router_timeout: float | None = None
    idle_seconds: float | None = None
    router: str = "router"
    health_statuses: str | None = None
    injects: Mapping[str, str] = field(default_factory=dict)
    database_variables: tuple[str, ...] = ()
    database_scheme: str | None = None
    limits: Mapping[str, int] = field(default_factory=dict)
    chooses_user: bool = False
    overlaps: bool = False
    ephemeral_disk: bool | None = None
    runs_release: bool = False
    procfile_release: str = ""
    https: bool | None = None
    proxy_hops: int | None = None
    proxy_peer: str | None = None
    unconfirmed: frozenset[str] = frozenset()

    @property
    def router_name(self) -> str:
        """What sends requests to the app, in words: "Heroku's router"."""
        return f"{self.name}'s {self.router}"

    def confirms(self, key: str) -> bool:
        """Whether a fact, named by its key in platforms.yaml ("router.timeout_seconds"), rests on a source."""
        return not any(f"{key}.".startswith(f"{listed}.") for listed in self.unconfirmed)


@dataclass(frozen=True)
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


@dataclass
class Process:
    """One command that runs: `kind` is web, worker, release or cron, or "after" for what runs once when the new version
    already answers. `why` says why it counts as production or not.

    `steps` are all the programs it runs, in order; `main` the index of the one it stays in (the server of a web
    process); earlier ones run at each boot. `variables` is its environment when it starts.
    `port_expected` is the port that the platform or the manifest connects to; `port_set` whether PORT is set for it
    (None: cannot be known). `probed` is the port that its health check connects to, where the manifest names one.
    `before` are commands that run to their end before it at each start, in containers of their own. `proxy` is the
    place of an nginx (or alike) in the same container or unit before it, `proxy_silent` where that one keeps no log.
    `published` is where its port is opened to the whole network, past any proxy of the same file.
    `assumed` is the app that a server would load where no command says so: there are then no steps. `as_script` says
    what a script would start that nothing names. `memory_folders` are kept in memory, such as a tmpfs of compose.
    `disk` says which files are lost, None where they may all stay.
    What its manifest says for this process, and so beats the platform's facts (None where it says nothing): `grace`
    (seconds from the stop signal to SIGKILL), `router_timeout` (seconds that the router waits for an answer), `cpus`
    (cores, a fraction allowed), `memory` (MiB) and `concurrency` (requests that it is sent at a time) of one instance,
    `health_path` (the HTTP path of its health check).
    `once` is False for a release command that every instance runs, instead of one for all.
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
    probed: Setting | None = None
    before: tuple[Command, ...] = ()
    proxy: Place | None = None
    proxy_silent: Place | None = None
    published: Place | None = None
    assumed: Target | None = None
    as_script: str = ""
    disk: Disk | None = None
    memory_folders: frozenset[str] = frozenset()
    grace: Setting | None = None
    router_timeout: Setting | None = None
    cpus: Setting | None = None
    memory: Setting | None = None
    concurrency: Setting | None = None
    health_path: Setting | None = None
    once: bool = True
    unknowns: list[Unknown] = field(default_factory=list)

    @property
    def main_step(self) -> Step | None:
        return self.steps[self.main] if self.main is not None and self.main < len(self.steps) else None

    @property
    def boot_steps(self) -> tuple[Step, ...]:
        """The programs that run at each boot before the main one."""
        return self.steps if self.main is None else self.steps[: self.main]


@dataclass(frozen=True)
class EnvFile:
    """A dotenv file of the project with the secrets in it. `committed` as git says; `loaded_by` what reads it."""

    path: str
    committed: bool
    secrets: tuple[SecretLiteral, ...]
    loaded_by: Place | None = None
    example: bool = False


@dataclass(frozen=True)
class Conflict:
    """Two files of the same platform that start the web process differently; `winner` runs, `loser` does not."""

    winner: Command
    loser: Command
    reason: str


@dataclass
class Deployment:
    """One way in which the project reaches production (`environment`), with why it counts as that.

    `name` is what a person would call it ("Dockerfile", "Procfile on Heroku"); `origin` its first file.
    `web_missing` is set when an image or manifest starts no web process: the place and the sentence that says so.
    `tiers` are the names of its instance sizes and database plans, each with the place that names it.
    `builds` are the commands that its platform runs to build the app, where no Dockerfile does.
    `today` (ISO) is the date of the run. `sure` is False where it could be for the other environment. `assumed` is the
    reason where no file says what runs, so that its processes are only what a person would start; empty otherwise.
    `credentials` stand in the repository's files, told by their own form: the same for all deployments of a project,
    as are `unread`, the problems with files that deploy.
    """

    name: str
    origin: Place
    environment: str = "production"
    why: str = ""
    sure: bool = True
    platform: Platform | None = None
    tiers: tuple[Setting, ...] = ()
    image: Image | None = None
    processes: list[Process] = field(default_factory=list)
    packages: Packages = field(default_factory=Packages)
    python: Setting | None = None
    budget: Budget | None = None
    migrations: Migrations | None = None
    secrets: tuple[SecretLiteral, ...] = ()
    env_files: tuple[EnvFile, ...] = ()
    credentials: tuple[Credential, ...] = ()
    unread: tuple[Problem, ...] = ()
    conflicts: tuple[Conflict, ...] = ()
    web_missing: Place | None = None
    unused_release: Place | None = None
    builds: tuple[Located[str], ...] = ()
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
    def tier_names(self) -> str:
        """The names of its tiers, parted by commas; empty where none is known."""
        return ", ".join(str(tier.value) for tier in self.tiers)

    @property
    def apps(self) -> list[App]:
        """The apps that its processes load, each once."""
        found: list[App] = []
        for process in self.processes:
            if process.app is not None and not any(process.app is app for app in found):
                found.append(process.app)
        return found
