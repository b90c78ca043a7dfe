"""What the platform gives one instance of a process where its manifest says nothing: cores, memory and time."""

from __future__ import annotations

from collections.abc import Iterator

from flaskprod_lint.model import Deployment, Platform, Process, Setting
from flaskprod_lint.resolve import platforms
from flaskprod_lint.resolve.deployments import instance_sizes
from flaskprod_lint.resolve.options import Options
from flaskprod_lint.resolve.tiers import same_plan
from flaskprod_lint.source import Place, Span


def complete(process: Process, deployment: Deployment, options: Options) -> None:
    """Fill what no manifest says of a process with the facts about its platform and its tier."""
    platform = deployment.platform
    if platform is None:
        return
    cpus, memory = _of_tier(platform, process, deployment, options)
    process.cpus = process.cpus or cpus
    process.memory = process.memory or memory
    process.grace = process.grace or _grace(platform)
    process.router_timeout = process.router_timeout or _router_timeout(platform)


def _of_tier(
    platform: Platform, process: Process, deployment: Deployment, options: Options
) -> tuple[Setting | None, Setting | None]:
    """The cores and the memory of the size that is chosen; neither where two sizes could be meant."""
    told = dict(_sizes_among(options.told_tiers, platform))
    named = {size: at for size, at in _sizes_among(deployment.tiers, platform) if not _is_plan(size, platform)}
    chosen = list((told or named).items())
    if len(chosen) != 1 or process.cpus is not None or process.memory is not None:
        return None, None
    size, at = chosen[0]
    return instance_sizes.of(platform.id, size, at)


def _sizes_among(tiers: tuple[Setting, ...], platform: Platform) -> Iterator[tuple[str, Span | None]]:
    """The tiers that are sizes of instances, as the facts write them, each with the place that names it."""
    node = platforms.facts(platform.id)
    sizes = node.at("instances", "sizes") if node is not None else None
    for tier in tiers:
        for entry in sizes.entries if sizes is not None else ():
            if entry.key.value.lower() == str(tier.value).strip().lower():
                yield entry.key.value, tier.span


def _is_plan(size: str, platform: Platform) -> bool:
    """Whether a database has a plan of that name too, such as Render's `free`: a manifest may mean either."""
    return any(same_plan(size, plan) for plan in platform.limits)


def _grace(platform: Platform) -> Setting | None:
    if platform.grace_seconds is None:
        return None
    usual = platforms.get(platform.id)
    said = f"{platform.name} waits {platform.grace_seconds:g} s before it kills the process"
    if usual is not None and usual.grace_seconds != platform.grace_seconds:
        return Setting("grace", platform.grace_seconds, Place(platform.origin.span, said))
    sure = platform.confirms("stop.grace_seconds")
    return Setting("grace", platform.grace_seconds, Place(None, _told(said, sure)), is_default=True, sure=sure)


def _router_timeout(platform: Platform) -> Setting | None:
    if platform.router_timeout is None:
        return None
    sure = platform.confirms("router.timeout_seconds")
    said = f"{platform.router_name} waits {platform.router_timeout:g} s for an answer"
    place = Place(None, _told(said, sure))
    return Setting("router timeout", platform.router_timeout, place, is_default=True, sure=sure)


def _told(fact: str, sure: bool) -> str:
    """A fact about a platform, with how far it can be trusted."""
    return fact if sure else f"{fact} (not confirmed by a source)"
