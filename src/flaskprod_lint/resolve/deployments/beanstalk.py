"""Elastic Beanstalk: which folders are deployed there, and what its Python platform starts.

Its nginx passes requests on to port 8000 of the same machine. A Procfile beats WSGIPath, NumProcesses and NumThreads.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from dataclasses import replace

from flaskprod_lint.inputs import beanstalk, procfile
from flaskprod_lint.model import Command, Conflict, Package, Packages, Process, Setting, Unknown
from flaskprod_lint.patterns import regex
from flaskprod_lint.resolve import platforms
from flaskprod_lint.resolve.context import Context
from flaskprod_lint.resolve.deployments import beanstalk_docker, beanstalk_steps, instance_sizes, parts, planned
from flaskprod_lint.resolve.deployments import standing as standings
from flaskprod_lint.resolve.deployments.beanstalk_options import EbOptions
from flaskprod_lint.resolve.deployments.parts import Home
from flaskprod_lint.resolve.deployments.planned import Planned
from flaskprod_lint.resolve.options import Options
from flaskprod_lint.source import Located, Place, Project, Span

_PYTHON = "aws:elasticbeanstalk:container:python"
_HOME = "/var/app/current"
_VERSION = regex(r"Python (\d+\.\d+)", re.IGNORECASE)
#: Platforms of Elastic Beanstalk that run no Python, as `eb init` names them.
_OTHERS = regex(r"node|php|ruby|java|tomcat|corretto|\bgo\b|\.net|iis|packer", re.IGNORECASE)
_OWN_PORT = regex(r":8000\b")
#: Files that say whose a Procfile is beside them.
_ANOTHERS = ("app.json", "heroku.yml", "runtime.txt", "scalingo.json", "railway.toml", "railway.json", "manifest.yml")
_CONFIG = ".elasticbeanstalk/config.yml"
_MARKS = regex(
    r"(?:(.*)/)?(?:\.ebextensions/[^/]+\.config|\.elasticbeanstalk/config\.yml|\.platform/(?:hooks|nginx)/.+)"
)


def folders(project: Project) -> list[str]:
    """The folders that hold files of Elastic Beanstalk's and a Flask app."""
    found = dict.fromkeys((match[1] or "") for path in project.paths if (match := _MARKS.fullmatch(path)))
    more = (posixpath.dirname(path) for path in project.of_format("dockerrun"))
    every = dict.fromkeys((*found, *more, *_by_procfile(project)))
    return [folder for folder in every if parts.has_flask(project, folder)]


def _chosen(project: Project, options: Options) -> list[str]:
    """The folders with a Procfile, where the user says that it is for Elastic Beanstalk and no file of its own does."""
    chosen = platforms.get(options.platform) if options.platform is not None else None
    if chosen is None or chosen.id != "beanstalk" or folders(project):
        return []
    return [posixpath.dirname(path) for path in project.of_format("procfile")]


def _by_procfile(project: Project) -> Iterator[str]:
    """Folders with a Procfile for port 8000 beside an application.py, where nothing is another platform's."""
    for path in project.of_format("procfile"):
        folder = posixpath.dirname(path)
        beside = (posixpath.join(folder, name) in project for name in _ANOTHERS)
        lines = project.facts(path, procfile.read) if posixpath.join(folder, "application.py") in project else None
        web = lines.find("web") if lines is not None else None
        if web is not None and _OWN_PORT.search(web.command.value) and not any(beside):
            yield folder


def find(project: Project, options: Options) -> Iterator[Planned]:
    """The deployments of all these folders, on the Python or the Docker platform."""
    for folder in _chosen(project, options) or folders(project):
        settings = EbOptions.read(project, folder)
        named = _named_platform(project, folder)
        if beanstalk_docker.is_docker(project, folder, settings, named.value if named is not None else ""):
            yield from beanstalk_docker.find(project, folder, settings, options)
        elif named is None or not _OTHERS.search(named.value):
            yield plan(project, folder, settings, options, named)


