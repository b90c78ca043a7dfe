"""The instance sizes and database plans of the platforms: which names are some, and which one is meant."""

from __future__ import annotations

from collections.abc import Iterator
from fnmatch import fnmatchcase

from flaskprod_lint.model import Platform
from flaskprod_lint.patterns import regex
from flaskprod_lint.resolve import platforms

_WORDS = regex(r"[\s,()]+")
#: A plan's own name. "postgres image" and "RAM < 8 GB" say what a limit is of; nobody chooses it by such a name.
_NAME = regex(r"[A-Za-z0-9][A-Za-z0-9.+-]*")
#: DigitalOcean's databases: db-s-1vcpu-1gb.
_DATABASE_SLUG = regex(r"db-[a-z0-9-]+-(\d+)gb")
_AND_ABOVE = regex(r"(.*\D)(\d+) and above")
_IN_PARENTHESES = regex(r"\(([^()]*)\)")


def same_plan(tier: str, plan: str) -> bool:
    """Whether a tier, as people and manifests write it, is that plan: `heroku-postgresql:essential-0`, `Free`."""
    wanted, plan = _wanted(tier), plan.lower()
    words = [word for word in _WORDS.split(plan) if len(word) > 2]
    return wanted == plan or _is_above(wanted, plan) or any(fnmatchcase(wanted, word) for word in words)


def plan_name(tier: str) -> str:
    """The plan's own name: `essential-0` of heroku-postgresql:essential-0."""
    return tier.rpartition(":")[2].strip().lower()


def names(platform: Platform) -> tuple[str, ...]:
    """The sizes and plans that are known of a platform, as its people write them."""
    return tuple(dict.fromkeys((*_sizes(platform), *_plans(platform))))


def is_known(tier: str, platform: Platform) -> bool:
    """Whether a platform has that size or plan."""
    if any(same_plan(tier, plan) for plan in platform.limits):
        return True
    return _wanted(tier) in (name.lower() for name in names(platform))


def complaint(tier: str, platform: Platform) -> str:
    """What to say of a tier that is none of the platform's."""
    known = names(platform)
    spelled = {name.lower(): name for name in known}
    import difflib

    near = difflib.get_close_matches(_wanted(tier), spelled, n=1, cutoff=0.6)
    hint = f"did you mean {spelled[near[0]]!r}?" if near else f"known are {', '.join(known)}"
    return f"{platform.name} has no tier {tier!r} that is known here; {hint}"


def _wanted(tier: str) -> str:
    """The name that a plan is known by: without the add-on it belongs to, and a database's slug as its memory."""
    name = tier.lower().rpartition(":")[2].strip()
    slug = _DATABASE_SLUG.fullmatch(name)
    return f"{slug[1]} gib" if slug else name


def _sizes(platform: Platform) -> Iterator[str]:
    node = platforms.facts(platform.id)
    for path in (("instances", "sizes"), ("web_concurrency", "values")):
        found = node.at(*path) if node is not None else None
        yield from (entry.key.value for entry in (found.entries if found is not None else ()))


def _plans(platform: Platform) -> Iterator[str]:
    for plan in platform.limits:
        above = _AND_ABOVE.fullmatch(plan)
        inside = _IN_PARENTHESES.search(plan)
        listed = inside[1].split(",") if inside else [above[1] + above[2] if above else plan]
        yield from (name.strip() for name in listed if _NAME.fullmatch(name.strip().replace("*", "x")))


def _is_above(wanted: str, plan: str) -> bool:
    """Whether `standard-5` is among "standard-3 and above"."""
    above = _AND_ABOVE.fullmatch(plan)
    number = wanted.removeprefix(above[1]) if above and wanted.startswith(above[1]) else ""
    return above is not None and number.isdecimal() and int(number) >= int(above[2])
