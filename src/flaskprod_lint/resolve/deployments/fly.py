"""fly.toml: the image that Fly.io builds and the process groups that it starts."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from dataclasses import replace

from flaskprod_lint.inputs import fly, procfile
from flaskprod_lint.inputs.fly import Fly
from flaskprod_lint.model import Command, Deployment, Packages, Platform, Process, Setting, Unknown
from flaskprod_lint.patterns import regex
from flaskprod_lint.resolve import image as images_of
from flaskprod_lint.resolve import packages, platforms
from flaskprod_lint.resolve.context import Context
from flaskprod_lint.resolve.deployments import amounts, images, instance_sizes, manifest_secrets, planned, standing
from flaskprod_lint.resolve.deployments.images import Built
from flaskprod_lint.resolve.deployments.planned import Planned
from flaskprod_lint.resolve.deployments.standing import Standing
from flaskprod_lint.resolve.options import Options
from flaskprod_lint.resolve.tree import Tree
from flaskprod_lint.source import Located, Place, Project, Span, is_number

_SECONDS = regex(r"(\d{1,18})(s|m)?")


def find(project: Project, options: Options) -> Iterator[Planned]:
    """The deployments of all files of its format."""
    for path in project.of_format("fly"):
        planned = plan(project, path, standing.of_manifest(path, options, "Fly.io"), options)
        if planned is not None:
            yield planned


def plan(project: Project, path: str, place: Standing, options: Options) -> Planned | None:
    """The deployment that a fly.toml describes; None for a broken one."""
    facts = project.facts(path, fly.read)
    if facts is None or facts.problem is not None:
        if facts is not None and facts.problem is not None and facts.problem.place.span is not None:
            project.problem(facts.problem.message, facts.problem.place.span)
        return None
    folder = posixpath.dirname(path)
    built = _build(project, facts, folder)
    if built is not None and images.runs_python(project, built.image.dockerfile) is False:
        return None
    platform = _platform(facts)
    deployment = Deployment(
        f"{path} on Fly.io",
        Place(Span(path, 1), path),
        place.environment,
        place.why,
        sure=place.sure,
        platform=platform,
        tiers=options.told_tiers,
        image=built.image if built is not None else None,
        packages=built.image.packages if built is not None else packages.of_buildpack(project, folder),
        python=built.image.python if built is not None else None,
        secrets=(
            *manifest_secrets.of_pairs(facts.environment, "[env]", development=not place.is_production),
            *manifest_secrets.of_build(facts.build_args, "[build.args]", development=not place.is_production),
        ),
    )
    dockerfile = frozenset((built.image.dockerfile,)) if built is not None else frozenset()
    procfile = posixpath.join(folder, "Procfile")
    read = frozenset((procfile,)) if facts.builder is not None and procfile in project else frozenset()
    found = Planned(deployment, uses=dockerfile | read | {path})
    _add_processes(project, found, facts, built, options)
    return found


def _build(project: Project, facts: Fly, folder: str) -> Built | None:
    """The image that Fly builds: of the Dockerfile that is named, or of the one beside the fly.toml."""
    if facts.image is not None or facts.builder is not None:
        return None
    name = facts.dockerfile.value if facts.dockerfile is not None else "Dockerfile"
    path = posixpath.normpath(posixpath.join(folder, name))
    if path not in project and facts.dockerfile is None:
        path = posixpath.join(folder, "dockerfile")
    target = facts.build_target.value if facts.build_target is not None else None
    arguments = {name.value: planned.literal(name.value, value) for name, value in facts.build_args}
    return images.build(project, path, context=folder, target=target, arguments=arguments) if path in project else None


def _platform(facts: Fly) -> Platform:
    origin = Place(Span(facts.path, 1), "a fly.toml")
    platform = platforms.get("fly", origin=origin) or Platform("fly", "Fly.io", origin)
    if facts.kill_signal is not None:
        platform = replace(platform, stop_signal=facts.kill_signal.value)
    if facts.strategy is not None and facts.strategy.value in ("bluegreen", "canary"):
        platform = replace(platform, overlaps=facts.strategy.value == "bluegreen")
    match = _SECONDS.fullmatch(facts.kill_timeout.value) if facts.kill_timeout is not None else None
    if match:
        platform = replace(platform, grace_seconds=float(match[1]) * (60 if match[2] == "m" else 1))
    return platform


def _add_processes(project: Project, found: Planned, facts: Fly, built: Built | None, options: Options) -> None:
    context = _context(project, found, facts, built)
    if facts.processes:
        for name, text in facts.processes:
            _add(
                found,
                facts,
                built,
                name.value,
                planned.exec_command(text, note=f"{name.value} = {text.value}"),
                context,
                options,
            )
    else:
        command = _own_command(project, facts, built)
        if command is not None:
            _add(found, facts, built, "app", command, context, options)
        else:
            image = built.image if built is not None else None
            reason = "neither [processes] nor the image says what to start"
            planned.note_no_command(found.deployment, image, Span(facts.path, 1), reason)
    if facts.release_command is not None:
        text = facts.release_command
        release = planned.exec_command(text, note=f"release_command = {text.value}")
        _add(found, facts, built, "release", release, context, options, kind="release")


def _own_command(project: Project, facts: Fly, built: Built | None) -> Command | None:
    """What runs where there are no process groups: [experimental] cmd, the image's own command, or the Procfile's."""
    if built is not None:
        return images_of.command_of(built.image, entrypoint=_words(facts.entrypoint), cmd=_words(facts.command))
    path = posixpath.join(posixpath.dirname(facts.path), "Procfile")
    if facts.builder is None or path not in project:
        return None
    lines = project.facts(path, procfile.read)
    web = lines.find("web") if lines is not None else None
    return planned.shell_command(web.command, f"web: {web.command.value}") if web is not None else None


def _words(words: tuple[Located[str], ...]) -> Command | None:
    if not words:
        return None
    argv = tuple(word.value for word in words)
    places = tuple(Place(word.span, word.value) for word in words)
    return Command(" ".join(argv), "exec", places[0], argv, places)


def _context(project: Project, found: Planned, facts: Fly, built: Built | None) -> Context:
    env = {name.value: planned.literal(name.value, value) for name, value in facts.environment}
    if built is not None:
        base = images.context_for(built, project)
    else:
        tree = Tree(project)
        tree.mount(
            "/workspace", posixpath.dirname(facts.path), Place(None, "a buildpack puts the project at /workspace")
        )
        unknown = facts.image is not None
        installed = Packages(complete=Unknown("the image is not built here")) if unknown else found.deployment.packages
        base = Context(project, tree, cwd="/workspace", shell="bash", packages=installed)
    variables = planned.merged(base.variables, env)
    return replace(base, variables=variables, open_environment=True, platform=found.deployment.platform)


def _add(
    found: Planned,
    facts: Fly,
    built: Built | None,
    name: str,
    command: Command,
    context: Context,
    options: Options,
    *,
    kind: str = "",
) -> None:
    port = _port(facts, name, found.deployment.platform)
    kind = kind or ("web" if port is not None else "worker" if facts.services else planned.kind_of(command.text))
    if (built is not None and facts.processes) or kind == "release":
        joined = images_of.command_of(built.image, cmd=command) if built is not None else command
        command = joined or command
    process = Process(
        "web" if name == "app" and kind == "web" else name,
        kind,
        command,
        trail=(Place(Span(facts.path, 1), "fly.toml"), command.origin)
        if command.origin.path != facts.path
        else (command.origin,),
        instances=planned.instances(options if kind == "web" else replace(options, instances=None)),
        port_set="PORT" in context.variables,
        port_expected=port,
        grace=amounts.seconds(facts.kill_timeout, "kill_timeout"),
        health_path=amounts.path(facts.health_paths[0], "path") if facts.health_paths and kind == "web" else None,
    )
    if not options.tiers:
        process.cpus, process.memory = _size(facts, name)
    if kind == "web" and options.instances is None and _runs_several(facts):
        process.instances = planned.instances(options, facts.min_running, "min_machines_running")
    found.add(process, context)


def _size(facts: Fly, group: str) -> tuple[Setting | None, Setting | None]:
    """The processors and the memory of a group's Machines, by the [[vm]] that is for it. Shared ones are not sure."""
    own = [one for one in facts.machines if group in one.processes]
    machine = next(iter((*own, *(one for one in facts.machines if not one.processes))), None)
    if machine is None:
        return None, None
    size = machine.size
    cpus, memory = instance_sizes.of("fly", size.value, size.span) if size is not None else (None, None)
    told = amounts.cpus(machine.cpus, "cpus")
    if told is not None:
        cpus = replace(told, sure=machine.kind is not None and machine.kind.value == "performance")
    return cpus, amounts.memory(machine.memory, "memory") or memory


def _runs_several(facts: Fly) -> bool:
    least = facts.min_running.value if facts.min_running is not None else ""
    return is_number(least) and int(least) > 1


def _port(facts: Fly, group: str, platform: Platform | None) -> Setting | None:
    """The port that Fly's proxy connects to for a process group; None for a group without a service."""
    for service in facts.services:
        if (
            group in service.processes
            or (not service.processes and group == "app")
            or (
                not service.processes and not any(name.value == "app" for name, _ in facts.processes) and group == "web"
            )
        ):
            if service.internal_port is None:
                return planned.default_port(platform, "Fly.io connects to {} unless internal_port says otherwise")
            text = service.internal_port
            value = int(text.value) if is_number(text.value) else Unknown("it is no number", text.span)
            return Setting("port", value, Place(text.span, f"internal_port = {text.value}"))
    return None
