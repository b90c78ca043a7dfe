"""Migrations as a release step: who runs them, and whether anything else changes the schema."""

from __future__ import annotations

import re
from collections.abc import Iterator

from flaskprod_lint.finding import Confidence, Evidence, Finding, Severity
from flaskprod_lint.model import Deployment, MigrationRun, Migrations, Process, Reached, Step, Unknown
from flaskprod_lint.model.app import GUNICORN_HOOKS
from flaskprod_lint.model.database import BY_HAND
from flaskprod_lint.patterns import regex
from flaskprod_lint.rules import evidence, rule
from flaskprod_lint.rules.copies import at_most, several
from flaskprod_lint.rules.migration_files import migrate_in_build, migration_heads, migrations_not_shipped
from flaskprod_lint.rules.platform_facts import careful_of_workers
from flaskprod_lint.rules.release_steps import release_step, upgrade_command
from flaskprod_lint.source import Place, Span

__all__ = ["migrate_in_build", "migration_heads", "migrations_not_shipped"]

#: Hooks that Gunicorn calls once, before its workers or beside them.
_ONCE = GUNICORN_HOOKS[:2]
#: When a run counts as the release's own: once, before or beside the new code.
_RELEASE = ("release", "init", "cron")
#: What people call a step that prepares the database.
_OF_SCHEMA = regex(r"(^|[-_])(init|initdb|migrat\w*|schema|upgrade|alembic)($|[-_])", re.IGNORECASE)


@rule("no-release-step")
def no_release_step(deployment: Deployment) -> Iterator[Finding]:
    """The project has migrations and nothing of this deployment runs them."""
    found = deployment.migrations
    if found is None or not found.count or not _is_for_app(deployment) or _someone_upgrades(deployment, found):
        return
    if deployment.assumed:
        return  # Where the start command is kept, the release step may be kept too.
    late = next((run for run in found.runs if run.where == "after" and run.kind == "upgrade"), None)
    if late is not None and late.step.origin.span is not None:
        yield _too_late(deployment, found, late, late.step.origin.span)
        return
    web = next(iter(deployment.web_processes), None)
    at = web.command.origin.span if web is not None and web.command.origin.span else deployment.origin.span
    if at is None:
        return
    yield Finding(
        f"The project has {_count(found.count)}, and nothing in this deployment runs them{_but(found)}",
        at=at,
        because=tuple(_no_release_because(found)),
        confidence=Confidence.HIGH if _would_say(deployment) else Confidence.MEDIUM,
        instead=release_step(deployment),
        label="new code meets the old schema",
    )


def _too_late(deployment: Deployment, found: Migrations, run: MigrationRun, at: Span) -> Finding:
    """A release step that the platform starts once the new code serves already."""
    of_helm = "/templates/" in at.path
    hook = '"helm.sh/hook": post-install,pre-upgrade'
    return Finding(
        f"The project has {_count(found.count)}, and `{_command(run)}` runs them only after the new version has been "
        "started",
        at=at,
        because=tuple(_no_release_because(found)),
        confidence=Confidence.HIGH if run.sure else Confidence.MEDIUM,
        instead=hook if of_helm else release_step(deployment),
        label="new code meets the old schema",
    )


def _but(found: Migrations) -> str:
    """What looks like a release step and is none."""
    idle = next((run for run in found.runs if not run.effective and run.kind == "upgrade"), None)
    if idle is not None:
        return f": `{_command(idle)}` is there, but {idle.reason}"
    tables = next((run for run in found.runs if run.kind == "create_all" and run.where in _RELEASE), None)
    return f": `{_command(tables)}` creates tables, and never changes one that exists" if tables else ""


def _no_release_because(found: Migrations) -> Iterator[Place]:
    if found.folder is not None:
        yield Place(found.folder.span, _count(found.count))
    for run in found.runs:
        if not run.effective:
            yield Place(run.step.origin.span, run.reason)


