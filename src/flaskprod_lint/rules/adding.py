"""How a distribution that is not installed gets there, as a comment below the command that needs it."""

from __future__ import annotations

from flaskprod_lint.model import Packages

_ADDING = {"poetry": "poetry add", "pdm": "pdm add", "uv": "uv add", "pipenv": "pipenv install"}


def adding(packages: Packages, distribution: str) -> str:
    """The comment where the distribution surely is not installed; empty where it is there or may be."""
    source = next(iter(packages.sources), None)
    if packages.complete is not True or packages.find(distribution) is not None or source is None:
        return ""
    tool = source.note.rpartition(" ")[2]
    if tool in _ADDING:
        return f"# {_ADDING[tool]} {distribution}"
    if "dockerfile" in source.path.lower():
        return f"# and in {source.path}: RUN pip install {distribution}"
    return f"# and add {distribution} to {source.path}"
