"""Where a project runs its migrations outside what a deployment starts: CI, deploy scripts, jobs and playbooks."""

from __future__ import annotations

import re
from collections.abc import Iterator

from flaskprod_lint.model.database import BY_HAND
from flaskprod_lint.patterns import regex
from flaskprod_lint.resolve.database import ci_upgrades
from flaskprod_lint.source import Place, Project, Source

#: The command on one line, as a JSON list, or as a YAML list of words.
_UPGRADE = regex(
    r"\b(?:flask|manage\.py)\b[^#|;&]{0,80}?\bdb[\"',\s-]+upgrade\b|\balembic\b[^#|;&]{0,80}?[\"'\s-]upgrade\b"
)
#: Files of CI services, of Elastic Beanstalk's hooks, and any YAML: jobs of Kubernetes, charts, playbooks.
_FILE = regex(r"(^|/)(Jenkinsfile|\.ebextensions/[^/]+\.config|\.platform/hooks/.+|\.kamal/hooks/.+|[^/]+\.ya?ml)$")
#: YAML that is read as a deployment of its own, or as a workflow.
_READ = ("compose", "render", "heroku-yml", "digitalocean", "koyeb", "github-workflow", "gitlab-ci")
_DEPLOYS = regex(
    r"(^|[_.-])(deploy|release|migrate|migration|migrations|upgrade|pre_?deploy|post_?deploy|post_compile|fabfile)",
    re.IGNORECASE,
)
_ASIDE = regex(
    r"(^|[/_.-])(tests?|local|dev|develop|development|docs?|examples?|new|create|make)([/_.-]|$)", re.IGNORECASE
)
#: A job that tests, or that brings its own database, is no deployment.
_TESTS = regex(r"\b(pytest|tox|nox|unittest|coverage)\b|^\s+services:|\blocalhost\b", re.MULTILINE)
#: A script that also writes revisions or goes back is a developer's.
_WRITES = regex(r"\bdb\s+(migrate|downgrade|revision)\b|\balembic\b[^\n]*\b(revision|downgrade)\b")
#: A project with more such files than this is not read to the end for them.
_MOST = 400
#: What reaches into a container, or into an instance of a platform.
_INTO = regex(r"\bdocker[- ]compose\b.*\s(exec|run)\s|\bkubectl\b.*\sexec\s|\b(heroku|scalingo|dokku)\b.*\srun\b")
_QUIET = regex(r"\s*(#|echo\b|printf\b)")
_TARGET = regex(r"([\w./-]+)\s*:(?!=)")
_FOR_PRODUCTION = regex(r"(^|[\s_./-])(deploy|release|prod|production)([\s_./-]|$)", re.IGNORECASE)
_JOB = regex(r"^(?:  )?[\w-]+:", re.MULTILINE)


def find(project: Project, own_files: set[str]) -> Place | None:
    """The first place outside the deployment's own files that upgrades the database when the project is deployed."""
    of_workflow = ci_upgrades.find(project)
    if of_workflow is not None:
        return of_workflow
    for path in (*_ci_files(project), *_scripts(project)):
        source = project.read(path) if path not in own_files else None
        place = _mention(source) if source is not None else None
        if place is not None:
            return place
    by_hand = next(filter(None, map(_into_container, _other_scripts(project, own_files))), None)
    if by_hand is not None:
        return by_hand
    makefiles = (project.read(path) for path in project.of_format("makefile") if not _ASIDE.search(path))
    return next(filter(None, (_of_makefile(source) for source in makefiles if source is not None)), None)


def _of_makefile(source: Source) -> Place | None:
    """The line of a target that is for production or for a release: `prod-migrate: docker compose exec …`."""
    target = ""
    for number, line in enumerate(source.lines, 1):
        header = _TARGET.match(line)
        target = header[1] if header is not None else target
        if _UPGRADE.search(line) and not line.lstrip().startswith("#") and _FOR_PRODUCTION.search(f"{target} {line}"):
            return Place(source.line_span(number), "runs the migrations")
    return None


def _other_scripts(project: Project, own_files: set[str]) -> Iterator[Source]:
    """Scripts of whatever name, unless it is for development or tests."""
    for path in project.of_format("shell"):
        source = project.read(path) if path not in own_files and not _ASIDE.search(path) else None
        if source is not None and not _WRITES.search(source.text):
            yield source


def _into_container(source: Source) -> Place | None:
    """The line by which a person upgrades the database of a container that runs: `docker compose exec web flask …`."""
    for number, line in enumerate(source.lines, 1):
        if _INTO.search(line) and _UPGRADE.search(line) and not _QUIET.match(line):
            return Place(source.line_span(number), BY_HAND)
    return None


def _ci_files(project: Project) -> list[str]:
    read = {path for name in _READ for path in project.of_format(name)}
    return [path for path in project.paths if _FILE.search(path) and path not in read and not _ASIDE.search(path)][
        :_MOST
    ]


def _scripts(project: Project) -> Iterator[str]:
    """Scripts whose name says that they deploy or migrate; of Python those only that start other programs."""
    hooks = [path for path in project.paths if path in ("bin/post_compile", "hooks/post_deploy")]
    for path in (*hooks, *project.of_format("shell"), *project.of_format("python")):
        if not _DEPLOYS.search(path.rpartition("/")[2]) or _ASIDE.search(path):
            continue
        source = project.read(path)
        if source is None or _WRITES.search(source.text):
            continue
        if path.endswith(".py") and not re.search(r"subprocess|fabric|invoke|docker ", source.text):
            continue
        yield path


def _mention(source: Source) -> Place | None:
    for match in _UPGRADE.finditer(source.text):
        line = source.line(source.position(match.start())[0])
        if line.lstrip().startswith(("#", "- name:", "name:", "echo", "print")):
            continue
        if not source.path.endswith((".sh", ".bash", ".py", "post_compile")) and _TESTS.search(
            _job(source.text, match.start())
        ):
            continue
        return Place(source.line_span(source.position(match.start())[0]), "runs the migrations")
    return None


def _job(text: str, offset: int) -> str:
    """The job of a CI file that holds this offset: from its key, indented by two at most, to the next."""
    starts = [match.start() for match in _JOB.finditer(text)]
    start = max((each for each in starts if each <= offset), default=0)
    end = min((each for each in starts if each > offset), default=len(text))
    return text[start:end]
