"""The facts about platforms: every one readable, every value with a source or listed as unconfirmed."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from flaskprod_lint.inputs.nodes import Node
from flaskprod_lint.resolve import platforms

DATABASES = [name for name in platforms._documents() if name.startswith("database/")]
#: Keys that say how to read the facts, not a fact.
ABOUT = {"id", "name", "engine", "note", "notes", "manifests", "unconfirmed", "sources"}


def _facts(name: str) -> Node:
    node = platforms.facts(name)
    assert node is not None
    return node


def test_all_platforms_are_there() -> None:
    assert len(platforms.ids()) == 30
    assert {"pandastack", "heroku", "render", "fly", "railway", "cloud-run", "docker-compose"} <= set(platforms.ids())
    assert {"podman-quadlet", "systemd", "kubernetes"} <= set(platforms.ids())


def _leaves(node: Node, path: str = "") -> Iterator[str]:
    """The keys of all values, with dots between: "stop.grace_seconds". A list is one value."""
    entries = node.entries
    for entry in entries:
        yield from _leaves(entry.value, f"{path}.{entry.key.value}" if path else entry.key.value)
    if not entries:
        yield path


def _unconfirmed(node: Node) -> list[str]:
    listed = node.get("unconfirmed")
    return [item.value for item in listed.strings()] if listed is not None else []


@pytest.mark.parametrize("name", [*platforms.ids(), *DATABASES])
def test_every_value_has_a_source_or_is_unconfirmed(name: str) -> None:
    node = _facts(name)
    unconfirmed = _unconfirmed(node)
    bare = [
        leaf
        for leaf in _leaves(node)
        if leaf.partition(".")[0] not in ABOUT
        and not platforms.source_of(node, leaf)
        and not any(f"{leaf}.".startswith(f"{listed}.") for listed in unconfirmed)
    ]
    assert not bare


@pytest.mark.parametrize("name", [*platforms.ids(), *DATABASES])
def test_a_source_says_something_and_stands_for_something(name: str) -> None:
    node = _facts(name)
    sources = {entry.key.value: entry.value.text for entry in node.get("sources").entries}
    keys = list(_leaves(node))
    for key, text in sources.items():
        assert len(text) > 8 and "unconfirmed" not in text, key
        assert any(f"{leaf}.".startswith(f"{key}.") for leaf in keys), key


def test_what_is_unconfirmed_is_told_from_what_is_not() -> None:
    render, fly = platforms.get("render"), platforms.get("fly")
    assert render is not None and fly is not None
    assert render.confirms("stop.grace_seconds") and not render.confirms("router.timeout_seconds")
    assert fly.confirms("stop.signal") and not fly.confirms("router.idle_seconds")
    heroku = platforms.get("heroku")
    assert heroku is not None
    assert not heroku.confirms("database.limits.standard-3 and above") and heroku.confirms(
        "database.limits.essential-0"
    )


@pytest.mark.parametrize("name", platforms.ids())
def test_unconfirmed_names_something_that_stands_there(name: str) -> None:
    node = _facts(name)
    keys = list(_leaves(node))
    for item in _unconfirmed(node):
        assert any(f"{leaf}.".startswith(f"{item}.") for leaf in keys), item


def test_heroku_by_what_builds_it() -> None:
    buildpack = platforms.get("heroku")
    image = platforms.get("Heroku", build="image")
    assert buildpack is not None and image is not None
    assert buildpack.port_injected and buildpack.sigterm_to_all and buildpack.chooses_user and buildpack.runs_release
    assert buildpack.injects["GUNICORN_CMD_ARGS"] == "--access-logfile -"
    assert not image.injects
    assert buildpack.limits["essential-0"] == 20
    assert buildpack.grace_seconds == 30
    assert platforms.web_concurrency("heroku", ("Standard-2X",)) == "4"
    assert platforms.web_concurrency("heroku", ("free",)) is None
    assert platforms.sets_web_concurrency("heroku") and not platforms.sets_web_concurrency("fly")


def test_the_numbers_that_verdicts_rest_on() -> None:
    expected = {
        "pandastack": (True, None, None),
        "railway": (True, None, 0),
        "fly": (False, 8080, 5),
        "cloud-run": (True, 8080, 10),
        "docker-compose": (False, None, 10),
        "kubernetes": (False, None, 30),
        "systemd": (False, None, 90),
    }
    for name, facts in expected.items():
        platform = platforms.get(name)
        assert platform is not None
        assert (platform.port_injected, platform.port_default, platform.grace_seconds) == facts, name
    assert platforms.get("fly").stop_signal == "SIGINT"
    assert platforms.get("pandastack").limits == {"free": 50, "pro": 300, "premium": 1000}


def test_names_and_suggestions() -> None:
    assert platforms.get("k8s").id == "kubernetes"
    assert platforms.get("nowhere") is None
    assert platforms.suggest("herokuu") == "heroku"
    assert platforms.suggest("PandaStak") == "pandastack"
    assert platforms.suggest("zzzz") is None
