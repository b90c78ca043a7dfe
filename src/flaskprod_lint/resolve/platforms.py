"""The hosting platforms: what platforms.yaml says of each, read one at a time and only when asked."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

from flaskprod_lint.inputs import yaml_tree
from flaskprod_lint.inputs.nodes import Node
from flaskprod_lint.model import Fact, Platform, PlatformFacts
from flaskprod_lint.patterns import regex
from flaskprod_lint.source import Place, Source

#: Other names that people use for a platform.
ALIASES = {
    "compose": "docker-compose",
    "docker": "docker-compose",
    "podman": "podman-quadlet",
    "fly.io": "fly",
    "flyio": "fly",
    "cloudrun": "cloud-run",
    "google-cloud-run": "cloud-run",
    "app-engine": "gae-standard",
    "gae": "gae-standard",
    "app-platform": "digitalocean",
    "do": "digitalocean",
    "k8s": "kubernetes",
    "eb": "beanstalk",
    "elastic-beanstalk": "beanstalk",
    "fargate": "ecs",
    "azure": "azure-appservice",
    "clever-cloud": "clevercloud",
    "cf": "cloud-foundry",
    "panda-stack": "pandastack",
}

#: Keys that say how to read a platform's facts, or how to find them.
_ABOUT = frozenset(("id", "name", "notes", "manifests", "unconfirmed", "sources"))
_NUMBER = regex(r"\d+(\.\d+)?")
_SEPARATOR = regex(r"^---\n", re.MULTILINE)
_ID = regex(r"id: (\S+)\n")


def get(name: str, *, origin: Place | None = None, build: str = "buildpack") -> Platform | None:
    """The platform of that id or name, None for one that is not known.

    `build` says what builds the app: "buildpack" (or the platform's native runtime) or "image", which decides what is
    injected. `origin` is the file or option that says the project is deployed there.
    """
    platform = _load(_id_of(name), build)
    if platform is None or origin is None:
        return platform
    return replace(platform, origin=origin)


def ids() -> tuple[str, ...]:
    """The ids of all platforms, in the order of the file."""
    return tuple(name for name in _documents() if "/" not in name)


def suggest(text: str) -> str | None:
    """The id that is meant by a name that is none, if one is near."""
    import difflib

    known = [*ids(), *ALIASES]
    near = difflib.get_close_matches(text.lower().replace(" ", "-"), known, n=1, cutoff=0.6)
    return _id_of(near[0]) if near else None


@lru_cache(maxsize=64)
def facts(name: str) -> Node | None:
    """All that platforms.yaml says of a platform, or of a database service ("database/neon")."""
    text = _documents().get(_id_of(name))
    return yaml_tree.read(Source("platforms.yaml", text)).root if text is not None else None


def described(name: str) -> PlatformFacts | None:
    """All that is known of a platform, each fact with its source; None for a name that is none."""
    platform, node = get(name), facts(name)
    if platform is None or node is None:
        return None
    return PlatformFacts(
        platform,
        tuple(sorted(other for other, own in ALIASES.items() if own == platform.id)),
        tuple(_facts_in(node, platform)),
        _names(node.get("notes")),
        _names(node.get("manifests")),
    )


def _facts_in(node: Node, platform: Platform) -> Iterator[Fact]:
    for key, value in _leaves(node):
        if key.partition(".")[0] not in _ABOUT and not key.endswith(".source"):
            yield Fact(key, _value(value), source_of(node, key), platform.confirms(key))


def _leaves(node: Node, path: str = "") -> Iterator[tuple[str, Node]]:
    """The values by their keys, with dots between. A list is one value."""
    for entry in node.entries:
        yield from _leaves(entry.value, f"{path}.{entry.key.value}" if path else entry.key.value)
    if not node.is_mapping:
        yield path, node


def _value(node: Node) -> str | float | bool | list[str] | None:
    if node.is_sequence:
        return [text.value for text in node.strings()]
    if node.is_null or not node.plain:
        return node.text or None
    if node.text in ("true", "false"):
        return node.text == "true"
    return (int(node.text) if node.text.isdigit() else float(node.text)) if _NUMBER.fullmatch(node.text) else node.text


def web_concurrency(name: str, sizes: tuple[str, ...]) -> str | None:
    """What the platform's buildpack sets WEB_CONCURRENCY to for an instance of one of these sizes."""
    node = facts(name)
    values = node.at("web_concurrency", "values") if node is not None else None
    known = {entry.key.value.lower(): entry.value.text for entry in (values.entries if values else ())}
    return next((known[size.lower()] for size in sizes if size.lower() in known), None)


def sets_web_concurrency(name: str) -> bool:
    """Whether the platform's buildpack sets WEB_CONCURRENCY by the size of the instance."""
    node = facts(name)
    values = node.at("web_concurrency", "values") if node is not None else None
    return values is not None


def injects_web_concurrency(name: str) -> bool:
    """Whether the platform sets WEB_CONCURRENCY, to whatever number."""
    return bool(_says(name, "web_concurrency", "injected"))


def sets_database_url(name: str) -> bool:
    """Whether the platform sets DATABASE_URL by itself for a project that has a database there."""
    return bool(_says(name, "database", "automatic"))


def starts_image_first(name: str) -> bool:
    """Whether the platform starts what the image of a Dockerfile says, and no Procfile beside it."""
    return _says(name, "procfile", "beside_dockerfile") is False


def drops_release_line(name: str) -> bool:
    """Whether it is known that the release line of a Procfile counts for nothing beside a Dockerfile."""
    return _says(name, "procfile", "release_beside_dockerfile") is False


def _says(name: str, *path: str) -> bool | None:
    node = facts(name)
    return _switch(node, *path) if node is not None else None


def source_of(node: Node, key: str) -> str | None:
    """Where a value of a platform's facts comes from: the source of the longest key above it; a plan brings its own."""
    sources = node.get("sources")
    known = {entry.key.value: entry.value.text for entry in (sources.entries if sources is not None else ())}
    plans = node.at("database", "limits")
    for plan in plans.entries if plans is not None else ():
        if f"{key}.".startswith(f"database.limits.{plan.key.value}."):
            own = plan.value.string("source")
            return own.value if own is not None else None
    parts = key.split(".")
    above = (".".join(parts[:end]) for end in range(len(parts), 0, -1))
    return next((known[name] for name in above if name in known), None)


def _id_of(name: str) -> str:
    lower = name.strip().lower().replace(" ", "-").replace("_", "-")
    return ALIASES.get(lower, lower)


@lru_cache(maxsize=1)
def _documents() -> Mapping[str, str]:
    """The text of each document of the file, by its id."""
    # importlib.resources would say the same, and import archives and temporary files to do so.
    text = Path(__file__).parents[1].joinpath("platforms.yaml").read_text("utf-8")
    found = {}
    for document in _SEPARATOR.split(text)[1:]:
        match = _ID.match(document)
        if match:
            found[match[1]] = document
    return found


@lru_cache(maxsize=64)
def _load(name: str, build: str) -> Platform | None:
    node = facts(name) if "/" not in name else None
    if node is None:
        return None
    return Platform(
        id=name,
        name=_text(node, "name") or name,
        port_injected=_switch(node, "port", "injected"),
        port_default=_whole(node, "port", "default"),
        proxy_on_same_host=bool(_switch(node, "proxy_on_same_host")),
        sigterm_to_all=bool(_switch(node, "stop", "to_every_process")),
        stop_signal=_text(node, "stop", "signal"),
        image_decides_signal=bool(_switch(node, "stop", "image_decides")),
        grace_seconds=_number(node, "stop", "grace_seconds"),
        drain_seconds=_number(node, "stop", "drain_seconds") or 0,
        router_timeout=_of_router(node, "timeout_seconds"),
        idle_seconds=_of_router(node, "idle_seconds"),
        router=_text(node, "router", "name") or "router",
        health_statuses=_text(node, "health", "statuses"),
        injects=_texts(node.at("injects", build)),
        database_variables=_names(node.at("database", "variables")),
        database_scheme=_text(node, "database", "scheme"),
        limits=_limits(node.at("database", "limits")),
        chooses_user=bool(_switch(node, "user_chosen_by_platform")),
        overlaps=bool(_switch(node, "deploys_overlap")),
        ephemeral_disk=_switch(node, "disk", "ephemeral"),
        runs_release=bool(_switch(node, "release", "supported")),
        procfile_release=_procfile_release(node),
        https=_switch(node, "front", "https"),
        proxy_hops=_whole(node, "front", "hops"),
        proxy_peer=_text(node, "front", "peer"),
        unconfirmed=frozenset(_names(node.get("unconfirmed"))),
    )


def _text(node: Node, *path: str) -> str | None:
    found = node.string(*path)
    return found.value if found is not None else None


def _switch(node: Node, *path: str) -> bool | None:
    found = node.at(*path)
    return found.boolean if found is not None and found.is_scalar else None


def _number(node: Node, *path: str) -> float | None:
    text = _text(node, *path)
    return float(text) if text is not None else None


def _of_router(node: Node, key: str) -> float | None:
    """What the platform's own router does; another program may stand before the app, or none."""
    return _number(node, "router", key) if node.at("router", "only_if") is None else None


def _procfile_release(node: Node) -> str:
    """The Procfile line that the platform runs for a release. Where that is not known, the usual one may be."""
    known = "release.procfile" not in _names(node.get("unconfirmed"))
    if known and not _switch(node, "release", "procfile"):
        return ""
    return _text(node, "release", "procfile_name") or "release"


def _whole(node: Node, *path: str) -> int | None:
    text = _text(node, *path)
    return int(text) if text is not None else None


def _texts(node: Node | None) -> dict[str, str]:
    entries = node.entries if node is not None else ()
    return {entry.key.value: entry.value.text for entry in entries if entry.value.is_scalar}


def _names(node: Node | None) -> tuple[str, ...]:
    return tuple(name.value for name in node.strings()) if node is not None else ()


def _limits(node: Node | None) -> dict[str, int]:
    """Database plans with their connections, those without a number left out."""
    entries = node.entries if node is not None else ()
    counts = {entry.key.value: _whole(entry.value, "connections") for entry in entries}
    return {plan: count for plan, count in counts.items() if count is not None}
