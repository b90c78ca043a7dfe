"""Deployments out of compose files: the services that run the app, as processes."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable
from dataclasses import replace

from flaskprod_lint.model import Deployment, Image, Packages, Platform, Process, SecretLiteral, Unknown
from flaskprod_lint.resolve import images, interpolation, planned, platforms
from flaskprod_lint.resolve.compose import secrets as manifest_secrets
from flaskprod_lint.resolve.compose import service as services
from flaskprod_lint.resolve.compose import units
from flaskprod_lint.resolve.compose.service import Resolved
from flaskprod_lint.resolve.compose.units import Unit
from flaskprod_lint.resolve.options import Options
from flaskprod_lint.resolve.planned import Planned
from flaskprod_lint.resolve.standing import Standing
from flaskprod_lint.source import Place, Project, Span

#: Images of databases, proxies and tools, which never run the app.
_FOREIGN = re.compile(
    r"(^|/)(postgres|postgis|timescaledb|pgvector|pgbouncer|mysql|mariadb|redis|valkey|memcached|mongo|rabbitmq|kafka|"
    r"zookeeper|elasticsearch|opensearch|kibana|logstash|nginx|httpd|traefik|caddy|haproxy|adminer|pgadmin4?|mailhog|"
    r"mailpit|maildev|minio|localstack|prometheus|grafana|loki|jaeger|node|certbot|portainer|watchtower|flower|"
    r"metabase|keycloak|vault|consul|selenium|busybox|alpine|docker|registry|clickhouse-server|influxdb|neo4j|couchdb|"
    r"solr|nginx-proxy|acme-companion|letsencrypt\S*|swagger-ui|mssql|oracle\S*|backup\S*|phpmyadmin|mongo-express|"
    r"redis-commander|cassandra|etcd|nats|mosquitto|statsd|telegraf|fluentd|filebeat|cloudflared|ngrok)(:|@|$)"
)
_DEVELOPMENT_VALUES = {
    "FLASK_ENV": ("development", "dev"),
    "FLASK_DEBUG": ("1", "true", "on", "yes"),
    "APP_ENV": ("development", "dev", "local"),
    "ENV": ("development", "dev", "local"),
}
_DEVELOPMENT_COMMAND = re.compile(
    r"--reload\b|--debug\b|\bflask\b.*\brun\b|\bdebugpy\b|\bptvsd\b|runserver|watchmedo|nodemon"
)


def plan(project: Project, options: Options, *, others: bool) -> list[Planned]:
    """The deployments of a project's compose files. `others` says that another file deploys the project as well."""
    found = units.find(project, options)
    return [one for unit in found for one in _of_unit(project, unit, found, options, others)]


def _of_unit(project: Project, unit: Unit, siblings: list[Unit], options: Options, others: bool) -> list[Planned]:
    filler = interpolation.of_folder(project, unit.folder)
    every = [services.resolve(service, unit.folder, filler) for service in unit.merged.services.values()]
    chosen = _that_run_the_app(project, every)
    if not chosen:
        return []
    for one in chosen:
        services.build(project, one)
    place = _standing(project, unit, siblings, chosen, others)
    groups = _by_app(chosen)
    return [_deployment(project, unit, group, every, place, options, len(groups) > 1) for group in groups]


# Which services


def _that_run_the_app(project: Project, every: list[Resolved]) -> list[Resolved]:
    built = {one.image_name: one for one in every if one.dockerfile is not None and one.image_name}
    for one in every:
        twin = built.get(one.image_name) if one.dockerfile is None else None
        if twin is not None:
            one.dockerfile, one.context, one.target, one.arguments = (
                twin.dockerfile,
                twin.context,
                twin.target,
                twin.arguments,
            )
    _adopt(project, every)
    chosen = [one for one in every if _runs_the_app(project, one)]
    with_flask = [one for one in chosen if one.dockerfile is None or images.mentions_flask(project, one.context)]
    return with_flask or chosen


