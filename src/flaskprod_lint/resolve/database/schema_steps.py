"""What one program of a deployment does to the database's schema: upgrades it, creates tables, writes revisions."""

from __future__ import annotations

import posixpath
from collections.abc import Sequence

from flaskprod_lint.model import Packages, Step
from flaskprod_lint.records import dataclass
from flaskprod_lint.resolve.database import upgrades
from flaskprod_lint.resolve.database.upgrades import Upgrade
from flaskprod_lint.source import Place, Project

#: Programs whose own `upgrade` or `migrate` has nothing to do with a database.
_UNRELATED = frozenset(
    "apt apt-get aptitude apk yum dnf microdnf zypper pip pip3 uv poetry pipenv pdm conda mamba npm yarn pnpm npx git "
    "brew gem cargo echo printf rm cp mv mkdir chmod chown cat sed grep curl wget tar ln test [ cd set export sleep "
    "celery rq gunicorn uvicorn uwsgi waitress-serve nginx supervisord psql pg_dump mysql redis-cli nc node "
    "pg_isready exit true false source . exec wait trap find xargs touch useradd adduser groupadd env".split()
)
_WRITES = ("migrate", "init", "stamp")
_SERVES = ("run", "runserver", "shell", "routes", "run-server", "serve", "start")


@dataclass(frozen=True)
class Effect:
    """`kind` is "upgrade", "create_all" or "autogenerate"; `sure` is False for a guess by the command's words."""

    kind: str
    sure: bool = True
    trail: tuple[Place, ...] = ()


def effect_of(step: Step, project: Project, packages: Packages) -> Effect | None:
    """What a step does to the schema; None when it does nothing to it, as far as can be seen."""
    words = [word if isinstance(word, str) else "" for word in step.argv]
    program = step.program
    if not words or program in _UNRELATED:
        return None
    if program.startswith("python") or program.endswith(".py"):
        return _of_python(words if program.startswith("python") else ["python", *words], step, project, packages)
    if program == "flask":
        return _of_flask(_without_options(words[1:]), words, step, project, packages)
    if program == "alembic":
        return _of_alembic(words)
    return _of_other(words, step, project)


def _of_python(words: Sequence[str], step: Step, project: Project, packages: Packages) -> Effect | None:
    """`python -m flask …`, `python -c "…"`, `python manage.py db upgrade`, `python migrate.py`."""
    rest = _after_switches(words[1:])
    if rest[:1] == ["-c"]:
        kind = upgrades.of_text(rest[1]) if len(rest) > 1 else None
        return Effect(kind) if kind else None
    if rest[:1] == ["-m"] and len(rest) > 1:
        if rest[1] == "flask":
            return _of_flask(_without_options(rest[2:]), words, step, project, packages)
        if rest[1] in ("alembic", "alembic.config"):
            return _of_alembic(rest[1:])
        name = rest[1].replace(".", "/")
        return _of_file((f"{name}.py", f"{name}/__main__.py"), rest[2:], step, project, packages)
    return _of_file(rest[:1], rest[1:], step, project, packages) if rest else None


def _of_file(
    names: Sequence[str], arguments: Sequence[str], step: Step, project: Project, packages: Packages
) -> Effect | None:
    """A script of the project with its arguments; `db upgrade` is Flask-Migrate's, whatever the script."""
    words = _without_options(arguments)
    if words[:1] == ["db"]:
        return _of_db(words[1:], arguments, packages)
    if words[:1] and words[0] in _SERVES:
        return None
    path = next((found for name in names if (found := _locate(name, step, project))), None)
    return _effect(upgrades.of_script(project, path, words)) if path else None


def _of_flask(
    words: Sequence[str], all_words: Sequence[str], step: Step, project: Project, packages: Packages
) -> Effect | None:
    if not words or words[0] in _SERVES:
        return None
    if words[0] == "db":
        return _of_db(words[1:], all_words, packages)
    return _effect(upgrades.of_command(project, words))


def _of_db(words: Sequence[str], all_words: Sequence[str], packages: Packages) -> Effect | None:
    """Flask-Migrate's commands; with Flask-DB instead, `flask db migrate` upgrades."""
    command = words[0] if words else ""
    flask_db = packages.find("flask-db") is not None and packages.find("flask-migrate") is None
    if command == "upgrade" or (flask_db and command == "migrate"):
        return Effect("upgrade")
    if not flask_db and command in _WRITES:
        return Effect("autogenerate")
    if command == "revision" and "--autogenerate" in all_words:
        return Effect("autogenerate")
    return None


def _of_alembic(words: Sequence[str]) -> Effect | None:
    if "upgrade" in words:
        return Effect("upgrade")
    return Effect("autogenerate") if "revision" in words and "--autogenerate" in words else None


def _of_other(words: Sequence[str], step: Step, project: Project) -> Effect | None:
    """Another program: an entry point of the project is followed; else the words `db upgrade` are believed."""
    rest = _without_options(words[1:])
    if step.entry_point:
        module, _, name = step.entry_point.partition(":")
        found = upgrades.of_function(project, module, name) or upgrades.of_command(project, rest)
        if found is not None:
            return _effect(found)
    if "upgrade" in rest[-2:] or "migrate" in rest[-1:]:
        return Effect("upgrade", sure="db" in rest)
    return None


def _effect(found: Upgrade | None) -> Effect | None:
    return Effect(found.kind, trail=(upgrades.place_of(found),)) if found else None


def _without_options(words: Sequence[str]) -> list[str]:
    """The words without options: `--app shop db upgrade` names its app with the next word."""
    found: list[str] = []
    skip = False
    for word in words:
        if skip:
            skip = False
        elif word in ("--app", "-A", "--env-file", "-e", "--directory", "-d", "-c", "--config", "-x"):
            skip = True
        elif not word.startswith("-"):
            found.append(word)
    return found


def _after_switches(words: Sequence[str]) -> list[str]:
    """The words after Python's own switches: `-u`, `-X dev`, `-um`."""
    rest = list(words)
    while rest and rest[0].startswith("-") and rest[0] not in ("-c", "-m"):
        switch = rest.pop(0)
        if switch in ("-X", "-W") and rest:
            rest.pop(0)
        elif not switch.startswith("--") and switch[-1] in "mc":
            return [f"-{switch[-1]}", *rest]
    return rest


def _locate(name: str, step: Step, project: Project) -> str | None:
    """The project's file that a script's path means: the path itself, or its longest end that is a file."""
    parts = posixpath.normpath(posixpath.join(step.cwd or "/", name)).strip("/").split("/")
    for start in range(len(parts)):
        path = "/".join(parts[start:])
        if path in project:
            return path
    ends = [path for path in project.paths if path.endswith("/" + posixpath.normpath(name).strip("/"))]
    return min(ends, key=len) if ends else None
