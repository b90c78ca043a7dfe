"""Where Python looks for a module in production, and which file of the project it finds there."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from flaskprod_lint.model import Setting, Step, Unknown
from flaskprod_lint.records import dataclass
from flaskprod_lint.resolve.context import Context
from flaskprod_lint.resolve.tree import Tree
from flaskprod_lint.source import Place, Project

#: Where packages of the project that an installer put among the site-packages are taken to stand.
SITE_PACKAGES = "/site-packages-of-the-project"

_MANIFESTS = ("pyproject.toml", "setup.py", "setup.cfg")

#: The command of an installer that installs the project with what it needs, and the switch that keeps it from that.
_PROJECT_INSTALLS = {
    "uv": ("sync", "--no-install-project"),
    "poetry": ("install", "--no-root"),
    "pdm": ("install", "--no-self"),
}


@dataclass(frozen=True)
class SearchPath:
    """The folders that Python searches, first one first. `unknown` says that there may be more."""

    folders: tuple[str, ...]
    unknown: Unknown | None = None


def search_path(
    step: Step, context: Context, *, chdir: str | None = None, more: Sequence[str] = (), script: str | None = None
) -> SearchPath:
    """What a server's process has on sys.path: `more` (Gunicorn's --pythonpath), its folder, and PYTHONPATH.

    `script` is the path of a file that Python runs: its folder then takes the place of the working directory.
    """
    start = posixpath.normpath(posixpath.join(context.cwd or "/", step.cwd or ""))
    cwd = posixpath.normpath(posixpath.join(start, chdir)) if chdir else start
    first = posixpath.normpath(posixpath.join(cwd, posixpath.dirname(script))) if script is not None else cwd
    extra = [posixpath.normpath(posixpath.join(cwd, folder.strip())) for folder in reversed(more) if folder.strip()]
    variables, unknown = _python_path({**context.variables, **step.environment}, start)
    return SearchPath(tuple(dict.fromkeys([*extra, first, *variables])), unknown)


def _python_path(variables: Mapping[str, Setting], cwd: str) -> tuple[list[str], Unknown | None]:
    setting = variables.get("PYTHONPATH")
    if setting is None:
        return [], None
    if not isinstance(setting.value, str):
        return [], setting.value if isinstance(setting.value, Unknown) else Unknown("PYTHONPATH", setting.span)
    folders = [part for part in setting.value.split(":") if part and "$" not in part]
    hole = Unknown("PYTHONPATH holds a variable", setting.span) if "${" in setting.value else None
    return [posixpath.normpath(posixpath.join(cwd, folder)) for folder in folders], hole


def locate(dotted: str, folders: Iterable[str], tree: Tree) -> str | Unknown | None:
    """The file (for a namespace package the folder) that `import dotted` finds; None when no folder has it."""
    hidden: Unknown | None = None
    parts = dotted.split(".")
    waiting = list(folders)
    for index, part in enumerate(parts):
        found, portions, unknown = _one_level(part, waiting, tree)
        hidden = hidden or unknown
        last = index == len(parts) - 1
        if found is not None and (last or posixpath.basename(found[1]) == "__init__.py"):
            if last:
                return found[1]
            waiting = [found[0]]
        elif portions:
            if last:
                return _project_path(portions[0], tree)
            waiting = portions
        else:
            return hidden
    return hidden


def _one_level(
    part: str, folders: Iterable[str], tree: Tree
) -> tuple[tuple[str, str] | None, list[str], Unknown | None]:
    """The package folder or module with its file, the portions of a namespace package, and what hides more."""
    portions: list[str] = []
    hidden: Unknown | None = None
    for folder in folders:
        base = posixpath.join(folder, part)
        for path in (base + "/__init__.py", base + ".py"):
            found = tree.locate(path)
            if isinstance(found, str) and found in tree.project:
                return (base, found), portions, hidden
            hidden = hidden or (found if isinstance(found, Unknown) else None)
        if _project_path(base, tree) is not None:
            portions.append(base)
    return None, portions, hidden


def _project_path(path: str, tree: Tree) -> str | None:
    found = tree.locate(path)
    return found if isinstance(found, str) and tree.project.is_folder(found) else None


def with_installed_project(context: Context) -> Context:
    """The context with the project's own packages among its site-packages, where something installs them there."""
    evidence = self_install(context)
    if evidence is None or site_packages(context):
        return context
    tree = replace(context.tree, mounts=list(context.tree.mounts))
    for root in package_roots(context.project):
        tree.mount(SITE_PACKAGES, root, evidence)
    return replace(context, tree=tree)


def site_packages(context: Context) -> tuple[str, ...]:
    """The folder of the project's own installed packages, if they are installed."""
    return (SITE_PACKAGES,) if any(mount.path == SITE_PACKAGES for mount in context.tree.mounts) else ()


def package_roots(project: Project) -> list[str]:
    """The folders whose packages an installer takes, the likeliest last: beside a manifest, and the src below it."""
    roots: list[str] = []
    for path in project.paths:
        folder, _, name = path.rpartition("/")
        if name in _MANIFESTS and folder.count("/") < 2:
            source = posixpath.join(folder, "src")
            roots += [folder] + ([source] if project.is_folder(source) else [])
    return list(dict.fromkeys(roots))


def self_install(context: Context) -> Place | None:
    """The place that installs the project itself into the environment that the process runs in."""
    for package in context.packages.packages.values():
        if package.pin == "local":
            return package.origin
    runs = context.image.runs if context.image else ()
    for run in runs:
        if any(_installs_project(step) for step in run.steps):
            return run.at
    return None


def _installs_project(step: Step) -> bool:
    words = [word for word in step.argv if isinstance(word, str)]
    if words[:1] and posixpath.basename(words[0]).startswith("python"):
        if words[1:2] == ["-m"]:
            words = words[2:]
        elif words[1:2] == ["setup.py"]:
            return words[2:3] in (["install"], ["develop"])
    name = posixpath.basename(words[0]) if words else ""
    if name in ("pip", "pip3") or (name == "uv" and "pip" in words):
        return "install" in words and any(map(_is_project_path, words[1:]))
    action, switch = _PROJECT_INSTALLS.get(name, ("", ""))
    return bool(action) and action in words and switch not in words


def _is_project_path(word: str) -> bool:
    path = word.partition("[")[0]
    if path in (".", "./", ".."):
        return True
    return path.startswith(("./", "/", "../")) and not path.endswith((".txt", ".whl", ".in", ".gz"))
