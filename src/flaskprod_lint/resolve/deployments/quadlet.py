"""Podman's quadlets: containers that systemd starts, of images that the project builds."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from dataclasses import replace

from flaskprod_lint.inputs import quadlet, systemd
from flaskprod_lint.inputs.quadlet import Quadlet, QuadletBuild, QuadletPod
from flaskprod_lint.model import Command, Disk, Setting
from flaskprod_lint.patterns import regex
from flaskprod_lint.resolve.deployments import amounts, containers, images, manifest_secrets, parts, planned, standing
from flaskprod_lint.resolve.deployments.images import Built
from flaskprod_lint.resolve.deployments.parts import Home, Part
from flaskprod_lint.resolve.deployments.planned import Planned
from flaskprod_lint.resolve.options import Options
from flaskprod_lint.source import Located, Place, Project, Span

#: Images of databases, proxies and the like, which no project builds by these names.
_OTHERS = regex(
    r"postg|mysql|maria|redis|valkey|mongo|rabbit|memcache|nginx|caddy|traefik|haproxy|httpd|grafana|prometheus"
    r"|adminer|minio|loki|elastic|node|php|ruby|golang"
)
_PORT = regex(r"(?:.*:)?(\d{1,18})(?:/tcp)?")


def find(project: Project, options: Options) -> Iterator[Planned]:
    """The deployments of all containers that run an image of the project."""
    for path in project.of_format("quadlet"):
        facts = project.facts(path, quadlet.read)
        if facts is None or not facts.is_quadlet or facts.image is None:
            continue
        built, sure = _build(project, facts, facts.image)
        if built is None or images.runs_python(project, built.image.dockerfile) is False:
            continue
        yield _plan(project, facts, built, sure, options)


def _build(project: Project, facts: Quadlet, image: Located[str]) -> tuple[Built | None, bool]:
    """The image of a container, by its *.build unit or as the only one the project makes, and whether that is sure."""
    folder = posixpath.dirname(facts.path)
    for path in project.paths:
        if not path.endswith(".build"):
            continue
        unit = project.facts(path, quadlet.read_build)
        if unit is None or (unit.file is None and unit.folder is None):
            continue
        named = posixpath.normpath(posixpath.join(folder, image.value)) == path
        if named or (unit.tag is not None and unit.tag.value == image.value):
            return _of_unit(project, unit), True
    if image.value.endswith(".build") or _OTHERS.search(image.value.rpartition("/")[2].lower()):
        return None, False
    own = [path for path in project.of_format("dockerfile") if images.runs_python(project, path)]
    return (images.build(project, own[0]) if len(own) == 1 else None), False


def _of_unit(project: Project, unit: QuadletBuild) -> Built | None:
    """The image of a *.build unit. A folder of the host is the project's own where it does not lead elsewhere."""
    base = posixpath.dirname(unit.path)
    folder = unit.folder.value if unit.folder is not None else "unit"
    if folder == "unit" or folder.startswith("."):
        base = posixpath.normpath(posixpath.join(base, folder.replace("unit", "."))).replace("..", "")
    elif folder.startswith(("/", "%", "~")):
        base = ""
    base = "" if base == "." else base.strip("/")
    name = unit.file.value if unit.file is not None else "Containerfile"
    choices = (posixpath.join(base, name.lstrip("/")), posixpath.join(base, name.rpartition("/")[2]))
    path = next((one for one in (*choices, posixpath.join(base, "Dockerfile")) if one in project), None)
    target = unit.target.value if unit.target is not None else None
    return images.build(project, path, context=base, target=target) if path is not None else None


def _plan(project: Project, facts: Quadlet, built: Built, sure: bool, options: Options) -> Planned:
    home = Home(built.context, built)
    place = standing.of_manifest(facts.path, options, "Podman")
    platform = parts.platform_of("podman-quadlet", facts.path, home, "a quadlet of Podman")
    if facts.stop_signal is not None:
        platform = replace(platform, stop_signal=facts.stop_signal.value)
    pod = _pod(project, facts)
    if any(network.value == "host" for network in (pod.networks if pod is not None else facts.networks)):
        platform = replace(platform, proxy_on_same_host=True)
    at = Span(facts.path, 1)
    deployment = parts.deployment_of(project, facts.path, at, platform, place, options, home)
    deployment.name = facts.path
    deployment.sure = deployment.sure and sure
    deployment.secrets = manifest_secrets.of_pairs(
        facts.environment, "Container.Environment", development=not place.is_production
    )
    found = Planned(deployment, uses=frozenset((facts.path, built.image.dockerfile)))
    command = _command(facts)
    text = command.text if command is not None else ""
    kind = planned.kind_of(text) if text else "web"
    closed = not facts.environment_files and not facts.secrets
    part = Part(
        posixpath.basename(facts.path).removesuffix(".container"),
        kind,
        Place(facts.image.span if facts.image is not None else at, facts.path),
        command,
        {name.value: planned.literal(name.value, value) for name, value in facts.environment},
        port_expected=_port(pod.ports if pod is not None else facts.ports) if kind == "web" else None,
        port_set=False if closed else None,
        grace=amounts.seconds(facts.stop_timeout, "StopTimeout"),
        cpus=amounts.cpus(facts.cpu_quota, "CPUQuota"),
        memory=amounts.memory(facts.memory, "memory limit"),
    )
    process = parts.add(found, project, home, part, options)
    if process is not None:
        process.proxy = _proxy(project, facts)
        process.port_expected = process.port_expected if process.proxy is None else None
        process.disk = _disk(facts, at, found.contexts[process.name].cwd)
    if process is None:
        planned.note_no_command(deployment, built.image, at, "neither Exec= nor the image says what to start")
    elif closed:
        found.contexts[process.name] = replace(found.contexts[process.name], open_environment=False)
    return found


def _disk(facts: Quadlet, at: Span, cwd: str) -> Disk:
    """Podman makes a new container at each start: only the volumes stay."""
    mounts = tuple(volume.value.split(":")[1] for volume in facts.volumes if ":" in volume.value)
    reason = "Podman makes a new container at each start, without the files of the old one"
    return Disk(reason, mounts, Place(at), cwd)


def _command(facts: Quadlet) -> Command | None:
    """Exec=, split as systemd does; no shell sees it."""
    text = facts.command
    return planned.exec_command(text, systemd.split(text.value), f"Exec={text.value}") if text is not None else None


def _pod(project: Project, facts: Quadlet) -> QuadletPod | None:
    """The unit of the pod that a container runs in: it publishes the ports, and has the network."""
    if facts.pod is None:
        return None
    path = posixpath.join(posixpath.dirname(facts.path), facts.pod.value)
    return (project.facts(path, quadlet.read_pod) if path in project else None) or QuadletPod(path)


def _proxy(project: Project, facts: Quadlet) -> Place | None:
    """The web server that runs in the same pod, and so reaches what listens on its loopback."""
    for path in project.of_format("quadlet"):
        other = project.facts(path, quadlet.read)
        if other is None or other is facts or other.pod is None or other.image is None or facts.pod is None:
            continue
        if other.pod.value == facts.pod.value and containers.is_proxy(other.image.value):
            return Place(other.image.span, f"{other.image.value} runs in the same pod")
    return None


def _port(published: tuple[Located[str], ...]) -> Setting | None:
    """The container's port of the only one that is published."""
    ports = {found[1]: one for one in published if (found := _PORT.fullmatch(one.value))}
    if len(ports) != 1:
        return None
    number, text = next(iter(ports.items()))
    return Setting("port", int(number), Place(text.span, f"PublishPort={text.value}"))
