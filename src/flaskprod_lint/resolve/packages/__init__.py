"""Which distributions are installed where production runs: by a buildpack, or by the RUN steps of an image."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import field

from flaskprod_lint.inputs import lockfiles, pyproject, requirements
from flaskprod_lint.inputs.lockfiles import Lock
from flaskprod_lint.inputs.pyproject import DEVELOPMENT_GROUPS, Pyproject
from flaskprod_lint.inputs.requirements import Requirement, normalise
from flaskprod_lint.model import ImageRun, Package, Packages, Unknown
from flaskprod_lint.records import dataclass
from flaskprod_lint.resolve.tree import Tree
from flaskprod_lint.source import Located, Place, Project, Span

#: Lock files by the tool that writes them, with their reader.
LOCKS = {
    "uv": ("uv.lock", lockfiles.read_toml),
    "poetry": ("poetry.lock", lockfiles.read_toml),
    "pdm": ("pdm.lock", lockfiles.read_toml),
    "pipenv": ("Pipfile.lock", lockfiles.read_pipfile_lock),
}

#: Distributions that an extra brings, for the ones that decide whether a server starts.
EXTRAS = {
    ("gunicorn", "gevent"): ("gevent", "packaging"),
    ("gunicorn", "eventlet"): ("eventlet",),
    ("gunicorn", "tornado"): ("tornado",),
    ("gunicorn", "setproctitle"): ("setproctitle",),
    ("uvicorn", "standard"): ("uvloop", "httptools", "websockets"),
    ("flask", "async"): ("asgiref",),
    ("flask", "dotenv"): ("python-dotenv",),
    ("sqlalchemy", "postgresql"): ("psycopg2",),
    ("sqlalchemy", "postgresql-psycopgbinary"): ("psycopg",),
    ("celery", "redis"): ("redis",),
}

#: Distributions that always bring others which matter to production.
BRINGS = {
    "mlflow": ("gunicorn", "flask"),
    "apache-airflow": ("gunicorn", "flask"),
    "apache-superset": ("gunicorn", "flask", "flask-sqlalchemy"),
    "flask-sqlalchemy": ("flask", "sqlalchemy"),
    "flask-migrate": ("flask", "alembic", "flask-sqlalchemy"),
    "flask-socketio": ("flask", "python-socketio"),
    "flask-restx": ("flask",),
    "flask-login": ("flask",),
    "apiflask": ("flask",),
    "dash": ("flask",),
    "gevent-websocket": ("gevent",),
}


#: Base images that hold a system or Python itself: Docker's official ones, and others by name.
_OFFICIAL = ("", "library", "docker.io", "docker.io/library", "public.ecr.aws/docker/library")
_PLAIN = frozenset("python debian ubuntu alpine scratch fedora rockylinux almalinux buildpack-deps".split())
_PLAIN_ANYWHERE = frozenset("uv ubi8 ubi9 ubi-minimal python-38 python-39 python-311 python-312".split())


@dataclass
class Selection:
    """What an install command takes from a project file beside its main dependencies."""

    main: bool = True
    extras: tuple[str, ...] = ()
    with_groups: tuple[str, ...] = ()
    without_groups: tuple[str, ...] = ()
    only: tuple[str, ...] = ()
    development: bool = False
    all_extras: bool = False
    default_groups: bool = True


@dataclass
class Collector:
    """Gathers what install commands bring, file by file. `holes` are the reasons why more may be installed.

    `fixed` are the versions that the command at work is held to by constraints of its own (`pip install -c`).
    """

    project: Project
    packages: dict[str, Package] = field(default_factory=dict)
    sources: list[Place] = field(default_factory=list)
    holes: list[Unknown] = field(default_factory=list)
    exported: list[tuple[Pyproject, Lock | None]] = field(default_factory=list)
    fixed: Lock = field(default_factory=Lock)
    _files: set[str] = field(default_factory=set)

    def finish(self) -> Packages:
        complete: bool | Unknown = self.holes[0] if self.holes else True
        if not self.sources and not self.holes:
            complete = Unknown("nothing here that can be read installs the dependencies")
        return Packages(self.packages, complete, tuple(dict.fromkeys(self.sources)))

    def hole(self, reason: str, at: Span | None) -> None:
        self.holes.append(Unknown(reason, at))

    def add(self, requirement: Requirement, *, lock: Lock | None = None, direct: bool = True) -> None:
        """Take in one requirement, at the version a lock gives it."""
        if not requirement.name:
            self.hole(f"what {requirement.text or 'a local path'} brings is not known here", requirement.span)
            return
        if not requirement.on_linux:
            return
        locked = (lock.versions.get(requirement.name) if lock else None) or self.fixed.versions.get(requirement.name)
        pin = "locked" if locked else requirement.pin
        version = locked.value if locked else requirement.version
        self._put(Package(requirement.name, version, pin, Place(requirement.span), direct, requirement.extras))
        extras = [EXTRAS.get((requirement.name, normalise(extra)), ()) for extra in requirement.extras]
        brought = [name for names in extras for name in names]
        for name in (*brought, *BRINGS.get(requirement.name, ())):
            place = Place(requirement.span, f"brought by {requirement.text or requirement.name}")
            self.packages.setdefault(name, Package(name, None, "none", place, direct=False))

    def _put(self, package: Package) -> None:
        known = self.packages.get(package.name)
        if known is None or not known.direct or (known.version is None and (package.version or package.pin == "vcs")):
            self.packages[package.name] = package

    def requirements_file(self, path: str, at: Place) -> None:
        """Take in a requirements file with the files it includes; its constraints pin what it leaves open."""
        if path in self._files:
            return
        self._files.add(path)
        facts = self.project.facts(path, requirements.read)
        if facts is None:
            self.hole(f"{path} cannot be read", at.span)
            return
        self.sources.append(Place(Span(path, 1), "installed by pip"))
        folder = posixpath.dirname(path)
        lock = self.constraints(posixpath.normpath(posixpath.join(folder, each.value)) for each in facts.constraints)
        for requirement in facts.requirements:
            self.add(requirement, lock=lock)
        for line in facts.invalid:
            self.hole("a line that pip may read and this tool cannot", line.span)
        for included in facts.includes:
            inner = posixpath.normpath(posixpath.join(posixpath.dirname(path), included.value))
            if inner in self.project:
                self.requirements_file(inner, Place(included.span))
            else:
                self.hole(f"{included.value} is not among the files", included.span)

    def constraints(self, paths: Iterable[str]) -> Lock:
        """The versions that constraints files of the project give."""
        lock = Lock()
        for path in paths:
            facts = self.project.facts(path, requirements.read)
            for one in facts.requirements if facts else ():
                if one.version:
                    lock.versions[one.name] = Located(one.version, one.span)
        return lock

    def project_file(self, path: str, selection: Selection, *, use_lock: bool, at: Place) -> None:
        """Take in a pyproject.toml or Pipfile, at the versions of its lock file where the command uses that."""
        reader = pyproject.read_pipfile if path.endswith("Pipfile") else pyproject.read
        facts = self.project.facts(path, reader)
        if facts is None:
            self.hole(f"{path} cannot be read", at.span)
            return
        if facts.problem is not None:
            self.project.problem(facts.problem.message, facts.problem.place.span or Span(path, 1))
            self.hole(f"{path} cannot be read", at.span)
            return
        folder = posixpath.dirname(path)
        lock = self.lock_of(folder, facts) if use_lock else None
        self.sources.append(Place(Span(path, 1), f"installed by {facts.tool}"))
        if facts.dynamic and not facts.main:
            self.hole(f"{path} leaves its dependencies to the build", Span(path, 1))
        self.take(facts, selection, lock)

    def take(self, facts: Pyproject, selection: Selection, lock: Lock | None) -> None:
        """Take in what a selection chooses of a project file, and what its lock adds to that."""
        chosen = list(facts.main) if selection.main and not selection.only else []
        for extra in facts.extras if selection.all_extras else selection.extras:
            chosen += facts.extras.get(normalise(extra), [])
        for name in _groups(facts, selection):
            chosen += facts.groups.get(name, [])
        for requirement in chosen:
            self.add(requirement, lock=lock)
        if lock is not None and not selection.only:
            self._rest_of_lock(facts, chosen, lock, selection)

    def _rest_of_lock(self, facts: Pyproject, chosen: list[Requirement], lock: Lock, selection: Selection) -> None:
        """What a lock fixes beyond the direct ones, without what only groups or extras that are left out ask for."""
        names = {one.name for one in chosen}
        everywhere = (*facts.groups.values(), *facts.extras.values())
        left_out = {one.name for group in everywhere for one in group} - names
        if not selection.development:
            left_out |= lock.development - names
        for name, version in lock.versions.items():
            if name not in names and name not in left_out and name != normalise(facts.name or "-"):
                self._put(Package(name, version.value or None, "locked", Place(version.span), direct=False))

    def lock_of(self, folder: str, facts: Pyproject) -> Lock | None:
        """The lock file that stands beside a project file, its own tool's first."""
        order = sorted(LOCKS, key=lambda tool: tool != facts.tool)
        for tool in order:
            name, reader = LOCKS[tool]
            path = posixpath.join(folder, name)
            if path in self.project:
                return self.project.facts(path, reader)
        return None


