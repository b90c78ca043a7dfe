"""What is known of base images by their reference: their shell, Python, user, variables and tools."""

from __future__ import annotations

import re

from flaskprod_lint.patterns import regex
from flaskprod_lint.records import dataclass

#: Where Docker looks for programs when nothing sets PATH.
DEFAULT_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

#: Images of distributions and of Python itself: no server, no command that serves, root, few variables.
_PLAIN = frozenset(
    (
        "python pypy debian ubuntu alpine fedora centos rockylinux almalinux amazonlinux oraclelinux buildpack-deps "
        "busybox scratch node golang rust nginx redis postgres openjdk eclipse-temurin ruby php composer"
    ).split()
)
_DEBIAN = frozenset("python pypy debian ubuntu buildpack-deps node golang rust ruby nginx redis postgres".split())
_BASH = regex(
    r"(^|/)(ubi\d*(-\w+)?|fedora|centos|rockylinux|almalinux|amazonlinux|oraclelinux|rhel\d*)(/|:|@|$)|"
    r"registry\.(access\.)?redhat\.(com|io)/|(^|/)lambda/python|/(s2i|sclorg)[-/]"
)
_DEBIAN_TAG = regex(r"(slim|buster|bullseye|bookworm|trixie|stretch|jessie|focal|jammy|noble|bionic|ubuntu|debian)")
_DEBIAN_OTHERS = regex(
    r"(^|/)(continuumio/(ana|mini)conda3|phusion/baseimage|tiangolo/[\w-]+|pytorch/pytorch|tensorflow/tensorflow|"
    r"google-appengine/python|mcr\.microsoft\.com/(devcontainers|vscode/devcontainers|azure-functions|oryx)/python)(:|@|$)"
)
_VERSION = regex(r"(?:^|python-?|py)(\d\.\d+(?:\.\d+)?)(?![\d.])")
_NAMED_PYTHON = regex(r"(?:^|[-/])python-(\d)(\d+)(?:$|[-:/])")


@dataclass(frozen=True)
class Reference:
    """An image reference taken apart: `python` of `docker.io/library/python:3.12-slim@sha256:…`."""

    text: str
    name: str
    tag: str
    digest: str

    @property
    def official(self) -> str:
        """The short name of an official image, with or without its registry; empty for others."""
        name = re.sub(
            r"^(docker\.io/|index\.docker\.io/|public\.ecr\.aws/docker/|mirror\.gcr\.io/)?(library/)?", "", self.name
        )
        return name if "/" not in name else ""

    @property
    def short(self) -> str:
        return self.name.rpartition("/")[2]


def parse(text: str) -> Reference:
    """A reference into name, tag and digest."""
    rest, _, digest = text.partition("@")
    head, _, last = rest.rpartition("/")
    last, _, tag = last.partition(":")
    return Reference(text, f"{head}/{last}" if head else last, tag, digest)


def is_plain(reference: Reference) -> bool:
    """Whether the image is known to bring no command that serves, no user, and no variables that matter."""
    if "onbuild" in reference.tag:
        return False
    if reference.official in _PLAIN:
        return True
    return bool(re.search(r"(^|/)(ubi\d+|astral-sh/uv|continuumio/miniconda3|nvidia/cuda)(/|:|@|$)", reference.text))


def shell(reference: Reference) -> str:
    """What /bin/sh is: dash, bash, busybox or unknown."""
    if reference.official in ("alpine", "busybox") or "alpine" in reference.tag:
        return "busybox"
    if _BASH.search(reference.text):
        return "bash"
    if re.search(r"windows|nanoserver|distroless|chainguard|scratch|micromamba", reference.text):
        return "unknown"
    if reference.official in _DEBIAN:
        return "dash" if reference.tag or not reference.digest else "unknown"
    if _DEBIAN_TAG.search(reference.tag) or _DEBIAN_OTHERS.search(reference.text):
        return "dash"
    return "unknown"


def python_version(reference: Reference) -> str | None:
    """The version of Python that the reference promises ("3.12.1", "3.12"); None when it says none."""
    named = _NAMED_PYTHON.search(reference.name)
    if named:
        return f"{named.group(1)}.{named.group(2)}"
    if "python" not in reference.text or reference.official == "pypy":
        return None
    if is_python(reference) and re.match(r"2(-|$)", reference.tag):
        return "2.7"
    found = _VERSION.search(reference.tag)
    at_start = found is not None and found.start(1) == 0
    return None if found is None or (at_start and reference.short != "python") else found.group(1)


def is_python(reference: Reference) -> bool:
    """Whether it is the official image of Python."""
    return reference.official == "python"


def tools(reference: Reference) -> frozenset[str] | None:
    """Which of curl and wget the image has; None when that is not known."""
    if reference.official in ("alpine", "busybox") or (reference.official in _PLAIN and "alpine" in reference.tag):
        return frozenset({"wget"})
    if reference.official in ("debian", "ubuntu"):
        return frozenset()
    if reference.official in ("python", "pypy"):
        if not reference.tag and reference.digest:
            return None
        return frozenset() if "slim" in reference.tag else frozenset({"curl", "wget"})
    if re.search(r"(^|/)astral-sh/uv", reference.text) and "slim" in reference.tag:
        return frozenset()
    return None
