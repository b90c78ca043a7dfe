"""Services of a host: units of systemd, and programs of a supervisord that no image starts."""

from __future__ import annotations

import posixpath
import re
from dataclasses import replace

from flaskprod_lint.inputs import supervisord, systemd
from flaskprod_lint.inputs.supervisord import SupervisedProgram
from flaskprod_lint.inputs.systemd import Unit
from flaskprod_lint.model import Command, Deployment, Packages, Platform, Process, Setting, Unknown
from flaskprod_lint.patterns import regex
from flaskprod_lint.resolve import packages, platforms
from flaskprod_lint.resolve.context import Context
from flaskprod_lint.resolve.deployments import amounts, manifest_secrets, planned
from flaskprod_lint.resolve.deployments.planned import Planned
from flaskprod_lint.resolve.deployments.standing import Standing
from flaskprod_lint.resolve.options import Options
from flaskprod_lint.resolve.tree import Tree
from flaskprod_lint.source import Located, Place, Project, Span, is_number

_BRACED = regex(r"\$\{(\w+)\}")
_SUPERVISED = regex(r"%\((\w+)\)[sd]")
_UNITS = {"": 1.0, "s": 1.0, "sec": 1.0, "min": 60.0, "m": 60.0, "ms": 0.001, "h": 3600.0}
_TIME = regex(r"(\d{1,18}(?:\.\d+)?)\s*([a-z]*)")


# systemd


def plan_unit(project: Project, path: str, standing: Standing, options: Options) -> Planned | None:
    """The deployment of a systemd unit that starts the app; None for a unit of something else."""
    unit = project.facts(path, systemd.read)
    if unit is None or not unit.start or not any(planned.runs_python(one.value) for one in unit.start):
        return None
    origin = Place(Span(path, 1), "a unit of systemd")
    platform = _patience(platforms.get("systemd", origin=origin) or Platform("systemd", "systemd", origin), unit)
    folder, tree, cwd = _files(project, path, unit.working_directory or _named_in_commands(project, unit))
    if unit.working_directory is None:
        cwd = "/"
    deployment = Deployment(
        path,
        Place(Span(path, 1), path),
        standing.environment,
        standing.why,
        sure=standing.sure,
        platform=platform,
        tiers=options.told_tiers,
        packages=_packages(project, folder),
        secrets=manifest_secrets.of_pairs(unit.environment, "Environment=", development=not standing.is_production),
    )
    variables = {name.value: planned.literal(name.value, value) for name, value in unit.environment}
    context = Context(
        project,
        tree,
        cwd=cwd,
        variables=variables,
        open_environment=bool(unit.environment_files),
        shell="dash",
        packages=deployment.packages,
        platform=platform,
    )
    found = Planned(deployment, uses=frozenset((path,)))
    _add(found, unit, context, options)
    return found


def _add(found: Planned, unit: Unit, context: Context, options: Options) -> None:
    for before in unit.before:
        if planned.kind_of(before.value) == "release":
            command = _expanded(systemd.command(before), context, "ExecStartPre")
            found.add(Process("before start", "release", command, trail=(command.origin,)), context)
    for start in unit.start:
        command = _expanded(systemd.command(start), context, "ExecStart")
        kind = planned.kind_of(command.text)
        process = Process(
            kind,
            kind,
            command,
            trail=(command.origin,),
            instances=planned.instances(replace(options, instances=None)),
            port_set=True if "PORT" in context.variables else None if context.open_environment else False,
            grace=_grace(unit),
            cpus=amounts.cpus(unit.cpu_quota, "CPUQuota"),
            memory=amounts.memory(unit.memory_max, "MemoryMax"),
        )
        found.add(process, context)


def _expanded(text: Located[str], context: Context, key: str) -> Command:
    """A command with `${NAME}` and lone `$NAME` words replaced, as systemd itself does; nothing else is."""
    holes: dict[str, Setting] = {}
    words: list[str] = []
    for word in systemd.split(text.value.replace("%%", "%")):
        lone = re.fullmatch(r"\$(\w+)", word)
        if lone:
            known = _value(lone[1], context, text, word, holes)
            words += known.split() if known != word else [word]
        else:
            words.append(_BRACED.sub(lambda found: _value(found[1], context, text, found[0], holes), word))
    place = Place(text.span, f"{key}={text.value}")
    return Command(text.value, "exec", place, tuple(words), filled_in=holes)


def _value(name: str, context: Context, text: Located[str], written: str, holes: dict[str, Setting]) -> str:
    setting = context.variables.get(name)
    if setting is not None and isinstance(setting.value, str):
        return setting.value
    if not context.open_environment:
        return ""
    unknown = Unknown(f"{name} comes from a file of the host", text.span)
    holes[written] = Setting(name, unknown, Place(text.span, written))
    return written


def _grace(unit: Unit) -> Setting | None:
    """How long systemd waits after its signal, as far as the unit says."""
    text = unit.stop_timeout
    seconds = _seconds(text.value) if text is not None else None
    return Setting("grace", seconds, Place(text.span, f"TimeoutStopSec={text.value}")) if text and seconds else None


def _patience(platform: Platform, unit: Unit) -> Platform:
    if unit.kill_signal is not None:
        platform = replace(platform, stop_signal=unit.kill_signal.value)
    if unit.kill_mode is not None:
        platform = replace(platform, sigterm_to_all=unit.kill_mode.value == "control-group")
    seconds = _seconds(unit.stop_timeout.value) if unit.stop_timeout is not None else None
    return replace(platform, grace_seconds=seconds) if seconds is not None else platform


