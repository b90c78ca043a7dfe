"""What Google's platforms have in common: the start that their builder guesses, and how they write sizes."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from dataclasses import replace

from flaskprod_lint.inputs import app_engine, procfile, toml_tree
from flaskprod_lint.model import Command, Package, Packages, Setting, Unknown
from flaskprod_lint.resolve.deployments import planned
from flaskprod_lint.source import Located, Place, Project

_MEBIBYTES = {"": 1 / 1024**2, "k": 1000 / 1024**2, "m": 1000**2 / 1024**2, "g": 1000**3 / 1024**2}
_BINARY = {"ki": 1 / 1024, "mi": 1.0, "gi": 1024.0, "ti": 1024.0**2}
_QUANTITY = re.compile(r"(\d+(?:\.\d+)?)\s*([a-zA-Z]*)")


def guessed_start(project: Project, folder: str) -> tuple[str, str] | None:
    """What Google's buildpack starts where nothing says so, and the file that it goes by.

    Gunicorn on main:app, or on app:app where only app.py is there (GoogleCloudPlatform/buildpacks,
    cmd/python/missing_entrypoint). It installs Gunicorn where requirements.txt does not.
    """
    main = next((name for name in ("main.py", "app.py") if posixpath.join(folder, name) in project), None)
    if main is None:
        return None
    return f"gunicorn -b :8080 {posixpath.splitext(main)[0]}:app", posixpath.join(folder, main)


def with_gunicorn(packages: Packages) -> Packages:
    """The packages with Gunicorn, which Google's builder adds where it starts Gunicorn by itself."""
    if packages.find("gunicorn") is not None:
        return packages
    added = Package("gunicorn", None, "none", Place(None, "added by Google's builder"), direct=False)
    return replace(packages, packages={**packages.packages, "gunicorn": added})


def buildpack_commands(project: Project, folder: str, told: Located[str] | None = None) -> Iterator[Command]:
    """All that says what Google's buildpack starts on Cloud Run, the one that wins first.

    GOOGLE_ENTRYPOINT (`told`, else project.toml's), then the Procfile, then the entrypoint of an app.yaml.
    """
    entrypoint = told or _of_project_toml(project, folder)
    if entrypoint is not None:
        yield planned.shell_command(entrypoint, f"GOOGLE_ENTRYPOINT = {entrypoint.value}")
    path = posixpath.join(folder, "Procfile")
    lines = project.facts(path, procfile.read) if path in project else None
    web = lines.find("web") if lines is not None else None
    if web is not None:
        yield planned.shell_command(web.command, f"web: {web.command.value}")
    path = posixpath.join(folder, "app.yaml")
    facts = project.facts(path, app_engine.read) if path in project else None
    if facts is not None and facts.is_app_engine and facts.entrypoint is not None:
        yield planned.shell_command(facts.entrypoint, f"entrypoint: {facts.entrypoint.value}")


def _of_project_toml(project: Project, folder: str) -> Located[str] | None:
    """GOOGLE_ENTRYPOINT of a buildpack's project.toml."""
    path = posixpath.join(folder, "project.toml")
    documents = project.facts(path, toml_tree.read) if path in project else None
    root = documents.root if documents is not None else None
    for keys in (("build", "env"), ("io", "buildpacks", "build", "env")):
        node = root.at(*keys) if root is not None else None
        for item in node.items if node is not None else ():
            name = item.string("name")
            if name is not None and name.value == "GOOGLE_ENTRYPOINT":
                return item.string("value")
    return None


# Numbers


def number(name: str, text: Located[str] | None, how: str) -> Setting | None:
    """A whole number that a file gives, such as a port or seconds; Unknown where it is filled in later."""
    if text is None:
        return None
    digits = text.value.removesuffix("s")
    value = int(digits) if digits.isdigit() else Unknown("it is filled in when this is deployed", text.span)
    return Setting(name, value, Place(text.span, f"{how}{text.value}"))


def cpus(text: Located[str] | None, how: str) -> Setting | None:
    """Cores: `2`, `0.5` or `1000m`."""
    return _quantity("cpus", text, how, {"": 1.0, "m": 0.001})


def memory(text: Located[str] | None, how: str) -> Setting | None:
    """Memory in MiB: `512Mi`, `1Gi`, `2G`."""
    return _quantity("memory", text, how, {**_MEBIBYTES, **_BINARY})


def gigabytes(text: Located[str] | None, how: str) -> Setting | None:
    """Memory in MiB of a number of gigabytes."""
    return _quantity("memory", text, how, {"": 1024.0})


def _quantity(name: str, text: Located[str] | None, how: str, units: dict[str, float]) -> Setting | None:
    if text is None:
        return None
    match = _QUANTITY.fullmatch(text.value.strip())
    unit = units.get(match[2].lower()) if match else None
    place = Place(text.span, f"{how}{text.value}")
    if match is None or unit is None:
        return Setting(name, Unknown("it is filled in when this is deployed", text.span), place)
    return Setting(name, round(float(match[1]) * unit, 3), place)


def unknown_variables(names: tuple[str, ...], platform: str) -> dict[str, Setting]:
    """Variables that a platform sets to something that only it knows."""
    place = Place(None, f"set by {platform}")
    return {name: Setting(name, Unknown(f"{platform} sets it"), place) for name in names}
