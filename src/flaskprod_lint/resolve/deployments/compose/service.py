"""One service of a compose project: its image, command, variables, files and ports."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Mapping
from dataclasses import field, replace

from flaskprod_lint.inputs import compose_words, dotenv
from flaskprod_lint.inputs.compose import Service, Variable, Words
from flaskprod_lint.model import Command, Image, Packages, Platform, Setting, Unknown
from flaskprod_lint.patterns import regex
from flaskprod_lint.records import dataclass
from flaskprod_lint.resolve import image as images_of
from flaskprod_lint.resolve.context import Context
from flaskprod_lint.resolve.deployments import images, planned
from flaskprod_lint.resolve.deployments.images import Built
from flaskprod_lint.resolve.deployments.interpolation import Filled, Interpolation
from flaskprod_lint.resolve.tree import Tree
from flaskprod_lint.source import Located, Place, Project, is_number

_DURATION = regex(r"(\d{1,18}(?:\.\d+)?)(h|ms|m|s|us)?")
_SECONDS = {"h": 3600.0, "m": 60.0, "s": 1.0, "ms": 0.001, "us": 0.000001, None: 1.0}
_PORT_LABEL = regex(r"traefik\.http\.services\.[^.]+\.loadbalancer\.server\.port$|^traefik\.port$|^VIRTUAL_PORT$")
_PORT = regex(r"(?:.*:)?(\d{1,18})(?:/tcp)?$")


@dataclass
class Resolved:
    """A service with its image. `folder` is the compose project's; `dockerfile` the path of what it builds."""

    service: Service
    folder: str
    interpolation: Interpolation
    dockerfile: str | None = None
    context: str = ""
    target: str | None = None
    built: Built | None = None
    arguments: Mapping[str, Setting] = field(default_factory=dict)

    @property
    def name(self) -> str:
        return self.service.name.value

    def fill(self, text: Located[str]) -> Filled:
        return self.interpolation.fill(text)

    @property
    def image_name(self) -> str:
        """The reference of `image`, as far as it is known."""
        return self.fill(self.service.image).text if self.service.image is not None else ""

    @property
    def text(self) -> str:
        """The words of the command and entrypoint, to tell what the service is for."""
        return " ".join(word for one in (self.service.entrypoint, self.service.command) for word in _texts(one))


def resolve(project: Project, service: Service, folder: str, interpolation: Interpolation) -> Resolved:
    """A service with the Dockerfile that it builds, which may not be there."""
    found = Resolved(service, folder, interpolation)
    build = service.build
    if build is None:
        return found
    context = found.fill(build.context).text if build.context is not None else "."
    if "://" in context or context.startswith(("git@", "/", "~")):
        return found
    found.context = _inside(folder, context)
    name = found.fill(build.dockerfile).text if build.dockerfile is not None else "Dockerfile"
    if (
        build.dockerfile is None
        and not _has(project, found.context, name)
        and _has(project, found.context, "dockerfile")
    ):
        name = "dockerfile"  # What BuildKit looks for next.
    found.dockerfile = None if build.inline is not None else _inside(found.context, name)
    found.target = found.fill(build.target).text if build.target is not None else None
    found.arguments = {arg.name.value: _setting(arg, found) for arg in build.args}
    return found


def build(project: Project, service: Resolved, known: dict[object, Built | None]) -> None:
    """Build the image of a service, if its Dockerfile is there. `known` has those that are built already."""
    if service.dockerfile is None or service.dockerfile not in project:
        return
    key = (service.dockerfile, service.context, service.target, tuple(sorted(map(str, service.arguments.items()))))
    if key not in known:
        known[key] = images.build(
            project, service.dockerfile, context=service.context, target=service.target, arguments=service.arguments
        )
    service.built = known[key]


def can_run_python(project: Project, service: Resolved) -> bool | None:
    """Whether the image that a service builds has Python; None when that cannot be told."""
    if service.dockerfile is None or service.dockerfile not in project:
        return None
    return images.runs_python(project, service.dockerfile, service.target)


def _has(project: Project, folder: str, name: str) -> bool:
    return _inside(folder, name) in project


def _inside(folder: str, path: str) -> str:
    joined = posixpath.normpath(posixpath.join(folder, path))
    return "" if joined == "." else joined


# The command


