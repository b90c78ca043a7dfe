"""What `kubectl apply -k` sends: the objects of a kustomization, with its patches, images and generated ConfigMaps."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from dataclasses import replace

from flaskprod_lint.inputs import dotenv, kubernetes, kustomization, yaml_tree
from flaskprod_lint.inputs.kubernetes import KubernetesObject
from flaskprod_lint.inputs.kustomization import Generator, Kustomization, Patch, RenamedImage, Replacement
from flaskprod_lint.inputs.nodes import Entry, Node
from flaskprod_lint.resolve.deployments.kubernetes import patches, replacements
from flaskprod_lint.source import Located, Project, Source, Span

_DEEPEST = 12
#: The tag of a value of a ConfigMap that is a whole file of the project.
FILE = "!file"


def files(project: Project) -> dict[str, Kustomization]:
    """The kustomizations of a project, by their folder."""
    found = {}
    for path in project.paths:
        folder, name = posixpath.split(path)
        facts = project.facts(path, kustomization.read) if name in kustomization.NAMES else None
        if facts is not None and facts.problem is None:
            found[folder] = facts
    return found


def children(facts: Kustomization, known: dict[str, Kustomization]) -> Iterator[str]:
    """The folders of other kustomizations that one takes in."""
    for resource in (*facts.resources, *facts.components):
        folder = _inside(posixpath.dirname(facts.path), resource.value)
        if folder in known:
            yield folder


def used(facts: Kustomization, known: dict[str, Kustomization], depth: int = 0) -> Iterator[str]:
    """All files that a kustomization takes in, its own among them."""
    folder = posixpath.dirname(facts.path)
    yield facts.path
    named = [*facts.resources, *(patch.path for patch in facts.patches if patch.path is not None)]
    for resource in (*named, *facts.components):
        path = _inside(folder, resource.value)
        if path in known and depth < _DEEPEST:
            yield from used(known[path], known, depth + 1)
        else:
            yield path


def build(
    project: Project, facts: Kustomization, known: dict[str, Kustomization], depth: int = 0
) -> list[KubernetesObject]:
    """The objects that a kustomization makes. Prefixes of names are left out: all names would get the same one."""
    folder = posixpath.dirname(facts.path)
    objects: list[KubernetesObject] = []
    for resource in facts.resources:
        path = _inside(folder, resource.value)
        if path in known and depth < _DEEPEST:
            objects += build(project, known[path], known, depth + 1)
        elif path in project:
            manifest = project.facts(path, kubernetes.read)
            objects += manifest.objects if manifest is not None else ()
    objects += [_generated(project, generator, folder) for generator in facts.generators]
    objects = _changed(project, objects, facts)
    for component in facts.components:
        path = _inside(folder, component.value)
        if path in known and depth < _DEEPEST:
            inner = replace(known[path], resources=())
            bare = replace(known[path], patches=(), images=(), replicas=(), replacements=())
            objects += build(project, bare, known, depth + 1)
            objects = _changed(project, objects, inner)
    return objects


def _changed(project: Project, objects: list[KubernetesObject], facts: Kustomization) -> list[KubernetesObject]:
    for patch in facts.patches:
        objects = patches.apply(objects, patch, tuple(_roots(project, patch, posixpath.dirname(facts.path))))
    for name, count in facts.replicas:
        objects = [_with_replicas(one, count) if one.name.value == name else one for one in objects]
    if facts.images:
        objects = [replace(one, node=_renamed(one.node, facts.images)) for one in objects]
    for found in _replacements(project, facts):
        objects = replacements.apply(objects, found)
    return objects


def _replacements(project: Project, facts: Kustomization) -> Iterator[Replacement]:
    """The replacements of a kustomization, those that stand in files of their own among them."""
    for one in facts.replacements:
        if one.path is None:
            yield one
        else:
            path = _inside(posixpath.dirname(facts.path), one.path.value)
            yield from project.facts(path, kustomization.read_replacements) or ()


def _roots(project: Project, patch: Patch, folder: str) -> Iterator[Node]:
    yield from patch.roots
    documents = project.facts(_inside(folder, patch.path.value), yaml_tree.read) if patch.path is not None else None
    yield from documents.roots if documents is not None else ()


def _inside(folder: str, path: str) -> str:
    joined = posixpath.normpath(posixpath.join(folder, path))
    return "" if joined == "." else joined


def _with_replicas(found: KubernetesObject, count: Located[str]) -> KubernetesObject:
    if found.kind not in kubernetes.WORKLOADS:
        return found
    number = Node("scalar", count.span, count.value, plain=True)
    spec = Node("mapping", count.span, entries=(Entry(Located("replicas", count.span), number),))
    patch = Node("mapping", count.span, entries=(Entry(Located("spec", count.span), spec),))
    return replace(found, node=patches.merged(found.node, patch))


def _renamed(node: Node, images: tuple[RenamedImage, ...]) -> Node:
    """A tree with the images of its containers called by their new names."""
    if node.is_sequence:
        return replace(node, items=tuple(_renamed(item, images) for item in node.items))
    if not node.is_mapping:
        return node
    entries = []
    for entry in node.entries:
        if entry.key.value == "image" and entry.value.is_scalar:
            entries.append(Entry(entry.key, _image(entry.value, images)))
        else:
            entries.append(Entry(entry.key, _renamed(entry.value, images)))
    return replace(node, entries=tuple(entries))


def _image(node: Node, images: tuple[RenamedImage, ...]) -> Node:
    name = node.text.partition("@")[0]
    name = name[: name.rfind(":")] if ":" in name.rpartition("/")[2] else name
    found = next((one.new_name for one in images if one.name == name and one.new_name is not None), None)
    return Node("scalar", found.span, found.value) if found is not None else node


def _generated(project: Project, generator: Generator, folder: str) -> KubernetesObject:
    """The ConfigMap or Secret that a generator makes, its values with their own places."""
    data = [Entry(name, Node("scalar", value.span, value.value)) for name, value in generator.literals]
    for path in generator.envs:
        file = _inside(folder, path.value)
        for name, value in (project.facts(file, dotenv.read) or ()) if project.is_committed(file) else ():
            data.append(Entry(name, Node("scalar", value.span, value.value)))
    for key, path in generator.files:
        source = project.read(_inside(folder, path.value))
        if source is not None:
            data.append(Entry(Located(key, path.span), _whole(source)))
    span = generator.name.span
    key = "data" if generator.kind == "ConfigMap" else "stringData"
    inner = Entry(Located(key, span), Node("mapping", span, entries=tuple(data)))
    return KubernetesObject(generator.kind, generator.name, Node("mapping", span, entries=(inner,)))


def _whole(source: Source) -> Node:
    return Node("scalar", Span(source.path, 1), source.text, tag=FILE)
