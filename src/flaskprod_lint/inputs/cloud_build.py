"""cloudbuild.yaml: the steps of Google Cloud Build."""

from __future__ import annotations

import re

from flaskprod_lint.inputs import yaml_tree
from flaskprod_lint.inputs.nodes import Node
from flaskprod_lint.patterns import regex
from flaskprod_lint.records import dataclass
from flaskprod_lint.source import Located, Problem, Source, Span

_MARK = regex(r"^(steps\s*:|\s*\"steps\"\s*:)", re.MULTILINE)
#: What a file of Cloud Build names and other files with steps do not.
_BUILDERS = regex(
    r"cloud-builders/|cloudsdktool/|google-appengine/exec-wrapper|kaniko-project|-docker\.pkg\.dev|\bgcr\.io/"
)


@dataclass(frozen=True)
class BuildStep:
    """One step: the `builder` is the image that it runs in; `entrypoint` and `arguments` what runs there."""

    builder: Located[str]
    span: Span
    entrypoint: Located[str] | None = None
    arguments: tuple[Located[str], ...] = ()
    script: Located[str] | None = None
    folder: str = ""


@dataclass(frozen=True)
class CloudBuild:
    """The steps in order. `substitutions` are the file's own values of `$_NAME`."""

    path: str
    steps: tuple[BuildStep, ...] = ()
    substitutions: tuple[tuple[str, str], ...] = ()
    problem: Problem | None = None


def read(source: Source) -> CloudBuild:
    """The steps of a cloudbuild.yaml; nothing for any other YAML or JSON file."""
    if not _MARK.search(source.text) or not _BUILDERS.search(source.text):
        return CloudBuild(source.path)
    documents = yaml_tree.read(source)
    root = documents.root
    steps = root.get("steps") if root is not None else None
    if root is None or steps is None:
        return CloudBuild(source.path, problem=documents.problem)
    found = tuple(step for step in (_step(item) for item in steps.items) if step is not None)
    values = root.get("substitutions")
    pairs = tuple((entry.key.value, entry.value.text) for entry in values.entries) if values is not None else ()
    return CloudBuild(source.path, found, pairs, documents.problem)


def _step(node: Node) -> BuildStep | None:
    builder = node.string("name")
    if builder is None:
        return None
    arguments = node.get("args")
    folder = node.string("dir")
    return BuildStep(
        builder,
        node.span,
        node.string("entrypoint"),
        arguments.strings() if arguments is not None else (),
        node.string("script"),
        folder.value if folder is not None else "",
    )
