"""Containers that a cloud's manifest describes: the Dockerfile that each is taken to be built from, and its process."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Mapping
from dataclasses import field, replace

from flaskprod_lint.model import Command, Process, Setting
from flaskprod_lint.patterns import regex
from flaskprod_lint.records import dataclass
from flaskprod_lint.resolve import image as images_of
from flaskprod_lint.resolve.deployments import images, parts, planned, standing
from flaskprod_lint.resolve.deployments.parts import Home
from flaskprod_lint.resolve.deployments.planned import Planned
from flaskprod_lint.resolve.options import Options
from flaskprod_lint.source import Located, Place, Project, Span

#: Images that stand beside an app, by their name.
_ASIDE = regex(
    r"nginx|redis|valkey|postgres|mysql|mariadb|memcached|mongo|rabbitmq|elasticsearch|opensearch|envoy|x-?ray|otel"
    r"|opentelemetry|datadog|newrelic|fluent|firelens|cloudwatch|statsd|prometheus|grafana|traefik|haproxy|caddy|localstack"
    r"|openresty|httpd|maildev|mailhog|adminer|pgadmin"
)
_PROXY = regex(r"nginx|openresty|httpd|envoy|traefik|haproxy|caddy")
#: Words in names that tell no image from another.
_COMMON = frozenset("app docker dockerfile image container latest service src prod production flask python aws".split())


@dataclass(frozen=True)
class Container:
    """One container, as its platform means it. `entrypoint` and `command` replace the image's own where they are given.

    `open` says that variables may be set that the manifest does not show.
    """

    name: str
    kind: str
    at: Place
    entrypoint: Command | None = None
    command: Command | None = None
    variables: Mapping[str, Setting] = field(default_factory=dict)
    open: bool = False
    instances: Located[str] | None = None
    port_expected: Setting | None = None
    grace: Setting | None = None
    router_timeout: Setting | None = None
    cpus: Setting | None = None
    memory: Setting | None = None
    health_path: Setting | None = None
    proxy: Place | None = None


def is_aside(*names: str) -> bool:
    """Whether one of the names of a container and its image is that of a program beside the app."""
    return any(_ASIDE.search(name.lower()) for name in names)


def is_proxy(*names: str) -> bool:
    """Whether one of the names is that of a web server that passes requests on."""
    return any(_PROXY.search(name.lower()) for name in names)


def words(told: tuple[Located[str], ...] | None, note: str) -> Command | None:
    """A command that is a list of words, run without a shell; None where nothing is told."""
    if not told:
        return None
    argv = tuple(word.value for word in told)
    places = tuple(Place(word.span, f"{note}: {word.value}") for word in told)
    first, last = told[0].span, told[-1].span
    whole = Span(first.path, first.line, first.column, last.end_line, last.end_column)
    return Command(" ".join(argv), "exec", Place(whole, f"{note}: {' '.join(argv)}"), argv, places)


# The image


def home_of(project: Project, folder: str, at: Span, *names: str) -> tuple[Home, bool] | None:
    """What a container runs that only names an image: the project's Dockerfile that it is taken to be built from.

    None where that is the image of another part of the project. The switch says whether there is no other Dockerfile
    it could be. `names` are those of the image, the container and the task.
    """
    every = [path for path in project.below(folder) if path in project.of_format("dockerfile")]
    kept = [path for path in every if standing.development_word(path) is None] or every
    if _is_published(names[0]) and _named(kept, names[:1]) is None:
        return Home(elsewhere=at), False
    runs = [path for path in kept if images.runs_python(project, path) is not False]
    meant = _named(kept, names) if len(kept) > 1 else next(iter(kept), None)
    if meant is not None and meant not in runs:
        return None
    if meant is None:
        flask = [path for path in runs if images.mentions_flask(project, images.context_at(project, path))]
        top = posixpath.join(folder, "Dockerfile")
        meant = flask[0] if len(flask) == 1 else top if top in flask else None
    built = images.build(project, meant) if meant is not None else None
    sure = len(kept) == 1 and not _is_of_docker_hub(names[0])
    return (Home(folder, built), sure) if built is not None else (Home(elsewhere=at), False)


def _is_of_docker_hub(reference: str) -> bool:
    """Whether a reference names no registry: anybody's image of that name."""
    host, slash, _ = reference.partition("/")
    return bool(reference) and not re.search(r"[.:${<]", host if slash else "") and not re.search(r"[${<]", reference)


def _is_published(reference: str) -> bool:
    """Whether it is an image that is made for everybody: an official one, or one whose owner has the same name."""
    name = reference.partition(":")[0]
    owner, slash, last = name.partition("/")
    return _is_of_docker_hub(reference) and (not slash or owner == last)


def _named(paths: list[str], names: tuple[str, ...]) -> str | None:
    """The Dockerfile whose folder or ending has most words in common with the names; None for a draw."""
    wanted = {word for name in names for word in _words(name.rpartition("/")[2].partition(":")[0])}
    scores = {path: len(wanted & _words(path)) for path in paths}
    best = max(scores.values(), default=0)
    found = [path for path, score in scores.items() if score == best]
    return found[0] if best and len(found) == 1 else None


def _words(text: str) -> set[str]:
    return {word for word in re.split(r"[^a-z0-9]+", text.lower()) if word and word not in _COMMON}


# The process


def add(found: Planned, project: Project, home: Home, one: Container, options: Options) -> Process | None:
    """Add a container's process; None where neither the manifest nor the image says what to start."""
    image = home.built.image if home.built is not None else None
    command = images_of.command_of(image, entrypoint=one.entrypoint, cmd=one.command)
    if command is None or (image is None and one.entrypoint is None):
        planned.note_no_command(found.deployment, image, one.at.span, f"`{one.name}` has no command here")
        return None
    context = parts.context_of(project, home, found.deployment)
    variables = planned.merged(context.variables, one.variables)
    trail = (one.at, command.origin) if command.origin.span != one.at.span else (command.origin,)
    process = Process(
        one.name,
        one.kind or planned.kind_of(command.text),
        command,
        trail=trail,
        instances=planned.instances(
            options if one.kind != "worker" else replace(options, instances=None),
            one.instances,
            f"{one.instances.value} instances" if one.instances is not None else "",
        ),
        port_set=True if "PORT" in variables else None if one.open else False,
        port_expected=one.port_expected,
        grace=one.grace,
        router_timeout=one.router_timeout,
        cpus=one.cpus,
        memory=one.memory,
        health_path=one.health_path,
        proxy=one.proxy,
    )
    found.add(process, replace(context, variables=variables, open_environment=one.open))
    return process
