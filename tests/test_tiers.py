"""The names of instance sizes and database plans, and what is said of one that is none."""

from __future__ import annotations

from pathlib import Path

import pytest

from flaskprod_lint.cli import run
from flaskprod_lint.config import load_config
from flaskprod_lint.linting import examine
from flaskprod_lint.resolve import platforms, tiers
from projects import write

APP = "from flask import Flask\napp = Flask(__name__)\n"


@pytest.mark.parametrize(
    ("platform", "tier", "known"),
    [
        ("heroku", "Basic", True),
        ("heroku", "heroku-postgresql:essential-0", True),
        ("heroku", "standard-5", True),
        ("heroku", "standard-1", False),
        ("render", "pro plus", True),
        ("render", "basic-1gb", True),
        ("render", "essential-0", False),
        ("pandastack", "Premium", True),
        ("fly", "shared-cpu-1x", True),
        ("fly", "performance-2x", True),
        ("fly", "performance-3x", False),
        ("render", "Standard", True),
        ("heroku", "standard-1X", True),
        ("digitalocean", "apps-s-1vcpu-0.5gb", True),
        ("digitalocean", "db-s-1vcpu-1gb", True),
        ("digitalocean", "db-s-1vcpu-3gb", False),
        ("scalingo", "2XL", True),
        ("koyeb", "eco-nano", True),
        ("gae-standard", "F4_1G", True),
    ],
)
def test_is_known(platform: str, tier: str, known: bool) -> None:
    found = platforms.get(platform)
    assert found is not None and tiers.is_known(tier, found) is known


def test_every_name_that_is_suggested_is_one() -> None:
    for name in platforms.ids():
        platform = platforms.get(name)
        assert platform is not None
        assert all(tiers.is_known(tier, platform) for tier in tiers.names(platform))


@pytest.mark.parametrize(
    ("files", "words", "said"),
    [
        (
            {"Procfile": "web: gunicorn app:app\n"},
            "--tier esential-0",
            "Heroku has no tier 'esential-0' that is known here; did you mean 'essential-0'?",
        ),
        (
            {},
            "--platform pandastack --tier huge",
            "PandaStack has no tier 'huge' that is known here; known are standard, free, pro, premium",
        ),
        (
            {"Procfile": "web: gunicorn app:app\n", "flaskprod-lint.toml": 'tiers = ["basic", "essental-1"]\n'},
            "",
            "Heroku has no tier 'essental-1' that is known here; did you mean 'essential-1'?",
        ),
    ],
)
def test_an_unknown_tier_is_one_clear_line(
    files: dict[str, str], words: str, said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, text in {"app.py": APP, **files}.items():
        (tmp_path / name).write_text(text, "utf-8")
    for command in ("check", "show"):
        assert run([command, str(tmp_path), *words.split()]) == 2
        assert capsys.readouterr() == ("", f"flaskprod-lint: {said}\n")


def test_where_no_platform_is_known_no_tier_is_judged(tmp_path: Path) -> None:
    (tmp_path / "app.py").write_text(APP, "utf-8")
    (tmp_path / "Dockerfile").write_text('FROM python:3.13-slim\nCMD ["gunicorn", "app:app"]\n', "utf-8")
    assert run([str(tmp_path), "--tier", "whatever", "--output", str(tmp_path / "out")]) in (0, 1)


def test_a_tier_may_be_that_of_either_platform(tmp_path: Path) -> None:
    (tmp_path / "app.py").write_text(APP, "utf-8")
    (tmp_path / "Procfile").write_text("web: gunicorn app:app\n", "utf-8")
    service = "services:\n- type: web\n  name: shop\n  runtime: python\n  startCommand: gunicorn app:app\n"
    (tmp_path / "render.yaml").write_text(service, "utf-8")
    words = ["--tier", "essential-0", "--tier", "starter", "--output", str(tmp_path / "out")]
    assert run([str(tmp_path), *words]) in (0, 1)
    assert run([str(tmp_path), *words, "--tier", "startr"]) == 2


def test_a_tier_has_the_place_that_names_it(tmp_path: Path) -> None:
    text = "services:\n- type: web\n  name: x\n  runtime: python\n  plan: starter\n  startCommand: gunicorn app:app\n"
    databases = "databases:\n- name: db\n  plan: basic-256mb\n- name: again\n  plan: '{{ plan }}'\n"
    write(tmp_path, {"app.py": APP, "requirements.txt": "flask\n", "render.yaml": text + databases})
    (one,) = examine(tmp_path, load_config(tmp_path)).production
    assert [(tier.value, str(tier.span), tier.origin.note) for tier in one.tiers] == [
        ("starter", "render.yaml:5", "plan: starter"),
        ("basic-256mb", "render.yaml:9", "plan: basic-256mb"),
    ]
