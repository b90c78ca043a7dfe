"""heroku.yml: the images, processes and release of Heroku's container stack."""

from __future__ import annotations

from flaskprod_lint.inputs import yaml_tree
from flaskprod_lint.inputs.nodes import Node
from flaskprod_lint.records import dataclass
from flaskprod_lint.source import Located, Problem, Source, Span


@dataclass(frozen=True)
class HerokuProcess:
    """A process of `run` (or the release): its command, or the image whose own command it runs."""

    name: Located[str]
    command: Located[str] | None = None
    image: Located[str] | None = None


@dataclass(frozen=True)
class HerokuImage:
    """An image of `build.docker`. `target` is set where the value is a mapping with one."""

    process: Located[str]
    dockerfile: Located[str]
    target: Located[str] | None = None


@dataclass(frozen=True)
class HerokuYml:
    """The facts of a heroku.yml, as written."""

    path: str
    span: Span
    images: tuple[HerokuImage, ...] = ()
    build_config: tuple[tuple[Located[str], Located[str]], ...] = ()
    setup_config: tuple[tuple[Located[str], Located[str]], ...] = ()
    addons: tuple[Located[str], ...] = ()
    processes: tuple[HerokuProcess, ...] = ()
    release: HerokuProcess | None = None
    problem: Problem | None = None


def read(source: Source) -> HerokuYml:
    """The facts of a heroku.yml; only a problem for a broken one."""
    documents = yaml_tree.read(source)
    root = documents.root
    if root is None:
        return HerokuYml(source.path, Span(source.path, 1), problem=documents.problem)
    run = root.get("run")
    release = root.entry("release")
    addons = root.at("setup", "addons")
    return HerokuYml(
        source.path,
        root.span,
        images=_images(root.at("build", "docker")),
        build_config=_pairs(root.at("build", "config")),
        setup_config=_pairs(root.at("setup", "config")),
        addons=tuple(plan for plan in (item.string("plan") for item in (addons.items if addons else ())) if plan),
        processes=tuple(_process(entry.key, entry.value) for entry in (run.entries if run else ())),
        release=_process(release.key, release.value) if release else None,
        problem=documents.problem,
    )


def _images(node: Node | None) -> tuple[HerokuImage, ...]:
    found = []
    for entry in node.entries if node is not None else ():
        if entry.value.is_mapping:
            dockerfile = entry.value.string("path") or entry.value.string("dockerfile")
            target = entry.value.string("target")
        else:
            dockerfile, target = entry.value.located, None
        if dockerfile is not None:
            found.append(HerokuImage(entry.key, dockerfile, target))
    return tuple(found)


def _process(name: Located[str], node: Node) -> HerokuProcess:
    if node.is_mapping:
        command = node.get("command")
        return HerokuProcess(name, _joined(command), node.string("image"))
    return HerokuProcess(name, _joined(node))


def _joined(node: Node | None) -> Located[str] | None:
    """A command written as one text, or as a list of texts that run one after the other."""
    if node is None or node.is_null:
        return None
    if node.is_sequence:
        texts = [text.value for text in node.strings()]
        return Located(" && ".join(texts), node.items[0].span if len(texts) == 1 else node.span) if texts else None
    return node.located


def _pairs(node: Node | None) -> tuple[tuple[Located[str], Located[str]], ...]:
    entries = node.entries if node is not None else ()
    return tuple((entry.key, Located(entry.value.text, entry.value.span)) for entry in entries if entry.value.is_scalar)
