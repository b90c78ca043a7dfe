"""Migrations that are run in the wrong place, are not where they are run, or do not hang together."""

from __future__ import annotations

from collections.abc import Iterator

from flaskprod_lint.finding import Confidence, Finding
from flaskprod_lint.model import Deployment, MigrationRun, Migrations
from flaskprod_lint.rules import rule
from flaskprod_lint.rules.platform_facts import careful
from flaskprod_lint.rules.release_steps import release_step
from flaskprod_lint.source import Place, Span


@rule("migrate-in-build")
def migrate_in_build(deployment: Deployment) -> Iterator[Finding]:
    """The migrations run while the image or the slug is built."""
    seen: set[Span] = set()
    for run in deployment.migrations.runs if deployment.migrations else ():
        at = run.step.origin.span
        if run.where != "build" or run.kind != "upgrade" or not run.effective or at is None or at in seen:
            continue
        seen.add(at)
        what = "image is built" if deployment.image is not None else "app is built"
        yield Finding(
            f"`{_command(run)}` migrates the database while the {what}: the schema changes before the new code runs, "
            "or the build fails because there is no database",
            at=at,
            because=(*run.step.trail, *run.trail),
            confidence=Confidence.HIGH if run.sure else Confidence.MEDIUM,
            instead=release_step(deployment, _command(run)),
            label="a build is no release",
        )


@rule("migrations-not-shipped")
def migrations_not_shipped(deployment: Deployment) -> Iterator[Finding]:
    """A command runs the migrations where they are not."""
    found = deployment.migrations
    cause = next(iter(found.left_out), None) if found is not None else None
    if found is None or cause is None or cause.span is None:
        return
    command = next((place for place in found.left_out[1:]), Place(None))
    where = "the image" if deployment.image is not None else "what is deployed"
    finding = Finding(
        f"The migrations are not in {where}: {_why(cause)}, and {command.note} all the same",
        at=cause.span,
        because=tuple(place for place in (*found.left_out[1:], found.folder) if place is not None),
        confidence=Confidence.HIGH if found.left_out_sure else Confidence.MEDIUM,
        instead=_shipped(cause, found),
        label="the migrations stay behind",
    )
    # That the release line of a Procfile is run at all is the platform's doing.
    by_procfile = any(place.path.rpartition("/")[2] == "Procfile" for place in found.left_out[1:])
    yield careful(finding, deployment.platform, "release.procfile") if by_procfile else finding


def _why(cause: Place) -> str:
    return cause.note if cause.note.startswith("no COPY") else f"{cause.path} {cause.note}"


def _shipped(cause: Place, found: Migrations) -> str | None:
    if cause.note.startswith("no COPY") and found.folder is not None:
        folder = found.folder.path.rpartition("/")[0]
        return f"COPY {folder}/ {folder}/"
    return f"Take this line out of {cause.path}"


@rule("migration-heads")
def migration_heads(deployment: Deployment) -> Iterator[Finding]:
    """A graph of revisions that `upgrade` refuses: two ends, or a revision that follows one which is not there."""
    found = deployment.migrations
    if found is None or not any(app.engines for app in deployment.apps):
        return
    confidence = Confidence.HIGH if found.graph_sure else Confidence.MEDIUM
    heads = [place for place in found.heads if place.span is not None and not found.missing]
    if heads and heads[-1].span is not None:
        names = [place.note.removeprefix("head ") for place in heads]
        yield Finding(
            f"The migrations have {len(heads)} heads ({', '.join(names[:4])}): `upgrade` does not know which to go to, "
            "and stops",
            at=heads[-1].span,
            because=tuple(heads[:-1][:4]),
            confidence=confidence,
            instead=f"{'alembic' if found.tool == 'alembic' else 'flask db'} merge {' '.join(names[:4])}",
            label="two migrations follow the same one",
        )
    for place in found.missing:
        if place.span is not None:
            yield Finding(
                f"This migration follows {place.note}, which is in no file: every command of Alembic stops here",
                at=place.span,
                confidence=confidence,
                instead=f"git log --all --diff-filter=D --name-only -S {place.note}",
                label="the revision before it is missing",
            )


def _command(run: MigrationRun) -> str:
    text = " ".join(run.step.text.split())
    return text if len(text) <= 60 else f"{text[:57]}…"