def command_of(service: Resolved) -> Command | None:
    """What the service's container starts; None when neither the file nor the image says."""
    entrypoint = _command(service, service.service.entrypoint, "entrypoint")
    cmd = _command(service, service.service.command, "command")
    image = service.built.image if service.built is not None else None
    found = images_of.command_of(image, entrypoint=entrypoint, cmd=cmd)
    if found is None:
        return None
    holes = {**(entrypoint.filled_in if entrypoint else {}), **(cmd.filled_in if cmd else {})}
    return replace(found, filled_in=holes) if holes else found


def _command(service: Resolved, words: Words | None, key: str) -> Command | None:
    if words is None:
        return None
    if words.text is not None:
        filled = service.fill(words.text)
        argv = compose_words.split(filled.text).words
        place = Place(words.span, f"{key}: {' '.join(filled.text.split())}")
        return Command(" ".join(filled.text.split()), "exec", place, argv, (place,) * len(argv), filled.holes)
    each = [service.fill(word) for word in words.words]
    text = " ".join(filled.text for filled in each)
    place = Place(words.span, f"{key}: {text}")
    places = tuple(Place(filled.span, filled.text) for filled in each)
    holes = {written: hole for filled in each for written, hole in filled.holes.items()}
    return Command(text, "exec", place, tuple(filled.text for filled in each), places, holes)


def says(service: Resolved) -> str:
    """The words that tell what a service is for: its own command, else its image's."""
    if service.text or service.built is None:
        return service.text
    image = service.built.image
    return " ".join(command.text for command in (image.entrypoint, image.cmd) if command is not None)


def dropped(service: Resolved) -> str:
    """What Compose drops of a command written as one text, from its first `&&`, `;` or `|` on."""
    words = service.service.command
    return compose_words.split(service.fill(words.text).text).dropped if words and words.text else ""


def _texts(words: Words | None) -> Iterator[str]:
    if words is not None:
        yield from ([words.text.value] if words.text is not None else [word.value for word in words.words])


# The environment


def environment(project: Project, service: Resolved) -> tuple[dict[str, Setting], bool]:
    """The variables of a service over its image's, and whether more may be set that is not here."""
    own = {variable.name.value: _setting(variable, service) for variable in service.service.environment}
    files, is_open = _env_files(project, service)
    image = dict(service.built.image.variables) if service.built is not None else {}
    return planned.merged(image, files, own), is_open


def _setting(variable: Variable, service: Resolved) -> Setting:
    name = variable.name.value
    if variable.value is None:
        unknown = Unknown(f"Compose passes {name} on from its own environment", variable.name.span)
        return Setting(name, unknown, Place(variable.name.span, name))
    filled = service.fill(variable.value)
    shown = planned.shown(Setting(name, filled.value)).value
    note = f"{name}={shown}" if isinstance(shown, str) else f"{name}={variable.value.value}"
    return Setting(name, filled.value, Place(filled.span, note), environment=filled.reads)


def _env_files(project: Project, service: Resolved) -> tuple[dict[str, Setting], bool]:
    """What `env_file` brings in. A file that git ignores names its variables; their values in production differ."""
    found: dict[str, Setting] = {}
    is_open = False
    for entry in service.service.env_files:
        filled = service.fill(entry.path)
        path = _inside(service.folder, filled.text)
        if filled.unknown is not None or path not in project:
            is_open = True
            continue
        committed = project.is_committed(path)
        is_open = is_open or not committed
        for name, value in project.facts(path, dotenv.read) or []:
            unknown = Unknown(f"{path} is not committed: production has its own", name.span)
            setting = planned.literal(name.value, value, path)
            found[name.value] = setting if committed else replace(setting, value=unknown)
    return found, is_open


# Files and ports


def context_for(project: Project, service: Resolved, platform: Platform) -> Context:
    """Where a service's process runs: the image's files with the mounts over them, and its variables."""
    if service.built is not None:
        base = images.context_for(service.built, project)
        tree = Tree(project, list(service.built.tree.mounts), list(service.built.tree.changes))
    else:
        unknown = Packages(complete=Unknown("the image is not built from this project"))
        tree = Tree(project)
        reason = f"the image {service.image_name or 'of this service'} is not built from this project"
        tree.mount_unknown("/", reason, Place(service.service.span))
        base = Context(project, tree, packages=unknown)
    for source, target, place in mounts(service):
        if source is None or not (source in project or project.is_folder(source)):
            tree.mount_unknown(target, "a volume stands there", place)
        else:
            tree.mount(target, source, place)
    variables, is_open = environment(project, service)
    working_dir = service.service.working_dir
    cwd = posixpath.join(base.cwd, service.fill(working_dir).text) if working_dir is not None else base.cwd
    return replace(base, tree=tree, variables=variables, open_environment=is_open, cwd=cwd, platform=platform)