def _someone_upgrades(deployment: Deployment, found: Migrations) -> bool:
    """Whether anything may run the migrations; other rules say what is wrong with how it does."""
    if found.elsewhere is not None or any(_may_upgrade(process, found) for process in deployment.processes):
        return True
    if any(run.kind == "upgrade" and (run.effective or run.where == "boot") for run in found.runs):
        return True
    if any(run.where in _RELEASE for run in found.autogenerates):
        return True
    return any(reached.kind == "upgrade" for _, reached in _reached(deployment))


def _may_upgrade(process: Process, found: Migrations) -> bool:
    """Whether a process of the release is called after the schema, and what it does could not be read."""
    read = any(run.process == process.name for run in (*found.runs, *found.autogenerates))
    return process.kind in _RELEASE and not read and _OF_SCHEMA.search(process.name) is not None


def _is_for_app(deployment: Deployment) -> bool:
    """Whether the deployment runs the app that the migrations are for: it makes an engine, or may."""
    web = [process for process in deployment.web_processes if process.server is not None or process.app is not None]
    if not web:
        return False
    if any(process.app is not None and process.app.engines for process in web):
        return True
    names = ("flask-migrate", "alembic", "flask-sqlalchemy", "sqlalchemy")
    installed = any(process.packages.find(name) for process in web for name in names)
    return installed or (any(process.app is None for process in web) and deployment.packages.complete is not True)


def _would_say(deployment: Deployment) -> bool:
    """Whether the deployment's own file is where a release step would stand, and all its programs are known."""
    platform = deployment.platform
    unread = any(process.unknowns or not process.steps for process in deployment.processes)
    return platform is not None and platform.runs_release and not unread


@rule("migrate-on-boot")
def migrate_on_boot(deployment: Deployment) -> Iterator[Finding]:
    """A web process upgrades the database before it serves; a worker likewise."""
    seen: set[object] = set()
    for run in deployment.migrations.runs if deployment.migrations else ():
        at = run.step.origin.span
        if run.where not in ("boot", "worker") or at is None or _what(run, at) in seen:
            continue
        seen.add(_what(run, at))
        process = next((each for each in deployment.processes if each.name == run.process), None)
        yield Finding(
            _on_boot(run, process),
            at=at,
            because=(*run.step.trail, *run.trail),
            severity=_boot_severity(run, process),
            confidence=Confidence.HIGH if run.sure else Confidence.MEDIUM,
            instead=release_step(deployment, _repeatable(run.step)),
            label="runs at every start of every instance",
        )


def _on_boot(run: MigrationRun, process: Process | None) -> str:
    does = "creates the tables" if run.kind == "create_all" else "migrates the database"
    when = "each time it starts" if process is None or process.once else "on every instance"
    start = f"`{run.process}` runs `{_command(run)}`, which {does}, {when}"
    instances = process.instances.value if process is not None else 1
    if isinstance(instances, int) and instances > 1:
        return f"{start}: {_its(process)} do so at the same time, and all but one may fail"
    return start


def _its(process: Process | None) -> str:
    """ "its 3 instances" or, of an autoscaler's most, "up to 3 instances"."""
    if process is None:
        return "its instances"
    return several(process) if at_most(process) else f"its {several(process)}"


def _boot_severity(run: MigrationRun, process: Process | None) -> Severity | None:
    if run.kind == "create_all":
        return Severity.NOTE
    instances = process.instances.value if process is not None else 1
    return Severity.ERROR if isinstance(instances, int) and instances > 1 else None


@rule("migrate-on-import")
def migrate_on_import(deployment: Deployment) -> Iterator[Finding]:
    """Loading the app upgrades the database, or creates or drops its tables."""
    seen: set[Span] = set()
    for process, reached in _reached(deployment):
        at = reached.at.span
        if at is None or at in seen:
            continue
        seen.add(at)
        finding = Finding(
            _on_import(process, reached),
            at=at,
            because=reached.trail or process.trail,
            severity=_import_severity(process, reached),
            confidence=Confidence.HIGH if reached.sure else Confidence.MEDIUM,
            instead=_out_of_import(deployment, process, reached),
            label=_when(process, reached),
        )
        workers = process.server.workers if process.server is not None else None
        # Tables that one process creates harm nobody: how many do so is then what the finding rests on.
        yield careful_of_workers(finding, deployment, workers) if reached.kind == "create_all" else finding


