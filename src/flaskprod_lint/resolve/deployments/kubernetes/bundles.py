"""Which objects are applied together: those of a chart, of an overlay of Kustomize, or of a folder of manifests."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Iterator
from dataclasses import field, replace

from flaskprod_lint.inputs import kubernetes, yaml_tree
from flaskprod_lint.inputs.kubernetes import WORKLOADS, KubernetesObject
from flaskprod_lint.inputs.kustomization import Kustomization
from flaskprod_lint.patterns import regex
from flaskprod_lint.records import dataclass
from flaskprod_lint.resolve.deployments import standing
from flaskprod_lint.resolve.deployments.kubernetes import helm, kustomize
from flaskprod_lint.resolve.deployments.standing import Standing
from flaskprod_lint.resolve.options import Options
from flaskprod_lint.source import Project

#: Folders that people keep the manifests of one application in, whatever folders they make inside.
_HOMES = regex(
    r"k8s\S*|kubernetes|kube|kubernetes[-_]\S+|kube[-_]\S+|\S+[-_](k8s|kubernetes)|manifests?|openshift|gitops|deploy|deployment|deployments|\.?infra"
)
_PRODUCTION = frozenset("prod production prd live staging stage".split())
_DEVELOPMENT = frozenset(
    "dev develop development local localhost sandbox minikube kind k3d k3s microk8s preview qa uat".split()
)
#: These say so only at the end of a name: an app may be called test-shop.
_AT_THE_END = frozenset("test tests testing e2e previews example examples sample samples demo".split())
#: A folder that holds one version of the manifests: 1.3 or v0.10.2.
_VERSION = regex(r"v?(\d+(?:\.\d+)+)")
_WORKLOAD = regex(rf"[\"']?kind[\"']?\s*:\s*[\"']?({'|'.join(WORKLOADS)})\b")
#: What a file holds that decides what a workload gets or how it is reached, or a workload itself.
_APPLIES = regex(
    rf"[\"']?kind[\"']?\s*:\s*[\"']?({'|'.join(WORKLOADS)}|ConfigMap|Secret|Service|Ingress|HorizontalPodAutoscaler)\b"
)
_APPLIED = "`kubectl apply` starts what it says"


@dataclass
class Bundle:
    """Objects that are applied together. `name` is what a person calls them, `paths` the files that they are in.

    `defaults` are files of values that whoever installs a chart puts others in place of.
    """

    name: str
    path: str
    place: Standing
    objects: list[KubernetesObject] = field(default_factory=list)
    paths: tuple[str, ...] = ()
    defaults: tuple[str, ...] = ()


def find(project: Project, candidates: list[str], options: Options) -> list[Bundle]:
    """The bundles of a project; `candidates` are the files that may hold objects."""
    charts = helm.charts(project)
    known = kustomize.files(project)
    in_charts = tuple(f"{chart.folder}/" if chart.folder else "templates/" for chart in charts)
    taken = {path for facts in known.values() for path in kustomize.used(facts, known)}
    plain = [path for path in candidates if path not in taken and not path.startswith(in_charts)]
    found = [_of_chart(project, chart, options) for chart in charts]
    found += _of_kustomizations(project, known, options)
    found += _of_folders(project, plain, options)
    found = [bundle for bundle in found if bundle.objects]
    _leave_old_versions(found, options)
    return _without_rivals(found)


# Production or development


def environment(path: str, options: Options, otherwise: str) -> Standing:
    """What manifests are for by the names of their folders and their own, the innermost first."""
    told = standing.told_by_user(path, options)
    if told is not None:
        return told
    for part in reversed(path.split("/")):
        word = named_for(part)
        if word is not None:
            return Standing("production" if word in _PRODUCTION else "development", f"its name says {word}")
    found = standing.of_path(path, options, otherwise)
    return Standing("production", otherwise) if found.is_production else found


def named_for(name: str) -> str | None:
    """The word in the name of a folder or file that says for which environment it is."""
    words = re.split(r"[^a-z0-9]+", re.sub(r"\.(ya?ml|json)$", "", name.lower()))
    word = next((word for word in words if word in _PRODUCTION), None)
    word = word or next((word for word in words if word in _DEVELOPMENT), None)
    return word or (words[-1] if words[-1] in _AT_THE_END else None)


def _without_rivals(found: list[Bundle]) -> list[Bundle]:
    """Staging counts as production only where nothing beside it is called production."""
    named = {_family(bundle.path) for bundle in found if bundle.place.why.endswith(("prod", "production"))}
    for bundle in found:
        if bundle.place.why.endswith(("staging", "stage")) and _family(bundle.path) in named:
            bundle.place = Standing("development", "what is called production stands beside it")
        elif posixpath.dirname(bundle.path).endswith("/template") and _family(posixpath.dirname(bundle.path)) in named:
            bundle.place = Standing("development", "it is a template, and what is called production stands beside it")
    return found


def _leave_old_versions(found: list[Bundle], options: Options) -> None:
    """Of folders that are called like versions, side by side, only the newest is what production runs."""
    newest: dict[tuple[str, str], tuple[tuple[int, ...], str]] = {}
    versions = [(bundle, _version(bundle.path)) for bundle in found]
    for _, one in versions:
        if one is not None:
            newest[one[0]] = max(newest.get(one[0], one[1]), one[1])
    for bundle, one in versions:
        if one is not None and one[1] < newest[one[0]] and standing.told_by_user(bundle.path, options) is None:
            bundle.place = Standing("development", f"{newest[one[0]][1]} stands beside it, and is newer")


def _version(path: str) -> tuple[tuple[str, str], tuple[tuple[int, ...], str]] | None:
    """What stands around the version in a path, and the version, if a folder is called like one."""
    parts = posixpath.dirname(path).split("/")
    for number, part in enumerate(parts):
        match = _VERSION.fullmatch(part)
        if match:
            around = "/".join(parts[:number]), "/".join(parts[number + 1 :])
            return around, (tuple(int(digits) for digits in match[1].split(".")), part)
    return None


def _family(path: str) -> str:
    """The folder that holds the folders of all environments."""
    parts = posixpath.dirname(path).split("/")
    named = next((number for number, part in enumerate(parts) if named_for(part)), len(parts))
    return "/".join(parts[:named])


# Charts


def _of_chart(project: Project, chart: helm.Chart, options: Options) -> Bundle:
    path = posixpath.join(chart.folder, "Chart.yaml")
    place = environment(chart.folder, options, "`helm install` starts what the chart says")
    texts = (project.read(template) for template in chart.templates)
    runs = any(source is not None and _WORKLOAD.search(source.text) for source in texts)
    objects = helm.build(project, chart) if runs else []
    if runs and place.is_production:
        _note_broken(project, (path, *chart.every_values))
    name = f"{chart.folder or 'the chart'} with Helm" + (f" as {chart.alias}" if chart.alias else "")
    values = chart.every_values
    defaults = tuple(values) if all(posixpath.basename(one).startswith("values.y") for one in values) else ()
    return Bundle(name, path, place, objects, (path, *values, *chart.templates), defaults)


# Kustomize


def _of_kustomizations(project: Project, known: dict[str, Kustomization], options: Options) -> Iterator[Bundle]:
    """The overlays that no other takes in; and a base that only overlays for development take in."""
    inner = {child for facts in known.values() for child in kustomize.children(facts, known)}
    tops = [folder for folder in known if folder not in inner]
    places = {folder: environment(folder, options, "`kubectl apply -k` starts what it says") for folder in tops}
    for folder in tops:
        yield _of_kustomization(project, known[folder], known, places[folder])
    shipped = {base for folder in tops if places[folder].is_production for base in _below(folder, known)}
    for folder in sorted(inner - shipped):
        if not any(folder in _below(other, known) for other in inner if other != folder):
            why = "only overlays for development are made of it, and production has no other"
            yield _of_kustomization(project, known[folder], known, Standing("production", why, sure=False))


def _below(folder: str, known: dict[str, Kustomization], depth: int = 0) -> Iterator[str]:
    for child in kustomize.children(known[folder], known) if depth < 12 else ():
        yield child
        yield from _below(child, known, depth + 1)


def _of_kustomization(
    project: Project, facts: Kustomization, known: dict[str, Kustomization], place: Standing
) -> Bundle:
    paths = tuple(dict.fromkeys(kustomize.used(facts, known)))
    runs = any(_holds_workload(project, path) for path in paths)
    objects = kustomize.build(project, facts, known) if runs else []
    if runs and place.is_production:
        _note_broken(project, paths)
    folder = posixpath.dirname(facts.path)
    return Bundle(f"{folder or facts.path} with Kustomize", facts.path, place, objects, paths)


# Folders


def _of_folders(project: Project, paths: list[str], options: Options) -> Iterator[Bundle]:
    """The files of each folder, those that an environment has of its own with those that all share."""
    groups: dict[tuple[str, str], list[str]] = {}
    for path in paths:
        groups.setdefault(_group(path), []).append(path)
    for (home, own), files in groups.items():
        shared = groups.get((home, ""), []) if own else []
        named = [group for group in groups if group[0] == home and group[1]]
        if not own and any(_is_production(group, options) for group in named):
            continue  # Each environment has these beside its own.
        if any(_holds_workload(project, path) for path in (*files, *shared)):
            yield _of_files(project, (home, own), files, shared, options)


def _is_production(group: tuple[str, str], options: Options) -> bool:
    return environment(posixpath.join(*group), options, "").is_production


def _group(path: str) -> tuple[str, str]:
    """The folder of an application's manifests, and the folder or word in it that names an environment, if any."""
    folder, name = posixpath.split(path)
    parts = folder.split("/") if folder else []
    home = next((number for number, part in enumerate(parts) if _HOMES.fullmatch(part.lower())), None)
    named = next((number for number, part in enumerate(parts) if named_for(part)), None)
    if named is not None and (home is None or named > home):
        return "/".join(parts[:named]), "/".join(parts[named:])
    return "/".join(parts if home is None else parts[: home + 1]), named_for(name) or ""