def _named_platform(project: Project, folder: str) -> Located[str] | None:
    path = posixpath.join(folder, _CONFIG)
    return project.facts(path, beanstalk.read_platform) if path in project else None


def plan(
    project: Project, folder: str, settings: EbOptions, options: Options, named: Located[str] | None = None
) -> Planned:
    """The deployment of a folder on the Python platform. `named` is the platform that its configuration names."""
    path = settings.first or (named.span.path if named is not None else posixpath.join(folder, "Procfile"))
    place = standings.of_manifest(path, options, "Elastic Beanstalk")
    home = Home(folder, directory=_HOME)
    platform = parts.platform_of("beanstalk", path, home, f"{path} is Elastic Beanstalk's")
    deployment = parts.deployment_of(project, path, Span(path, 1), platform, place, options, home)
    deployment.name = _name(folder)
    deployment.packages = _with_more(_with_gunicorn(deployment.packages), settings)
    version = _VERSION.search(named.value) if named is not None else None
    if named is not None and version is not None:
        deployment.python = Setting("python", version[1], Place(named.span, f"default_platform: {named.value}"))
    else:
        deployment.python = None
    deployment.secrets = settings.secrets(development=not place.is_production)
    found = Planned(deployment, uses=frozenset((*settings.paths, path)))
    context = _context(project, home, found, settings)
    _add(found, project, folder, settings, context, options)
    beanstalk_steps.add(found, project, folder, settings, context, options)
    return found


def _name(folder: str) -> str:
    return f"{folder} on Elastic Beanstalk" if folder else "Elastic Beanstalk"


def _with_gunicorn(packages: Packages) -> Packages:
    """The packages with Gunicorn, which the platform has of itself."""
    if packages.find("gunicorn") is not None:
        return packages
    added = Package("gunicorn", None, "none", Place(None, "part of Elastic Beanstalk's platform"), direct=False)
    return replace(packages, packages={**packages.packages, "gunicorn": added})


def _with_more(packages: Packages, settings: EbOptions) -> Packages:
    """The packages, of which some are not known where a container command installs them."""
    told = next((one.command for one in settings.commands if "pip" in one.command.value), None)
    if told is None:
        return packages
    return replace(packages, complete=Unknown("a container command installs more", told.span))


def _context(project: Project, home: Home, found: Planned, settings: EbOptions) -> Context:
    context = parts.context_of(project, home, found.deployment)
    context.tree.mount("/var/app/staging", home.folder, Place(None, "a new version is prepared in /var/app/staging"))
    platform = found.deployment.platform
    injected = planned.injected(platform) if platform is not None else {}
    variables = planned.merged(injected, settings.database_variables(platform), settings.variables)
    return replace(context, variables=variables, open_environment=True)


def _add(
    found: Planned, project: Project, folder: str, settings: EbOptions, context: Context, options: Options
) -> None:
    own = _wsgi_command(project, folder, settings)
    path = posixpath.join(folder, "Procfile")
    lines = project.facts(path, procfile.read) if path in project else None
    if lines is None:
        if own is None:
            _note_missing(found, settings)
        else:
            found.add(_web(settings, own, options), context)
        return
    found.uses |= {path}
    for problem in lines.problems:
        parts.note_problem(project, problem)
    for name in dict.fromkeys(entry.name.value for entry in lines.entries):
        entry = lines.find(name)
        if entry is None:
            continue
        command = planned.shell_command(entry.command, f"{name}: {entry.command.value}")
        if name == "release":
            reason = "Elastic Beanstalk has no release line: it starts this process again whenever it ends"
            found.deployment.unused_release = Place(entry.line.span, reason)
        elif name == "web":
            found.add(_web(settings, command, options), context)
            _note_conflict(found, command, own, settings)
        else:
            count = planned.instances(replace(options, instances=None), settings.most_instances)
            found.add(Process(name, "worker", command, trail=(command.origin,), instances=count), context)
    if lines.find("web") is None:
        span = lines.entries[0].line.span if lines.entries else Span(path, 1)
        found.deployment.web_missing = Place(span, "this Procfile has no `web:` line")


