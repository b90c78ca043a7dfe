"""Compose files: their services as written, each fact with its place. Nothing is interpolated or merged here."""

from __future__ import annotations

from flaskprod_lint.inputs import yaml_tree
from flaskprod_lint.inputs.nodes import Documents, Entry, Node
from flaskprod_lint.records import dataclass
from flaskprod_lint.source import Located, Problem, Source, Span


@dataclass(frozen=True)
class Words:
    """A command as written: a list of words, or one text that Compose splits into words (no shell is involved)."""

    span: Span
    text: Located[str] | None = None
    words: tuple[Located[str], ...] = ()


@dataclass(frozen=True)
class Variable:
    """One entry of `environment`. `value` is None for a name alone, which takes the value of Compose's own shell."""

    name: Located[str]
    value: Located[str] | None


@dataclass(frozen=True)
class Build:
    """How a service's image is built. `context` and `dockerfile` are as written, relative to the compose file."""

    span: Span
    context: Located[str] | None = None
    dockerfile: Located[str] | None = None
    target: Located[str] | None = None
    args: tuple[Variable, ...] = ()
    inline: Located[str] | None = None


@dataclass(frozen=True)
class Published:
    """One entry of `ports` in its short form (`text`) or its long one (`target`)."""

    span: Span
    text: Located[str] | None = None
    target: Located[str] | None = None


@dataclass(frozen=True)
class Volume:
    """One entry of `volumes`: `source` is a path, a name or None; `text` a short form that is not split yet."""

    span: Span
    text: Located[str] | None = None
    source: Located[str] | None = None
    target: Located[str] | None = None


@dataclass(frozen=True)
class EnvFileEntry:
    """A file that `env_file` names."""

    path: Located[str]


@dataclass(frozen=True)
class Extends:
    """The service, perhaps of another file, that a service starts from."""

    service: Located[str]
    file: Located[str] | None = None


@dataclass(frozen=True)
class Service:
    """One service. `tags` are keys marked `!reset` or `!override`, which a merge does not extend.

    `also_called` are the names under which other containers reach it too, `waits_for` the services that must have ended
    well before it starts.
    """

    name: Located[str]
    span: Span
    also_called: tuple[Located[str], ...] = ()
    image: Located[str] | None = None
    build: Build | None = None
    command: Words | None = None
    entrypoint: Words | None = None
    environment: tuple[Variable, ...] = ()
    env_files: tuple[EnvFileEntry, ...] = ()
    ports: tuple[Published, ...] = ()
    expose: tuple[Located[str], ...] = ()
    volumes: tuple[Volume, ...] = ()
    tmpfs: tuple[Located[str], ...] = ()
    waits_for: tuple[Located[str], ...] = ()
    labels: tuple[Variable, ...] = ()
    profiles: tuple[Located[str], ...] = ()
    replicas: Located[str] | None = None
    health_check: Words | None = None
    stop_signal: Located[str] | None = None
    stop_grace_period: Located[str] | None = None
    working_dir: Located[str] | None = None
    user: Located[str] | None = None
    network_mode: Located[str] | None = None
    cpus: Located[str] | None = None
    memory: Located[str] | None = None
    extends: Extends | None = None
    resets: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Compose:
    """A compose file. `template` says that something else fills it in first."""

    path: str
    services: tuple[Service, ...] = ()
    includes: tuple[Located[str], ...] = ()
    problem: Problem | None = None
    template: bool = False

    def service(self, name: str) -> Service | None:
        return next((service for service in self.services if service.name.value == name), None)


def read(source: Source) -> Compose:
    """The services of a compose file; none for a file that is something else."""
    documents: Documents = yaml_tree.read(source)
    services: list[Service] = []
    includes: list[Located[str]] = []
    for root in documents.roots:
        services.extend(_service(entry) for entry in _services_of(root) if entry.value.is_mapping)
        includes.extend(_includes(root.get("include")))
    return Compose(source.path, tuple(services), tuple(includes), documents.problem, documents.template)


def _services_of(root: Node) -> tuple[Entry, ...]:
    """The entries below `services`, or those of the oldest format, where the services stand at the top."""
    services = root.get("services")
    if services is not None:
        return services.entries
    return tuple(entry for entry in root.entries if entry.value.get("image") or entry.value.get("build"))


def _includes(node: Node | None) -> tuple[Located[str], ...]:
    found: list[Located[str]] = []
    for item in node.items if node is not None else ():
        path = item.get("path") if item.is_mapping else item
        found.extend(path.strings() if path is not None else ())
    return tuple(found)