def _groups(facts: Pyproject, selection: Selection) -> list[str]:
    """The dependency groups that an install takes: Poetry, uv and PDM take development groups unless told not to."""
    if selection.only:
        return [normalise(name) for name in selection.only if name != "main"]
    if not selection.default_groups:
        chosen = []
    elif facts.tool == "poetry":
        chosen = [name for name in facts.groups if name not in facts.optional_groups]
    elif facts.default_groups is not None:
        chosen = list(facts.default_groups)
    elif facts.tool == "pdm":
        chosen = list(facts.groups)
    else:
        chosen = ["dev"]
    if not selection.development:
        chosen = [name for name in chosen if name not in DEVELOPMENT_GROUPS]
    chosen += [normalise(name) for name in selection.with_groups]
    without = {normalise(name) for name in selection.without_groups}
    return [name for name in dict.fromkeys(chosen) if name not in without]


def of_image(runs: Sequence[ImageRun], trees: Mapping[str, Tree], project: Project, base: str = "") -> Packages:
    """What the RUN steps of an image install. `trees` has the file system of each stage by its name.

    `base` is the reference of the base image: one that may bring packages of its own leaves a hole.
    """
    from flaskprod_lint.resolve.packages.installs import take_step

    collector = Collector(project)
    for run in runs:
        tree = trees.get(run.stage) or Tree(project)
        for step in run.steps:
            take_step(collector, step, tree.locate)
    if base and not is_plain_base(base):
        collector.hole(f"the base image {base} may bring packages of its own", None)
    return collector.finish()


