"""An image that no file of the project builds: where the project stands in it, and the app that it starts by itself."""

from __future__ import annotations

import posixpath

from flaskprod_lint.model import Command, Packages, Platform, Process, Setting, Unknown
from flaskprod_lint.resolve import packages
from flaskprod_lint.resolve.context import Context
from flaskprod_lint.resolve.deployments import images, likely_app, parts
from flaskprod_lint.resolve.deployments.kubernetes import app_images
from flaskprod_lint.resolve.deployments.likely_app import Likely
from flaskprod_lint.resolve.deployments.planned import Planned
from flaskprod_lint.resolve.options import Options
from flaskprod_lint.resolve.tree import Tree
from flaskprod_lint.source import Place, Project, Span

#: Why nothing is known of what is started where the manifest says nothing of it.
REASON = "no file here builds the image, and the manifest leaves it to the image what is started"
_UNBUILT = "no file of this project builds the image"
_HOME = "/app"


def may_be_ours(project: Project, reference: str, name: str) -> bool:
    """Whether an image of that reference, which `name` runs, can be that of a project without a Dockerfile for it."""
    if any(images.runs_python(project, path) is not False for path in project.of_format("dockerfile")):
        return False
    if not parts.has_flask(project, ""):
        return False
    return not app_images.is_foreign(reference) and not app_images.is_of_another_part(reference, name)


def context(project: Project, at: Span, platform: Platform | None) -> Context:
    """What is known of such an image: the project is somewhere in it, beside all that cannot be seen."""
    tree = Tree(project)
    tree.mount_unknown("/", _UNBUILT, Place(at))
    tree.mount(_HOME, "", Place(None, "the project, wherever the image has it"))
    asked = packages.of_buildpack(project, "")
    installed = Packages(asked.packages, Unknown(_UNBUILT, at), asked.sources)
    # Many Dockerfiles set it, and it is their common way.
    unbuffered = Setting("PYTHONUNBUFFERED", Unknown(_UNBUILT, at), Place(at, "the image may set it"))
    variables = {unbuffered.name: unbuffered}
    return Context(project, tree, cwd=_HOME, variables=variables, packages=installed, platform=platform)


def likely(options: Options, base: Context) -> Likely | Unknown:
    """The app that such an image most likely starts."""
    return likely_app.find(base.project, options, lambda folder: _in_folder(base, folder))


def assume(found: Planned, process: Process, base: Context, options: Options, at: Span) -> None:
    """Add a process of which only the app is likely; nothing but the reason where several may be it."""
    deployment = found.deployment
    deployment.assumed = REASON
    deployment.unknowns.append(("the start command", Unknown(REASON, at)))
    app = likely(options, base)
    if isinstance(app, Unknown):
        deployment.unknowns.append(("the app", app))
        return
    process.command = Command(app.target.text, "exec", app.trail[-1], (app.target.text,))
    process.trail, process.why, process.assumed = app.trail, app.trail[-1].note, app.target
    found.add(process, _in_folder(base, app.folder))


def _in_folder(base: Context, folder: str) -> Context:
    return base.at(posixpath.join(_HOME, folder).rstrip("/"))
