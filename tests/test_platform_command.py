"""The command `platforms`: the table of all, the page of one, and both as JSON."""

from __future__ import annotations

import json

import pytest

from conftest import ROOT
from flaskprod_lint.cli import run
from flaskprod_lint.model import PlatformFacts
from flaskprod_lint.outputs.page import Page, cells
from flaskprod_lint.outputs.platform_text import write_platform, write_platforms
from flaskprod_lint.outputs.terminal import plain
from flaskprod_lint.resolve import platforms

KNOWN = [one for name in platforms.ids() if (one := platforms.described(name)) is not None]


def test_the_pages_look_as_they_did(accept: bool) -> None:
    table, fly = Page(80), Page(80)
    write_platforms(KNOWN, table)
    write_platform(next(one for one in KNOWN if one.platform.id == "fly"), fly)
    for name, page in (("platforms", table), ("platform-fly", fly)):
        golden = ROOT / "tests" / "outputs" / f"{name}.txt"
        if accept:
            golden.write_text(plain(page), "utf-8")
        assert plain(page) == golden.read_text("utf-8")


@pytest.mark.parametrize("width", [60, 80, 100, 120])
def test_no_line_is_wider_than_the_page(width: int) -> None:
    page = Page(width)
    write_platforms(KNOWN, page)
    for one in KNOWN:
        write_platform(one, page)
    addresses = [line for line in plain(page).splitlines() if cells(line) > width and "/" not in line]
    assert not addresses


@pytest.mark.parametrize("known", KNOWN, ids=lambda known: known.platform.id)
def test_a_page_names_every_fact_and_source(known: PlatformFacts) -> None:
    page = Page(120)
    write_platform(known, page)
    text = "".join(plain(page).split())
    for fact in known.facts:
        if isinstance(fact.value, str) and fact.source and fact.confirmed:
            assert "".join(fact.source.split()) in text, fact.key
            assert "".join(fact.value.split()) in text, fact.key


def test_in_ascii_nothing_is_lost(capsys: pytest.CaptureFixture[str]) -> None:
    page = Page(80, "ascii")
    write_platforms(KNOWN, page)
    for one in KNOWN:
        write_platform(one, page)
    assert plain(page).isascii()


def test_json_has_all_facts_with_their_types(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["platforms", "--format", "json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert answer["version"] == 1 and [one["id"] for one in answer["platforms"]] == list(platforms.ids())
    assert run(["platforms", "do", "--format", "json"]) == 0
    (one,) = json.loads(capsys.readouterr().out)["platforms"]
    facts = {fact["key"]: fact for fact in one["facts"]}
    assert one["id"] == "digitalocean" and one["aliases"] == ["app-platform", "do"]
    assert facts["port.injected"]["value"] is True and facts["port.default"]["value"] == 8080
    assert facts["router.timeout_seconds"] == {
        "key": "router.timeout_seconds",
        "value": 100,
        "confirmed": False,
        "source": None,
    }
    assert facts["database.variables"]["value"] == ["DATABASE_URL"]


def test_another_name_and_a_wrong_one(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["platforms", "k8s"]) == 0
    assert capsys.readouterr().out.startswith("Kubernetes ")
    assert run(["platforms", "herokuu"]) == 2
    assert capsys.readouterr() == ("", "flaskprod-lint: there is no platform 'herokuu'; did you mean 'heroku'?\n")
