"""A Procfile (with app.json) on the platform that reads it: Heroku, unless something says another."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from dataclasses import replace

from flaskprod_lint.inputs import app_json, procfile
from flaskprod_lint.inputs.app_json import AppJson
from flaskprod_lint.inputs.procfile import Procfile, ProcfileEntry
from flaskprod_lint.model import Deployment, Platform, Process, SecretLiteral, Setting
from flaskprod_lint.patterns import regex
from flaskprod_lint.resolve import packages, platforms
from flaskprod_lint.resolve.context import Context
from flaskprod_lint.resolve.deployments import amounts, instance_sizes, manifest_secrets, planned
from flaskprod_lint.resolve.deployments.planned import Planned
from flaskprod_lint.resolve.deployments.standing import Standing
from flaskprod_lint.resolve.options import Options
from flaskprod_lint.resolve.tree import Tree
from flaskprod_lint.source import Located, Place, Project, Span

_RUNTIME = regex(r"(?:python-)?(\d+(?:\.\d+)*)")


def read_app_json(project: Project, folder: str, name: str = "app.json") -> AppJson | None:
    """The app.json of a folder, if it is Heroku's, or another platform's file of the same form."""
    path = posixpath.join(folder, name)
    facts = project.facts(path, app_json.read) if path in project else None
    if facts is None:
        return None
    if facts.problem is not None and facts.problem.place.span is not None:
        project.problem(facts.problem.message, facts.problem.place.span)
    return facts if facts.is_heroku else None


def plan(project: Project, path: str, platform: Platform, standing: Standing, options: Options) -> Planned | None:
    """The deployment that a Procfile describes, built by the platform's Python buildpack."""
    facts = project.facts(path, procfile.read)
    if facts is None:
        return None
    for problem in facts.problems:
        if problem.place.span is not None:
            project.note(problem)
    folder = posixpath.dirname(path)
    app = read_app_json(project, folder, "scalingo.json" if platform.id == "scalingo" else "app.json")
    deployment = Deployment(
        f"{path} on {platform.name}",
        Place(Span(path, 1), f"{platform.name} reads it"),
        standing.environment,
        standing.why,
        standing.sure,
        platform=platform,
        tiers=planned.tiers(options, *tiers_of(app)),
        packages=packages.of_buildpack(project, folder),
        python=python_of(project, folder),
        secrets=secrets_of(app, development=not standing.is_production),
    )
    found = Planned(deployment, uses=frozenset((path,)))
    base = _context(project, folder, platform, deployment)
    for name in dict.fromkeys(entry.name.value for entry in facts.entries):
        entry = facts.find(name)
        if entry is not None:
            _add(found, entry, base, app, options)
    if platform.id == "dokku" and app is not None:
        add_scripts(found, app, base)
    _note_missing(found, facts, path)
    return found


def _add(found: Planned, entry: ProcfileEntry, base: Context, app: AppJson | None, options: Options) -> None:
    platform = found.deployment.platform
    assert platform is not None
    kind = process_kind(entry.name.value, platform)
    if kind == "release" and entry.name.value != platform.procfile_release:
        reason = f"{platform.name} does not run the `{entry.name.value}:` line of a Procfile"
        found.deployment.unused_release = Place(entry.line.span, reason)
        return
    name = entry.name.value
    scaled = platforms.sets_web_concurrency(platform.id)
    size = platforms.web_concurrency(platform.id, (*options.tiers, *_size_of(app, name)))
    variables = planned.merged(
        planned.injected(platform, size=size, scaled=scaled),
        planned.injected_port(platform) if kind == "web" else {},
        planned.injected_database(platform),
        variables_of(app),
    )
    command = planned.shell_command(entry.command, f"{name}: {entry.command.value}")
    process = Process(
        name,
        kind,
        command,
        trail=(command.origin,),
        instances=instances_on_dokku(base.project, found, app, name, options),
        port_set=bool(platform.port_injected) if kind == "web" else None,
        health_path=amounts.path(app.health_path, "path") if app is not None and kind == "web" else None,
    )
    if not options.tiers:
        process.cpus, process.memory = _size_of_dyno(app, name, platform)
    found.add(process, base.with_variables(variables))


def add_scripts(found: Planned, app: AppJson, base: Context) -> None:
    """Dokku's scripts of an app.json: before the new containers start, and after they took over."""
    scripts = ((app.dokku_predeploy, "predeploy", "release"), (app.dokku_postdeploy, "postdeploy", "after"))
    for text, name, kind in scripts:
        if text is not None:
            command = planned.shell_command(text, f"scripts.dokku.{name}: {text.value}")
            found.add(Process(name, kind, command, trail=(command.origin,)), base.with_variables(variables_of(app)))