def mounts(service: Resolved) -> Iterator[tuple[str | None, str, Place]]:
    """Each bind mount: its source in the project (None for one outside), its target, and its place."""
    for volume in service.service.volumes:
        place = Place(volume.span, "volumes")
        if volume.text is not None:
            here = _working_folder(service) if "PWD" in volume.text.value else "."
            pieces = re.sub(r"\$\{?PWD\}?", here, service.fill(volume.text).text).split(":")
            source, target = (pieces[0], pieces[1]) if len(pieces) > 1 else ("", "")
        else:
            source = service.fill(volume.source).text if volume.source is not None else ""
            target = service.fill(volume.target).text if volume.target is not None else ""
        if source.startswith((".", "/", "~")) and target.startswith("/"):
            path = _inside(service.folder, source) if source.startswith(".") else None
            yield (None if path is None or path.startswith("..") else path), target, place


def _working_folder(service: Resolved) -> str:
    """The folder that people start Compose from, seen from the file: the top for a file that `-f` must name."""
    name = service.service.name.span.path.rpartition("/")[2]
    default = re.fullmatch(r"(docker-)?compose\.ya?ml", name) is not None
    return "." if default or not service.folder else posixpath.join(*[".."] * len(service.folder.split("/")))


def mounts_sources(project: Project, service: Resolved) -> Place | None:
    """The mount that puts the project's Python files over those of the image; None when there is none."""
    for source, _, place in mounts(service):
        if source is not None and images.mentions_flask(project, source):
            return place
    return None


def published(service: Resolved) -> list[Setting]:
    """The ports of the container that the file connects to: published ones, and those that labels name for a proxy."""
    found = []
    for port in service.service.ports if not on_host_network(service) else ():
        text = port.target or port.text
        match = _PORT.match(service.fill(text).text) if text is not None else None
        if match is not None:
            found.append(Setting("port", int(match[1]), Place(port.span, f"ports: {match[0]}")))
    for label in (*service.service.labels, *service.service.environment):
        if label.value is not None and _PORT_LABEL.search(label.name.value):
            text_of_label = service.fill(label.value).text
            if is_number(text_of_label):
                found.append(Setting("port", int(text_of_label), Place(label.value.span, label.name.value)))
    return found


def on_host_network(service: Resolved) -> bool:
    """Whether a service has no network of its own: Compose publishes no ports of it, and loopback is the host's."""
    mode = service.service.network_mode
    return mode is not None and service.fill(mode).text == "host"


def platform_for(platform: Platform, service: Resolved) -> Platform:
    """The platform with the service's own signal and patience; on the host's network a proxy there is enough."""
    if on_host_network(service):
        platform = replace(platform, proxy_on_same_host=True)
    signal, grace = service.service.stop_signal, service.service.stop_grace_period
    if signal is not None:
        platform = replace(platform, stop_signal=service.fill(signal).text, image_decides_signal=False)
    if grace is not None:
        platform = replace(platform, grace_seconds=seconds(service.fill(grace).text))
    return platform


def seconds(text: str) -> float | None:
    """A duration such as `1m30s` in seconds; None for what is none."""
    pieces = _DURATION.findall(text)
    if not pieces or "".join(number + unit for number, unit in pieces) != text.replace(" ", ""):
        return None
    return sum(float(number) * _SECONDS[unit or None] for number, unit in pieces)


def image_of(service: Resolved) -> Image | None:
    """The image of a service, with the user and the health check that the compose file puts in place of its own."""
    if service.built is None:
        return None
    image = service.built.image
    if service.service.user is not None:
        filled = service.fill(service.service.user)
        user = Setting("user", filled.text.partition(":")[0], Place(filled.span, f"user: {filled.text}"))
        image = image if filled.holes else replace(image, user=user)
    check = _command(service, service.service.health_check, "healthcheck")
    return image if check is None else replace(image, health_check=_health_check(check))


def _health_check(check: Command) -> Command | None:
    """What a `healthcheck.test` runs, without the word that says how."""
    how, *rest = check.argv or ("",)
    if how in ("CMD", "CMD-SHELL") and rest:
        return replace(check, argv=tuple(rest), places=check.places[1:])
    return None if how == "NONE" else check
