"""Which of two files wins where one platform reads both, and what the other one then says in vain."""

from __future__ import annotations

import posixpath
from dataclasses import replace

from flaskprod_lint.model import Conflict, Deployment, Process
from flaskprod_lint.resolve import platforms
from flaskprod_lint.resolve.deployments import planned
from flaskprod_lint.resolve.deployments.planned import Planned
from flaskprod_lint.source import Place


def settle(found: list[Planned]) -> list[Planned]:
    """The deployments without those that lose to another of the same platform and folder."""
    lost: set[int] = set()
    for procfile in found:
        if not _is_procfile(procfile):
            continue
        for image in found:
            if image is procfile or not _same_place(procfile, image) or id(image) in lost:
                continue
            if _image_wins(image):
                _note(image.deployment, procfile.deployment)
            lost.add(id(procfile if _image_wins(image) else image))
    return [one for one in found if id(one) not in lost]


def _is_procfile(one: Planned) -> bool:
    return one.deployment.image is None and one.deployment.origin.path.rpartition("/")[2].startswith("Procfile")


def _same_place(procfile: Planned, image: Planned) -> bool:
    first, second = procfile.deployment, image.deployment
    if first.platform is None or second.platform is None or first.platform.id != second.platform.id:
        return False
    if second.image is None or first.environment != second.environment:
        return False
    return posixpath.dirname(first.origin.path) == posixpath.dirname(second.origin.path)


def _image_wins(image: Planned) -> bool:
    platform = image.deployment.platform
    return image.deployment.origin.path.endswith("heroku.yml") or (
        platform is not None and platforms.starts_image_first(platform.id)
    )


def _note(winner: Deployment, loser: Deployment) -> None:
    """Keep on the winner what the loser says in vain."""
    first, second = _web(winner), _web(loser)
    name = winner.platform.name if winner.platform is not None else "the platform"
    if first is not None and second is not None and planned.starts_differently(first.command, second.command):
        reason = f"{name} starts what {winner.origin.path} says"
        winner.conflicts = (*winner.conflicts, Conflict(first.command, second.command, reason))
        if winner.platform is not None and not winner.platform.confirms("procfile.beside_dockerfile"):
            winner.sure = False
    release = next((process for process in loser.processes if process.kind == "release"), None)
    known = winner.platform is not None and platforms.drops_release_line(winner.platform.id)
    if not known and not winner.origin.path.endswith("heroku.yml"):
        return
    if release is not None and not any(process.kind == "release" for process in winner.processes):
        place = replace(release.command.origin, note=f"{name} does not run this: {winner.origin.path} is what it reads")
        winner.unused_release = Place(place.span, place.note)


def _web(deployment: Deployment) -> Process | None:
    return next(iter(deployment.web_processes), None)
