"""app.yaml: the services of Google App Engine, standard and flexible."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from dataclasses import replace

from flaskprod_lint.inputs import app_engine
from flaskprod_lint.inputs.app_engine import AppEngine
from flaskprod_lint.model import Command, Conflict, Deployment, Platform, Process, Setting, Step, Unknown
from flaskprod_lint.patterns import regex
from flaskprod_lint.resolve import image as images_of
from flaskprod_lint.resolve import packages, platforms
from flaskprod_lint.resolve.context import Context
from flaskprod_lint.resolve.deployments import amounts, google, images, manifest_secrets, planned, standing
from flaskprod_lint.resolve.deployments.images import Built
from flaskprod_lint.resolve.deployments.planned import Planned
from flaskprod_lint.resolve.deployments.standing import Standing
from flaskprod_lint.resolve.options import Options
from flaskprod_lint.resolve.tree import Tree
from flaskprod_lint.source import Located, Place, Project, Span

_HOME = "/workspace"
_VERSION = regex(r"python(\d)(\d*)")
_MINOR = regex(r"(\d{1,9})\.(\d{1,9})")
#: The first generation of Python, which App Engine served by itself.
_FIRST = ("python27", "python")
_AS_MANY = "App Engine starts as many instances as the load asks for, where no maximum is given"
#: Seconds that a request may take where instances are started by hand or by need.
_DAY = 86400


def find(project: Project, options: Options) -> Iterator[Planned]:
    """The deployments of every app.yaml of App Engine with a Python app beside it."""
    for path in project.of_format("yaml"):
        facts = project.facts(path, app_engine.read) if project.holds(path, b"runtime") else None
        if facts is None:
            continue
        if facts.problem is not None and facts.problem.place.span is not None:
            project.problem(facts.problem.message, facts.problem.place.span)
        if facts.is_app_engine and _matters(project, facts):
            yield _plan(project, facts, _standing(path, options), options)


def _standing(path: str, options: Options) -> Standing:
    """An app.yaml is for production, unless its name says otherwise or that others are made from it."""
    found = standing.of_manifest(path, options, "App Engine")
    if re.search(r"(^|[-_.])(template|tmpl|tpl)[-_.]", posixpath.basename(path)) and not standing.told_by_user(
        path, options
    ):
        return Standing("development", "its name says that the real one is made from it")
    return found


def _matters(project: Project, facts: AppEngine) -> bool:
    """Whether it starts Python: a Python runtime with Python beside it, or an image that can run Python."""
    runtime, folder = _runtime(facts), posixpath.dirname(facts.path)
    if runtime == "custom":
        path = posixpath.join(folder, "Dockerfile")
        return path in project and images.runs_python(project, path) is not False
    return runtime.startswith("python") and any(path.endswith(".py") for path in project.below(folder))


def _runtime(facts: AppEngine) -> str:
    return facts.runtime.value if facts.runtime is not None else ""


def _runtime_span(facts: AppEngine) -> Span:
    return facts.runtime.span if facts.runtime is not None else Span(facts.path, 1)


def _plan(project: Project, facts: AppEngine, place: Standing, options: Options) -> Planned:
    folder = posixpath.dirname(facts.path)
    built = None
    if _runtime(facts) == "custom":
        built = images.build(project, posixpath.join(folder, "Dockerfile"), context=folder, uploaded=True)
    installed = built.image.packages if built is not None else packages.of_buildpack(project, folder)
    if facts.entrypoint is None and built is None:
        installed = google.with_gunicorn(installed)
    deployment = Deployment(
        f"{facts.path} on Google App Engine",
        Place(Span(facts.path, 1), facts.path),
        place.environment,
        place.why,
        sure=place.sure and not facts.template,
        platform=_platform(facts),
        tiers=planned.tiers(options, ("instance_class", facts.instance_class)),
        image=built.image if built is not None else None,
        packages=installed,
        python=built.image.python if built is not None else _python(facts),
        secrets=manifest_secrets.of_pairs(facts.environment, "env_variables", development=not place.is_production),
    )
    found = Planned(deployment, uses=frozenset({facts.path, *((built.image.dockerfile,) if built else ())}))
    command = _command(project, facts, built)
    if command is None:
        _note_no_command(found, facts, built)
        if _runtime(facts) in _FIRST:
            _add_handler(found, facts, _context(project, found, facts, built), options)
        return found
    found.add(_process(facts, command, deployment.platform, options), _context(project, found, facts, built))
    if built is not None and facts.entrypoint is not None:
        _note_conflict(deployment, command, facts)
    return found


def _platform(facts: AppEngine) -> Platform:
    name = "gae-flex" if facts.flexible or _runtime(facts) == "custom" else "gae-standard"
    origin = Place(Span(facts.path, 1), "an app.yaml with a runtime")
    build = "image" if _runtime(facts) == "custom" else "buildpack"
    return platforms.get(name, origin=origin, build=build) or Platform(name, "Google App Engine", origin)


def _python(facts: AppEngine) -> Setting | None:
    """The version that the runtime names: `python312`, or `runtime_version` of the flexible environment."""
    if facts.python is not None and "." in facts.python.value:
        return Setting("python", facts.python.value, Place(facts.python.span, f"runtime_version: {facts.python.value}"))
    match = _VERSION.fullmatch(_runtime(facts))
    if match is None or facts.runtime is None or not match[2]:
        return None
    place = Place(facts.runtime.span, f"runtime: {facts.runtime.value}")
    return Setting("python", f"{match[1]}.{match[2]}", place)


# What it starts


def _command(project: Project, facts: AppEngine, built: Built | None) -> Command | None:
    if built is not None:
        return images_of.command_of(built.image)
    if facts.entrypoint is not None:
        return planned.shell_command(facts.entrypoint, f"entrypoint: {facts.entrypoint.value}")
    assert facts.runtime is not None
    if facts.flexible:
        guess = google.guessed_start(project, posixpath.dirname(facts.path))
        note = f"no entrypoint: Google's builder starts `{guess[0]}`" if guess is not None else ""
        return Command(guess[0], "shell", Place(facts.runtime.span, note)) if guess is not None else None
    if _runtime(facts) in _FIRST:
        return None
    place = Place(facts.runtime.span, "no entrypoint: App Engine starts Gunicorn on main:app")
    return Command(google.STANDARD_START, "shell", place)


def _note_no_command(found: Planned, facts: AppEngine, built: Built | None) -> None:
    at = _runtime_span(facts)
    if built is not None:
        planned.note_no_command(found.deployment, built.image, at, "the Dockerfile of this runtime starts nothing")
        return
    reason = "there is no entrypoint, and Google's builder finds neither main.py nor app.py"
    if not facts.flexible:
        reason = "App Engine's Python 2 starts the app by itself, as the handlers say"
    found.deployment.unknowns.append(("the start command", Unknown(reason, at)))


def _add_handler(found: Planned, facts: AppEngine, context: Context, options: Options) -> None:
    """The app that a handler names and App Engine itself serves: `script: main.app`."""
    from flaskprod_lint.resolve.app import target as targets

    for script in facts.scripts:
        module, _, name = script.value.rpartition(".")
        text, place = f"{module}:{name}", Place(script.span, f"script: {script.value}")
        target = targets.find(text, Step((text,), text, place), context, origin=place)
        if target.file is not None:
            process = _process(facts, Command(text, "exec", place, (text,)), found.deployment.platform, options)
            process.assumed = target
            found.add(process, context)
            return


def _note_conflict(deployment: Deployment, command: Command, facts: AppEngine) -> None:
    """A custom runtime starts its image, and not the entrypoint of the app.yaml."""
    assert facts.entrypoint is not None
    loser = planned.shell_command(facts.entrypoint, f"entrypoint: {facts.entrypoint.value}")
    if planned.starts_differently(command, loser):
        reason = "with `runtime: custom` App Engine starts what the Dockerfile says"
        deployment.conflicts = (Conflict(command, loser, reason),)


def _process(facts: AppEngine, command: Command, platform: Platform | None, options: Options) -> Process:
    name = facts.service.value if facts.service is not None and facts.service.value != "default" else "web"
    start = () if command.origin.path == facts.path else (Place(Span(facts.path, 1), "an app.yaml"),)
    return Process(
        name,
        "web",
        command,
        trail=(*start, command.origin),
        instances=google.instances(options, facts.fixed or facts.most, _runtime_span(facts), _AS_MANY),
        port_set=True,
        port_expected=planned.default_port(platform, "App Engine connects to {}"),
        router_timeout=_patience(facts),
        cpus=amounts.cpus(facts.cpus, "cpu"),
        memory=amounts.memory(_gigabytes(facts), "memory_gb") or _memory_of_class(facts),
        health_path=amounts.path(next(iter(facts.health_paths), None), "path"),
    )


def _patience(facts: AppEngine) -> Setting | None:
    """Instances that are started by hand or by need may take a day over a request."""
    if facts.flexible or not (facts.basic or facts.fixed is not None):
        return None
    at = facts.fixed.span if facts.fixed is not None else Span(facts.path, 1)
    return Setting("router timeout", _DAY, Place(at, "manual and basic scaling allow 24 hours"))


def _gigabytes(facts: AppEngine) -> Located[str] | None:
    """The memory of the flexible environment with the unit that its key names."""
    return Located(f"{facts.memory.value}G", facts.memory.span) if facts.memory is not None else None


def _memory_of_class(facts: AppEngine) -> Setting | None:
    """The memory of the instance class that is named."""
    if facts.instance_class is None or facts.flexible:
        return None
    node = platforms.facts("gae-standard")
    size = node.string("instances", "sizes", facts.instance_class.value, "ram_mb") if node is not None else None
    place = Place(facts.instance_class.span, f"instance_class: {facts.instance_class.value}")
    return Setting("memory", int(size.value), place) if size is not None else None


def _context(project: Project, found: Planned, facts: AppEngine, built: Built | None) -> Context:
    platform = found.deployment.platform
    assert platform is not None
    own = {name.value: planned.literal(name.value, value) for name, value in facts.environment}
    given = planned.merged(_given(facts), planned.injected(platform), planned.injected_port(platform))
    if built is not None:
        base = images.context_for(built, project)
    else:
        tree = Tree(project)
        folder = posixpath.dirname(facts.path)
        place = Place(None, f"App Engine puts the project at {_HOME}")
        tree.mount(_HOME, folder, place, google.not_uploaded(project, folder))
        base = Context(project, tree, cwd=_HOME, shell="bash", packages=found.deployment.packages)
        base = replace(base, python=_pair(found.deployment.python))
    variables = planned.merged(base.variables, given, own)
    return replace(base, variables=variables, open_environment=True, platform=platform)


def _pair(python: Setting | None) -> tuple[int, int] | None:
    match = _MINOR.match(python.value) if python is not None and isinstance(python.value, str) else None
    return (int(match[1]), int(match[2])) if match else None


def _given(facts: AppEngine) -> dict[str, Setting]:
    """The variables that App Engine sets by itself, and what its own start command leaves open."""
    names = ("GAE_APPLICATION", "GAE_DEPLOYMENT_ID", "GAE_INSTANCE", "GAE_VERSION", "GOOGLE_CLOUD_PROJECT")
    found = google.unknown_variables(names, "Google App Engine")
    place = Place(None, "set by Google App Engine")
    service = facts.service.value if facts.service is not None else "default"
    found["GAE_SERVICE"] = Setting("GAE_SERVICE", service, place)
    if facts.runtime is not None:
        found["GAE_RUNTIME"] = Setting("GAE_RUNTIME", facts.runtime.value, place)
    if not facts.flexible and _runtime(facts) != "custom":
        found["GAE_ENV"] = Setting("GAE_ENV", "standard", place)
        if facts.entrypoint is None and _runtime(facts) not in _FIRST:
            found |= google.standard_settings()
    return found