_DOES = {
    "upgrade": "upgrades the database",
    "create_all": "creates the tables",
    "drop_all": "drops the tables, with all that is in them",
}


def _on_import(process: Process, reached: Reached) -> str:
    if reached.hook in GUNICORN_HOOKS:
        often = "each time it starts" if reached.hook in _ONCE else "for each worker that it starts"
        return f"Gunicorn's hook {reached.hook} {_DOES[reached.kind]}, {often}"
    if reached.hook:
        when = "The first request that a worker gets" if "first" in reached.hook else "Every request"
        return f"{when} {_DOES[reached.kind]}"
    workers = process.server.workers.value if process.server and process.server.workers else None
    if _is_alone(process):
        return f"Loading the app {_DOES[reached.kind]}: the process does so each time it starts"
    each = f"each of the {workers} workers" if isinstance(workers, int) and workers > 1 else "each worker"
    return f"Loading the app {_DOES[reached.kind]}: {each} does so when it starts"


def _out_of_import(deployment: Deployment, process: Process, reached: Reached) -> str | None:
    """Where what loading the app does belongs: in a release step, as the project's tool or a command of its own."""
    if reached.kind == "drop_all":
        return "Take this call out of what production loads."
    if reached.kind == "upgrade" or upgrade_command(deployment):
        return release_step(deployment)
    command = '@app.cli.command("create-tables")\ndef create_tables():\n    db.create_all()'
    target = process.server.target if process.server is not None else None
    named = f"--app {target.module} " if target is not None and target.module not in ("app", "wsgi") else ""
    step = release_step(deployment, f"flask {named}create-tables")
    return f"{command}\n\n# once for each release:\n{step}" if step is not None else command


def _when(process: Process, reached: Reached) -> str:
    if reached.hook in GUNICORN_HOOKS:
        return "at every start of every instance" if reached.hook in _ONCE else "every worker does it at once"
    if reached.hook:
        return "a visitor waits for it"
    return "at every start" if _is_alone(process) else "every worker does it at once"


def _import_severity(process: Process, reached: Reached) -> Severity | None:
    """Of tables that are only created, an error is made by several processes that do it at the same time.

    What Gunicorn does once when it starts is done by each instance, as by a command before the server.
    """
    if reached.hook in _ONCE:
        instances = process.instances.value
        return None if isinstance(instances, int) and instances > 1 else Severity.WARNING
    alone = _is_alone(process) and (not reached.hook or reached.hook in GUNICORN_HOOKS)
    return Severity.WARNING if reached.kind == "create_all" and (alone or _only_sqlite(process)) else None


def _is_alone(process: Process) -> bool:
    """Whether one process loads the app: one worker, or the development server, in one instance as far as is known."""
    server = process.server
    workers = server.workers.value if server is not None and server.workers is not None else None
    one = server is not None and (server.is_dev_server or (workers == 1 and workers is not True))
    return one and not (isinstance(process.instances.value, int) and process.instances.value > 1)


def _only_sqlite(process: Process) -> bool:
    engines = process.app.engines if process.app else []
    return bool(engines) and all(engine.dialect == "sqlite" for engine in engines)


def _reached(deployment: Deployment) -> Iterator[tuple[Process, Reached]]:
    """What loading the app does to the schema, for each web process of production."""
    for process in deployment.web_processes:
        for reached in process.app.reached if process.app and process.environment == "production" else ():
            if reached.kind in _DOES:
                yield process, reached


