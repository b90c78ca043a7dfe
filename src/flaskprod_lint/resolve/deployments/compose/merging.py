"""Several compose files over each other, services that extend others, files that include others."""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Iterable
from dataclasses import field, fields, replace

from flaskprod_lint.inputs import compose
from flaskprod_lint.inputs.compose import Build, Compose, EnvFileEntry, Service, Variable, Volume
from flaskprod_lint.records import dataclass
from flaskprod_lint.source import Located, Project

#: Fields that hold a list, and what tells that two of their entries are the same.
_LISTS: dict[str, Callable[[object], object]] = {
    "environment": lambda entry: entry.name.value if isinstance(entry, Variable) else entry,
    "labels": lambda entry: entry.name.value if isinstance(entry, Variable) else entry,
    "volumes": lambda entry: _target(entry) if isinstance(entry, Volume) else entry,
    "env_files": lambda entry: entry.path.value if isinstance(entry, EnvFileEntry) else entry,
}
_DEEPEST = 8


@dataclass(frozen=True)
class Merged:
    """The services that some compose files give together. `paths` are all the files that were read for it."""

    paths: tuple[str, ...]
    services: dict[str, Service] = field(default_factory=dict)
    template: bool = False


def read(project: Project, path: str) -> Compose | None:
    """The facts of a compose file, a broken one noted; None for one that is not there."""
    facts = project.facts(path, compose.read) if path in project else None
    if facts is not None and facts.problem is not None and facts.problem.place.span is not None:
        project.problem(facts.problem.message, facts.problem.place.span)
    return facts


def merge_files(project: Project, paths: Iterable[str]) -> Merged:
    """The services of the files, later files over earlier ones, as `docker compose -f A -f B` merges them."""
    services: dict[str, Service] = {}
    read_paths: list[str] = []
    template = False
    for path in paths:
        facts = read(project, path)
        if facts is None:
            continue
        read_paths.append(path)
        template = template or facts.template
        for service in (*_included(project, facts, 0), *facts.services):
            whole = _extended(project, service, path, 0)
            name = whole.name.value
            services[name] = over(services[name], whole) if name in services else whole
    return Merged(tuple(read_paths), services, template)


def _included(project: Project, facts: Compose, depth: int) -> list[Service]:
    found: list[Service] = []
    for include in facts.includes if depth < _DEEPEST else ():
        path = _beside(facts.path, include.value)
        inner = read(project, path)
        if inner is not None:
            found += _included(project, inner, depth + 1)
            found += [_moved(_extended(project, one, path, 0), path, facts.path) for one in inner.services]
    return found


def _extended(project: Project, service: Service, path: str, depth: int) -> Service:
    """A service on top of the one that it extends."""
    extends = service.extends
    if extends is None or depth >= _DEEPEST:
        return service
    other = _beside(path, extends.file.value) if extends.file is not None else path
    facts = read(project, other)
    base = facts.service(extends.service.value) if facts is not None else None
    if base is None or (other == path and base.name.value == service.name.value):
        return service
    whole = _moved(_extended(project, base, other, depth + 1), other, path)
    return over(replace(whole, waits_for=()), service)


def over(base: Service, top: Service) -> Service:
    """One service on top of another: lists are joined, single values replaced."""
    changed: dict[str, object] = {"name": top.name, "span": top.span, "extends": None}
    for one in fields(base):
        if one.name in changed or one.name == "resets":
            continue
        below, above = getattr(base, one.name), getattr(top, one.name)
        if one.name in top.resets or above is None or above == ():
            changed[one.name] = above if one.name in top.resets else below
        elif isinstance(above, tuple) and one.name != "ports":
            changed[one.name] = _joined(below, above, _LISTS.get(one.name, lambda entry: entry))
        elif isinstance(above, tuple):
            changed[one.name] = (*below, *above)
        elif isinstance(above, Build) and isinstance(below, Build):
            changed[one.name] = _build_over(below, above)
        else:
            changed[one.name] = above
    if top.entrypoint is not None and top.command is None and "command" not in top.resets:
        changed["command"] = base.command
    return replace(base, **changed)  # type: ignore[arg-type]


def _joined(
    below: tuple[object, ...], above: tuple[object, ...], key: Callable[[object], object]
) -> tuple[object, ...]:
    replaced = {key(entry) for entry in above}
    return (*(entry for entry in below if key(entry) not in replaced), *above)


def _build_over(below: Build, above: Build) -> Build:
    return Build(
        above.span,
        context=above.context or below.context,
        dockerfile=above.dockerfile or below.dockerfile,
        target=above.target or below.target,
        args=(*below.args, *above.args),
        inline=above.inline or below.inline,
    )


def _target(volume: Volume) -> object:
    if volume.target is not None:
        return volume.target.value
    pieces = volume.text.value.split(":") if volume.text is not None else [""]
    return pieces[1] if len(pieces) > 1 else pieces[0]


def _beside(path: str, other: str) -> str:
    """A path as written in a compose file, from the project's root."""
    return posixpath.normpath(posixpath.join(posixpath.dirname(path), other))


def _moved(service: Service, path: str, to: str) -> Service:
    """A service of another folder's file with its own paths written as seen from the file that takes it in."""
    folder = posixpath.relpath(posixpath.dirname(path) or ".", posixpath.dirname(to) or ".")
    if folder == ".":
        return service
    build = service.build
    if build is not None:
        build = replace(build, context=_below(folder, build.context or Located(".", build.span)))
    files = tuple(replace(entry, path=_below(folder, entry.path)) for entry in service.env_files)
    volumes = tuple(_moved_volume(volume, folder) for volume in service.volumes)
    return replace(service, build=build, env_files=files, volumes=volumes)


def _moved_volume(volume: Volume, folder: str) -> Volume:
    if volume.text is not None and volume.text.value.startswith("."):
        return replace(volume, text=Located(posixpath.join(folder, volume.text.value), volume.text.span))
    if volume.source is not None and volume.source.value.startswith("."):
        return replace(volume, source=_below(folder, volume.source))
    return volume


def _below(folder: str, path: Located[str]) -> Located[str]:
    if path.value.startswith("/") or "://" in path.value:
        return path
    return Located(posixpath.join(folder, path.value), path.span)
