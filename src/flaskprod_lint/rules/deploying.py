"""Whether anything is started at all, and whether two files say different things about it."""

from __future__ import annotations

from collections.abc import Iterator

from flaskprod_lint.finding import Confidence, Finding, Severity
from flaskprod_lint.model import Conflict, Deployment
from flaskprod_lint.rules import rule
from flaskprod_lint.source import Place


@rule("no-web-process")
def no_web_process(deployment: Deployment) -> Iterator[Finding]:
    """An image or manifest that starts nothing which could answer requests."""
    missing = deployment.web_missing
    if missing is None or missing.span is None:
        return
    origin = deployment.origin
    yield Finding(
        f"Nothing starts a web process: {missing.note}",
        at=missing.span,
        because=(origin,) if origin.span is not None and origin.span.path != missing.span.path else (),
        instead=_instead(deployment),
        label="nothing answers requests",
    )


def _instead(deployment: Deployment) -> str | None:
    """A line that starts Gunicorn, in the words of the file."""
    name = deployment.web_missing.path.rpartition("/")[2].lower() if deployment.web_missing else ""
    if name.startswith("procfile"):
        return "web: gunicorn app:app"
    if deployment.platform is not None and deployment.platform.id == "beanstalk":
        return "option_settings:\n  aws:elasticbeanstalk:container:python:\n    WSGIPath: app:app"
    if name == "heroku.yml":
        return "run:\n  web: gunicorn app:app"
    if name.endswith((".yml", ".yaml")):
        return "command: gunicorn app:app"
    return None


@rule("start-command-conflict")
def start_command_conflict(deployment: Deployment) -> Iterator[Finding]:
    """Two files that the same platform reads start the web process in different ways."""
    if any(process.server is not None and process.server.is_dev_server for process in deployment.web_processes):
        return
    for conflict in deployment.conflicts:
        if conflict.loser.origin.span is not None and not _same_in_the_end(deployment, conflict):
            yield _conflict(conflict)


def _same_in_the_end(deployment: Deployment, conflict: Conflict) -> bool:
    """Whether the command that runs comes down to the other one, by way of a script."""
    steps = [process.main_step for process in deployment.web_processes if process.command == conflict.winner]
    words = sorted(word for word in conflict.loser.text.split() if word != "exec")
    return any(step is not None and sorted(step.text.split()) == words for step in steps)


def _conflict(conflict: Conflict) -> Finding:
    winner, loser = conflict.winner, conflict.loser
    span = loser.origin.span
    assert span is not None
    return Finding(
        f"{span.path} and {winner.origin.path or 'the platform'} start the web process differently: {conflict.reason}",
        at=span,
        because=(Place(winner.origin.span, f"this one runs: {winner.text}"),),
        confidence=Confidence.HIGH,
        instead=f"Let {span.path} say the same, or take the command out of it: {winner.text}",
        label="never runs",
    )


@rule("manifest-unreadable")
def manifest_unreadable(deployment: Deployment) -> Iterator[Finding]:
    """A file that deploys and that could not be read, whatever else deploys as well."""
    for problem in deployment.unread:
        at = problem.place.span
        if at is not None:
            whole = f"{at.path} says how the project is deployed, and nothing of it could be judged"
            yield Finding(
                f"{problem.effect or whole}: {problem.message}",
                at=at,
                confidence=Confidence.MEDIUM,
                severity=Severity.WARNING if problem.slight else None,
                label="says nothing" if problem.slight else "refused here" if problem.effect else "not read from here",
            )
