"""Where a CI workflow runs the migrations when it deploys: not where it tests them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from flaskprod_lint.inputs import workflows
from flaskprod_lint.inputs.workflows import Workflow, WorkflowJob, WorkflowStep
from flaskprod_lint.patterns import regex
from flaskprod_lint.source import Located, Place, Project, Source, Span

_READERS = (("github-workflow", workflows.read_github), ("gitlab-ci", workflows.read_gitlab))
#: The command itself, on one line or as a list of words.
_UPGRADE = regex(
    r"\b(?:flask|manage\.py)\b[^#|;&]{0,80}?\bdb[\"',\s-]+upgrade\b|\balembic\b[^#|;&]{0,80}?[\"'\s,-]upgrade\b"
)
_NAME = r"[\w./-]*(?:migrat|db-upgrade|upgrade-db|db_upgrade|alembic)[\w./-]*"
#: What starts something that has it in its name: a job of Cloud Run or Kubernetes, a target of make, a service.
_STARTS = regex(
    rf"\bgcloud\b.*\bjobs\s+execute\s+{_NAME}|\bkubectl\s+(?:apply|create|replace)\b.*\s{_NAME}"
    rf"|\bdocker[ -]compose\b.*\s(?:run|up)\b.*\s{_NAME}|\b(?:make|just|task|inv|invoke)\s+{_NAME}",
    re.IGNORECASE,
)
#: What reaches another machine: what it says happens there, whatever else the job does.
_REMOTE = regex(r"\b(ssh|heroku|flyctl|fly|kubectl|gcloud|aws|oc|railway|scalingo|dokku|ansible\S*)\b")
_TESTS = regex(r"\b(pytest|tox|nox|unittest|coverage)\b|\blocalhost\b|127\.0\.0\.1|sqlite://")
#: A line that only speaks of it, after the key that it may stand behind.
_SAYS = regex(r"\s*(- )?(\w+:\s*)?[\"']?(#|echo\b|printf\b)")
#: Inputs of actions that hold commands.
_COMMANDS = ("script", "command", "commands", "run", "args", "arguments", "inlinescript")


def find(project: Project) -> Place | None:
    """The first step of a deploying job that upgrades the database."""
    for name, reader in _READERS:
        for path in project.of_format(name):
            workflow, source = project.facts(path, reader), project.read(path)
            if workflow is None or source is None or workflow.only_tests:
                continue
            place = next((place for job in workflow.jobs for place in _of_job(workflow, job, source)), None)
            if place is not None:
                return place
    return None


def _of_job(workflow: Workflow, job: WorkflowJob, source: Source) -> Iterator[Place]:
    if job.has_services and not workflow.path.endswith(".gitlab-ci.yml"):
        return
    tests = any(_TESTS.search(text.value) for step in job.steps for text in _texts(step))
    tests = tests or any(_TESTS.search(value) for _, value in workflow.variables)
    for step in job.steps:
        for text in _texts(step):
            remote = _REMOTE.search(text.value) or _REMOTE.search(step.uses.value if step.uses is not None else "")
            line = _line(text, source)
            if line is not None and (remote or not tests):
                yield Place(line, "runs the migrations")


def _texts(step: WorkflowStep) -> Iterator[Located[str]]:
    """The texts of a step that are commands."""
    if step.run is not None:
        yield step.run
    for name, value in step.inputs:
        if name.lower() in _COMMANDS:
            yield value


def _line(text: Located[str], source: Source) -> Span | None:
    """The line of the file that upgrades the database."""
    for number in range(text.span.line, text.span.end_line + 1):
        line = source.line(number)
        if not _SAYS.match(line) and (_UPGRADE.search(line) or _STARTS.search(line)):
            return source.line_span(number)
    return None
