"""What stands for a project that no file deploys: the script or the app that a person would start, as an assumption."""

from __future__ import annotations

import posixpath
import re
from dataclasses import replace

from flaskprod_lint.model import Command, Deployment, Packages, Platform, Process, Step, Unknown
from flaskprod_lint.resolve import packages
from flaskprod_lint.resolve.context import Context
from flaskprod_lint.resolve.deployments import hosts, images, likely_app, planned, standing, start_scripts
from flaskprod_lint.resolve.deployments.likely_app import Likely
from flaskprod_lint.resolve.deployments.planned import Planned
from flaskprod_lint.resolve.deployments.start_scripts import StartScript
from flaskprod_lint.resolve.options import Options
from flaskprod_lint.resolve.tree import Tree
from flaskprod_lint.source import Place, Project, Span

#: Manifests of platforms that are known by name, and not read.
_UNREAD = (
    "app.yaml",
    "serverless.yml",
    "vercel.json",
    ".platform.app.yaml",
)
_ZAPPA = tuple(f"zappa_settings.{ending}" for ending in ("json", "toml", "yml", "yaml", "py"))
_SERVERS = {"werkzeug": "Flask's development server", "gunicorn": "Gunicorn", "uwsgi": "uWSGI"}
_INSTALLED_BY = ("Pipfile", "requirements.txt", "pyproject.toml")


def plan(project: Project, options: Options, platform: Platform | None, *, development: bool) -> Planned:
    """The deployment of which nothing is said. `development` tells that files do say how it is started for that."""
    reason = _nothing_says(project, development)
    first = next(iter(project.of_format("python")), ".")
    deployment = Deployment(
        "no deployment file" if platform is None else f"{platform.name}, with no deployment file",
        Place(Span(first, 1), reason),
        why=reason,
        platform=platform,
        tiers=options.told_tiers,
        assumed=reason,
    )
    deployment.unknowns.append(("the start command", Unknown(reason)))
    found = Planned(deployment)
    on_host = _on_host(_context(project, "", platform))
    script = start_scripts.find(project, options, on_host)
    if script is not None:
        _add_script(found, script, on_host, options)
    else:
        likely = likely_app.find(project, options, lambda folder: _context(project, folder, platform))
        if isinstance(likely, Unknown):
            deployment.unknowns.append(("the app", likely))
        else:
            _add_app(found, likely, _context(project, likely.folder, platform), options)
    return found


def _nothing_says(project: Project, development: bool) -> str:
    on_lambda = _on_lambda(project)
    if on_lambda is not None:
        return f"it runs on AWS Lambda ({on_lambda}), where no server of its own is started"
    if any(project.holds(path, b"appservice") for path in project.of_format("azd")):
        return "the startup command of App Service is kept in its settings, and the files do not have it"
    unread = next((name for name in _UNREAD if name in project), None)
    if unread is not None:
        return f"no file that is read here says how it is started ({unread} is not read)"
    if development and any(standing.is_template(path) for path in project.below("")):
        return "its deployment files are a template: lint a project that is made from it"
    misnamed = next((path for path in project.paths if path.lower() == "procfile" and path != "Procfile"), None)
    if misnamed is not None:
        return f"platforms read a file named Procfile, and {misnamed} is another name to them"
    where = " in production" if development else ""
    other = _dockerfile_of_others(project)
    return f"{other or 'no Dockerfile, Procfile or manifest'} says how it is started{where}"


def _dockerfile_of_others(project: Project) -> str:
    """What is said of Dockerfiles without Python, such as a front end's; empty where there is none, or another."""
    paths = project.of_format("dockerfile")
    if not paths or not all(images.runs_python(project, path) is False for path in paths):
        return ""
    return f"{paths[0]} builds an image without Python, and no Procfile, manifest or other Dockerfile"


def _on_lambda(project: Project) -> str | None:
    """The file that wraps the app for AWS Lambda: of Zappa, or of serverless with a plugin for WSGI."""
    wrapped = ("serverless.yml",) if project.holds("serverless.yml", b"wsgi") else ()
    return next((name for name in (*_ZAPPA, *wrapped) if name in project), None)


def _on_host(context: Context) -> Context:
    """The context of a script: it uses what is installed on the host."""
    unknown = Unknown("what is installed on the host is not in the project")
    installed = Packages(context.packages.packages, unknown, context.packages.sources)
    return replace(context, packages=installed)


def _add_script(found: Planned, script: StartScript, context: Context, options: Options) -> None:
    server = _SERVERS.get(script.server, script.server)
    place = script.command.origin
    process = Process(
        "web",
        "web",
        script.command,
        why=place.note,
        trail=(place,),
        instances=planned.instances(options),
        as_script=f"{script.path} would start {server}, and nothing names it",
    )
    _set_port(process, found.deployment)
    for home in script.homes:
        _move_to(home, context)
    found.add(process, context)


def _move_to(home: str, context: Context) -> None:
    """Put the project where the script looks for it."""
    folder = hosts.folder_named(context.project, home)
    root = home[: -len(folder)].rstrip("/") if folder else home
    context.tree.mount(root or "/", "", Place(None, f"the script finds the project in {root}"))


def _add_app(found: Planned, likely: Likely, context: Context, options: Options) -> None:
    text = likely.target.text
    process = Process(
        "app",
        "web",
        Command(text, "exec", likely.trail[-1], (text,)),
        why=likely.trail[-1].note,
        trail=likely.trail,
        instances=planned.instances(options),
        assumed=likely.target,
        as_script=_as_script(likely, context),
    )
    _set_port(process, found.deployment)
    found.add(process, context)


def _set_port(process: Process, deployment: Deployment) -> None:
    process.port_set = deployment.platform.port_injected if deployment.platform is not None else None


def _as_script(likely: Likely, context: Context) -> str:
    """What Python would start if it ran the app's file, in a sentence; "" where it would start nothing."""
    source = context.project.read(likely.file)
    if source is None or not re.search(r"\brun\b|serve|\bmain\b", source.text):
        return ""
    path = posixpath.relpath(likely.file, likely.folder or ".")
    step = Step(("python", path), f"python {path}", Place(Span(likely.file, 1)))
    from flaskprod_lint.resolve.servers import script_server

    served = script_server.of_step(step, context)
    return f"`python {path}` would start {_SERVERS.get(served[0], served[0])}" if served is not None else ""


def _context(project: Project, folder: str, platform: Platform | None) -> Context:
    """A host of which nothing is known but the project on it: a person may have set any variable."""
    from flaskprod_lint.resolve.deployments import procfile

    tree = Tree(project)
    tree.mount("/app", "", Place(None, "the project, wherever it is put"))
    version = procfile.python_of(project, folder)
    text = version.value if version is not None and isinstance(version.value, str) else ""
    match = re.match(r"(\d{1,9})\.(\d{1,9})", text)
    variables = {}
    if platform is not None:
        variables = {**planned.injected(platform), **planned.injected_port(platform)}
        variables.update(planned.injected_database(platform))
    return Context(
        project,
        tree,
        cwd=posixpath.join("/app", folder).rstrip("/"),
        variables=variables,
        packages=_packages(project, folder),
        platform=platform,
        python=(int(match[1]), int(match[2])) if match else None,
    )


def _packages(project: Project, folder: str) -> Packages:
    """What the folder of the app asks for, else what the project does."""
    own = any(posixpath.join(folder, name) in project for name in _INSTALLED_BY)
    return packages.of_buildpack(project, folder if own else "")