def _note_missing(found: Planned, settings: EbOptions) -> None:
    """Say why there is nothing to start: a WSGIPath in the wrong place, else one that stands where we cannot look."""
    at = found.deployment.origin.span
    if settings.complete and settings.misplaced is not None:
        reason = "this WSGIPath is not below `option_settings` and its namespace, so nothing reads it"
        found.deployment.web_missing = Place(settings.misplaced.span, reason)
        return
    reason = "no file has a WSGIPath, which the configuration of the environment may hold"
    if not settings.complete:
        reason = "a file of .ebextensions cannot be read to the end"
    found.deployment.unknowns.append(("the start command", Unknown(reason, at)))


def _web(settings: EbOptions, command: Command, options: Options) -> Process:
    count, kind = settings.most_instances, settings.instance_type
    cpus, memory = instance_sizes.of("beanstalk", kind.value, kind.span) if kind is not None else (None, None)
    return Process(
        "web",
        "web",
        command,
        trail=(command.origin,),
        instances=planned.instances(options, count, f"up to {count.value} instances" if count is not None else ""),
        port_set=True if "PORT" in settings.variables else None,
        port_expected=settings.port,
        router_timeout=settings.router_timeout,
        cpus=cpus,
        memory=memory,
        health_path=settings.health_path,
    )


def _wsgi_command(project: Project, folder: str, settings: EbOptions) -> Command | None:
    """Gunicorn as the platform starts it where there is no Procfile; None where there is nothing to load."""
    target = settings.get(_PYTHON, "WSGIPath")
    file = posixpath.join(folder, "application.py")
    if target is None and file not in project:
        return None
    at = target.value.span if target is not None else Span(file, 1)
    argv = ["gunicorn", "--bind", "127.0.0.1:8000"]
    origins = [Place(at, "Elastic Beanstalk starts Gunicorn on 127.0.0.1:8000, behind nginx")] * 3
    for flag, key, default in (("--workers", "NumProcesses", "1"), ("--threads", "NumThreads", "15")):
        option = settings.get(_PYTHON, key)
        value = option.value.value if option is not None else default
        note = f"{key}: {value}" if option is not None else f"{key} is {default} unless an option says otherwise"
        argv.append(f"{flag}={value}")
        origins.append(Place(option.value.span if option is not None else at, note))
    text = _module(target.value.value) if target is not None else "application"
    argv.append(text)
    origin = Place(at, f"WSGIPath: {target.value.value}" if target is not None else "application.py is the default")
    origins.append(origin)
    return Command(" ".join(argv), "exec", origin, tuple(argv), tuple(origins))


def _module(text: str) -> str:
    """The module of a WSGIPath: `shop.wsgi:app`, or a file as the older platforms wanted it (`shop/wsgi.py`)."""
    return text.removesuffix(".py").replace("/", ".") if text.endswith(".py") else text


def _note_conflict(found: Planned, winner: Command, loser: Command | None, settings: EbOptions) -> None:
    """Keep what WSGIPath says in vain, where it names another app than the Procfile."""
    option = settings.get(_PYTHON, "WSGIPath")
    if loser is None or option is None or loser.argv is None:
        return
    if any(_is_same(loser.argv[-1], word) for word in planned.split(winner.text)):
        return
    reason = "where there is a Procfile, Elastic Beanstalk does not read WSGIPath"
    found.deployment.conflicts = (Conflict(winner, loser, reason),)


def _is_same(path: str, word: str) -> bool:
    """Whether a word of a command names the app of a WSGIPath, seen from the same folder or a lower one (--chdir)."""
    module, _, name = path.partition(":")
    other, _, called = word.partition(":")
    below = other.isidentifier() and module.endswith(f".{other}")
    return (module == other or below) and (name or "application") == (called or "application")
