"""Slim, reproducible image: pinned dependencies and bases, a supported Python, no root, nothing superfluous."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import date

from flaskprod_lint.finding import Evidence, Finding, Severity
from flaskprod_lint.model import Deployment, Image, Package, Packages, Setting, Unknown
from flaskprod_lint.patterns import regex
from flaskprod_lint.rules import evidence, rule
from flaskprod_lint.rules.image_in_use import health_check_tool_missing as health_check_tool_missing
from flaskprod_lint.rules.image_in_use import runs_as_root as runs_as_root
from flaskprod_lint.rules.python_images import is_python, name_and_tag, slim, supported
from flaskprod_lint.source import Place, Span

#: The last day of each Python that had one, by devguide.python.org/versions.
END_OF_LIFE = {
    (2, 7): date(2020, 1, 1),
    (3, 5): date(2020, 9, 30),
    (3, 6): date(2021, 12, 23),
    (3, 7): date(2023, 6, 27),
    (3, 8): date(2024, 10, 7),
    (3, 9): date(2025, 10, 31),
    (3, 10): date(2026, 10, 31),
    (3, 11): date(2027, 10, 31),
    (3, 12): date(2028, 10, 31),
    (3, 13): date(2029, 10, 31),
    (3, 14): date(2030, 10, 31),
}
#: How the files that platforms read name a Python that is supported.
_NEWER_PYTHON = {
    "runtime.txt": "python-3.13",
    ".python-version": "3.13",
    ".tool-versions": "python 3.13",
    "render.yaml": 'value: "3.13.5"',
}
#: The same by the key that names it, in a manifest.
_NEWER_BY_KEY = {
    "runtime": "runtime: python313",
    "runtime_version": 'runtime_version: "3.13"',
    "runtime-version": "runtime: python311",
    "default_platform": "default_platform: Python 3.13 running on 64bit Amazon Linux 2023",
    "linuxFxVersion": "linuxFxVersion: 'PYTHON|3.13'",
}
#: What installs, and is not installed for the app.
_INSTALLERS = frozenset(
    "pip setuptools wheel poetry pipenv uv pdm hatch virtualenv build pip-tools poetry-core".split(" ")
)
_CODENAME = regex(
    r"(^|-)(stretch|buster|bullseye|bookworm|trixie|forky|bionic|focal|jammy|noble|plucky)(-|$)", re.IGNORECASE
)
_FREEZE = "pip freeze > constraints.txt"


@rule("dependencies-unpinned")
def dependencies_unpinned(deployment: Deployment) -> Iterator[Finding]:
    """Direct dependencies whose version the next build chooses."""
    by_file: dict[str, list[Package]] = {}
    for package in _direct(_packages(deployment)):
        if package.pin in ("none", "range", "vcs", "compatible") and package.origin.span is not None:
            by_file.setdefault(package.origin.path, []).append(package)
    for path, packages in by_file.items():
        loose = [package for package in packages if package.pin != "compatible"]
        yield _unpinned(path, loose or packages, Severity.WARNING if loose else Severity.NOTE, deployment.image)


def _unpinned(path: str, packages: list[Package], severity: Severity, image: Image | None) -> Finding:
    packages = sorted(packages, key=lambda package: package.origin.span or Span(path, 1))
    first = packages[0]
    names = _listed([package.name for package in packages])
    count = len(packages)
    if severity is Severity.NOTE:
        text = f"{names} may move within a release series: the next build can install another version"
    elif all(package.pin == "vcs" for package in packages):
        text = f"{names} {_comes(count)} from a branch or tag of a repository: the next build can install other code"
    else:
        text = f"{names} {'has' if count == 1 else 'have'} no fixed version: the next build can install another one"
    return Finding(
        f"{path}: {text}" if path else text,
        at=first.origin.span or Span(path, 1),
        because=tuple(Place(package.origin.span, package.name) for package in packages if package is not first)[:5],
        severity=severity,
        label="any version" if first.pin == "none" else "not one version",
        instead=_pinning(path, image),
    )


def _pinning(path: str, image: Image | None) -> str:
    """What fixes the versions, by the tool that reads the file."""
    folder, _, name = path.rpartition("/")
    if name == "pyproject.toml":
        locks = (f"{tool} lock" for tool in ("poetry", "pdm") if _runs(image, f"{tool} install"))
        return next(locks, "uv lock\nRUN uv sync --locked --no-dev" if image is not None else "uv lock")
    if name == "Pipfile":
        return "pipenv lock"
    constraints = f"{folder}/constraints.txt" if folder else "constraints.txt"
    if name in ("setup.py", "setup.cfg"):
        return f"{_FREEZE}\npip install . -c constraints.txt"
    if "dockerfile" in name.lower():
        return f"{_FREEZE}  # once, and then here:\nCOPY constraints.txt .\nENV PIP_CONSTRAINT=constraints.txt"
    path = path or "requirements.txt"
    if image is None:  # a buildpack reads this file by itself
        return f"pip freeze > {constraints}\nprintf '\\n-c constraints.txt\\n' >> {path}"
    return f"pip freeze > {constraints}\npip install -r {path} -c {constraints}"


def _runs(image: Image | None, command: str) -> bool:
    return image is not None and any(command in run.text for run in image.runs)


def _comes(count: int) -> str:
    return "comes" if count == 1 else "come"


@rule("base-image-floating")
def base_image_floating(deployment: Deployment) -> Iterator[Finding]:
    """Base images whose reference names no version."""
    for base in deployment.image.bases if deployment.image else ():
        if not isinstance(base.value, str) or base.span is None or "@" in base.value:
            continue
        name, tag = name_and_tag(base.value)
        if name == "scratch" or name.startswith("localhost/"):  # made here, just before
            continue
        if not tag or tag == "latest":
            yield _floating(base, f"{base.value} names no version: each build takes whatever was published last", None)
        elif not (re.match(r"\d", tag) if is_python(name) else re.search(r"\d", tag) or _CODENAME.search(tag)):
            what = "version of Python" if is_python(name) else "version"
            yield _floating(base, f"{base.value} names no {what}, so the next build can bring another one", None)
        elif is_python(name) and re.match(r"3(-|$)", tag):
            text = f"{base.value} moves on to the next Python by itself"
            yield _floating(base, text, Severity.NOTE)


def _floating(base: Setting, message: str, severity: Severity | None) -> Finding:
    at = base.span
    assert at is not None
    name, tag = name_and_tag(str(base.value))
    instead = None if is_python(name) else f"docker inspect --format '{{{{index .RepoDigests 0}}}}' {base.value}"
    if is_python(name) and severity is not None:
        instead = f"FROM {name}:{tag.replace('3', '3.13', 1)}"
    label = "no version" if severity is None else "no minor version"
    return Finding(message, at=at, severity=severity, label=label, instead=instead)


@rule("base-image-large")
def base_image_large(deployment: Deployment) -> Iterator[Finding]:
    """The full Python image, compilers and all, is what ships."""
    image = deployment.image
    if image is None or not isinstance(image.base.value, str) or image.base.span is None:
        return
    name, tag = name_and_tag(image.base.value)
    if (
        is_python(name)
        and not re.search(r"slim|alpine|windows|nanoserver", tag)
        and (tag or "@" not in image.base.value)
    ):
        smaller = slim(image.base.value, ended=_has_ended(deployment, image.base))
        yield Finding(
            f"{image.base.value} carries compilers and headers that the running app does not use: {smaller} is a "
            "fraction of its size",
            at=image.base.span,
            instead=f"FROM {smaller}",
            label="about 1 GB",
        )


@rule("python-end-of-life")
def python_end_of_life(deployment: Deployment) -> Iterator[Finding]:
    """The Python that runs gets no more security fixes."""
    for setting in _pythons(deployment):
        version = _minor(setting)
        if version is not None and setting.span is not None and _today(deployment) > (last := _last_day(version)):
            when = f" since {last:%B %Y}" if last > date.min else ""
            yield Finding(
                f"Python {version[0]}.{version[1]} has had no security fixes{when}",
                at=setting.span,
                label=f"ended {last:%Y-%m-%d}" if last > date.min else "ended long ago",
                instead=_newer_python(setting, deployment.image),
            )


def _today(deployment: Deployment) -> date:
    return date.fromisoformat(deployment.today) if deployment.today else date.today()


def _last_day(version: tuple[int, int]) -> date:
    return END_OF_LIFE.get(version, date.min if version < (3, 5) else date.max)


def _has_ended(deployment: Deployment, base: Setting) -> bool:
    """Whether the Python of a base image gets no more fixes: a smaller image of it is then no advice."""
    version = next((_minor(one) for one in _pythons(deployment) if one.span == base.span), None)
    return version is not None and _today(deployment) > _last_day(version)


def _newer_python(setting: Setting, image: Image | None) -> str | None:
    """A supported Python, in the words of the file that names this one."""
    for base in image.bases if image is not None else ():
        if base.span == setting.span and isinstance(base.value, str):
            newer = supported(base.value)
            return f"FROM {newer}" if newer else None
    by_key = _NEWER_BY_KEY.get(setting.origin.note.partition(":")[0])
    name = setting.span.path.rpartition("/")[2] if setting.span else ""
    in_dockerfile = "dockerfile" in name.lower() or "containerfile" in name.lower()
    return by_key or _NEWER_PYTHON.get(name) or (None if in_dockerfile else "Python 3.13")


@rule("build-context-unfiltered")
def build_context_unfiltered(deployment: Deployment) -> Iterator[Finding]:
    """A COPY of everything, without a .dockerignore that keeps anything out."""
    image = deployment.image
    if image is None or not image.copies_context:
        return
    copied = image.copies_context[0]
    if image.context_filter is None and not image.env_files and copied.at.span is not None:
        history = "the git history, " if image.sends_git else ""
        yield Finding(
            f"There is no .dockerignore, so this copies everything that lies in the folder: {history}virtual "
            "environments, caches, local dotenv files",
            at=copied.at.span,
            label="copies everything",
        )
    elif image.context_filter is not None and image.context_filter.span is not None and image.sends_git:
        yield Finding(
            f"{_name_of(image.context_filter)} lets .git in, so the image carries the project's whole history",
            at=image.context_filter.span,
            because=(copied.at,),
            instead=".git",
            label="no line for .git",
        )


@rule("copied-file-ignored")
def copied_file_ignored(deployment: Deployment) -> Iterator[Finding]:
    """A COPY whose source .dockerignore, or .gcloudignore before it, keeps out of the build."""
    for copied in deployment.image.ignored_copies if deployment.image else ():
        for source, line in copied.excluded:
            if copied.at.span is not None:
                yield Finding(
                    f"The build stops here: {_name_of(line)} leaves out {source}, so there is nothing to copy",
                    at=copied.at.span,
                    because=(line,),
                    label="not found in the build context",
                    instead=f"!{source.removeprefix('./').rstrip('/')}",
                )


def _name_of(place: Place) -> str:
    return place.path.rpartition("/")[2] if place.path.endswith((".gcloudignore", ".gitignore")) else ".dockerignore"


@rule("install-after-copy")
def install_after_copy(deployment: Deployment) -> Iterator[Finding]:
    """Dependencies are installed after the sources are there, so each change of a source installs them again."""
    image = deployment.image
    if image is None or image.install_after_copy is None or image.install_after_copy.span is None:
        return
    yield Finding(
        "Each change of any file installs all dependencies again: the sources are copied before this step",
        at=image.install_after_copy.span,
        because=(image.sources_copied.at,) if image.sources_copied is not None else (),
        label="never comes from the cache",
        instead=_requirements_first(image),
    )


def _requirements_first(image: Image) -> str | None:
    """The requirements before the folder that holds them; None where the whole context is copied."""
    copied = image.sources_copied
    if copied is None or copied in image.copies_context:
        return None
    folder, install = copied.sources[0].rstrip("/"), "RUN pip install --no-cache-dir -r requirements.txt"
    if any(word.endswith((".txt", ".lock")) for other in image.copies for word in other.sources):
        # They are copied by themselves already: only the order is wrong.
        command = image.install_after_copy.note if image.install_after_copy is not None else ""
        return f"{command}\n{copied.at.note}" if command.upper().startswith("RUN") else None
    return f"COPY {folder}/requirements.txt .\n{install}\n{copied.at.note}"


@rule("pip-cache-kept")
def pip_cache_kept(deployment: Deployment) -> Iterator[Finding]:
    """What pip downloaded stays in the image."""
    places = [place for place in (deployment.image.keeps_pip_cache if deployment.image else ()) if place.span]
    if places and places[0].span is not None:
        yield Finding(
            "pip keeps its downloads in the image, where nothing will use them again",
            at=places[0].span,
            because=tuple(places[1:4]),
            label="the cache stays in this layer",
            instead=_without_cache(places[0].note),
        )


def _without_cache(command: str) -> str | None:
    """The command that keeps nothing; None where it does not stand on one line."""
    words = command.lstrip().removeprefix("RUN").lstrip().startswith("[")
    option = '"install", "--no-cache-dir"' if words else "install --no-cache-dir"
    fixed = re.sub(r'"install"' if words else r"\binstall\b", option, command, count=1)
    return fixed if fixed != command and "\n" not in command else None


@evidence("image")
def evidence_of(deployment: Deployment) -> Evidence:
    """The base image, the pinned dependencies, the user and the filter of the build context."""
    image, packages = deployment.image, _packages(deployment)
    if image is None:
        return _without_image(deployment, packages)
    unknown = _unknown(image, packages)
    base = image.base.value if isinstance(image.base.value, str) else "an image that the build names"
    proofs = [Place(image.base.span, f"from {base}")]
    pinned = all(package.pin in ("exact", "locked", "local") for package in _direct(packages))
    note = "every dependency has a fixed version" if pinned else "dependencies"
    proofs += [Place(place.span, note) for place in packages.sources[:2]]
    if not image.user.is_default and not isinstance(image.user.value, Unknown):
        proofs.append(Place(image.user.span, f"runs as {image.user.value}"))
    if image.context_filter is not None:
        proofs.append(Place(image.context_filter.span, "filters the build context"))
    user = "" if isinstance(image.user.value, Unknown) else f", runs as {image.user.value}"
    return Evidence(f"{base}{user}", tuple(proofs), unknown)


def _without_image(deployment: Deployment, packages: Packages) -> Evidence:
    """A buildpack makes the image: what is left to the project are its dependencies and its Python."""
    if not packages.sources and not deployment.python:
        return Evidence(not_applicable="no image is built here")
    reason = packages.complete.reason if isinstance(packages.complete, Unknown) else None
    proofs = [Place(place.span, place.note or "dependencies") for place in packages.sources[:2]]
    if deployment.python is not None and deployment.python.span is not None:
        proofs.append(Place(deployment.python.span, f"Python {deployment.python.value}"))
    return Evidence("dependencies are pinned; the platform builds the image", tuple(proofs), reason)


def _unknown(image: Image, packages: Packages) -> str | None:
    if isinstance(image.base.value, Unknown):
        return f"the base image is not known: {image.base.value.reason}"
    if isinstance(packages.complete, Unknown):
        return packages.complete.reason
    return f"{image.base.value}: {image.user.value.reason}" if isinstance(image.user.value, Unknown) else None


def _packages(deployment: Deployment) -> Packages:
    return deployment.image.packages if deployment.image is not None else deployment.packages


def _direct(packages: Packages) -> list[Package]:
    return [package for package in packages.packages.values() if package.direct and package.name not in _INSTALLERS]


def _pythons(deployment: Deployment) -> Iterable[Setting]:
    """What says which Python runs: the image, where there is one, else a file that the platform reads."""
    found = deployment.image.python if deployment.image is not None else deployment.python
    return (found,) if found is not None else ()


def _minor(setting: Setting) -> tuple[int, int] | None:
    match = re.search(r"(\d{1,9})\.(\d{1,9})", setting.value) if isinstance(setting.value, str) else None
    return (int(match[1]), int(match[2])) if match else None


def _listed(names: list[str]) -> str:
    shown = sorted(names)[:4]
    rest = len(names) - len(shown)
    text = ", ".join(shown)
    return f"{text} and {rest} more" if rest else text
