"""Images, and the packages that production installs."""

from __future__ import annotations

from dataclasses import field

from flaskprod_lint.model.command import Command, Step
from flaskprod_lint.model.values import Setting, Unknown
from flaskprod_lint.records import dataclass
from flaskprod_lint.source import Place, Span


@dataclass(frozen=True)
class Package:
    """A distribution that production installs. `pin` is exact, locked, compatible (~=), range, none, vcs or local."""

    name: str
    version: str | None
    pin: str
    origin: Place
    direct: bool = True
    extras: tuple[str, ...] = ()


@dataclass
class Packages:
    """What is installed where the process runs. `complete` is an Unknown when it cannot be read to the end."""

    packages: dict[str, Package] = field(default_factory=dict)
    complete: bool | Unknown = True
    sources: tuple[Place, ...] = ()

    def find(self, name: str) -> Package | None:
        """A package by its normalised name (lower case, "-" for "_" and ".")."""
        return self.packages.get(name.lower().replace("_", "-").replace(".", "-"))


@dataclass(frozen=True)
class Copied:
    """A COPY or ADD from the build context into the shipped image: sources and destination after substitution."""

    sources: tuple[str, ...]
    destination: str
    at: Place
    files: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    excluded: tuple[tuple[str, Place], ...] = ()


@dataclass(frozen=True)
class ImageRun:
    """A RUN of the shipped stage (or of an earlier one that it is built from): its programs, in order."""

    text: str
    at: Place
    steps: tuple[Step, ...]
    stage: str
    shipped: bool = True


@dataclass(frozen=True)
class SecretLiteral:
    """A secret that stands literally where it can be read: in an image, a manifest or a dotenv file.

    `weak` says it is a placeholder or a guessable word; `kind` what it is ("password", "key", "token", "file");
    `how` the instruction or key that holds it (ARG, ENV, RUN export, COPY, environment …).
    `development` marks services that only development uses; `own_database` the password of the manifest's own
    database service.
    """

    name: str
    at: Span
    how: str
    kind: str = "key"
    length: int = 0
    weak: bool = False
    shipped: bool = True
    development: bool = False
    own_database: bool = False


@dataclass
class Image:
    """The image that a deployment ships: its final (or targeted) stage with all that it inherits.

    `base` is the reference after FROM of the first stage in its chain, `bases` all references with their places.
    `shell` is what shell forms run under: dash, bash, busybox or unknown. `user` is the last USER (root by default).
    `stage` is the name or the index of the shipped stage. `python` is the version of the base image, when it says.
    `sources_copied` is the COPY that brings the code: the whole context, or the folder with most of it.
    `context_filter` is the .dockerignore in force, `sends_git` whether the build context includes .git.
    `fetched_tools` are those of curl and wget that are in the image, or may be. `plain_base` is False where the base
    image may bring a command, a user and variables of its own. `passed_secrets` are secrets that a build argument
    leaves in the image. `ignored_copies` are COPYs, also of stages it copies from, that .dockerignore excludes.
    """

    dockerfile: str
    stage: str
    origin: Place
    base: Setting
    bases: tuple[Setting, ...] = ()
    entrypoint: Command | None = None
    cmd: Command | None = None
    workdir: str = "/"
    user: Setting = field(default_factory=lambda: Setting("user", "root", is_default=True))
    variables: dict[str, Setting] = field(default_factory=dict)
    shell: str = "unknown"
    exposed: tuple[Setting, ...] = ()
    stop_signal: Setting | None = None
    health_check: Command | None = None
    copies: tuple[Copied, ...] = ()
    runs: tuple[ImageRun, ...] = ()
    packages: Packages = field(default_factory=Packages)
    python: Setting | None = None
    secrets: tuple[SecretLiteral, ...] = ()
    env_files: tuple[Copied, ...] = ()
    context_filter: Place | None = None
    copies_context: tuple[Copied, ...] = ()
    sends_git: bool = False
    sources_copied: Copied | None = None
    install_after_copy: Place | None = None
    keeps_pip_cache: tuple[Place, ...] = ()
    fetched_tools: frozenset[str] = frozenset()
    build_arguments: dict[str, Setting] = field(default_factory=dict)
    shell_argv: tuple[str, ...] = ("/bin/sh", "-c")
    plain_base: bool = True
    passed_secrets: tuple[SecretLiteral, ...] = ()
    ignored_copies: tuple[Copied, ...] = ()