def process_kind(name: str, platform: Platform) -> str:
    """What a process of that name is on a platform: only `web` gets requests."""
    if name in ("release", platform.procfile_release):
        return "release"
    return "web" if name == "web" else "worker"


def _context(project: Project, folder: str, platform: Platform, deployment: Deployment) -> Context:
    tree = Tree(project)
    tree.mount("/app", folder, Place(None, f"{platform.name} puts the project at /app"))
    version = deployment.python.value if deployment.python is not None else None
    match = re.match(r"(\d{1,9})\.(\d{1,9})", version) if isinstance(version, str) else None
    return Context(
        project,
        tree,
        cwd="/app",
        shell="bash",
        packages=deployment.packages,
        platform=platform,
        open_environment=True,
        python=(int(match[1]), int(match[2])) if match else None,
    )


def _note_missing(found: Planned, facts: Procfile, path: str) -> None:
    if facts.find("web") is None:
        span = facts.entries[0].line.span if facts.entries else Span(path, 1)
        found.deployment.web_missing = Place(span, "this Procfile has no `web:` line")


def variables_of(app: AppJson | None) -> dict[str, Setting]:
    """The variables that an app.json gives a value. What it has made up is only there in apps made by its button."""
    pairs = ((variable.name.value, variable.value) for variable in (app.variables if app else ()))
    return {name: planned.literal(name, value) for name, value in pairs if value is not None}


def secrets_of(app: AppJson | None, *, development: bool) -> tuple[SecretLiteral, ...]:
    """The secrets that an app.json gives a value."""
    pairs = ((variable.name, variable.value) for variable in (app.variables if app else ()))
    written = [(name, value) for name, value in pairs if value is not None]
    return manifest_secrets.of_pairs(written, "env", development=development)


def tiers_of(app: AppJson | None) -> Iterator[tuple[str, Located[str] | None]]:
    """The plans of add-ons and the sizes of dynos that an app.json names, by their keys."""
    if app is not None:
        yield from (("addons", addon) for addon in app.addons)
        yield from (("size", formation.size) for formation in app.formation)


def _size_of(app: AppJson | None, process: str) -> tuple[str, ...]:
    found = (formation.size for formation in (app.formation if app else ()) if formation.process.value == process)
    return tuple(size.value for size in found if size is not None)


def _size_of_dyno(app: AppJson | None, process: str, platform: Platform) -> tuple[Setting | None, Setting | None]:
    """The cores and the memory of the size that an app.json gives a process."""
    for formation in app.formation if app else ():
        if formation.process.value == process and formation.size is not None:
            return instance_sizes.of(platform.id, formation.size.value, formation.size.span)
    return None, None


def instances_of(app: AppJson | None, process: str, options: Options) -> Setting:
    """How many dynos of a process run, by the formation of an app.json; the user's word is for web."""
    counts = (formation.quantity for formation in (app.formation if app else ()) if formation.process.value == process)
    count = next((count for count in counts if count is not None), None)
    chosen = options if process == "web" else replace(options, instances=None)
    return planned.instances(chosen, count, _how_often(process, count.value) if count else "")


def instances_on_dokku(project: Project, found: Planned, app: AppJson | None, name: str, options: Options) -> Setting:
    """The same, by Dokku's DOKKU_SCALE beside the Procfile where the formation says nothing; nobody else has one."""
    told = instances_of(app, name, options)
    path = posixpath.join(posixpath.dirname(found.deployment.origin.path), "DOKKU_SCALE")
    source = project.read(path) if path in project and told.is_default else None
    for number, line in enumerate(source.lines if source is not None else (), 1):
        key, equals, count = line.partition("=")
        if source is not None and equals and key.strip() == name:
            return planned.instances(options, Located(count.strip(), source.line_span(number)), line.strip())
    return told


def _how_often(process: str, count: str) -> str:
    return f"{process} runs once" if count == "1" else f"{process} runs {count} times"


def python_of(project: Project, folder: str) -> Setting | None:
    """The Python version that a buildpack is told to install."""
    for name in (".python-version", "runtime.txt"):
        source = project.read(posixpath.join(folder, name)) if posixpath.join(folder, name) in project else None
        for number, line in enumerate(source.lines if source else (), 1):
            match = _RUNTIME.match(line.strip())
            if match and source is not None:
                place = Located(match[1], source.line_span(number))
                return Setting("python", place.value, Place(place.span, line.strip()))
    return None
