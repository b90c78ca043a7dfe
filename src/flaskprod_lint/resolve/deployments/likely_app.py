"""The app that a person would start where no file says which: FLASK_APP's, or the one that the files' names tell."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import field

from flaskprod_lint.inputs import dotenv
from flaskprod_lint.model import Step, Target, Unknown
from flaskprod_lint.patterns import regex
from flaskprod_lint.records import dataclass
from flaskprod_lint.resolve import app as apps
from flaskprod_lint.resolve.app import flask_cli, loading, target_text
from flaskprod_lint.resolve.app import target as targets
from flaskprod_lint.resolve.context import Context
from flaskprod_lint.resolve.deployments import app_names, standing
from flaskprod_lint.resolve.options import Options
from flaskprod_lint.source import Place, Project, Span

#: What code that makes a Flask app looks like. Files are only loaded where this, or an import of the project's, is.
_MAKES = regex(r"\b\w*Flask\w*\s*\(|\(\s*(?:flask\.)?Flask\s*\)|\bOpenAPI\s*\(|\bDash\s*\(")
_PLAIN = regex(r"\bFlask\s*\(")
_CALLS_FACTORY = regex(r"\b(?:create|make)_app\s*\(")
_IMPORTS = regex(r"^\s*(?:from|import)\s+([\w.]+)", re.MULTILINE)

#: Files that Flask itself looks for, and those that people start, in their order.
_FOUND_BY_FLASK = ("wsgi.py", "app.py")
_STARTED = ("main.py", "application.py", "run.py", "server.py")
#: Files that load the app and do not serve it.
_BESIDE = regex(r"celery|worker|tasks?\b|cli\b|shell|seed|setup\b|conftest|init_db|config|_job|cron", re.IGNORECASE)
_PACKAGE_ORDER = ("__init__", "wsgi", "app", "application", "main", "server", "factory")
_DEEPEST = 3

#: The context of an app that is loaded from a folder of the project.
ContextIn = Callable[[str], Context]


@dataclass(frozen=True)
class Likely:
    """An app that a server could load from `folder` of the project by `target`, and what led to it."""

    target: Target
    folder: str
    file: str
    trail: tuple[Place, ...]
    definition: Span | None


def find(project: Project, options: Options, context_in: ContextIn) -> Likely | Unknown:
    """The app that is most likely started; Unknown where none is, or several are as likely."""
    search = _Search(project, options, context_in)
    if not search.makers:
        return Unknown(search.why_none())
    named = search.by_variable()
    if named is not None:
        return named
    for folders in search.levels():
        found = [one for folder in folders if (one := search.in_folder(folder)) is not None]
        likely = [one for one in found if isinstance(one, Likely)]
        if len(likely) > 1:
            return _several(likely)
        if found:
            return likely[0] if likely else found[0]
    first = search.makers[0]
    return Unknown(f"{first} makes a Flask app, but none that a server could load by its name", Span(first, 1))


def _several(likely: Sequence[Likely]) -> Unknown:
    files = list(dict.fromkeys(one.file for one in likely))
    names = " and ".join(files[:3]) + (f" and {len(files) - 3} more" if len(files) > 3 else "")
    return Unknown(f"{names} are equally likely to be the app")


@dataclass
class _Search:
    """The files of a project that may be started. `makers`, outside tests, look as if they make a Flask app."""

    project: Project
    options: Options
    context_in: ContextIn
    makers: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.makers = [path for path in self._python() if self._counts(path) and _MAKES.search(self._text(path))]

    def why_none(self) -> str:
        elsewhere = next((path for path in self._python() if _PLAIN.search(self._text(path))), None)
        if elsewhere is None:
            return "nothing here makes a Flask app"
        return f"only tests, examples, templates or documentation make a Flask app ({elsewhere})"

    def _python(self) -> tuple[str, ...]:
        return self.project.of_format("python")

    def _counts(self, path: str) -> bool:
        return standing.of_path(path, self.options, "").is_production

    def _text(self, path: str) -> str:
        source = self.project.read(path)
        return source.text if source is not None else ""

    # FLASK_APP

    def by_variable(self) -> Likely | None:
        """The app that FLASK_APP names in a dotenv file that the `flask` command reads."""
        files = [path for path in self.project.of_format("dotenv") if posixpath.basename(path) in (".flaskenv", ".env")]
        for path in sorted(files, key=lambda path: (path.count("/"), path.endswith(".env"))):
            source = self.project.read(path)
            for name, value in dotenv.read(source) if source is not None else ():
                text = flask_cli.dotted(value.value) if name.value == "FLASK_APP" and value.value else None
                place = Place(name.span, "assumed: FLASK_APP names it, and nothing says which app is started")
                found = self._candidate(text, posixpath.dirname(path), (place,)) if text else None
                if isinstance(found, Likely):
                    return found
        return None

    # Folders

    def levels(self) -> Iterator[list[str]]:
        """The folders to look in, the project's own first, then those below it that hold a likely file."""
        yield [""]
        folders = {folder for path in self.makers for folder in _parents(path)}
        for depth in range(1, _DEEPEST + 1):
            yield sorted(folder for folder in folders if folder.count("/") == depth - 1)

    def in_folder(self, folder: str) -> Likely | Unknown | None:
        """The app of a folder; None where there is none, Unknown where it cannot be told or called."""
        doubts: list[Unknown] = []
        for group in self._groups(folder):
            found: list[Likely] = []
            for path, text in group:
                one = self._file(path, text, folder)
                found += [one] if isinstance(one, Likely) else []
                doubts += [one] if isinstance(one, Unknown) else []
            distinct = {one.definition: one for one in reversed(found)}
            if len(distinct) > 1:
                return _several(found)
            if found:
                return found[0]
        return doubts[0] if doubts else None

    def _groups(self, folder: str) -> Iterator[Iterable[tuple[str, str]]]:
        """Files with their module's names, in groups of the same rank: two apps in one group are equally likely."""
        here = [path for path in self._python() if posixpath.dirname(path) == folder and self._counts(path)]
        names = {posixpath.basename(path): path for path in here}
        for name in _FOUND_BY_FLASK:
            yield [(names[name], name[:-3])] if name in names and self._may_hold(names[name], folder) else []
        started = [names[name] for name in _STARTED if name in names]
        yield [(path, _stem(path)) for path in started if self._may_hold(path, folder)]
        others = [path for path in here if posixpath.basename(path) not in (*_FOUND_BY_FLASK, *_STARTED)]
        makers = [path for path in others if _MAKES.search(self._text(path)) or _CALLS_FACTORY.search(self._text(path))]
        yield [(path, _stem(path)) for path in makers if not _BESIDE.search(_stem(path))]
        yield from self._packages(folder)

    def _packages(self, folder: str) -> Iterator[list[tuple[str, str]]]:
        """The packages of a folder: for each the first of its modules that looks right, all of the same rank."""
        makers = set(self.makers)
        prefix = f"{folder}/" if folder else ""
        by_package: dict[str, list[str]] = {}
        for path in sorted(makers):
            parts = path.removeprefix(prefix).split("/") if path.startswith(prefix) else []
            if len(parts) == 2 and f"{prefix}{parts[0]}/__init__.py" in self.project:
                by_package.setdefault(parts[0], []).append(path)
        first = [(min(paths, key=_package_rank), name) for name, paths in by_package.items()]
        yield [(path, name if _stem(path) == "__init__" else f"{name}.{_stem(path)}") for path, name in first]

    def _may_hold(self, path: str, folder: str) -> bool:
        """Whether a file makes an app, or imports a module of the project that may."""
        text = self._text(path)
        if _MAKES.search(text) or _CALLS_FACTORY.search(text):
            return True
        tops = {found.partition(".")[0] for found in _IMPORTS.findall(text)} - {""}
        places = [posixpath.join(folder, top) for top in tops]
        inside = any(f"{place}.py" in self.project or self.project.is_folder(place) for place in places)
        return inside or posixpath.basename(folder) in tops

    # One file

    def _file(self, path: str, module: str, folder: str) -> Likely | Unknown | None:
        place = Place(Span(path, 1), "assumed: nothing says which app is started")
        parent, name = posixpath.split(folder)
        if name and re.search(rf"^\s*(?:from|import)\s+{re.escape(name)}\b", self._text(path), re.MULTILINE):
            return self._candidate(f"{name}.{module}", parent, (place,), path)
        return self._candidate(module, folder, (place,), path)

    def _candidate(
        self, text: str, folder: str, trail: tuple[Place, ...], path: str | None = None
    ) -> Likely | Unknown | None:
        """The app that a target text means when it is loaded from a folder, by the name that Flask would take."""
        context = self.context_in(folder)
        step = Step((text,), text, trail[0])
        parsed = target_text.parse(text, default="")
        loaded = loading.of_module(parsed.module, step, context)
        module = loaded.module
        if module is None or (path is not None and module.path != path):
            return None
        if module.tree is None:
            return Unknown(f"{module.path}, which may make the app, cannot be parsed", Span(module.path, 1))
        attribute = app_names.best(module) if not parsed.attribute else ""
        if attribute is None:
            return None
        full = f"{parsed.module}:{attribute}" if attribute else text
        target = targets.find(full, step, context, origin=trail[0])
        if target.state == "not-called":
            target = targets.find(f"{full}()", step, context, origin=trail[0])
        if target.state == "bad-arguments":
            return Unknown(f"{target.detail}, and nothing says which", trail[0].span)
        app = apps.of_assumed(target, context)
        definition = app.definition.span if app is not None else None
        return Likely(target, folder, module.path, trail, definition or trail[0].span) if app is not None else None


def _parents(path: str) -> Iterator[str]:
    folder = posixpath.dirname(path)
    while folder:
        yield folder
        folder = posixpath.dirname(folder)


def _stem(path: str) -> str:
    return posixpath.basename(path).removesuffix(".py")


def _package_rank(path: str) -> tuple[int, str]:
    stem = _stem(path)
    return (_PACKAGE_ORDER.index(stem) if stem in _PACKAGE_ORDER else len(_PACKAGE_ORDER), stem)
