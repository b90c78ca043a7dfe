"""Manifests that are broken: each is named, also where what it would have said is not asked for."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from importlib import import_module

from flaskprod_lint.patterns import regex
from flaskprod_lint.resolve.deployments import parts
from flaskprod_lint.source import Project

#: By the format that a file's name promises, or by its name: the module of inputs/, its function, and what shows that
#: the file is meant for it.
_BY_FORMAT = {
    "app-json": ("app_json", "read", regex(r'"(postdeploy|formation|buildpacks|addons|success_url|stack)"')),
    "scalingo": ("app_json", "read", regex(r'"(postdeploy|formation|addons|stack|env|scripts)"')),
    "quadlet": ("quadlet", "read", regex(r"(?m)^\s*\[?Container")),
    "systemd": (
        "systemd",
        "read",
        regex(r"(?m)^\s*ExecStart.*(?:python|gunicorn|uwsgi|flask|waitress|uvicorn|celery)"),
    ),
    "supervisord": ("supervisord", "read", regex(r"(?m)^\s*\[program:")),
    "kamal": ("kamal", "read", regex(r"(?m)^(service|image|servers):")),
    "github-workflow": ("workflows", "read_github", regex(r"(?m)^jobs:")),
    "gitlab-ci": ("workflows", "read_gitlab", regex(r"(?m)^\s+-?\s*script:")),
}
_BY_NAME = (
    (regex(r"cloudbuild.*\.ya?ml"), ("cloud_build", "read", regex(r"(?m)^steps:"))),
    (regex(r"kustomization\.ya?ml"), ("kustomization", "read", regex(r"(?m)^(resources|bases|patches):"))),
    (regex(r"manifest.*\.ya?ml"), ("cloud_foundry", "read", regex(r"(?m)^applications:"))),
)


def note(project: Project) -> None:
    """Note every such file that cannot be read to its end."""
    for path, (module, function, mark) in _candidates(project):
        source = project.read(path)
        if source is None or not mark.search(source.text):
            continue
        reader = getattr(import_module(f"flaskprod_lint.inputs.{module}"), function)
        facts = project.facts(path, reader)
        for problem in (getattr(facts, "problem", None), *getattr(facts, "problems", ())):
            parts.note_problem(project, problem)


def _candidates(project: Project) -> Iterator[tuple[str, tuple[str, str, re.Pattern[str]]]]:
    for name, how in _BY_FORMAT.items():
        yield from ((path, how) for path in project.of_format(name))
    for path in project.of_format("yaml"):
        name = posixpath.basename(path).lower()
        yield from ((path, how) for pattern, how in _BY_NAME if pattern.fullmatch(name))
