"""What a platform starts by its own guess when no file of the project says what to start."""

from __future__ import annotations

import posixpath
from collections.abc import Callable

from flaskprod_lint.model import Command, Deployment, Packages, Platform, Process
from flaskprod_lint.resolve import packages
from flaskprod_lint.resolve.context import Context
from flaskprod_lint.resolve.deployments import google, planned
from flaskprod_lint.resolve.deployments.planned import Planned
from flaskprod_lint.resolve.options import Options
from flaskprod_lint.resolve.tree import Tree
from flaskprod_lint.source import Place, Project, Span

#: The files that Railpack takes for the one to start, in its order.
_RAILPACK_MAIN = ("main.py", "app.py", "start.py", "bot.py", "hello.py", "server.py")


def plan(project: Project, platform: Platform, options: Options) -> Planned | None:
    """The deployment by a platform's guess; None for a platform that makes none, or finds nothing to start."""
    from flaskprod_lint.resolve.deployments import procfile as procfiles

    guess = _GUESSES.get(platform.id)
    installed = packages.of_buildpack(project)
    found = guess(project, installed) if guess is not None else None
    if found is None:
        return None
    text, at = found
    if guess in (_google, _app_engine):
        installed = google.with_gunicorn(installed)
    place = Place(Span(at, 1), f"{platform.name} guesses: {text}")
    deployment = Deployment(
        f"{platform.name}, with no deployment file",
        place,
        why=f"no file says what to start, so {platform.name} starts what it guesses",
        platform=platform,
        tiers=options.told_tiers,
        packages=installed,
        python=procfiles.python_of(project, ""),
    )
    made = Planned(deployment)
    tree = Tree(project)
    tree.mount("/app", "", Place(None, f"{platform.name} puts the project at /app"))
    variables = {**planned.injected(platform), **planned.injected_port(platform), **planned.injected_database(platform)}
    variables |= google.standard_settings() if guess is _app_engine else {}
    context = Context(
        project, tree, cwd="/app", variables=variables, shell="bash", packages=installed, platform=platform
    )
    process = Process(
        "web",
        "web",
        Command(text, "shell", place),
        trail=(place,),
        instances=planned.instances(options),
        port_set=platform.port_injected,
    )
    made.add(process, context)
    return made


def railpack(project: Project, installed: Packages, folder: str = "") -> tuple[str, str] | None:
    """Railpack: Gunicorn on main:app where Flask and Gunicorn are asked for, else the first main file by Python.

    The command, and the path of the file that it goes by.
    """
    main = next((name for name in _RAILPACK_MAIN if posixpath.join(folder, name) in project), None)
    if main is None:
        return None
    path = posixpath.join(folder, main)
    if installed.find("flask") and installed.find("gunicorn"):
        return "gunicorn --bind 0.0.0.0:${PORT:-8000} main:app", path
    return f"python {main}", path


def nixpacks(project: Project, installed: Packages, folder: str = "") -> tuple[str, str] | None:
    """Nixpacks: main.py by Python, whatever is installed. The command, and the path of the file that it goes by."""
    del installed
    path = posixpath.join(folder, "main.py")
    return ("python main.py", path) if path in project else None


def _google(project: Project, installed: Packages) -> tuple[str, str] | None:
    """Google's buildpacks: Gunicorn on main:app, or on app:app where only app.py is there."""
    del installed
    return google.guessed_start(project, "")


def _app_engine(project: Project, installed: Packages) -> tuple[str, str] | None:
    """App Engine's standard environment: Gunicorn on main:app, with settings of its own."""
    del installed
    return (google.STANDARD_START, "main.py") if "main.py" in project else None


def _render(project: Project, installed: Packages) -> tuple[str, str] | None:
    """Render offers `gunicorn app:app` as the start command of a Python service."""
    del installed
    return ("gunicorn app:app", "app.py") if "app.py" in project else None


def _oryx(project: Project, installed: Packages) -> tuple[str, str] | None:
    """Azure's Oryx: Gunicorn on application.py or app.py, with its own timeout and logs."""
    del installed
    main = next((name for name in ("application.py", "app.py") if name in project), None)
    if main is None:
        return None
    options = "--timeout 600 --access-logfile - --error-logfile - --bind=0.0.0.0:$PORT"
    return f'GUNICORN_CMD_ARGS="{options}" gunicorn {posixpath.splitext(main)[0]}:app', main


def _beanstalk(project: Project, installed: Packages) -> tuple[str, str] | None:
    """Elastic Beanstalk: Gunicorn behind its nginx, on the `application` of application.py."""
    del installed
    main = "application.py"
    command = "gunicorn --bind 127.0.0.1:8000 --workers=1 --threads=15 application:application"
    return (command, main) if main in project else None


_GUESSES: dict[str, Callable[[Project, Packages], tuple[str, str] | None]] = {
    "railway": railpack,
    "cloud-run": _google,
    "gae-standard": _app_engine,
    "gae-flex": _google,
    "render": _render,
    "azure-appservice": _oryx,
    "beanstalk": _beanstalk,
}