def _service(entry: Entry) -> Service:
    node = entry.value
    health = node.get("healthcheck")
    return Service(
        name=entry.key,
        span=node.span,
        also_called=_also_called(node),
        image=node.string("image"),
        build=_build(node.get("build")),
        command=_words(node.get("command")),
        entrypoint=_words(node.get("entrypoint")),
        environment=_variables(node.get("environment")),
        env_files=_env_files(node.get("env_file")),
        ports=tuple(_published(item) for item in _items(node.get("ports"))),
        expose=_strings(node.get("expose")),
        volumes=tuple(_volume(item) for item in _items(node.get("volumes"))),
        tmpfs=_names(node.get("tmpfs")),
        waits_for=_waits_for(node.get("depends_on")),
        labels=(*_variables(node.get("labels")), *_variables(node.at("deploy", "labels"))),
        profiles=_strings(node.get("profiles")),
        replicas=node.string("deploy", "replicas") or node.string("scale"),
        health_check=_words(health.get("test")) if health is not None else None,
        stop_signal=node.string("stop_signal"),
        stop_grace_period=node.string("stop_grace_period"),
        working_dir=node.string("working_dir"),
        user=node.string("user"),
        network_mode=node.string("network_mode"),
        cpus=node.string("deploy", "resources", "limits", "cpus") or node.string("cpus"),
        memory=node.string("deploy", "resources", "limits", "memory") or node.string("mem_limit"),
        extends=_extends(node.get("extends")),
        resets=frozenset(e.key.value for e in node.entries if e.value.tag in ("!reset", "!override")),
    )


def _also_called(node: Node) -> tuple[Located[str], ...]:
    """The container's name, and the aliases that it has in its networks."""
    named = tuple(each for each in (node.string("container_name"), node.string("hostname")) if each is not None)
    networks = node.get("networks")
    listed = [entry.value.get("aliases") for entry in networks.entries] if networks is not None else []
    return (*named, *(alias for aliases in listed for alias in _strings(aliases)))


def _build(node: Node | None) -> Build | None:
    if node is None or node.is_null:
        return None
    if node.is_scalar:
        return Build(node.span, context=node.located)
    return Build(
        node.span,
        context=node.string("context"),
        dockerfile=node.string("dockerfile"),
        target=node.string("target"),
        args=_variables(node.get("args")),
        inline=node.string("dockerfile_inline"),
    )


def _words(node: Node | None) -> Words | None:
    if node is None or node.is_null or node.is_mapping:
        return None
    if node.is_scalar:
        return Words(node.span, text=node.located)
    return Words(node.span, words=tuple(Located(item.text, item.span) for item in node.items if item.is_scalar))


def _variables(node: Node | None) -> tuple[Variable, ...]:
    if node is None:
        return ()
    if node.is_mapping:
        return tuple(Variable(entry.key, entry.value.located) for entry in node.entries if entry.value.is_scalar)
    return tuple(_pair(item) for item in node.strings())


def _pair(item: Located[str]) -> Variable:
    """`NAME=value`, or a name alone."""
    name, equals, value = item.value.partition("=")
    return Variable(Located(name.strip(), item.span), Located(value, item.span) if equals else None)


def _env_files(node: Node | None) -> tuple[EnvFileEntry, ...]:
    found = []
    for item in _items(node):
        path = item.string("path") if item.is_mapping else item.located
        if path is not None:
            found.append(EnvFileEntry(path))
    return tuple(found)


def _published(item: Node) -> Published:
    if item.is_mapping:
        return Published(item.span, target=item.string("target"))
    return Published(item.span, text=item.located)


def _volume(item: Node) -> Volume:
    if item.is_mapping:
        return Volume(item.span, source=item.string("source"), target=item.string("target"))
    return Volume(item.span, text=item.located)


def _extends(node: Node | None) -> Extends | None:
    if node is None or node.is_null:
        return None
    service = node.string("service") if node.is_mapping else node.located
    return Extends(service, node.string("file")) if service is not None else None


def _items(node: Node | None) -> tuple[Node, ...]:
    """The items of a sequence, or the one value that stands for it."""
    if node is None or node.is_null:
        return ()
    return node.items if node.is_sequence else (node,)


def _strings(node: Node | None) -> tuple[Located[str], ...]:
    return node.strings() if node is not None else ()


def _names(node: Node | None) -> tuple[Located[str], ...]:
    """The items of a list, or the keys of a mapping."""
    if node is not None and node.is_mapping:
        return tuple(entry.key for entry in node.entries)
    return _strings(node)


def _waits_for(node: Node | None) -> tuple[Located[str], ...]:
    """The services that must have ended well before this one starts."""
    done = "service_completed_successfully"
    entries = node.entries if node is not None else ()
    return tuple(entry.key for entry in entries if (entry.value.string("condition") or _NONE).value == done)


_NONE = Located("", Span("", 1))