def _seconds(text: str) -> float | None:
    pieces = _TIME.findall(text)
    if not pieces or any(unit not in _UNITS for _, unit in pieces):
        return None
    return sum(float(number) * _UNITS[unit] for number, unit in pieces)


# Where a host keeps the project


def _files(project: Project, path: str, directory: Located[str] | None) -> tuple[str, Tree, str]:
    """The folder of the app in the project, its file system on the host, and the working directory."""
    tree = Tree(project)
    if directory is None or not directory.value.startswith("/"):
        reason = "where the project stands on the host is not known"
        tree.mount_unknown("/", reason, Place(directory.span if directory is not None else Span(path, 1)))
        return "", tree, "/"
    cwd = posixpath.normpath(directory.value)
    folder = folder_named(project, cwd)
    root = cwd[: -len(folder)].rstrip("/") if folder else cwd
    tree.mount(root or "/", "", Place(directory.span, f"the project stands in {root}"))
    return folder, tree, cwd


def _named_in_commands(project: Project, unit: Unit) -> Located[str] | None:
    """A folder of the project that a command names by its whole path: `--python-path /srv/shop/server`."""
    for start in unit.start:
        for word in systemd.split(start.value)[1:]:
            path = word.rpartition("=")[2]
            if path.startswith("/") and folder_named(project, posixpath.normpath(path)):
                return Located(path, start.span)
    return None


def folder_named(project: Project, directory: str) -> str:
    """The folder of the project that a directory of the host ends with, if it holds Python files."""
    parts = directory.strip("/").split("/")
    for start in range(len(parts)):
        folder = "/".join(parts[start:])
        if project.is_folder(folder) and any(path.endswith(".py") for path in project.below(folder)):
            return folder
    return ""


def _packages(project: Project, folder: str) -> Packages:
    """What the project asks for; what the host really has is not known."""
    wanted = packages.of_buildpack(project, folder)
    unknown = Unknown("what is installed on the host is not in the project")
    return Packages(wanted.packages, unknown, wanted.sources)


# supervisord


def plan_supervisord(project: Project, path: str, standing: Standing, options: Options) -> Planned | None:
    """The deployment of a supervisord configuration of a host; None when no program of it runs the app."""
    facts = project.facts(path, supervisord.read)
    programs = [one for one in facts.programs if one.command is not None] if facts is not None else []
    chosen = [one for one in programs if one.command is not None and planned.runs_python(one.command.value)]
    if facts is None or not chosen:
        return None
    origin = Place(Span(path, 1), "a supervisord configuration")
    platform = platforms.get("supervisord", origin=origin) or Platform("supervisord", "supervisord", origin)
    directory = next((one.directory for one in chosen if one.directory is not None), None)
    folder, tree, cwd = _files(project, path, directory)
    pairs = [pair for one in chosen for pair in one.environment]
    deployment = Deployment(
        path,
        Place(Span(path, 1), path),
        standing.environment,
        standing.why,
        sure=standing.sure,
        platform=_patience_of(platform, chosen[0]),
        tiers=options.told_tiers,
        packages=_packages(project, folder),
        secrets=manifest_secrets.of_pairs(pairs, "environment", development=not standing.is_production),
    )
    found = Planned(deployment, uses=frozenset((path,)))
    for one in chosen:
        _add_program(found, one, platform, tree, cwd, options)
    return found


def _add_program(
    found: Planned, program: SupervisedProgram, platform: Platform, tree: Tree, cwd: str, options: Options
) -> None:
    command = program.command
    assert command is not None
    variables = {name.value: planned.literal(name.value, value) for name, value in program.environment}
    context = Context(
        tree.project,
        tree,
        cwd=posixpath.join(cwd, program.directory.value) if program.directory is not None else cwd,
        variables=variables,
        shell="dash",
        packages=found.deployment.packages,
        platform=_patience_of(platform, program),
    )
    joined = Located(" ".join(command.value.split()), command.span)
    process = Process(
        program.name,
        planned.kind_of(command.value),
        _supervised(joined, variables),
        trail=(Place(program.header.span, f"[program:{program.name}]"), Place(command.span, joined.value)),
        instances=planned.instances(replace(options, instances=None), program.processes),
        port_set=True if "PORT" in variables else None,
        grace=amounts.seconds(program.stop_wait, "stopwaitsecs"),
    )
    found.add(process, context)


def _supervised(text: Located[str], variables: dict[str, Setting]) -> Command:
    """A program's command with `%(ENV_NAME)s` replaced where it is known."""
    holes: dict[str, Setting] = {}

    def value(match: re.Match[str]) -> str:
        name = match[1].removeprefix("ENV_")
        known = variables.get(name)
        if known is not None and isinstance(known.value, str):
            return known.value
        unknown = Unknown(f"supervisord takes {name} from its own environment", text.span)
        holes[match[0]] = Setting(name, unknown, Place(text.span, match[0]))
        return match[0]

    words = tuple(_SUPERVISED.sub(value, word).replace("%%", "%") for word in planned.split(text.value))
    return Command(text.value, "exec", Place(text.span, f"command={text.value}"), words, filled_in=holes)


def _patience_of(platform: Platform, program: SupervisedProgram) -> Platform:
    """The platform with a program's own signal and patience."""
    if program.stop_signal is not None:
        signal = program.stop_signal.value.upper().removeprefix("SIG")
        platform = replace(platform, stop_signal=f"SIG{signal}")
    platform = replace(platform, sigterm_to_all=program.stop_as_group)
    if program.stop_wait is not None and is_number(program.stop_wait.value):
        platform = replace(platform, grace_seconds=float(program.stop_wait.value))
    return platform
