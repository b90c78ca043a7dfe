"""References to Python's own images: which those are, and what to write in their place."""

from __future__ import annotations

import re

from flaskprod_lint.patterns import regex

#: A Python that is still supported for years, as the tags of its images begin.
SUPPORTED = "3.13"

_PYTHON = regex(r"((docker\.io|public\.ecr\.aws/docker|mirror\.gcr\.io)/)?(library/)?python")
_VARIANT = regex(r"slim|alpine")


def name_and_tag(reference: str) -> tuple[str, str]:
    """`python:3.12-slim` into its two halves; a port of a registry is no tag."""
    head, slash, last = reference.partition("@")[0].rpartition("/")
    name, _, tag = last.partition(":")
    return f"{head}{slash}{name}", tag


def is_python(name: str) -> bool:
    """Whether the name, without its tag, is that of Python's own images."""
    return bool(_PYTHON.fullmatch(name))


def supported(reference: str) -> str | None:
    """The image of a supported Python that is most like this one; None for an image that is not Python's own."""
    name, tag = name_and_tag(reference)
    if not is_python(name):
        return None
    variant = _VARIANT.search(tag)
    return f"{name}:{SUPPORTED}-{variant[0] if variant else 'slim'}"


def slim(reference: str, *, ended: bool = False) -> str:
    """The slim image of the same Python, or of a supported one where that has `ended` or the reference names none."""
    name, tag = name_and_tag(reference)
    version = tag.partition("-")[0] if not ended else ""
    return f"{name}:{version if re.match(r'[0-9]', version) else SUPPORTED}-slim"