def _holds_workload(project: Project, path: str) -> bool:
    return path in project and _WORKLOAD.search(project.glance(path)) is not None


def _of_files(
    project: Project, group: tuple[str, str], own_paths: list[str], shared: list[str], options: Options
) -> Bundle:
    """The objects of an environment's own files and of those that all share."""
    home, own = group
    paths = [*own_paths, *shared]
    folder = posixpath.commonpath([posixpath.dirname(path) for path in own_paths])
    bundle = Bundle(folder or "the manifests", paths[0], Standing("production", ""), [], tuple(paths))
    for path in paths:
        manifest = project.facts(path, kubernetes.read)
        bundle.objects += manifest.objects if manifest is not None else ()
    with_workload = [path for path in paths if _holds_workload(project, path)]
    bundle.path = next((one.path for one in bundle.objects if one.kind in WORKLOADS), with_workload[0])
    bundle.place = environment(posixpath.join(home, own), options, _APPLIED) if own else _of_most(bundle, options)
    if bundle.place.is_production:
        _note_broken(project, [path for path in paths if _APPLIES.search(project.glance(path))])
    return replace(bundle, name=paths[0]) if len(paths) == 1 else bundle


def _note_broken(project: Project, paths: Iterable[str]) -> None:
    """Say of the files of a deployment that they cannot be parsed. A template is none of them."""
    for path in paths:
        documents = project.facts(path, yaml_tree.read) if path.endswith((".yaml", ".yml", ".json")) else None
        if documents is not None and documents.problem is not None:
            project.note(documents.problem)


def _of_most(bundle: Bundle, options: Options) -> Standing:
    """What a folder without an environment's name is for: what the first of its files with a workload is for."""
    return environment(bundle.path, options, _APPLIED)
