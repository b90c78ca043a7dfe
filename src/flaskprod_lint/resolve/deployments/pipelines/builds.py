"""Images that pipelines build: of which Dockerfile and stage, with which arguments, under which name."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from dataclasses import field

from flaskprod_lint.model import Setting
from flaskprod_lint.records import dataclass
from flaskprod_lint.resolve.deployments import planned
from flaskprod_lint.resolve.deployments.pipelines import gcloud
from flaskprod_lint.resolve.deployments.pipelines.steps import Action, Pipeline, Run
from flaskprod_lint.source import Located, Project, Span

#: Flags of `docker build` that take no value.
_SWITCHES = frozenset("pull no-cache rm force-rm quiet q push load squash compress".split())


@dataclass(frozen=True)
class ImageBuild:
    """An image that a pipeline builds. `dockerfile` is None where a buildpack makes it.

    `context` is the folder it is built from, `pushed` whether the pipeline sends it to a registry, `uploaded` whether
    gcloud uploads the folder to have it built.
    """

    tags: tuple[str, ...]
    dockerfile: str | None
    context: str
    at: Span
    pipeline: str
    target: str | None = None
    arguments: dict[str, Setting] = field(default_factory=dict)
    pushed: bool = False
    tests: bool = False
    uploaded: bool = False


def of_pipeline(project: Project, pipeline: Pipeline) -> list[ImageBuild]:
    """The images that a pipeline builds."""
    return list(_of_pipeline(project, pipeline))


def _of_pipeline(project: Project, pipeline: Pipeline) -> Iterator[ImageBuild]:
    pushes = any(run.words[:1] == ("docker",) and "push" in run.words for run in pipeline.runs)
    is_cloud_build = any(run.builder for run in pipeline.runs)
    for step in pipeline.steps:
        found = (
            _of_action(project, step) if isinstance(step, Action) else _of_run(project, step, pushes or is_cloud_build)
        )
        if found is not None:
            yield found


def _of_run(project: Project, run: Run, pushes: bool) -> ImageBuild | None:
    words = run.words[1:] if run.words[:1] == ("sudo",) else run.words
    if words[:2] == ("docker", "build") or words[:3] in (("docker", "buildx", "build"), ("docker", "image", "build")):
        return _of_docker(project, run, words[2 if words[1] == "build" else 3 :], pushes)
    if words[:1] == ("kaniko",) or (words and words[0].endswith("/kaniko/executor")):
        return _of_kaniko(project, run, words[1:])
    if words[:2] == ("pack", "build") and len(words) > 2:
        return ImageBuild((words[2],), None, run.folder, run.at, run.at.path, pushed=True, tests=run.tests)
    if gcloud.verb_of(run)[:2] == ("builds", "submit"):
        return _of_submit(project, run)
    return None


def _of_docker(project: Project, run: Run, words: tuple[str, ...], pushes: bool) -> ImageBuild | None:
    named, others = _flags(words)
    context = _folder(run.folder, others[-1] if others else ".")
    if context is None:
        return None
    file = next(iter([*named.get("f", []), *named.get("file", [])][-1:]), None)
    path = _path(run.folder, file) if file is not None else posixpath.join(context, "Dockerfile")
    tags = (*named.get("t", ()), *named.get("tag", ()))
    target = next(iter(named.get("target", [])[-1:]), None)
    return ImageBuild(
        tags,
        path,
        context,
        run.at,
        run.at.path,
        target,
        _arguments(named.get("build-arg", []), run.at),
        pushed=pushes or "push" in named,
        tests=run.tests,
    )


def _of_kaniko(project: Project, run: Run, words: tuple[str, ...]) -> ImageBuild | None:
    named, _ = _flags(words)
    texts = [*named.get("context", []), *named.get("c", [])]
    context = _folder(run.folder, texts[-1].removeprefix("dir://").replace("/workspace", ".") if texts else ".")
    if context is None:
        context = ""
    file = next(iter([*named.get("dockerfile", []), *named.get("f", [])][-1:]), "Dockerfile").removeprefix(
        "/workspace/"
    )
    path = _path(context, file)
    target = next(iter(named.get("target", [])[-1:]), None)
    arguments = _arguments(named.get("build-arg", []), run.at)
    tags = tuple(named.get("destination", ()))
    return ImageBuild(tags, path, context, run.at, run.at.path, target, arguments, pushed=True, tests=run.tests)


def _of_submit(project: Project, run: Run) -> ImageBuild | None:
    """`gcloud builds submit --tag NAME [FOLDER]`: the Dockerfile of the folder. With a configuration that counts."""
    flags = gcloud.flags_of(run, ("builds", "submit"))
    tag = flags.last("tag", "t")
    pack = flags.last("pack")
    if tag is None and pack is None:
        return None
    context = _folder(run.folder, flags.others[0] if flags.others else ".")
    if context is None:
        return None
    if pack is not None:
        image = next((item[6:] for item in gcloud.split_list(pack) if item.startswith("image=")), "")
        return ImageBuild((image,), None, context, run.at, run.at.path, pushed=True, tests=run.tests)
    path = posixpath.join(context, "Dockerfile")
    return ImageBuild((tag or "",), path, context, run.at, run.at.path, pushed=True, tests=run.tests, uploaded=True)


def _of_action(project: Project, action: Action) -> ImageBuild | None:
    """docker/build-push-action and its older relatives."""
    if action.name not in (
        "docker/build-push-action",
        "redhat-actions/buildah-build",
        "mr-smithers-excellent/docker-build-push",
    ):
        return None
    given = action.step.input
    context = _folder("", _value(given("context", "path")) or ".")
    if context is None or "{{" in context:
        context = ""
    file = _value(given("file", "dockerfile", "containerfiles"))
    path = _path("", file) if file else posixpath.join(context, "Dockerfile")
    if path is None or "{{" in path:
        return None
    tags = given("tags", "image")
    pushed = given("push")
    texts = given("build-args")
    arguments = _arguments(texts.value.splitlines(), texts.span) if texts is not None else {}
    return ImageBuild(
        tuple(tag.strip() for tag in tags.value.replace(",", "\n").splitlines() if tag.strip())
        if tags is not None
        else (),
        path,
        context,
        action.at,
        action.at.path,
        _value(given("target")),
        arguments,
        pushed=pushed is not None and pushed.value.lower() != "false",
        tests=action.tests,
    )


def _value(text: Located[str] | None) -> str | None:
    return text.value.strip() or None if text is not None else None


def _flags(words: tuple[str, ...]) -> tuple[dict[str, list[str]], list[str]]:
    """The flags of `docker build` by name, and the other words."""
    named: dict[str, list[str]] = {}
    others: list[str] = []
    rest = iter(words)
    for word in rest:
        if not word.startswith("-") or word == "-":
            others.append(word)
            continue
        name, equals, value = word.lstrip("-").partition("=")
        if not equals and name not in _SWITCHES:
            value = next(rest, "")
        named.setdefault(name, []).append(value)
    return named, others


def _folder(base: str, text: str) -> str | None:
    """A folder of the project; None for an address, or where a variable decides."""
    if "://" in text or "$" in text or text == "-":
        return None
    return _path(base, text)


def _path(base: str, text: str) -> str:
    clean = text.removeprefix("/workspace/") if text.startswith("/workspace/") else text.lstrip("/")
    path = posixpath.normpath(posixpath.join(base, clean))
    return "" if path == "." else path


def _arguments(texts: list[str], at: Span) -> dict[str, Setting]:
    found = {}
    for text in texts:
        name, equals, value = text.strip().partition("=")
        if equals and "$" not in value:
            found[name] = planned.literal(name, Located(value, at))
    return found