def _runs_the_app(project: Project, one: Resolved) -> bool:
    if one.dockerfile is not None:
        runs = services.can_run_python(project, one)
        return bool(runs) or (runs is None and (one.dockerfile in project or planned.runs_python(one.text)))
    if _FOREIGN.search(one.image_name.lower()):
        return False
    return planned.runs_python(one.text)


def _adopt(project: Project, every: list[Resolved]) -> None:
    """Take the project's only Python image for that of services whose image is built elsewhere, by its name."""
    waiting = [one for one in every if one.dockerfile is None and one.service.build is None and one.image_name]
    waiting = [one for one in waiting if not _FOREIGN.search(one.image_name.lower())]
    if not waiting or any(one.dockerfile for one in every):
        return
    candidates = [path for path in project.of_format("dockerfile") if images.runs_python(project, path)]
    shipped = [path for path in candidates if path.rpartition("/")[2].lower() in ("dockerfile", "containerfile")]
    if len(shipped or candidates) != 1:
        return
    path = (shipped or candidates)[0]
    names = {project.root.resolve().name.lower(), posixpath.basename(posixpath.dirname(path)).lower()} - {""}
    for one in waiting:
        last = re.split(r"[:@]", one.image_name.lower().rpartition("/")[2])[0]
        if (planned.runs_python(one.text) and "python" not in last) or any(_alike(last, name) for name in names):
            one.dockerfile, one.context = path, images.context_at(project, path)


def _alike(image: str, name: str) -> bool:
    short = re.sub(r"[^a-z0-9]", "", image), re.sub(r"[^a-z0-9]", "", name)
    return len(min(short, key=len)) > 3 and (short[0] in short[1] or short[1] in short[0])


def _by_app(chosen: list[Resolved]) -> list[list[Resolved]]:
    """The services in groups that are one app each: those built from one folder, if several folders serve requests."""
    web = {one.context for one in chosen if one.dockerfile is not None and _kind(one, chosen) == "web"}
    if len(web) < 2:
        return [chosen]
    folders = dict.fromkeys(one.context for one in chosen)
    return [[one for one in chosen if one.context == folder] for folder in folders]


def _kind(one: Resolved, chosen: list[Resolved]) -> str:
    """web where it publishes ports or names a server; a worker otherwise, unless it is the only one."""
    told = planned.kind_of(one.text) if one.text else "web"
    if told != "web":
        return told
    is_web = bool(services.published(one) or one.service.expose or planned.is_server_text(one.text))
    own = one.built.image.cmd or one.built.image.entrypoint if one.built is not None else None
    is_web = is_web or (not one.text and own is not None and planned.is_server_text(own.text))
    return "web" if is_web or len(chosen) == 1 or "web" in one.name.lower() else "worker"


# Production or development


def _standing(project: Project, unit: Unit, siblings: list[Unit], chosen: list[Resolved], others: bool) -> Standing:
    by_name = unit.by_name
    if not by_name.is_production or not by_name.why.startswith("Compose"):
        return by_name
    for sibling in siblings:
        if sibling is not unit and sibling.folder == unit.folder and _is_for_production(sibling):
            return Standing("development", f"{sibling.name} beside it is the one for production")
    sign = next((sign for sign in (_sign_of_development(project, one) for one in chosen) if sign), None)
    if sign is None:
        return Standing("production", "`docker compose up` starts it, and nothing says it is for development")
    if others or all(_image_starts(one) for one in chosen if one.service.command or len(chosen) == 1):
        return Standing("development", f"{sign}, and another file starts this project as well")
    return Standing("production", f"{sign}, but nothing else starts this project", sure=False)


def _is_for_production(unit: Unit) -> bool:
    return unit.by_name.is_production and not unit.by_name.why.startswith("Compose")


def _sign_of_development(project: Project, one: Resolved) -> str:
    """What says that a service is started for development; empty when nothing does."""
    mount = services.mounts_sources(project, one) if one.dockerfile is not None else None
    if mount is not None:
        return f"`{one.name}` mounts the sources over its image (line {mount.span.line if mount.span else 0})"
    for variable in one.service.environment:
        value = one.fill(variable.value).text.lower() if variable.value is not None else ""
        if value in _DEVELOPMENT_VALUES.get(variable.name.value.upper(), ()):
            return f"`{one.name}` sets {variable.name.value} to {value}"
    if _DEVELOPMENT_COMMAND.search(one.text):
        return f"`{one.name}` starts a server for development"
    return ""


