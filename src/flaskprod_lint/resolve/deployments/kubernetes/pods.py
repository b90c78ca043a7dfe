"""One container of a pod: what it starts, in which files, with which variables, as whom."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from dataclasses import replace

from flaskprod_lint.inputs.kubernetes_pods import Container, Mounted, PodVolume, Workload
from flaskprod_lint.model import Command, Disk, Image, Packages, Platform, Setting, Unknown
from flaskprod_lint.patterns import regex
from flaskprod_lint.resolve import image as images_of
from flaskprod_lint.resolve.context import Context
from flaskprod_lint.resolve.deployments import images, planned
from flaskprod_lint.resolve.deployments.kubernetes import environment
from flaskprod_lint.resolve.deployments.kubernetes.environment import Environment
from flaskprod_lint.resolve.deployments.kubernetes.selection import Running
from flaskprod_lint.resolve.deployments.kubernetes.stores import Stores
from flaskprod_lint.resolve.tree import Tree
from flaskprod_lint.source import Located, Place, Project, is_number

#: What Kubernetes takes away with the pod, or brings in with it.
_PASSING = frozenset(("emptyDir", "configMap", "secret", "projected", "downwardAPI", "csi"))
_SLEEP = regex(r"\bsleep[ \"',]+(\d{1,18})")


def command_of(running: Running, container: Container, variables: Environment) -> Command | None:
    """What a container starts: `command` in place of the image's ENTRYPOINT, `args` in place of its CMD."""
    substituted = running.workload.substituted
    entrypoint = _words(container.command, "command", variables, substituted=substituted)
    arguments = _words(container.arguments, "args", variables, substituted=substituted)
    image = running.built.image if running.built is not None else None
    found = images_of.command_of(image, entrypoint=entrypoint, cmd=arguments)
    if found is None:
        return None
    holes: dict[str, Setting] = {}
    for one in (entrypoint, arguments):
        holes.update(one.filled_in if one is not None else {})
    return replace(found, filled_in=holes) if holes else found


def _words(
    words: tuple[Located[str], ...] | None, key: str, variables: Environment, *, substituted: bool
) -> Command | None:
    if words is None:
        return None
    known, is_open = variables.variables, variables.is_open
    filled = [environment.fill(word, known, is_open=is_open, substituted=substituted) for word in words]
    argv = tuple(one.text for one in filled)
    holes: dict[str, Setting] = {}
    for one in filled:
        holes.update(one.holes)
    first, last = words[0].span, words[-1].span
    span = first if first.path != last.path else replace(first, end_line=last.end_line, end_column=last.end_column)
    place = Place(span, f"{key}: {_shown(argv)}")
    places = tuple(Place(word.span, text) for word, text in zip(words, argv, strict=True))
    return Command(" ".join(argv), "exec", place, argv, places, holes)


def _shown(argv: tuple[str, ...]) -> str:
    text = " ".join(" ".join(argv).split())
    return text if len(text) <= 80 else f"{text[:77]}…"


# Where it runs


def context_for(
    project: Project, running: Running, container: Container, variables: Environment, stores: Stores, platform: Platform
) -> Context:
    """The image's files with the volumes over them, and the variables over the image's."""
    if running.built is not None:
        base = images.context_for(running.built, project)
        tree = Tree(project, list(running.built.tree.mounts), list(running.built.tree.changes))
    else:
        reference = container.image.value if container.image is not None else "of this container"
        tree = Tree(project)
        reason = f"the image {reference} is not built from this project"
        tree.mount_unknown("/", reason, Place(container.span))
        base = Context(project, tree, packages=Packages(complete=Unknown(reason)))
    for mounted, volume in _mounted(running.workload, container):
        _mount(tree, mounted.path, mounted.sub_path, volume, stores)
    cwd = container.folder.value if container.folder is not None else base.cwd
    found = planned.merged(base.variables, variables.variables)
    is_open = variables.is_open or (running.built is not None and not running.built.image.plain_base)
    return replace(base, tree=tree, variables=found, open_environment=is_open, cwd=cwd, platform=platform)


