"""Kubernetes: what manifests, Kustomize overlays and Helm charts start of the project."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator

from flaskprod_lint.resolve.deployments.planned import Planned
from flaskprod_lint.resolve.options import Options
from flaskprod_lint.source import Project

#: In each manifest, as text; in files of other formats hardly ever.
_MARK = b"apiVersion"
#: Names of files that say the same to other programs, or only show what a manifest looks like.
_NO_MANIFESTS = ("chart.yaml", "kustomization.yaml", "kustomization.yml", "skaffold.yaml", "catalog-info.yaml")
_SHOWN = ("example", "sample", "template", "dist")


def find(project: Project, options: Options) -> Iterator[Planned]:
    """The deployments of a project on Kubernetes. Files are told by their bytes, and few are parsed."""
    candidates = [path for path in _named(project) if project.holds(path, _MARK)]
    if not candidates or not _has_app(project):
        return
    from flaskprod_lint.resolve.deployments.kubernetes import bundles, planning

    yield from planning.plan(project, bundles.find(project, candidates, options), options)


def _named(project: Project) -> Iterator[str]:
    """The files that may be manifests by their names: those that only show one are left out."""
    for name in ("yaml", "json"):
        for path in project.of_format(name):
            base = posixpath.basename(path).lower()
            shown = any(word in base.split(".")[1:-1] or base.startswith(f"{word}.") for word in _SHOWN)
            if base not in _NO_MANIFESTS and not shown:
                yield path


def _has_app(project: Project) -> bool:
    """Whether the project has anything that an image of it could be made of."""
    return bool(project.of_format("dockerfile") or project.of_format("python"))
