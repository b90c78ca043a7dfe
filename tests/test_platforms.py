"""The facts about platforms: every one readable, every value with a source or listed as unconfirmed."""

from __future__ import annotations

import pytest

from flaskprod_lint.inputs.nodes import Node
from flaskprod_lint.resolve import platforms

DATABASES = [name for name in platforms._documents() if name.startswith("database/")]
#: Keys that say how to read the facts, not a fact.
ABOUT = {"id", "name", "notes", "unconfirmed", "sources"}


def _facts(name: str) -> Node:
    node = platforms.facts(name)
    assert node is not None
    return node


def test_all_platforms_are_there() -> None:
    assert len(platforms.ids()) == 30
    assert {"pandastack", "heroku", "render", "fly", "railway", "cloud-run", "docker-compose"} <= set(platforms.ids())
    assert {"podman-quadlet", "systemd", "kubernetes"} <= set(platforms.ids())


@pytest.mark.parametrize("name", [*platforms.ids(), *DATABASES])
def test_every_value_has_a_source_or_is_unconfirmed(name: str) -> None:
    node = _facts(name)
    unconfirmed = {item.value for item in node.get("unconfirmed").strings()} if node.get("unconfirmed") else set()
    facts = {entry.key.value for entry in node.entries} - ABOUT
    sourced = bool(node.get("sources") and node.get("sources").strings())
    assert sourced or facts <= unconfirmed
    limits = node.at("database", "limits")
    for plan in limits.entries if limits else ():
        source = plan.value.string("source")
        listed = f"database.limits.{plan.key.value}" in unconfirmed
        assert listed or (source is not None and "unconfirmed" not in source.value), plan.key.value


@pytest.mark.parametrize("name", platforms.ids())
def test_unconfirmed_names_something_that_stands_there(name: str) -> None:
    node = _facts(name)
    for item in node.get("unconfirmed").strings() if node.get("unconfirmed") else ():
        first, _, rest = item.value.partition(".")
        assert node.get(first) is not None, item.value
        if first == "database" and rest.startswith("limits."):
            assert node.at("database", "limits", rest[len("limits.") :]) is not None, item.value


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