def _mounted(workload: Workload, container: Container) -> Iterator[tuple[Mounted, PodVolume | None]]:
    for mounted in container.mounts:
        yield mounted, _volume(workload, mounted.volume)


def _mount(tree: Tree, path: Located[str], sub_path: str, volume: PodVolume | None, stores: Stores) -> None:
    """Put a volume over the image's files: the project's own where a ConfigMap is made of them."""
    place = Place(path.span, f"volumeMounts: {path.value}")
    values = stores.find("ConfigMap", volume.refers_to) if volume is not None and volume.kind == "configMap" else None
    stored = values.get(sub_path) if values is not None and sub_path else None
    if stored is not None and stored.file:
        tree.mount(path.value, stored.file, place)
        return
    tree.mount_unknown(path.value, "a volume stands there", place)
    for key, one in (values or {}).items() if not sub_path else ():
        if one.file:
            tree.mount(posixpath.join(path.value, key), one.file, place)


def disk_of(running: Running, cwd: str) -> Disk:
    """What is lost of a container's files: all but those on volumes that outlive the pod."""
    kept = tuple(
        mounted.path.value
        for mounted in running.container.mounts
        if (volume := _volume(running.workload, mounted.volume)) is None or volume.kind not in _PASSING
    )
    reason = "Kubernetes starts each pod with the files of the image"
    place = Place(running.container.name.span, f"container {running.container.name.value}")
    return Disk(reason, kept, place, cwd)


def memory_folders(running: Running) -> frozenset[str]:
    """Where a container's files are kept in memory."""
    found = (
        mounted.path.value.rstrip("/")
        for mounted in running.container.mounts
        if (volume := _volume(running.workload, mounted.volume)) is not None and volume.in_memory
    )
    return frozenset(found)


def _volume(workload: Workload, name: str) -> PodVolume | None:
    return next((volume for volume in workload.volumes if volume.name == name), None)


# As whom, and until when


def image_of(running: Running) -> Image | None:
    """The image with the user that the pod runs it as, and with the command of a probe as its health check.

    Kubernetes passes over a HEALTHCHECK of the Dockerfile.
    """
    if running.built is None:
        return None
    image = replace(running.built.image, health_check=_health_check(running.container))
    user = running.container.user.user or running.workload.user.user
    if user is not None and "{{" not in user.value:
        return replace(image, user=Setting("user", user.value, Place(user.span, f"runAsUser: {user.value}")))
    refuses = running.container.user.refuses_root or running.workload.user.refuses_root
    if (refuses is not None and image.user.value in ("root", "0")) or user is not None:
        at = refuses or user
        return replace(image, user=Setting("user", "another than root", Place(at.span if at else None, "runAsNonRoot")))
    return image


def _health_check(container: Container) -> Command | None:
    probe = next((probe for probe in container.probes if probe.command), None)
    if probe is None:
        return None
    argv = tuple(word.value for word in probe.command)
    return Command(" ".join(argv), "exec", Place(probe.command[0].span, f"{probe.kind}: {_shown(argv)}"), argv)


def grace_of(running: Running) -> Setting | None:
    """The seconds that a container has to stop in: those of the pod without those that its preStop hook waits."""
    told = running.workload.grace
    total = float(told.value) if told is not None and is_number(told.value) else None
    if told is not None and total is None:
        return Setting("grace", Unknown("it is filled in elsewhere", told.span), Place(told.span))
    words = running.container.before_stop
    match = _SLEEP.search(" ".join(word.value for word in words))
    if match is not None:
        left = max((total if total is not None else 30.0) - float(match[1]), 0.0)
        of = f"of {total or 30.0:g}"
        return Setting("grace", left, Place(words[0].span, f"preStop sleeps {match[1]} s {of}"))
    if told is None:
        return None
    return Setting("grace", total, Place(told.span, f"terminationGracePeriodSeconds: {told.value}"))
