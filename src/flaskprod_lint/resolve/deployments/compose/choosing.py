"""Which services of a compose project run the app, and which image of the project they run it in."""

from __future__ import annotations

import posixpath
import re

from flaskprod_lint.patterns import regex
from flaskprod_lint.resolve.deployments import images, planned, standing
from flaskprod_lint.resolve.deployments.compose import service as services
from flaskprod_lint.resolve.deployments.compose.service import Resolved
from flaskprod_lint.source import Project

#: Images of databases, proxies and tools, which never run the app.
_FOREIGN = regex(
    r"(^|/)(postgres|postgis|timescaledb|pgvector|pgbouncer|mysql|mariadb|redis|valkey|memcached|mongo|rabbitmq|kafka|"
    r"zookeeper|elasticsearch|opensearch|kibana|logstash|nginx|httpd|traefik|caddy|haproxy|adminer|pgadmin4?|mailhog|"
    r"mailpit|maildev|minio|localstack|prometheus|grafana|loki|jaeger|node|certbot|portainer|watchtower|flower|"
    r"metabase|keycloak|vault|consul|selenium|busybox|alpine|docker|registry|clickhouse-server|influxdb|neo4j|couchdb|"
    r"solr|nginx-proxy|acme-companion|letsencrypt\S*|swagger-ui|mssql|oracle\S*|backup\S*|phpmyadmin|mongo-express|"
    r"redis-commander|cassandra|etcd|nats|mosquitto|statsd|telegraf|fluentd|filebeat|cloudflared|ngrok)(:|@|$)"
)


#: Values of variables that say that something is started for development.
DEVELOPMENT_VALUES = {
    "FLASK_ENV": ("development", "dev"),
    "FLASK_DEBUG": ("1", "true", "on", "yes"),
    "APP_ENV": ("development", "dev", "local"),
    "ENV": ("development", "dev", "local"),
}
#: Commands that run a test suite.
_TESTS = regex(r"(^|[\s\"';&/])(pytest|py\.test|tox|nosetests|flask test)\b|-m unittest\b|manage\.py test\b")
#: Commands of services that people attach to.
_SHELLS = frozenset(("bash", "sh", "/bin/bash", "/bin/sh", "sleep infinity", "tail -f /dev/null"))


def that_run_the_app(project: Project, every: list[Resolved], others: list[list[Resolved]]) -> list[Resolved]:
    """The services that may run the Flask app or its workers. `others` are the services of other compose files."""
    _share_images(project, every, [one for each in others for one in each])
    _adopt(project, every)
    chosen = [one for one in every if _runs_the_app(project, one) and one.text.strip() not in _SHELLS]
    chosen = [one for one in chosen if not _is_for_development(one)] or chosen
    with_flask = [one for one in chosen if one.dockerfile is None or images.mentions_flask(project, one.context)]
    return chosen if not with_flask and not images.mentions_flask(project, "") else with_flask


def _is_for_development(one: Resolved) -> bool:
    """Whether a service runs tests, or its name, or a profile that must be asked for, says development or tests."""
    names = (one.name, *(profile.value for profile in one.service.profiles))
    return runs_tests(one) or any(standing.development_word(name) is not None for name in names)


def runs_tests(one: Resolved) -> bool:
    """Whether the command of a service runs a test suite."""
    return _TESTS.search(one.text) is not None


def _share_images(project: Project, every: list[Resolved], others: list[Resolved]) -> None:
    """Let services that only name an image have the build of another service: of the same image, or the same name."""
    builders = [one for one in (*every, *others) if one.service.build is not None and one.dockerfile is not None]
    built = {one.image_name: one for one in reversed(builders) if one.image_name}
    named = {one.name: one for one in reversed(builders)}
    shipped = [path for path in _starting(project) if standing.production_word(path)]
    for one in every:
        if one.dockerfile is not None or not one.image_name or _FOREIGN.search(one.image_name.lower()):
            continue
        twin = built.get(one.image_name) or named.get(one.name)
        if twin is None:
            continue
        one.dockerfile, one.context, one.arguments = twin.dockerfile, twin.context, twin.arguments
        one.target = twin.target if twin in every else None
        if one.image_name not in built and len(shipped) == 1 and not standing.production_word(twin.dockerfile or ""):
            one.dockerfile, one.target = shipped[0], None
            one.context = images.context_at(project, shipped[0])


def is_foreign(reference: str) -> bool:
    """Whether an image, by its reference in lower case, is a database, a proxy or a tool."""
    return _FOREIGN.search(reference) is not None


def for_production(project: Project) -> list[str]:
    """The Dockerfiles that start something and are not named for development."""
    return [path for path in _starting(project) if not standing.development_word(path)]


def _starting(project: Project) -> list[str]:
    """The Dockerfiles of Python images that start something."""
    return [
        path
        for path in project.of_format("dockerfile")
        if images.runs_python(project, path) is not False and images.starts_something(project, path)
    ]


def _starting_nothing(project: Project) -> list[str]:
    """The Dockerfiles of Python images that leave it to a manifest what to start."""
    return [
        path
        for path in project.of_format("dockerfile")
        if not standing.development_word(path) and images.runs_python(project, path)
    ]


def _runs_the_app(project: Project, one: Resolved) -> bool:
    if one.dockerfile is None:
        return not _FOREIGN.search(one.image_name.lower()) and planned.runs_python(one.text)
    runs = services.can_run_python(project, one)
    if runs is None:
        return planned.runs_python(one.text) or images.mentions_flask(project, one.context)
    return runs


def _adopt(project: Project, every: list[Resolved]) -> None:
    """Take the project's only Python image for that of services whose image is built elsewhere, by its name."""
    waiting = [one for one in every if one.dockerfile is None and one.service.build is None and one.image_name]
    waiting = [one for one in waiting if not _FOREIGN.search(one.image_name.lower())]
    if not waiting or any(one.dockerfile for one in every):
        return
    candidates = for_production(project)
    if not candidates:
        candidates = _starting_nothing(project)
        waiting = [one for one in waiting if one.text]
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