@rule("autogenerate-in-production")
def autogenerate_in_production(deployment: Deployment) -> Iterator[Finding]:
    """A command of the deployment writes migrations instead of running them."""
    seen: set[object] = set()
    for run in deployment.migrations.autogenerates if deployment.migrations else ():
        at = run.step.origin.span
        what = at if at is None or run.step.sure else (at.path, _writing(run))
        if at is None or what in seen:
            continue
        seen.add(what)
        yield Finding(
            f"`{_command(run)}` {_writes(run)}",
            at=at,
            because=(*run.step.trail, *run.trail),
            confidence=Confidence.HIGH if run.sure else Confidence.MEDIUM,
            instead=upgrade_command(deployment) or None,
            label="writes a migration, and runs none",
        )


def _writing(run: MigrationRun) -> str:
    """The subcommand that writes: branches of one condition that differ in their messages have one cause."""
    words = [word for word in run.step.argv if isinstance(word, str)]
    return next((word for word in ("stamp", "init", "migrate", "revision") if word in words), "")


def _writes(run: MigrationRun) -> str:
    writing = _writing(run)
    when = {"release": "at each release", "build": "while the image is built"}.get(run.where, "at each start")
    if writing == "stamp":
        return f"says {when} that the migrations have run, without running them"
    if writing == "init":
        return f"makes a new migrations folder {when}, which fails where there is one"
    return f"writes a new migration {when}, which nobody has read and the next release has lost"


# Words


def _what(run: MigrationRun, at: Span) -> object:
    """What makes two runs one: their place, or for the branches of a condition the same command in the same file."""
    return at if run.step.sure else (at.path, _command(run))


def _command(run: MigrationRun) -> str:
    """The command of a run on one line, no longer than a line bears."""
    text = " ".join(_without_substitutions(run.step).split())
    return text if len(text) <= 60 else f"{text[:57]}…"


def _without_substitutions(step: Step) -> str:
    """The step's text, with dots where another command decides a word."""
    text = step.text
    for word, raw in zip(step.argv, step.raw, strict=False):
        if isinstance(word, Unknown) and "$(" in raw:
            text = text.replace("'" + raw.replace("'", "'\\''") + "'", "…").replace(raw, "…")
    return text


def _repeatable(step: Step) -> str:
    """The step's text, if it can stand in another file as it is; empty otherwise."""
    text = _without_substitutions(step)
    return text if "\n" not in text and "…" not in text else ""


def _count(number: int) -> str:
    return "1 migration" if number == 1 else f"{number} migrations"


# The checklist


@evidence("migrations")
def evidence_of(deployment: Deployment) -> Evidence:
    """Which step runs the migrations, once and before the new code."""
    found = deployment.migrations
    if found is None or (not found.count and not found.runs):
        return Evidence(not_applicable="the project has no migrations")
    runs = [run for run in found.runs if run.kind == "upgrade" and run.effective]
    release = [run for run in runs if run.where in _RELEASE]
    sure = [run for run in release if run.sure]
    if sure:
        places = tuple(Place(run.step.origin.span, f"`{_command(run)}` runs the migrations") for run in sure)
        return Evidence("run once, before the new release takes over", places)
    if release:
        if not release[0].step.sure:
            return Evidence(unknown=f"`{_command(release[0])}` runs under a condition that is known only when it runs")
        return Evidence(unknown=f"whether `{_command(release[0])}` runs the migrations is not known here")
    if found.elsewhere is not None and found.elsewhere.note == BY_HAND:
        return Evidence(unknown=f"{found.elsewhere.path} runs them, when somebody starts it")
    if found.elsewhere is not None:
        return Evidence(f"run by {found.elsewhere.path}", (found.elsewhere,))
    if not found.count:
        return Evidence(not_applicable="the project has no migrations")
    if not _is_for_app(deployment):
        return Evidence(unknown="whether this deployment runs the app that the migrations are for is not known here")
    return Evidence(unknown="what runs the migrations was not found")
