"""apprunner.yaml: a service that AWS App Runner builds from sources and starts with a command."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from dataclasses import replace

from flaskprod_lint.inputs import apprunner
from flaskprod_lint.inputs.apprunner import AppRunner
from flaskprod_lint.model import ImageRun, Packages, Process, Setting, Step, Unknown
from flaskprod_lint.patterns import regex
from flaskprod_lint.resolve import packages
from flaskprod_lint.resolve.context import Context
from flaskprod_lint.resolve.deployments import amounts, manifest_secrets, parts, planned, standing
from flaskprod_lint.resolve.deployments.parts import Home
from flaskprod_lint.resolve.deployments.planned import Planned
from flaskprod_lint.resolve.deployments.standing import Standing
from flaskprod_lint.resolve.options import Options
from flaskprod_lint.source import Located, Place, Project, Span

_RUNTIME = regex(r"python(\d)(\d+)")


def find(project: Project, options: Options) -> Iterator[Planned]:
    """The deployments of all files for a runtime with Python."""
    for path in project.of_format("apprunner"):
        facts = project.facts(path, apprunner.read)
        if facts is None:
            continue
        parts.note_problem(project, facts.problem)
        if facts.runtime is not None and facts.runtime.value.strip().lower().startswith("python"):
            yield plan(project, facts, standing.of_manifest(path, options, "App Runner"), options)


def plan(project: Project, facts: AppRunner, place: Standing, options: Options) -> Planned:
    """The deployment of a file."""
    home = Home(posixpath.dirname(facts.path))
    platform = parts.platform_of("apprunner", facts.path, home, "an apprunner.yaml")
    deployment = parts.deployment_of(project, facts.path, Span(facts.path, 1), platform, place, options, home)
    deployment.sure = place.sure and not facts.template
    deployment.python = _python(facts)
    deployment.secrets = manifest_secrets.of_pairs(facts.environment, "run.env", development=not place.is_production)
    found = Planned(deployment, uses=frozenset((facts.path,)))
    context = parts.context_of(project, home, deployment)
    deployment.packages = _packages(project, facts, context)
    _add(found, facts, replace(context, packages=deployment.packages, shell="unknown"), options)
    return found


def _add(found: Planned, facts: AppRunner, context: Context, options: Options) -> None:
    if facts.command is None:
        found.deployment.web_missing = Place(Span(facts.path, 1), "this apprunner.yaml has no `command`")
        return
    port = amounts.port(facts.port, "port")
    if port is None:
        told = "App Runner connects to {} unless `network.port` says otherwise"
        port = planned.default_port(found.deployment.platform, told)
    context = context.with_variables(planned.merged(_injected(facts, port), _variables(facts)))
    instances = planned.instances(options)
    for text in facts.before:
        command = planned.shell_command(text, f"pre-run: {text.value}")
        process = Process("pre-run", "release", command, trail=(command.origin,), instances=instances, once=False)
        found.add(process, context)
    command = planned.shell_command(facts.command, f"command: {facts.command.value}")
    process = Process(
        "web", "web", command, trail=(command.origin,), instances=instances, port_set=True, port_expected=port
    )
    found.add(process, context)


def _injected(facts: AppRunner, port: Setting | None) -> dict[str, Setting]:
    """PORT, and the variable that the file names for it."""
    if port is None:
        return {}
    names = ("PORT", *((facts.port_variable.value,) if facts.port_variable is not None else ()))
    value = str(port.value) if isinstance(port.value, int) else port.value
    return {name: Setting(name, value, Place(port.span, f"App Runner sets {name}")) for name in names}


def _variables(facts: AppRunner) -> dict[str, Setting]:
    found = {name.value: planned.literal(name.value, value) for name, value in facts.environment}
    for name in facts.secrets:
        unknown = Unknown("App Runner takes it from a secret", name.span)
        found[name.value] = Setting(name.value, unknown, Place(name.span, name.value))
    return found


def _python(facts: AppRunner) -> Setting | None:
    """The version of Python: of `runtime-version`, else of a runtime such as python311."""
    if facts.version is not None:
        return Setting(
            "python", facts.version.value, Place(facts.version.span, f"runtime-version: {facts.version.value}")
        )
    match = _RUNTIME.fullmatch(facts.runtime.value.strip().lower()) if facts.runtime is not None else None
    if match is None or facts.runtime is None:
        return None
    return Setting("python", f"{match[1]}.{match[2]}", Place(facts.runtime.span, f"runtime: {facts.runtime.value}"))


def _packages(project: Project, facts: AppRunner, context: Context) -> Packages:
    """What the build's commands, and those before each start, install."""
    runs = [_run(text, context.cwd) for text in (*facts.build, *facts.before)]
    if not runs:
        return packages.of_buildpack(project, posixpath.dirname(facts.path))
    return packages.of_image(runs, {"build": context.tree}, project)


def _run(text: Located[str], home: str) -> ImageRun:
    """One command of the build, as far as it is a plain sequence of programs."""
    place = Place(text.span, text.value)
    cwd = home
    steps = []
    for piece in re.split(r"&&|;|\n", text.value):
        argv = planned.split(piece.strip())
        if argv[:1] == ("cd",) and len(argv) == 2:
            cwd = posixpath.join(cwd, argv[1])
        elif argv:
            steps.append(Step(argv, piece.strip(), place, cwd=cwd))
    return ImageRun(text.value, place, tuple(steps), "build")
