"""The dotenv files of a project, and the secrets in them."""

from __future__ import annotations

import re

from flaskprod_lint.inputs import dotenv
from flaskprod_lint.model import EnvFile, SecretLiteral
from flaskprod_lint.patterns import regex
from flaskprod_lint.resolve import secrecy
from flaskprod_lint.source import Project, Source

#: Files that show which variables there are, and files of tests and CI.
_EXAMPLE = regex(
    r"(example|sample|template|dist|tpl|default|defaults|skeleton|dummy|demo|test|testing|tests|ci|schema|docs?)",
    re.IGNORECASE,
)
_ELSEWHERE = regex(r"(^|/)(tests?|examples?|docs?|fixtures?|samples?|\.github|\.ci|\.devcontainer)/", re.IGNORECASE)


def find(project: Project) -> tuple[EnvFile, ...]:
    """Every dotenv file of the project, with what git says of it and the secrets it holds."""
    return tuple(_read(project, path) for path in project.of_format("dotenv") if path in project)


def _read(project: Project, path: str) -> EnvFile:
    source = project.read(path)
    secrets = tuple(_secrets(source)) if source else ()
    return EnvFile(path, project.is_committed(path), secrets, example=is_example(path))


def is_example(path: str) -> bool:
    """Whether a dotenv file's name (or folder) says that its values are not meant."""
    name = path.rpartition("/")[2]
    words = [word for word in re.split(r"[._-]+", name) if word and word != "env"]
    return any(_EXAMPLE.fullmatch(word) for word in words) or bool(_ELSEWHERE.search(path))


def _secrets(source: Source) -> list[SecretLiteral]:
    found = []
    for name, value in dotenv.read(source):
        judged = secrecy.judge(name.value, value.value)
        if judged.secret:
            how = source.path
            found.append(SecretLiteral(name.value, name.span, how, judged.kind, judged.length, judged.weak))
    return found
