"""Whether the database's URL can reach the app, be understood by SQLAlchemy, and lead to data that stays."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator

from flaskprod_lint.finding import Confidence, Finding
from flaskprod_lint.model import Deployment, Engine, Process
from flaskprod_lint.patterns import regex
from flaskprod_lint.rules import rule
from flaskprod_lint.rules.platform_facts import careful
from flaskprod_lint.rules.production_engines import NO_SERVER, engines_of, trail_of
from flaskprod_lint.source import Place, Span

#: What a database that the platform gives rests on: its address, and the variable that this is put into.
_GIVEN = ("database.scheme", "database.variables", "database.automatic")
#: Variables whose absence is the absence of a database.
_URL_NAME = regex(r"(^|_)(DATABASE|DB|POSTGRES|POSTGRESQL|PG|MYSQL|MARIADB|SQL|SQLALCHEMY)\w*_(URL|URI|DSN)$")


@rule("database-url-not-injected")
def database_url_not_injected(deployment: Deployment) -> Iterator[Finding]:
    """The code wants the database's address from variables that nothing sets, in a deployment that says all of them."""
    for process, engine in engines_of(deployment):
        names = list(dict.fromkeys(read.name for read in engine.url_variables))
        at = engine.url.span if engine.url else None
        if _loads_dotenv(process):
            continue
        if engine.url_kind == "environment" and at is not None and _is_never_set(engine):
            because = (*trail_of(process, engine), *process.trail)
            yield _not_injected(deployment, names, at, because)
    for process in deployment.processes:
        if process.environment != "production" or _loads_dotenv(process):
            continue
        for unknown in process.app.unknowns if process.app is not None and not process.app.engines else ():
            name = unknown.symbol.removeprefix("variable ")
            if unknown.at is not None and name != unknown.symbol and _URL_NAME.search(name):
                yield _not_injected(deployment, [name], unknown.at, process.trail)


def _loads_dotenv(process: Process) -> bool:
    """Whether the app reads a dotenv file by itself: one that is not committed may stand where it runs."""
    return process.app is not None and any(reached.kind == "load_dotenv" for reached in process.app.reached)


def _is_never_set(engine: Engine) -> bool:
    return bool(engine.url_variables) and all(
        read.is_set is False and not read.has_default for read in engine.url_variables
    )


def _not_injected(deployment: Deployment, names: list[str], at: Span, because: tuple[Place, ...]) -> Finding:
    which = " and ".join(names)
    return Finding(
        f"The address of the database comes from {which}, and nothing in {deployment.name} sets "
        f"{'it' if len(names) == 1 else 'them'}",
        at=at,
        because=tuple(dict.fromkeys(because)),
        confidence=Confidence.MEDIUM,
        instead=_setting_of(names[0], deployment),
        label="not set in production",
    )


def _setting_of(name: str, deployment: Deployment) -> str | None:
    """Where the deployment's own file would set a variable; None leaves it to the rule's own words."""
    if deployment.platform is not None and deployment.platform.id == "kubernetes":
        return f"- name: {name}\n  valueFrom:\n    secretKeyRef: {{name: shop, key: {name}}}"
    return f"environment:\n  {name}: ${{{name}:?}}" if _is_compose(deployment) else None


def _is_compose(deployment: Deployment) -> bool:
    return deployment.platform is not None and deployment.platform.id == "docker-compose"


@rule("database-url-scheme")
def database_url_scheme(deployment: Deployment) -> Iterator[Finding]:
    """A URL with the scheme that SQLAlchemy no longer knows."""
    seen: set[Span] = set()
    for process, engine in engines_of(deployment):
        place = engine.old_scheme
        if place is None or place.span is None or place.span in seen:
            continue
        seen.add(place.span)
        given = bool(engine.url_variables) and place.span.path.endswith(".py")
        name = engine.url_variables[0].name if engine.url_variables else ""
        finding = Finding(
            f"{place.note}, and SQLAlchemy 1.4 and later only know postgresql://: "
            "the first use of the database ends in a NoSuchModuleError",
            at=place.span,
            because=trail_of(process, engine),
            confidence=Confidence.HIGH if engine.old_scheme_sure else Confidence.MEDIUM,
            instead=f'os.environ["{name}"].replace("postgres://", "postgresql://", 1)' if given else "postgresql://…",
            label="no dialect of that name",
        )
        platform = deployment.platform
        by_platform = platform is not None and place.note.startswith(f"{platform.name} sets")
        yield careful(finding, platform, *_GIVEN) if by_platform else finding