def _image_starts(one: Resolved) -> bool:
    """Whether the image that a service builds starts something by itself."""
    return one.built is not None and (one.built.image.cmd or one.built.image.entrypoint) is not None


# Putting it together


def _deployment(
    project: Project,
    unit: Unit,
    group: list[Resolved],
    every: list[Resolved],
    place: Standing,
    options: Options,
    several: bool,
) -> Planned:
    platform = _platform(unit)
    web = next((one for one in group if _kind(one, group) == "web"), group[0])
    image = services.image_of(web)
    deployment = Deployment(
        f"{unit.name} ({web.name})" if several else unit.name,
        Place(Span(unit.name, web.service.name.span.line if web.service.name.span.path == unit.name else 1), unit.name),
        place.environment,
        place.why,
        sure=place.sure and not unit.merged.template,
        platform=services.platform_for(platform, web),
        tiers=options.tiers,
        image=image,
        packages=image.packages if image is not None else Packages(complete=Unknown("no image of this project")),
        python=image.python if image is not None else None,
        secrets=manifest_secrets.of_services(every if not several else group, development=not place.is_production),
    )
    used = frozenset((*unit.merged.paths, *(one.dockerfile for one in group if one.dockerfile)))
    found = Planned(deployment, uses=used)
    for one in group:
        _add(project, found, one, group, platform, options)
    if not any(process.kind == "web" for process in deployment.processes) and deployment.web_missing is None:
        _note_missing(deployment, web)
    return found


def _platform(unit: Unit) -> Platform:
    origin = Place(Span(unit.name, 1), "a compose file")
    return platforms.get("docker-compose", origin=origin) or Platform("docker-compose", "Docker Compose", origin)


def _note_missing(deployment: Deployment, web: Resolved) -> None:
    if all(process.kind != "worker" for process in deployment.processes):
        reason = f"`{web.name}` has no command, and its image has none"
        deployment.web_missing = Place(web.service.name.span, reason)


def _add(
    project: Project, found: Planned, one: Resolved, group: list[Resolved], platform: Platform, options: Options
) -> None:
    command = services.command_of(one)
    if command is None:
        if services.image_of(one) is None:
            reason = f"what `{one.name}` starts is in an image that is not here"
            found.deployment.unknowns.append(("the start command", Unknown(reason, one.service.name.span)))
        return
    kind = _kind(one, group)
    context = services.context_for(project, one, services.platform_for(platform, one))
    ports = services.published(one) if kind == "web" else []
    counted = options if kind == "web" else replace(options, instances=None)
    replicas = one.service.replicas
    process = Process(
        one.name,
        kind,
        command,
        trail=_trail(one, services.image_of(one), command.origin),
        instances=planned.instances(counted, one.fill(replicas).located if replicas is not None else None),
        port_set=True if "PORT" in context.variables else None if context.open_environment else False,
        port_expected=ports[0] if len({port.value for port in ports}) == 1 else None,
        proxy=None,
    )
    lost = services.dropped(one)
    if lost:
        reason = f"Compose runs no shell here and drops `{lost.split()[0]}` and all after it"
        process.unknowns.append(Unknown(reason, command.origin.span))
    found.add(process, context)


def _trail(one: Resolved, image: Image | None, origin: Place) -> tuple[Place, ...]:
    """From the service to the line that says what runs."""
    start = Place(one.service.name.span, f"service {one.name}")
    if origin.span is not None and image is not None and origin.span.path == image.dockerfile:
        return (start, origin)
    return (start,) if origin == start else (start, origin)


def development_secrets(found: Iterable[Planned]) -> tuple[SecretLiteral, ...]:
    """The secrets that only deployments for development hold."""
    return tuple(secret for one in found if not one.deployment.is_production for secret in one.deployment.secrets)
