"""Which compose files are started together, and which such start is the one for production."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator

from flaskprod_lint.inputs.compose import Service
from flaskprod_lint.patterns import regex
from flaskprod_lint.records import dataclass
from flaskprod_lint.resolve.deployments import standing
from flaskprod_lint.resolve.deployments.compose import merging
from flaskprod_lint.resolve.deployments.compose.merging import Merged
from flaskprod_lint.resolve.deployments.standing import Standing
from flaskprod_lint.resolve.options import Options
from flaskprod_lint.source import Project

#: The names that `docker compose up` looks for, in this order.
_DEFAULT = ("compose.yaml", "compose.yml", "docker-compose.yml", "docker-compose.yaml")
_OVERRIDE = regex(r"(docker-)?compose\.override\.ya?ml")


@dataclass(frozen=True)
class Unit:
    """Compose files that are started together. `name` is the path of the file that makes it what it is."""

    name: str
    merged: Merged
    by_name: Standing
    is_default: bool = False

    @property
    def folder(self) -> str:
        return posixpath.dirname(self.merged.paths[0])


def find(project: Project, options: Options) -> list[Unit]:
    """Every way in which the project's compose files are started."""
    found: list[Unit] = []
    folders = dict.fromkeys(posixpath.dirname(path) for path in project.of_format("compose"))
    for folder in folders:
        names = [path for path in project.of_format("compose") if posixpath.dirname(path) == folder]
        found += _of_folder(project, folder, names, options)
    return [unit for unit in found if unit.merged.services]


def _of_folder(project: Project, folder: str, paths: list[str], options: Options) -> Iterator[Unit]:
    default = _default(paths)
    base = default or _default([path for path in project.of_format("compose") if posixpath.dirname(path) == ""])
    for path in paths:
        if path == default:
            yield _unit(project, path, [path], options, is_default=True)
        elif base is not None and (_is_override(path) or _needs(project, path, base)):
            yield _unit(project, path, [base, path], options)
        else:
            yield _unit(project, path, [path], options)


def _default(paths: list[str]) -> str | None:
    names = {path.rpartition("/")[2]: path for path in paths}
    return next((names[name] for name in _DEFAULT if name in names), None)


def _is_override(path: str) -> bool:
    return bool(_OVERRIDE.fullmatch(path.rpartition("/")[2]))


def _unit(project: Project, name: str, paths: list[str], options: Options, *, is_default: bool = False) -> Unit:
    merged = merging.merge_files(project, paths)
    if _is_override(name) and standing.told_by_user(name, options) is None:
        return Unit(
            name, merged, Standing("development", "Compose takes an override file by itself only where it stands")
        )
    return Unit(name, merged, standing.of_path(name, options, "Compose starts it"), is_default)


def _needs(project: Project, path: str, base: str) -> bool:
    """Whether a file is no whole by itself: a service in it has neither image nor build, and the base file has them."""
    facts, below = merging.read(project, path), merging.read(project, base)
    if facts is None or below is None:
        return False
    return any(_is_partial(service) and below.service(service.name.value) is not None for service in facts.services)


def _is_partial(service: Service) -> bool:
    build = service.build
    only_a_target = build is None or (build.context is None and build.dockerfile is None and build.inline is None)
    return service.image is None and only_a_target and service.extends is None
