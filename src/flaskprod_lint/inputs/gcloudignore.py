"""What .gcloudignore keeps gcloud from uploading. It is written like a .gitignore."""

from __future__ import annotations

from dataclasses import replace

from flaskprod_lint.inputs import dockerignore
from flaskprod_lint.inputs.dockerignore import Dockerignore
from flaskprod_lint.source import Located, Source


def read(source: Source) -> Dockerignore:
    """The patterns of a .gcloudignore or .gitignore, as patterns of a .dockerignore that mean the same."""
    lines = "\n".join(_as_docker(line) for line in source.lines)
    found = dockerignore.read(Source(source.path, lines))
    return replace(found, patterns=tuple(replace(one, text=_written(source, one.text)) for one in found.patterns))


def _written(source: Source, text: Located[str]) -> Located[str]:
    """The line as it is written."""
    number = text.span.line
    return Located(source.line(number).strip(), source.line_span(number))


def _as_docker(line: str) -> str:
    """A line of git's in Docker's form: a name without a slash counts in every folder."""
    text = line.strip()
    if not text or text.startswith("#"):
        return "#"
    negation, bare = ("!", text[1:]) if text.startswith("!") else ("", text)
    bare = bare.rstrip("/")
    anchored = "/" in bare
    return f"{negation}{bare.lstrip('/')}" if anchored else f"{negation}**/{bare}"