@rule("database-driver-missing")
def database_driver_missing(deployment: Deployment) -> Iterator[Finding]:
    """The module that SQLAlchemy imports for this URL is not installed."""
    seen: set[tuple[str, Span | None]] = set()
    for process, engine in engines_of(deployment):
        client = engine.client
        at = (engine.url.span if engine.url else None) or engine.definition.span
        if client is None or client.installed is not False or at is None or (client.module, at) in seen:
            continue
        if engine.old_scheme is not None:
            continue  # SQLAlchemy refuses the address before it asks for a driver.
        seen.add((client.module, at))
        files = " and ".join(dict.fromkeys(place.path for place in process.packages.sources if place.path))
        finding = Finding(
            f"The database needs the driver {client.module} ({client.chosen_by}), and nothing in "
            f"{files or 'the build'} installs it: making the engine raises a ModuleNotFoundError",
            at=at,
            because=(*trail_of(process, engine), *process.packages.sources),
            confidence=Confidence.HIGH if client.sure and engine.sure else Confidence.MEDIUM,
            instead=_install(engine, process),
            label=f"{client.module} is not installed",
        )
        yield careful(finding, deployment.platform, *_GIVEN) if client.by_platform else finding


def _install(engine: Engine, process: Process) -> str | None:
    if engine.client is None:
        return None
    older = any(process.packages.find(name) for name in ("psycopg2", "psycopg2-binary"))
    if engine.client.module == "psycopg" and older:
        return "postgresql+psycopg2://"
    return "psycopg[binary]" if engine.client.module == "psycopg" else engine.client.distributions[0]


# SQLite


@rule("sqlite-in-production")
def sqlite_in_production(deployment: Deployment) -> Iterator[Finding]:
    """An SQLite file that the next deploy removes, or of which each instance has its own."""
    for process, engine in engines_of(deployment):
        at = (engine.url.span if engine.url else None) or engine.definition.span
        found = sqlite_trouble(process, engine)
        if found is None or at is None:
            continue
        reason, sure = found
        place = (Place(process.disk.at.span, process.disk.reason),) if process.disk is not None else ()
        yield Finding(
            f"Production keeps its data in SQLite, and {reason}",
            at=at,
            because=(*trail_of(process, engine), *place),
            confidence=Confidence.HIGH if sure and engine.sure else Confidence.MEDIUM,
            label="what is written here is lost",
        )


def sqlite_trouble(process: Process, engine: Engine) -> tuple[str, bool] | None:
    """What becomes of the data, and whether that is sure; None where it may stay, or the file only stands in."""
    if engine.dialect != NO_SERVER or process.kind != "web" or not _is_meant(engine):
        return None
    text = engine.url.value if engine.url is not None and isinstance(engine.url.value, str) else ""
    if "mode=ro" in text or "immutable=1" in text:
        return None
    if text in ("sqlite://", "sqlite:///:memory:"):
        return "only in memory: each worker has a database of its own, which is empty after each restart", True
    instances = process.instances.value
    disk = process.disk
    if isinstance(instances, int) and instances > 1 and disk is not None and not disk.shared:
        return f"each of its {instances} instances has a file of its own", True
    if disk is None or (disk.volumes and _is_on_volume(text, disk.volumes, disk.cwd)):
        return None
    return f"{disk.reason}: what it holds is lost", disk.sure and not disk.volumes


def _is_meant(engine: Engine) -> bool:
    """Whether SQLite is what production gets, not what stands in for a variable that may be set."""
    return engine.url_kind != "fallback" or all(read.is_set is False for read in engine.url_variables)


def _is_on_volume(text: str, volumes: tuple[str, ...], cwd: str) -> bool:
    """Whether the file may be on one of the volumes: a path that is not known, or is relative, may."""
    path = text.partition("?")[0].partition("///")[2]
    if not path.startswith("/"):
        return not path or any(volume.startswith(cwd.rstrip("/") + "/") or cwd.startswith(volume) for volume in volumes)
    clean = posixpath.normpath(path)
    return any(clean.startswith(volume.rstrip("/") + "/") for volume in volumes)
