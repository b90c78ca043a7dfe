"""Database engines, their connection budget, and migrations."""

from __future__ import annotations

from flaskprod_lint.model.command import Step
from flaskprod_lint.model.values import EnvironmentRead, Setting, Unknown
from flaskprod_lint.records import dataclass
from flaskprod_lint.source import Place

#: The note of the place of a script that upgrades the database, and that nothing starts but a person.
BY_HAND = "runs the migrations when somebody starts it"


@dataclass(frozen=True)
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


@dataclass(frozen=True)
class Driver:
    """What SQLAlchemy imports to talk to the database: `module`, which one of `distributions` brings.

    `installed` is None where it cannot be known. `chosen_by` says in a sentence why it is this one; `sure` is False
    where the version of SQLAlchemy or the URL may choose another. `yields` is False for psycopg2 that nothing makes
    wait together with other greenlets. `by_platform` says that the kind of database is known from the platform alone.
    """

    module: str
    distributions: tuple[str, ...]
    installed: bool | None = None
    chosen_by: str = ""
    sure: bool = True
    yields: bool = True
    by_platform: bool = False


@dataclass
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


@dataclass(frozen=True)
class Migrations:
    """The project's migrations: their tool (alembic, flask-migrate), folder and number, and what runs or makes them.

    `runs` are all the programs of the deployment's processes and image that upgrade; each is (where, step), with
    `where` one of release, boot, build, worker, ci. `autogenerates` likewise for commands that write new revisions.
    `left_out` is what keeps the folder out of what runs them. `heads` are the revisions that no other follows where
    they are too many, `missing` those that follow one which is in no file. `upgrade` is the command that brings the
    database up to date with the project's own tool, empty where it has none.
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
    upgrade: str = ""


@dataclass(frozen=True)
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


@dataclass(frozen=True)
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

    @property
    def cells(self) -> tuple[str, ...]:
        """The row in a table: process, instances, workers, engine, connections at once, configured ones."""
        engine = str(self.engine.span) if self.engine and self.engine.span else ""
        numbers = (self.instances.value, self.workers.value, self.reachable, self.configured)
        instances, workers, reachable, configured = map(number_or_sign, numbers)
        return self.process, instances, workers, engine, reachable, configured


def number_or_sign(value: object) -> str:
    """A number as it stands in a table; a question mark for one that is unknown."""
    return "?" if isinstance(value, Unknown) else str(value)


@dataclass(frozen=True)
class Budget:
    """The connection budget of a deployment against the database's limit. `limit` is None where none is known."""

    rows: tuple[BudgetRow, ...]
    limit: Setting | None
    reachable: int | Unknown
    configured: int | Unknown
    ceiling: int | Unknown
