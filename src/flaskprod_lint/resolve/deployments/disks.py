"""Which files of a process outlive it: the platform's disk, and the volumes that its manifest mounts."""

from __future__ import annotations

import re
from collections.abc import Iterator

from flaskprod_lint.inputs import compose
from flaskprod_lint.model import Deployment, Disk, Process
from flaskprod_lint.patterns import regex
from flaskprod_lint.resolve.context import Context
from flaskprod_lint.source import Project

#: Platforms on which no volume can be mounted into a process.
_WITHOUT_VOLUMES = ("heroku", "gae-standard", "gae-flex", "cloud-foundry", "apprunner", "digitalocean", "scalingo")
#: Platforms on which a volume is added in a dashboard or on a command line, where we cannot look.
_VOLUMES_ELSEWHERE = ("railway", "koyeb", "caprover", "dokku")
#: What a manifest's text holds where it mounts a volume, and what becomes of the files otherwise.
_VOLUMES_NAMED = {
    "ecs": (
        regex(r"mountPoints\W+[{\w]|MountPoints|^\s*storage:", re.MULTILINE),
        "a new task starts without the files of the old one",
    ),
    "cloud-run": (
        regex(r"volumeMounts|--add-volume|^\s*volumes:", re.MULTILINE),
        "Cloud Run forgets the files of an instance when it stops",
    ),
    "azure-containerapps": (regex(r"volumeMounts"), "a new replica starts without the files of the old one"),
    "beanstalk": (
        regex(r"HostDirectory|mountPoints"),
        "Elastic Beanstalk replaces the app's folder at each deploy",
    ),
}
_DESTINATION = regex(r"""^\s*destination\s*=\s*["']([^"']+)""", re.MULTILINE)
_VOLUME = regex(r"^\s*VOLUME\b", re.MULTILINE | re.IGNORECASE)


def of_process(process: Process, deployment: Deployment, context: Context) -> Disk | None:
    """What is lost of a process's files; None where they stay, or where that cannot be known."""
    platform = deployment.platform
    origin = deployment.origin
    if platform is None or (context.image is not None and _declares(context.image.dockerfile, context.project)):
        return None
    if platform.id in _WITHOUT_VOLUMES and platform.ephemeral_disk:
        return Disk(f"{platform.name} throws the disk away at each restart and deploy", at=origin, cwd=context.cwd)
    if platform.id == "fly":
        source = context.project.read(origin.path)
        volumes = tuple(_DESTINATION.findall(source.text)) if source is not None else ()
        return Disk("Fly.io replaces the disk of a Machine at each deploy", volumes, origin, context.cwd)
    if platform.id == "render":
        source = context.project.read(origin.path)
        if source is None or re.search(r"^\s*(- )?disk:", source.text, re.MULTILINE):
            return None
        return Disk("Render throws the disk away at each deploy", (), origin, context.cwd, sure=False)
    if platform.id in _VOLUMES_NAMED:
        mark, reason = _VOLUMES_NAMED[platform.id]
        source = context.project.read(origin.path)
        return None if source is None or mark.search(source.text) else Disk(reason, (), origin, context.cwd, sure=False)
    if platform.id in _VOLUMES_ELSEWHERE and platform.ephemeral_disk:
        return Disk(f"{platform.name} throws the disk away at each deploy", (), origin, context.cwd, sure=False)
    if platform.id == "docker-compose":
        reason = "a new container starts without the files of the old one"
        volumes = tuple(_targets(process.name, context.project))
        return None if "/" in volumes else Disk(reason, volumes, origin, context.cwd, shared=True)
    return None


def _declares(dockerfile: str, project: Project) -> bool:
    """Whether the image itself declares a volume."""
    source = project.read(dockerfile)
    return source is not None and _VOLUME.search(source.text) is not None


def _targets(service: str, project: Project) -> Iterator[str]:
    """Where the compose files mount volumes into a service; "/" for what cannot be read."""
    for path in project.of_format("compose"):
        facts = project.facts(path, compose.read)
        for one in facts.services if facts is not None else ():
            if one.name.value != service:
                continue
            if one.extends is not None:
                yield "/"
            for volume in one.volumes:
                text = volume.target.value if volume.target is not None else volume.text.value if volume.text else ""
                pieces = text.split(":")
                target = pieces[1] if len(pieces) > 1 else pieces[0]
                yield target if target.startswith("/") and "$" not in text else "/"
