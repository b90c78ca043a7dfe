"""Which Dockerfiles build an image that can run the Flask app, and from which folder they are built."""

from __future__ import annotations

import fnmatch
import posixpath
import re
from collections.abc import Iterator, Mapping

from flaskprod_lint.inputs import dockerfile
from flaskprod_lint.inputs.dockerfile import Dockerfile, Instruction, Stage
from flaskprod_lint.model import Image, Setting
from flaskprod_lint.patterns import regex
from flaskprod_lint.records import dataclass
from flaskprod_lint.resolve.context import Context
from flaskprod_lint.resolve.tree import Tree
from flaskprod_lint.source import Project

_PYTHON_BASE = regex(
    r"python|conda|mamba|pypy|uwsgi|gunicorn|flask|poetry|(^|/)uv[:@]|astral-sh/uv|jupyter|django|tiangolo"
)
_OTHER_BASE = regex(
    r"^(docker\.io/|library/|registry\.access\.redhat\.com/)*"
    r"(node|nginx|nginxinc/\S+|httpd|caddy|traefik|haproxy|postgres|postgis/\S+|mysql|mariadb|redis|mongo|rabbitmq|elasticsearch"
    r"|golang|rust|ruby|php|openjdk|eclipse-temurin|maven|gradle|amazoncorretto|mcr\.microsoft\.com/dotnet/\S+|bun|oven/bun"
    r"|denoland/\S+|grafana/\S+|prom/\S+|hasura/\S+|keycloak/\S+|minio/\S+|selenium/\S+|cypress/\S+)([:@]|$)"
)
_PYTHON_WORK = regex(
    r"\bpip[0-9.]*\s+(--\S+\s+)*install|\b(poetry|pipenv|pdm|uv|conda|mamba)\s+(install|sync|pip|add|env|run)"
    r"|gunicorn|uwsgi|\bflask\b|waitress|uvicorn|hypercorn|\bcelery\b|\bpython[0-9.]*\s+\S+\.py|\bpython[0-9.]*\s+-m\b"
)
_FLASK = regex(r"\bflask\b", re.IGNORECASE)
_STARTS = frozenset(("RUN", "CMD", "ENTRYPOINT"))


@dataclass(frozen=True)
class Built:
    """An image with the file system of its shipped stage and the folder it is built from."""

    image: Image
    tree: Tree
    context: str


def build(
    project: Project,
    path: str,
    *,
    context: str | None = None,
    target: str | None = None,
    arguments: Mapping[str, Setting] | None = None,
    uploaded: bool = False,
) -> Built | None:
    """The image of a Dockerfile; None when the file is not there or has no stage.

    `uploaded` says that gcloud uploads the folder first, without what .gcloudignore names.
    """
    from flaskprod_lint.resolve import image

    facts = project.facts(path, dockerfile.read)
    if facts is None or not facts.stages:
        for problem in facts.problems if facts is not None else ():
            if problem.place.span is not None:
                project.note(problem)
        return None
    folder = context if context is not None else context_of(project, facts)
    found = image.build(
        project, path, context_folder=folder, target=target, build_args=arguments or {}, uploaded=uploaded
    )
    return Built(*found, folder) if found is not None else None


def context_for(built: Built, project: Project) -> Context:
    """Where a process of that image runs, before anything else sets variables or mounts files."""
    image = built.image
    return Context(
        project,
        built.tree,
        cwd=image.workdir or "/",
        variables=dict(image.variables),
        shell=image.shell,
        packages=image.packages,
        image=image,
        python=_version(image.python),
    )


def _version(python: Setting | None) -> tuple[int, int] | None:
    match = re.match(r"(\d{1,9})\.(\d{1,9})", python.value) if python and isinstance(python.value, str) else None
    return (int(match[1]), int(match[2])) if match else None


def shipped_name(project: Project, path: str) -> str | None:
    """The name of the stage that a Dockerfile ships."""
    from flaskprod_lint.resolve import image

    facts = project.facts(path, dockerfile.read)
    stage = image.shipped_stage(facts) if facts is not None else None
    return stage.name if stage is not None else None


# Which images matter


