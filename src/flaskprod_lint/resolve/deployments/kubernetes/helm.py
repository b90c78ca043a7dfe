"""What `helm install` sends: the objects of a chart, its templates filled in with its values for production."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from dataclasses import replace

from flaskprod_lint.inputs import go_template, kubernetes, yaml_tree
from flaskprod_lint.inputs.go_template import Template
from flaskprod_lint.inputs.kubernetes import KubernetesObject
from flaskprod_lint.inputs.nodes import Node
from flaskprod_lint.patterns import regex
from flaskprod_lint.records import dataclass
from flaskprod_lint.resolve.deployments import standing
from flaskprod_lint.resolve.deployments.kubernetes import helm_render, helm_values
from flaskprod_lint.resolve.deployments.kubernetes.helm_values import Places, text_of
from flaskprod_lint.source import Project, Source

_VALUES = regex(r"(^|[._-])values([._-]|$)")
_KIND = regex(r"^\s*[\"']?kind[\"']?\s*:", re.MULTILINE)


@dataclass(frozen=True)
class Chart:
    """A chart: its folder, its templates, and the values files for production that stand with it.

    `within` is the chart that brings it along in its `charts/`: what that one says under its name wins, or under the
    `alias` that it is called by there.
    """

    folder: str
    templates: tuple[str, ...]
    values: tuple[str, ...]
    within: Chart | None = None
    alias: str = ""

    @property
    def every_values(self) -> tuple[str, ...]:
        """Its values files and those of the charts around it."""
        return (*self.values, *(self.within.every_values if self.within is not None else ()))


def charts(project: Project) -> list[Chart]:
    """The charts of a project that have templates."""
    folders = sorted(posixpath.dirname(path) for path in project.paths if posixpath.basename(path) == "Chart.yaml")
    found: dict[str, list[Chart]] = {}
    for folder in folders:
        above, _, rest = folder.rpartition("charts/")
        around = found.get(above.rstrip("/"), []) if rest else []
        plain = _chart(project, folder)
        found[folder] = [
            replace(plain, within=within, alias=alias)
            for within in around
            for alias in _aliases(project, within, plain)
        ] or [plain]
    return [chart for charts in found.values() for chart in charts if chart.templates]


def _aliases(project: Project, within: Chart, chart: Chart) -> list[str]:
    """What a chart is called by the one around it: once by each alias, or by its own name ("")."""
    about, name = _about(project, within), _name(project, chart)
    listed = about.get("dependencies") if about is not None else None
    entries = [one for one in (listed.items if listed is not None else ()) if _text(one, "name") == name]
    return [_text(one, "alias") for one in entries] or [""]


def _text(node: Node, key: str) -> str:
    found = node.string(key)
    return found.value if found is not None else ""


def _chart(project: Project, folder: str) -> Chart:
    inside = posixpath.join(folder, "templates")
    templates = tuple(
        path
        for path in project.below(inside)
        if path.endswith((".yaml", ".yml", ".tpl")) and "/tests/" not in path.removeprefix(inside)
    )
    return Chart(folder, templates, _production_values(project, folder))


def _production_values(project: Project, folder: str) -> tuple[str, ...]:
    """The chart's values, then those of the file for production, if there is one: prod before staging."""
    own = [path for name in ("values.yaml", "values.yml") if (path := posixpath.join(folder, name)) in project]
    named = [path for path in _others(project, folder) if standing.production_word(path)]
    first = sorted(named, key=lambda path: ("prod" not in path.rpartition("/")[2].lower(), path))
    return (*own[:1], *first[:1])


def _others(project: Project, folder: str) -> Iterator[str]:
    """Other files of values: beside the chart's own, or in a folder of them."""
    for path in project.below(folder):
        rest = path.removeprefix(folder).strip("/")
        inside, _, name = rest.rpartition("/")
        if not name.endswith((".yaml", ".yml")) or name in ("values.yaml", "values.yml"):
            continue
        in_folder = inside in ("values", "environments", "env", "envs")
        if in_folder or (not inside and _VALUES.search(name.rpartition(".")[0])):
            yield path


def build(project: Project, chart: Chart) -> list[KubernetesObject]:
    """The objects that a chart makes, each value with the place in its template or its values file."""
    templates = [found for path in chart.templates if (found := project.facts(path, go_template.read)) is not None]
    places = Places()
    root = _root(project, chart)
    named = helm_render.named(templates)
    objects: list[KubernetesObject] = []
    for template in templates:
        if template.source.path.endswith(".tpl") or not _KIND.search(template.source.text):
            continue
        renderer = helm_render.Renderer(root, named, places)
        objects += _objects(template, renderer, places)
    return objects


def _objects(template: Template, renderer: helm_render.Renderer, places: Places) -> Iterator[KubernetesObject]:
    try:
        text = renderer.render(template)
    except (helm_render.TooMuchError, RecursionError):
        return
    rendered = Source(template.source.path, text.text)
    for found in kubernetes.of_nodes(yaml_tree.read(rendered).roots):
        node = helm_values.remapped(found.node, rendered, text, places)
        yield replace(found, name=node.string("metadata", "name") or found.name, node=node)


def _root(project: Project, chart: Chart) -> dict[str, object]:
    """What `.` is in a template. The release is called like the chart: all names are made of it."""
    about = _about(project, chart)
    outermost = chart
    while outermost.within is not None:
        outermost = outermost.within
    release = text_of(_name(project, outermost))
    entries = about.entries if about is not None else ()
    return {
        "Values": _values(project, chart) or {},
        "Chart": {
            **{entry.key.value[:1].upper() + entry.key.value[1:]: entry.value for entry in entries},
            **({"Name": text_of(chart.alias)} if chart.alias else {}),
        },
        "Release": {
            "Name": release,
            "Namespace": text_of("default"),
            "Service": text_of("Helm"),
            "IsInstall": helm_values.UNREAD,
            "IsUpgrade": helm_values.UNREAD,
            "Revision": helm_values.UNREAD,
        },
        "Capabilities": {
            "KubeVersion": {
                "Version": text_of("v1.31.0"),
                "GitVersion": text_of("v1.31.0"),
                "Major": 1,
                "Minor": 31,
            },
            "APIVersions": helm_values.UNREAD,
        },
        "Template": helm_values.UNREAD,
        "Files": helm_values.UNREAD,
        "Subcharts": helm_values.UNREAD,
    }


def _about(project: Project, chart: Chart) -> Node | None:
    facts = project.facts(posixpath.join(chart.folder, "Chart.yaml"), yaml_tree.read)
    return facts.root if facts is not None else None


def _name(project: Project, chart: Chart) -> str:
    if chart.alias:
        return chart.alias
    about = _about(project, chart)
    name = about.string("name") if about is not None else None
    return name.value if name is not None else posixpath.basename(chart.folder)


def _values(project: Project, chart: Chart) -> Node | None:
    """A chart's values as one tree; None where it has none."""
    found: Node | None = None
    for path in chart.values:
        documents = project.facts(path, yaml_tree.read)
        found = helm_values.merged(found, documents.root if documents is not None else None)
    outer = _values(project, chart.within) if chart.within is not None else None
    if outer is not None:
        shared = outer.entry("global")
        common = Node("mapping", outer.span, entries=(shared,)) if shared is not None else None
        found = helm_values.merged(helm_values.merged(found, common), outer.get(_name(project, chart)))
    return found if found is not None and found.is_mapping else None
