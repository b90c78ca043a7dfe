"""CapRover: the image of a captain-definition, by the Dockerfile that it names or by the lines that it holds."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator

from flaskprod_lint.inputs import captain
from flaskprod_lint.inputs.captain import Captain
from flaskprod_lint.model import Command, Process, Setting
from flaskprod_lint.resolve.deployments import images, images_elsewhere, parts, planned, standing
from flaskprod_lint.resolve.deployments.images import Built
from flaskprod_lint.resolve.deployments.parts import Home, Part
from flaskprod_lint.resolve.deployments.planned import Planned
from flaskprod_lint.resolve.options import Options
from flaskprod_lint.source import Place, Project, Source, Span

_PORT = 80


def find(project: Project, options: Options) -> Iterator[Planned]:
    """The deployments of all definitions that build an image which can run the app."""
    for path in project.of_format("captain"):
        facts = project.facts(path, captain.read)
        if facts is None or (not facts.is_captain and facts.problem is None):
            continue
        parts.note_problem(project, facts.problem)
        found = _plan(project, facts, options)
        if found is not None:
            yield found


def _plan(project: Project, facts: Captain, options: Options) -> Planned | None:
    dockerfile = _dockerfile(project, facts)
    if dockerfile is None and not facts.lines and facts.dockerfile is None:
        return _elsewhere(project, facts, options)
    if dockerfile is None or images.runs_python(project, dockerfile) is False:
        return None
    folder = posixpath.dirname(facts.path)
    built = images.build(project, dockerfile, context=folder)
    if built is None:
        return None
    home = Home(folder, built)
    place = standing.of_manifest(facts.path, options, "CapRover")
    platform = parts.platform_of("caprover", facts.path, home, "a captain-definition")
    at = Span(facts.path, 1)
    deployment = parts.deployment_of(project, facts.path, at, platform, place, options, home)
    found = Planned(deployment, uses=frozenset((facts.path, dockerfile)))
    process = Part("web", "web", Place(at, "CapRover builds what it says"), port_expected=_port(facts, built))
    if parts.add(found, project, home, process, options) is None:
        planned.note_no_command(deployment, built.image, built.image.origin.span, "this image has no CMD")
    return found


def _elsewhere(project: Project, facts: Captain, options: Options) -> Planned | None:
    """The deployment of an image by its name, or of one that CapRover makes by a template of its own."""
    named = facts.image or facts.template_id
    if named is None or not images_elsewhere.may_be_ours(project, named.value, ""):
        return None
    home = Home(posixpath.dirname(facts.path), elsewhere=named.span)
    place = standing.of_manifest(facts.path, options, "CapRover")
    platform = parts.platform_of("caprover", facts.path, home, "a captain-definition")
    deployment = parts.deployment_of(project, facts.path, named.span, platform, place, options, home)
    found = Planned(deployment, uses=frozenset((facts.path,)))
    at = Place(named.span, "CapRover starts it")
    process = Process("web", "web", Command("", "exec", at, ()), trail=(at,), instances=planned.instances(options))
    base = images_elsewhere.context(project, named.span, platform)
    images_elsewhere.assume(found, process, base, options, named.span)
    return found


def _dockerfile(project: Project, facts: Captain) -> str | None:
    """The path under which the Dockerfile of a definition can be read."""
    if facts.lines:
        text = captain.as_dockerfile(facts)
        return project.add_written(Source(facts.path, text, written="Dockerfile"))
    if facts.dockerfile is None:
        return None
    path = posixpath.normpath(posixpath.join(posixpath.dirname(facts.path), facts.dockerfile.value))
    return path if path in project else None


def _port(facts: Captain, built: Built) -> Setting | None:
    """Where CapRover connects to: port 80, unless its app's settings name another, as for an image that exposes one."""
    if any(exposed.value != _PORT for exposed in built.image.exposed):
        return None
    note = "CapRover connects to port 80 unless the app's settings name another"
    return Setting("port", _PORT, Place(Span(facts.path, 1), note), sure=False)
