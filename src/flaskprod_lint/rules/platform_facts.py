"""How far a finding may go that rests on a fact about a platform."""

from __future__ import annotations

from dataclasses import replace

from flaskprod_lint.finding import Confidence, Finding, Severity
from flaskprod_lint.model import Deployment, Platform, Setting
from flaskprod_lint.source import Place


def careful(finding: Finding, platform: Platform | None, *keys: str, most: Severity = Severity.WARNING) -> Finding:
    """The finding, no worse than `most` and no surer than medium where one of the facts has no source.

    Facts are named by their keys in platforms.yaml. A severity of None, the catalogue's, is taken for an error.
    """
    if platform is None or all(platform.confirms(key) for key in keys):
        return finding
    severity = finding.severity or Severity.ERROR
    capped = severity if severity.rank >= most.rank else most
    return replace(finding, severity=capped).lowered(Confidence.MEDIUM)


def careful_of_workers(finding: Finding, deployment: Deployment, workers: Setting | None) -> Finding:
    """The finding, as far as a number of workers carries it that the platform chose by the size of the instance."""
    if workers is None or not chosen_by_platform(workers):
        return finding
    sizes = (f"web_concurrency.values.{str(tier.value).lower()}" for tier in deployment.tiers)
    return careful(finding, deployment.platform, "web_concurrency", *sizes)


def chosen_by_platform(setting: Setting) -> bool:
    """Whether the platform itself set this, and no file of the project."""
    return setting.origin.span is None and "set by " in setting.origin.note


def fact_of(setting: Setting | None) -> Setting | Place | None:
    """A setting as a reason: a fact about the platform in its own words, which say whether it has a source."""
    return setting if setting is None or not setting.is_default else setting.origin
