"""Podman's quadlets: *.container units, and the *.build units that make their images."""

from __future__ import annotations

from flaskprod_lint.inputs import ini, systemd, templates
from flaskprod_lint.records import dataclass
from flaskprod_lint.source import Located, Problem, Source


@dataclass(frozen=True)
class Quadlet:
    """The [Container] of a unit, with the limits of its [Service]. `is_quadlet` is False for other files."""

    path: str
    is_quadlet: bool = False
    image: Located[str] | None = None
    command: Located[str] | None = None
    entrypoint: Located[str] | None = None
    environment: tuple[tuple[Located[str], Located[str]], ...] = ()
    environment_files: tuple[Located[str], ...] = ()
    secrets: tuple[Located[str], ...] = ()
    ports: tuple[Located[str], ...] = ()
    volumes: tuple[Located[str], ...] = ()
    networks: tuple[Located[str], ...] = ()
    pod: Located[str] | None = None
    stop_timeout: Located[str] | None = None
    stop_signal: Located[str] | None = None
    memory: Located[str] | None = None
    cpu_quota: Located[str] | None = None
    before: tuple[Located[str], ...] = ()
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True)
class QuadletPod:
    """The [Pod] of a unit: containers that share one network, whose ports it publishes."""

    path: str
    ports: tuple[Located[str], ...] = ()
    networks: tuple[Located[str], ...] = ()


@dataclass(frozen=True)
class QuadletBuild:
    """The [Build] of a unit: what it builds from which folder, and the name it gives the image."""

    path: str
    tag: Located[str] | None = None
    file: Located[str] | None = None
    folder: Located[str] | None = None
    target: Located[str] | None = None


def read(source: Source) -> Quadlet:
    """The facts of a *.container file; only problems for one that Podman refuses.

    https://docs.podman.io/en/latest/markdown/podman-systemd.unit.5.html
    """
    facts = ini.read_systemd(source, by="Podman", strict=True)
    section, service = facts.section("Container"), facts.section("Service")
    is_template = templates.PIECE.search(source.text) is not None
    if section is None or (facts.problems and not is_template):
        return Quadlet(source.path, problems=() if is_template else facts.problems[:1])
    return Quadlet(
        source.path,
        is_quadlet=True,
        image=section.get("Image"),
        command=section.get("Exec"),
        entrypoint=section.get("Entrypoint"),
        environment=tuple(pair for value in section.all("Environment") for pair in systemd.assignments(value)),
        environment_files=tuple(section.all("EnvironmentFile")),
        secrets=tuple(section.all("Secret")),
        ports=tuple(section.all("PublishPort")),
        volumes=tuple(section.all("Volume")),
        networks=tuple(section.all("Network")),
        pod=section.get("Pod"),
        stop_timeout=section.get("StopTimeout"),
        stop_signal=section.get("StopSignal"),
        memory=section.get("Memory") or (service.get("MemoryMax") if service is not None else None),
        cpu_quota=service.get("CPUQuota") if service is not None else None,
        before=tuple(service.all("ExecStartPre")) if service is not None else (),
    )


def read_pod(source: Source) -> QuadletPod:
    """The facts of a *.pod file."""
    section = ini.read_systemd(source).section("Pod")
    if section is None:
        return QuadletPod(source.path)
    return QuadletPod(source.path, tuple(section.all("PublishPort")), tuple(section.all("Network")))


def read_build(source: Source) -> QuadletBuild:
    """The facts of a *.build file."""
    section = ini.read_systemd(source).section("Build")
    if section is None:
        return QuadletBuild(source.path)
    return QuadletBuild(
        source.path,
        section.get("ImageTag"),
        section.get("File"),
        section.get("SetWorkingDirectory"),
        section.get("Target"),
    )
