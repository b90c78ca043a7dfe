"""Passwords, tokens and keys that the app's config takes from a data file of the project: JSON, TOML, YAML, ini."""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping

from flaskprod_lint.model import HardcodedSecret
from flaskprod_lint.resolve import secrecy
from flaskprod_lint.resolve.app import hardcoded
from flaskprod_lint.resolve.interpreter.values import Value
from flaskprod_lint.source import Place, Project

#: Dotenv files have a rule of their own.
_DOTENV = (".env", ".flaskenv")


def find(
    project: Project, values: Mapping[str, Value], files: Container[str], trail: tuple[Place, ...]
) -> Iterator[HardcodedSecret]:
    """Those among the settings. `files` are the app's own, in which the code itself was read."""
    for name, value in values.items():
        yield from _of_value(project, name, value, files, trail, bare=False)


def _of_value(
    project: Project, name: str, value: Value, files: Container[str], trail: tuple[Place, ...], *, bare: bool
) -> Iterator[HardcodedSecret]:
    if isinstance(value.data, dict):
        for key, inner in value.data.items():
            if isinstance(key, str) and isinstance(inner, Value):
                yield from _of_value(project, key, inner, files, trail, bare=True)
        return
    text, at = value.data, value.at
    if not isinstance(text, str) or at is None or value.environment or not _is_of_data(project, at.path, files):
        return
    judged = secrecy.judge(name, text)
    is_meant = name.isupper() if judged.weak else secrecy.looks_random(text)
    if judged.secret and is_meant and not hardcoded.is_another_rules(name, text):
        yield HardcodedSecret(name, judged.kind, at, judged.length, judged.weak, trail=trail, bare=bare)


def _is_of_data(project: Project, path: str, files: Container[str]) -> bool:
    """Whether a file is none of code and none of variables, and one that everyone with the repository has."""
    is_dotenv = any(mark in path.rpartition("/")[2] for mark in _DOTENV)
    return not path.endswith(".py") and path not in files and not is_dotenv and project.is_committed(path)
