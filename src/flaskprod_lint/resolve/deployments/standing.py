"""Production or development: what a file's name and its neighbours say it is for."""

from __future__ import annotations

import fnmatch
import re
from collections.abc import Iterable

from flaskprod_lint.patterns import regex
from flaskprod_lint.records import dataclass
from flaskprod_lint.resolve.options import Options

_DEVELOPMENT_WORDS = frozenset(
    "dev develop development local localhost test tests testing debug override ci e2e cypress sandbox example sample "
    "old deprecated disabled unused".split()
)
_PRODUCTION_WORDS = frozenset("prod production release live deploy deployment staging stage swarm".split())
_DEVELOPMENT_FOLDERS = frozenset(
    ".devcontainer devcontainer dev development local demo demos docs doc documentation tutorial tutorials fixtures "
    "contrib vagrant e2e cypress playwright benchmark benchmarks gen generated old archive archived deprecated .github "
    ".ci .circleci".split()
)
_TEST_FOLDER = regex(r"(tests?|testing|examples?|samples?)([-_].*)?")


@dataclass(frozen=True)
class Standing:
    """What something is for, and why we think so. `sure` is False where it could be the other."""

    environment: str
    why: str
    sure: bool = True

    @property
    def is_production(self) -> bool:
        return self.environment == "production"


def of_path(path: str, options: Options, otherwise: str) -> Standing:
    """What a deployment file is for by its name and folder; `otherwise` says why it is for production if not."""
    told = told_by_user(path, options)
    if told is not None:
        return told
    if is_template(path):
        return Standing("development", "projects are made from it, and it is none itself")
    folder = next((part for part in path.split("/")[:-1] if _is_for_development(part.lower())), None)
    if folder is not None:
        return Standing("development", f"it stands in {folder}/")
    word = development_word(path)
    if word is not None:
        return Standing("development", f"its name says {word}")
    word = production_word(path)
    return Standing("production", f"its name says {word}" if word else otherwise)


def of_manifest(path: str, options: Options, platform: str) -> Standing:
    """What a manifest of a platform is for: production, unless its name or folder says otherwise."""
    return of_path(path, options, f"{platform} deploys what it says")


def is_template(path: str) -> bool:
    """Whether a file belongs to a template of Cookiecutter or Copier, whose folders have names to fill in."""
    return "{{" in path


def _is_for_development(folder: str) -> bool:
    return folder in _DEVELOPMENT_FOLDERS or bool(_TEST_FOLDER.fullmatch(folder))


def told_by_user(path: str, options: Options) -> Standing | None:
    """What the configuration says of a file."""
    if _any_match(path, options.production):
        return Standing("production", "the configuration names it as production")
    if _any_match(path, options.development):
        return Standing("development", "the configuration names it as development")
    return None


def development_word(text: str) -> str | None:
    """The word in a file's, service's or stage's name that says it is for development."""
    words = _words(text)
    if _PRODUCTION_WORDS & set(words):
        return None
    return next((word for word in words if word in _DEVELOPMENT_WORDS), None)


def production_word(text: str) -> str | None:
    """The word in a name that says it is for production."""
    return next((word for word in _words(text) if word in _PRODUCTION_WORDS), None)


def _words(path: str) -> list[str]:
    return re.split(r"[^a-z0-9]+", path.rpartition("/")[2].lower())


def _any_match(path: str, globs: Iterable[str]) -> bool:
    name = path.rpartition("/")[2]
    return any(
        fnmatch.fnmatchcase(path, glob) or fnmatch.fnmatchcase(name, glob) or path.startswith(glob.rstrip("/") + "/")
        for glob in globs
    )
