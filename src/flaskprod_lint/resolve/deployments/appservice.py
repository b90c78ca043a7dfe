"""Azure App Service on Linux: the startup command of an app, or what its builder Oryx makes up where there is none.

The command is kept in the app's settings, which a Bicep file, a workflow or a person writes. A file called startup.sh
or startup.txt is what people name there. https://learn.microsoft.com/azure/app-service/configure-language-python
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from dataclasses import replace

from flaskprod_lint.inputs import bicep
from flaskprod_lint.model import Command, Package, Packages, Platform, Process, Setting, Unknown
from flaskprod_lint.resolve.deployments import amounts, parts, planned
from flaskprod_lint.resolve.deployments.parts import Home
from flaskprod_lint.resolve.deployments.planned import Planned
from flaskprod_lint.resolve.deployments.standing import Standing
from flaskprod_lint.resolve.options import Options
from flaskprod_lint.source import Located, Place, Project, Span

_HOME = "/home/site/wwwroot"
_SCRIPTS = ("startup.sh", "startup.txt", "startup")
#: What Oryx starts Flask from, in its order (microsoft/Oryx, startupscriptgenerator/src/python).
_MODULES = ("application.py", "app.py", "index.py", "server.py")
_ORYX = "--timeout 600 --access-logfile - --error-logfile - --bind=0.0.0.0:8000"


def plan(
    project: Project,
    folder: str,
    origin: Place,
    place: Standing,
    options: Options,
    startup: Located[str] | None = None,
) -> Planned | None:
    """The deployment of a folder as code on App Service; None where nothing says what it starts.

    `origin` is the file and line that say it goes there, `startup` the startup command where that file has it.
    """
    assert origin.span is not None
    home = Home(folder, directory=_HOME)
    platform = replace(_platform(origin), origin=origin)
    deployment = parts.deployment_of(project, origin.path, origin.span, platform, place, options, home)
    deployment.packages = _with_gunicorn(deployment.packages)
    infrastructure = list(_bicep(project))
    deployment.python = _python(infrastructure) or deployment.python
    found = Planned(deployment, uses=frozenset((origin.path,)))
    # The shell above the command is App Service's own: what it does with signals is not known.
    context = replace(parts.context_of(project, home, deployment), open_environment=True, shell="unknown")
    context = context.with_variables({**planned.injected_port(platform), "NUM_CORES": _cores(platform)})
    many = any(one.many_workers for one in infrastructure)
    command = _command(project, folder, origin, startup or _only(infrastructure, "appCommandLine"), many)
    if command is None:
        return None
    found.add(_web(command, origin, infrastructure, options), context)
    return found


def _platform(origin: Place) -> Platform:
    return parts.platform_of("azure-appservice", origin.path, Home(), origin.note)


def _with_gunicorn(packages: Packages) -> Packages:
    """The packages with Gunicorn, which App Service's images for Python have of themselves."""
    if packages.find("gunicorn") is not None:
        return packages
    added = Package("gunicorn", None, "none", Place(None, "part of App Service's image for Python"), direct=False)
    return replace(packages, packages={**packages.packages, "gunicorn": added})


def _web(command: Command, origin: Place, infrastructure: list[bicep.Bicep], options: Options) -> Process:
    trail = (origin, command.origin if command.origin.span != origin.span else Place(None, command.origin.note))
    health = _only(infrastructure, "healthCheckPath")
    return Process(
        "web",
        "web",
        command,
        trail=trail,
        instances=planned.instances(options),
        port_set=True,
        health_path=amounts.path(health, "healthCheckPath"),
    )


# The command


def _command(project: Project, folder: str, origin: Place, told: Located[str] | None, many: bool) -> Command | None:
    """The startup command, else the file that is called one, else Oryx's guess."""
    if told is not None:
        return _startup(project, folder, told)
    for name in _SCRIPTS:
        path = posixpath.join(folder, name)
        if path in project:
            return _script(name, Place(Span(path, 1), f"{name} is what App Service is given as its startup command"))
    return _guess(project, folder, origin, many)


def _startup(project: Project, folder: str, told: Located[str]) -> Command:
    """A startup command: a file of the project, which is run as a script, or a command line."""
    place = Place(told.span, f"startup command: {told.value}")
    if posixpath.join(folder, told.value.strip().removeprefix("./")) in project:
        return _script(told.value.strip(), place)
    return Command(told.value, "shell", place)


def _script(name: str, place: Place) -> Command:
    """App Service makes the file executable and runs it in the app's folder."""
    return Command(f". ./{name}", "shell", place)


def _guess(project: Project, folder: str, origin: Place, many: bool) -> Command | None:
    """What Oryx starts where no startup command is set. `many` says that it starts two workers a core and one more."""
    django = next((path for path in project.below(folder) if _is_wsgi(path, folder)), None)
    main = next((name for name in _MODULES if posixpath.join(folder, name) in project), None)
    if django is not None:
        target = posixpath.relpath(django, folder or ".").replace("/", ".").removesuffix(".py")
    elif main is not None:
        target = f"{main.removesuffix('.py')}:app"
    else:
        return None
    workers = " --workers=$((NUM_CORES * 2 + 1))" if many else ""
    note = f"without a startup command, App Service starts {target} with Gunicorn"
    return Command(f"gunicorn {_ORYX}{workers} {target}", "shell", Place(origin.span, note))


def _cores(platform: Platform) -> Setting:
    unknown = Unknown("App Service sets it to the number of cores of its plan")
    return Setting("NUM_CORES", unknown, Place(None, f"set by {platform.name}"))


def _is_wsgi(path: str, folder: str) -> bool:
    """Whether a file is the wsgi.py of a folder of the app, which Oryx takes for Django's."""
    inside = posixpath.relpath(path, folder or ".")
    return inside.count("/") == 1 and inside.endswith("/wsgi.py")


# Bicep


def _bicep(project: Project) -> Iterator[bicep.Bicep]:
    for path in project.of_format("bicep"):
        facts = project.facts(path, bicep.read)
        if facts is not None:
            yield facts


def _only(files: list[bicep.Bicep], key: str) -> Located[str] | None:
    """The value of a key where all files together give it one."""
    found = [value for one in files for value in one.of(key)]
    return found[0] if len({value.value for value in found}) == 1 else None


def _python(files: list[bicep.Bicep]) -> Setting | None:
    """The version of Python of `linuxFxVersion: 'PYTHON|3.12'`."""
    found = _only(files, "linuxFxVersion")
    name, bar, version = found.value.partition("|") if found is not None else ("", "", "")
    if found is None or not bar or name.lower() != "python":
        return None
    return Setting("python", version, Place(found.span, f"linuxFxVersion: '{found.value}'"))
