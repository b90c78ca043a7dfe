"""Deployments out of bundles: each workload that runs the app as a process, with all that its pod says."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from flaskprod_lint.inputs import kubernetes_pods
from flaskprod_lint.inputs.kubernetes_pods import Workload
from flaskprod_lint.model import Command, Deployment, Packages, Platform, Process, Setting, Unknown
from flaskprod_lint.patterns import regex
from flaskprod_lint.records import dataclass
from flaskprod_lint.resolve import platforms
from flaskprod_lint.resolve.context import Context
from flaskprod_lint.resolve.deployments import planned, proxies
from flaskprod_lint.resolve.deployments.kubernetes import (
    app_images,
    environment,
    exposure,
    pods,
    quantities,
    selection,
    stores,
)
from flaskprod_lint.resolve.deployments.kubernetes.app_images import Makings
from flaskprod_lint.resolve.deployments.kubernetes.bundles import Bundle
from flaskprod_lint.resolve.deployments.kubernetes.exposure import Exposure
from flaskprod_lint.resolve.deployments.kubernetes.selection import Running
from flaskprod_lint.resolve.deployments.kubernetes.stores import Stores
from flaskprod_lint.resolve.deployments.planned import Planned
from flaskprod_lint.resolve.deployments.standing import Standing
from flaskprod_lint.resolve.options import Options
from flaskprod_lint.source import Located, Place, Project, Span, is_number

_OPENSHIFT = frozenset(("DeploymentConfig", "Route", "ImageStream", "BuildConfig"))
_NGINX = regex(r"(^|/)(nginx\S*|openresty|caddy|httpd|envoy\S*|haproxy)([:@/-]|$)")
#: Hooks of Helm and Argo CD that run when the new pods are there: without the one that also runs before them.
_AFTER = regex(r"^(?!.*pre-?(install|upgrade|sync)).*post-?(install|upgrade|sync)")


@dataclass(frozen=True)
class Setup:
    """What all processes of a deployment share."""

    project: Project
    bundle: Bundle
    platform: Platform
    stores: Stores
    services: tuple[str, ...]
    options: Options


def plan(project: Project, bundles: list[Bundle], options: Options) -> Iterator[Planned]:
    """The deployments of all bundles in which something runs the app."""
    running = selection.find(project, bundles, Makings(project)) if bundles else []
    started = [(bundle, some) for bundle, some in zip(bundles, running, strict=True) if some]
    for bundle, some in started:
        others = any(other is not bundle and other.place.is_production for other, _ in started)
        bundle.place = _standing(bundle, some, others=others)
        yield from _of_bundle(project, bundle, some, options)


def _standing(bundle: Bundle, running: list[Running], *, others: bool) -> Standing:
    """What a bundle is for, where its names do not say so: `others` are for production as well."""
    sign = selection.sign_of_development(running)
    if not sign or not bundle.place.is_production or bundle.place.why.startswith("its name"):
        return bundle.place
    if others:
        return Standing("development", f"{sign}, and other manifests start this project as well")
    return Standing("production", f"{sign}, but no other manifest starts this project", sure=False)


def _of_bundle(project: Project, bundle: Bundle, running: list[Running], options: Options) -> list[Planned]:
    """The deployments of a bundle: one for each folder of the project that its web processes are built from."""
    services = tuple(environment.service_names(bundle.objects))
    setup = Setup(
        project, bundle, _platform(bundle), stores.of_objects(bundle.objects, bundle.defaults), services, options
    )
    groups = _by_app(running, setup)
    return [_deployment(setup, group, several=len(groups) > 1) for group in groups]


def _platform(bundle: Bundle) -> Platform:
    origin = Place(Span(bundle.path, 1), "deployed to Kubernetes")
    found = platforms.get("kubernetes", origin=origin) or Platform("kubernetes", "Kubernetes", origin)
    of_openshift = any(one.kind in _OPENSHIFT for one in bundle.objects) or "openshift" in bundle.path.lower()
    return replace(found, chooses_user=True) if of_openshift else found


def _seen_from(platform: Platform, web: Running) -> Platform:
    """The platform with the manifest that says so, where that is no overlay and no chart, and its way of deploying."""
    origin = platform.origin
    path = web.workload.object.path if origin.path.endswith((".yaml", ".yml", ".json")) else origin.path
    named = origin.path.rpartition("/")[2].lower().startswith(("kustomization", "chart"))
    platform = platform if named else replace(platform, origin=Place(Span(path, 1), origin.note))
    return platform if web.workload.surges else replace(platform, overlaps=False)


def _by_app(running: list[Running], setup: Setup) -> list[list[Running]]:
    """The containers in groups that are one app each: those built from one folder, if several folders serve."""
    web = {_folder(one) for one in running if one.built is not None and _kind(one, running, setup) == "web"}
    if len(web) < 2:
        return [running]
    groups: dict[str, list[Running]] = {}
    for one in running:
        groups.setdefault(_folder(one), []).append(one)
    return list(groups.values())


def _folder(one: Running) -> str:
    return one.built.context if one.built is not None else ""


def _exposure(one: Running, setup: Setup) -> Exposure:
    return exposure.of_container(one.workload, one.container, setup.bundle.objects)


def _kind(one: Running, group: list[Running], setup: Setup) -> str:
    """web where a Service finds it or it names a server; a Job runs at the release, a CronJob at its time."""
    if one.workload.kind == "CronJob":
        return "cron"
    if one.workload.kind == "Job" or one.workload.hooks:
        return "after" if _AFTER.search(one.workload.hooks.lower()) else "release"
    told = planned.kind_of(one.says) if one.says else "web"
    if told == "worker":
        return told
    beside = [other for other in group if other.workload is one.workload]
    found = bool(_exposure(one, setup).services) and len(beside) == 1
    seen = found or bool(one.container.ports) or planned.is_server_text(one.says)
    return "web" if seen or len(group) == 1 else "worker"


def _deployment(setup: Setup, group: list[Running], *, several: bool) -> Planned:
    bundle, place = setup.bundle, setup.bundle.place
    web = next((one for one in group if _kind(one, group, setup) == "web"), group[0])
    image = pods.image_of(web)
    workloads = [each for one in bundle.objects if (each := kubernetes_pods.workload(one)) is not None]
    deployment = Deployment(
        f"{bundle.name} on Kubernetes" + (f" ({web.workload.name.value})" if several else ""),
        Place(Span(web.workload.object.path, web.workload.object.node.span.line), web.workload.object.path),
        place.environment,
        place.why,
        sure=place.sure,
        platform=_seen_from(setup.platform, web),
        tiers=setup.options.told_tiers,
        image=image,
        packages=image.packages if image is not None else Packages(complete=Unknown("no image of this project")),
        python=image.python if image is not None else None,
        secrets=stores.secrets(bundle.objects, workloads, setup.stores, development=not place.is_production),
    )
    found = Planned(deployment, uses=frozenset(bundle.paths))
    for one in group:
        _add(found, setup, one, group)
    if any(deployment.web_processes):  # Else the image is started by what is not here.
        dockerfiles = [one.built.image.dockerfile for one in group if one.built is not None]
        found.uses |= frozenset(dockerfiles)
    if not deployment.processes:
        reason = f"`{web.workload.name.value}` has no command, and its image has none"
        planned.note_no_command(deployment, image, web.container.name.span, reason)
    return found


def _add(found: Planned, setup: Setup, one: Running, group: list[Running]) -> None:
    variables = environment.of_container(one.workload, one.container, setup.stores, setup.services)
    command = pods.command_of(one, one.container, variables)
    if command is None:
        return
    kind = _kind(one, group, setup)
    context = pods.context_for(setup.project, one, one.container, variables, setup.stores, setup.platform)
    seen = _exposure(one, setup)
    process = Process(
        _name(one, group, kind),
        kind,
        command,
        trail=_trail(one, command),
        instances=_instances(one, kind, setup),
        port_set=True if "PORT" in context.variables else None if context.open_environment else False,
        port_expected=_port(one, seen) if kind == "web" else None,
    )
    before = list(_before(one, setup))
    process.before = tuple(command for command, _ in before)
    _note_limits(process, one, seen, context.cwd)
    if kind == "web":
        process.probed = seen.probed
        _note_proxy(setup.project, process, one, seen)
    found.add(process, context)
    found.first[process.name] = tuple(own for _, own in before)


def _name(one: Running, group: list[Running], kind: str) -> str:
    """What a process is called: like its workload, or like its container where the pod has several that run the app."""
    beside = [other for other in group if other.workload is one.workload]
    names = [one.workload.name.value, one.container.name.value]
    known = [name for name in (reversed(names) if len(beside) > 1 else names) if re.fullmatch(r"[\w.-]+", name)]
    return known[0] if known else kind


def _trail(one: Running, command: Command) -> tuple[Place, ...]:
    """From the workload to the line that says what runs."""
    name, found = one.workload.name, one.workload.object
    # The name of a chart's object is made elsewhere: then its key is what stands here.
    about, whole = found.node.at("metadata"), found.node.span
    entry = about.entry("name") if about is not None else None
    places = (name.span, entry.key.span if entry is not None else whole)
    span = next((one for one in places if one.path == found.path), Span(whole.path, whole.line, whole.column))
    return (Place(span, f"{one.workload.kind} {name.value}"), command.origin)


def _before(one: Running, setup: Setup) -> Iterator[tuple[Command, Context]]:
    """What the init containers of the same image start, one after the other, and where: with variables of their own."""
    for container in one.first:
        variables = environment.of_container(one.workload, container, setup.stores, setup.services)
        command = pods.command_of(one, container, variables)
        if command is not None:
            yield command, pods.context_for(setup.project, one, container, variables, setup.stores, setup.platform)


def _note_limits(process: Process, one: Running, seen: Exposure, cwd: str) -> None:
    process.grace = pods.grace_of(one)
    process.router_timeout = seen.timeout if process.kind == "web" else None
    process.health_path = seen.health_path if process.kind == "web" else None
    process.memory_folders = pods.memory_folders(one)
    process.disk = pods.disk_of(one, cwd)
    cpus, memory = one.container.cpus, one.container.memory
    amount = quantities.number(cpus.value) if cpus is not None else None
    if cpus is not None and amount is not None:
        process.cpus = Setting("cpus", amount, Place(cpus.span, f"limits.cpu: {cpus.value}"))
    mebibytes = quantities.mebibytes(memory.value) if memory is not None else None
    if memory is not None and mebibytes is not None:
        process.memory = Setting("memory", mebibytes, Place(memory.span, f"limits.memory: {memory.value}"))


def _port(one: Running, seen: Exposure) -> Setting | None:
    """The port that others connect to: by a Service, else by the probes, else the one that the container declares."""
    if seen.port is not None or seen.probed is not None:
        return seen.port or seen.probed
    numbers = [port for port, _ in one.container.ports if is_number(port.value)]
    if len(numbers) != 1 or seen.services:
        return None
    note = f"containerPort: {numbers[0].value}"
    # It opens nothing by itself: what is not here may connect to another port.
    return Setting("port", int(numbers[0].value), Place(numbers[0].span, note), sure=False)


def _note_proxy(project: Project, process: Process, one: Running, seen: Exposure) -> None:
    """Note what stands before it in the same pod, on the same loopback: an nginx, or what the Service connects to."""
    others = [each for each in one.workload.containers if each is not one.container and each.image is not None]
    for other in others:
        is_target = bool(seen.services and other.ports) and seen.port is None and not one.container.ports
        if not is_target and (other.image is None or not _is_proxy(other.image.value)):
            continue
        process.proxy = Place(other.name.span, f"{other.name.value} stands before it in the same pod")
        behind = proxies.to_service(project, ("127.0.0.1", "localhost"), "")
        process.port_expected = next(iter(behind.values()), None)
        process.probed = None
        return


def _is_proxy(reference: str) -> bool:
    return _NGINX.search(reference.lower()) is not None and app_images.is_foreign(reference)


def _instances(one: Running, kind: str, setup: Setup) -> Setting:
    """How many pods run: as many as the autoscaler may start, else the replicas that are written down."""
    options = setup.options if kind == "web" else replace(setup.options, instances=None)
    if one.workload.kind in ("Job", "CronJob", "Pod"):
        return planned.instances(replace(setup.options, instances=None))
    if one.workload.kind == "DaemonSet" and options.instances is None:
        return Setting("instances", Unknown("one runs on each node"), Place(one.workload.name.span, "DaemonSet"))
    most = _most(one.workload, setup)
    if most is not None:
        return planned.instances(options, most, f"maxReplicas: {most.value}")
    replicas = one.workload.replicas
    return planned.instances(options, replicas, f"replicas: {replicas.value}" if replicas is not None else "")


def _most(workload: Workload, setup: Setup) -> Located[str] | None:
    """The most pods that an autoscaler of the bundle may start of a workload."""
    for one in setup.bundle.objects:
        target = one.node.string("spec", "scaleTargetRef", "name")
        if target is None or target.value != workload.name.value:
            continue
        if one.kind in ("HorizontalPodAutoscaler", "ScaledObject"):
            return one.node.string("spec", "maxReplicas") or one.node.string("spec", "maxReplicaCount")
    return None