def is_plain_base(base: str) -> bool:
    """Whether a base image is known to bring Python or a system, and no Python packages of its own."""
    name = base.partition("@")[0]
    name = name.partition(":")[0] if "/" not in name.rpartition(":")[2] else name
    owner, _, last = name.rpartition("/")
    if owner in _OFFICIAL and last in _PLAIN:
        return True
    return last in _PLAIN_ANYWHERE or any(mark in name for mark in ("gcr.io/distroless", "/ubi", "chainguard"))


def of_buildpack(project: Project, folder: str = "") -> Packages:
    """What a Python buildpack installs for an app in that folder: the first that is there of Pipfile, requirements.txt,
    poetry.lock and uv.lock, in the order of Heroku's buildpack (heroku-buildpack-python, bin/compile)."""
    collector = Collector(project)
    at = Place(Span(folder or ".", 1))

    def path(name: str) -> str:
        return posixpath.join(folder, name)

    if path("Pipfile") in project:
        collector.project_file(path("Pipfile"), Selection(), use_lock=True, at=at)
    elif path("requirements.txt") in project:
        collector.requirements_file(path("requirements.txt"), at)
    elif path("pyproject.toml") in project:
        collector.project_file(path("pyproject.toml"), Selection(), use_lock=True, at=at)
    else:
        collector.hole("no requirements.txt, Pipfile or pyproject.toml says what is installed", None)
    return collector.finish()