def can_run_python(facts: Dockerfile, target: str | None = None) -> bool | None:
    """Whether the image that a Dockerfile ships has Python in it; None when its base says nothing either way."""
    from flaskprod_lint.resolve import image

    shipped = image.shipped_stage(facts, target)
    if shipped is None:
        return False
    chain = list(_chain(facts, shipped))
    base = chain[-1].reference.value.lower()
    if any(_PYTHON_BASE.search(stage.reference.value.lower()) for stage in chain):
        return True
    if any(_PYTHON_WORK.search(instruction.value) for instruction in _instructions(chain, _STARTS)):
        return True
    return False if _OTHER_BASE.search(base) else None


def runs_python(project: Project, path: str, target: str | None = None) -> bool | None:
    """The same of a Dockerfile's path; False for one that cannot be read."""
    facts = project.facts(path, dockerfile.read)
    return can_run_python(facts, target) if facts is not None and facts.stages else False


def starts_something(project: Project, path: str) -> bool:
    """Whether the image of a Dockerfile has a CMD or an ENTRYPOINT of its own."""
    from flaskprod_lint.resolve import image

    facts = project.facts(path, dockerfile.read)
    shipped = image.shipped_stage(facts) if facts is not None else None
    if facts is None or shipped is None:
        return False
    return any(_instructions(list(_chain(facts, shipped)), frozenset(("CMD", "ENTRYPOINT"))))


def _chain(facts: Dockerfile, stage: Stage) -> Iterator[Stage]:
    """A stage and the stages of the same file that it is built on."""
    below: Stage | None = stage
    while below is not None:
        yield below
        name = below.reference.value.lower()
        below = next((earlier for earlier in facts.stages[: below.index] if earlier.name == name), None)


def _instructions(stages: list[Stage], keywords: frozenset[str]) -> Iterator[Instruction]:
    return (found for stage in stages for found in stage.instructions if found.keyword in keywords)


def mentions_flask(project: Project, folder: str) -> bool:
    """Whether a Python file or a list of requirements in a folder names Flask."""
    listed = {
        path for name in ("requirements", "pyproject", "pipfile", "setup-cfg") for path in project.of_format(name)
    }
    for path in project.below(folder):
        if path in listed or path.endswith((".py", "environment.yml")):
            source = project.read(path)
            if source is not None and _FLASK.search(source.text):
                return True
    return False


# Where an image is built from


def context_at(project: Project, path: str) -> str:
    """The folder that the Dockerfile at a path is built from when nothing says so."""
    facts = project.facts(path, dockerfile.read)
    return context_of(project, facts) if facts is not None else posixpath.dirname(path)


def context_of(project: Project, facts: Dockerfile) -> str:
    """The folder that a Dockerfile is built from if nothing says so: its own, or the one above with its sources."""
    own = posixpath.dirname(facts.path)
    candidates = [own]
    while candidates[-1]:
        candidates.append(posixpath.dirname(candidates[-1]))
    sources = list(_sources(facts))
    if len(candidates) == 1 or not sources:
        return own
    return max(candidates, key=lambda folder: (_score(project, folder, sources), -candidates.index(folder)))


def _sources(facts: Dockerfile) -> Iterator[str]:
    """What COPY and ADD bring in from the build's folder."""
    for stage in facts.stages:
        for found in stage.instructions:
            if found.keyword in ("COPY", "ADD") and found.flag("from") is None:
                for word in found.words[:-1] if len(found.words) > 1 else ():
                    if "$" not in word.value and "://" not in word.value and not word.value.startswith("<<"):
                        yield word.value.strip("\"'[],")


def _score(project: Project, folder: str, sources: list[str]) -> int:
    return sum(_stands_in(project, folder, source) for source in sources)


def _stands_in(project: Project, folder: str, source: str) -> bool:
    path = posixpath.normpath(posixpath.join(folder, source.lstrip("/"))) if source.strip("./") else folder
    if path == folder:
        return any(name.endswith(".py") for name in project.below(folder))
    if "*" in path or "?" in path or "[" in path:
        return any(fnmatch.fnmatchcase(name, path) for name in project.below(posixpath.dirname(folder)))
    return path in project or project.is_folder(path)
