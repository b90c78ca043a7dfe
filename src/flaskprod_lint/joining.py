"""The same finding of several deployments, told once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from flaskprod_lint.finding import Finding
from flaskprod_lint.model import Deployment
from flaskprod_lint.source import Place


def at_one_place(found: Iterable[Finding]) -> list[Finding]:
    """What a rule finds at the same place for several deployments as one finding that names them."""
    once: dict[tuple[object, ...], list[Finding]] = {}
    for finding in found:
        once.setdefault((finding.rule, finding.at), []).append(finding)
    return [_joined(same) for same in once.values()]


def of_one_app(found: Sequence[Finding], deployments: Iterable[Deployment]) -> list[Finding]:
    """What is wrong in the same way in several manifests that start one app on one platform, at the first of them.

    The others are told as its reasons. What one deployment has twice stays two findings.
    """
    apps = {deployment.name: _app(deployment) for deployment in deployments}
    groups: list[list[Finding]] = []
    known: dict[tuple[object, ...], list[list[Finding]]] = {}
    for finding in found:
        apps_of_it = frozenset(apps.get(name, ("", name)) for name in finding.deployments)
        key = (finding.rule, finding.message, finding.instead, finding.level, apps_of_it)
        group = next((one for one in known.get(key, ()) if _may_join(one, finding, apps_of_it)), None)
        if group is None:
            group = []
            groups.append(group)
            known.setdefault(key, []).append(group)
        group.append(finding)
    return [_with_other_places(group) for group in groups]


def _app(deployment: Deployment) -> tuple[str, str]:
    """What tells the app of a deployment from others: its platform, and the Dockerfile or the place it is made at."""
    platform = deployment.platform.id if deployment.platform is not None else ""
    image = deployment.image.dockerfile if deployment.image is not None else ""
    made = image or " ".join(str(app.definition.span) for app in deployment.apps if app.definition.span is not None)
    return (platform, made) if platform and made else ("", deployment.name)


def _may_join(group: Sequence[Finding], finding: Finding, apps: frozenset[tuple[str, str]]) -> bool:
    taken = {name for one in group for name in one.deployments}
    return len(apps) == 1 and taken.isdisjoint(finding.deployments)


def _with_other_places(group: Sequence[Finding]) -> Finding:
    first = min(group, key=lambda finding: finding.confidence.rank)
    others = tuple(Place(one.at, f"the same in {', '.join(one.deployments)}") for one in group if one is not first)
    names = dict.fromkeys(name for one in group for name in one.deployments)
    return replace(first, because=(*first.because, *others), deployments=tuple(names))


def _joined(same: Sequence[Finding]) -> Finding:
    """One finding for all deployments that have it: the worst and surest speaks, and each keeps its remedy."""
    leading = min(same, key=lambda finding: (finding.level.rank, finding.confidence.rank))
    others = [one for one in same if one.message != leading.message]
    told = dict.fromkeys(Place(None, f"{', '.join(one.deployments)}: {one.message}") for one in others)
    names = dict.fromkeys(name for one in same for name in one.deployments)
    return replace(
        leading, deployments=tuple(names), because=(*leading.because, *told), instead=_every_remedy(leading, same)
    )


def _every_remedy(leading: Finding, same: Sequence[Finding]) -> str | None:
    """What to write instead: where the deployments need something else each, all of it under their names."""
    remedies: dict[str, dict[str, None]] = {}
    for one in (leading, *same):
        if one.instead:
            remedies.setdefault(one.instead, {}).update(dict.fromkeys(one.deployments))
    if len(remedies) < 2:
        return leading.instead
    return "\n".join(f"# {', '.join(names)}\n{remedy}" for remedy, names in remedies.items())
