"""What Google's platforms have in common: what their builder starts, and the variables that they set."""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Iterator
from dataclasses import replace

from flaskprod_lint.inputs import app_engine, gcloudignore, procfile, toml_tree
from flaskprod_lint.model import Command, Package, Packages, Setting, Unknown
from flaskprod_lint.resolve.deployments import planned
from flaskprod_lint.resolve.options import Options
from flaskprod_lint.source import Located, Place, Project, Span

#: What App Engine's standard environment starts where an app.yaml says nothing; the two variables stand for what its
#: own settings for Gunicorn say.
STANDARD_START = "exec gunicorn -b :$PORT --workers $WORKERS --access-logfile $ACCESS_LOG main:app"


def standard_settings() -> dict[str, Setting]:
    """What App Engine's own start command leaves open."""
    place = Place(None, "set by Google App Engine")
    reasons = {
        "WORKERS": "App Engine starts as many workers as suit the instance class",
        "ACCESS_LOG": "it is among App Engine's own settings for Gunicorn",
    }
    return {name: Setting(name, Unknown(reason), place) for name, reason in reasons.items()}


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


def refused(project: Project, folder: str, told: Located[str] | None = None) -> Place | None:
    """The Procfile without a `web:` line at which Google's builder gives up, where nothing else names an entrypoint."""
    path = posixpath.join(folder, "Procfile")
    lines = project.facts(path, procfile.read) if path in project else None
    if lines is None or lines.find("web") is not None or told is not None or _of_project_toml(project, folder):
        return None
    return Place(Span(path, 1), "this Procfile has no `web:` line, and Google's builder then makes no image")


def not_uploaded(project: Project, folder: str) -> Callable[[str], bool] | None:
    """A test of the files of a folder that .gcloudignore keeps gcloud from uploading; None without one."""
    path = posixpath.join(folder, ".gcloudignore")
    facts = project.facts(path, gcloudignore.read) if path in project else None
    if facts is None:
        return None
    start = len(folder) + 1 if folder else 0
    return lambda found: facts.excluded_by(found[start:]) is not None


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


def instances(options: Options, count: Located[str] | None, at: Span, otherwise: str) -> Setting:
    """How many instances run at most; `otherwise` says who decides where no file does."""
    if count is not None or options.instances is not None:
        return planned.instances(options, count, f"up to {count.value} instances" if count is not None else "")
    return Setting("instances", Unknown(otherwise, at), Place(at, otherwise))


def unknown_variables(names: tuple[str, ...], platform: str) -> dict[str, Setting]:
    """Variables that a platform sets to something that only it knows."""
    place = Place(None, f"set by {platform}")
    return {name: Setting(name, Unknown(f"{platform} sets it"), place) for name in names}
