"""The configuration file: what is accepted, and the one line that a person gets for what is not."""

from __future__ import annotations

from pathlib import Path

import pytest

from flaskprod_lint.config import Config, ConfigError, load_config


def pyproject(folder: Path, lines: str) -> Path:
    (folder / "pyproject.toml").write_text(f"[tool.flaskprod-lint]\n{lines}\n", "utf-8")
    return folder


def message(folder: Path) -> str:
    with pytest.raises(ConfigError) as caught:
        load_config(folder)
    return str(caught.value).replace(f"{folder}/", "")


def test_nothing_said_is_the_default(tmp_path: Path) -> None:
    assert load_config(tmp_path) == Config()


def test_every_key(tmp_path: Path) -> None:
    config = load_config(
        pyproject(
            tmp_path,
            """
            select = ["server", "bind-loopback"]
            ignore = "pip-cache-kept"
            fail-on = "error"
            platform = "heroku"
            tiers = ["basic", "essential-0"]
            db-connections = 20
            instances = 2
            production = ["deploy/**"]
            development = ["dev/*"]
            today = 2026-11-24
            format = "json"
            output = "report.json"
            color = "never"
            quiet = true
            verbose = false
            """,
        )
    )
    assert config == Config(
        select=("server", "bind-loopback"),
        ignore=("pip-cache-kept",),
        fail_on="error",
        platform="heroku",
        tiers=("basic", "essential-0"),
        db_connections=20,
        instances=2,
        production=("deploy/**",),
        development=("dev/*",),
        today="2026-11-24",
        formats=("json",),
        output=str(tmp_path / "report.json"),
        color="never",
        quiet=True,
        origin=str(tmp_path / "pyproject.toml"),
    )


def test_a_file_of_our_own(tmp_path: Path) -> None:
    (tmp_path / "flaskprod-lint.toml").write_text('tier = "free"\n', "utf-8")
    assert load_config(tmp_path).tiers == ("free",)


def test_a_pyproject_of_others_is_not_read(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text("this is = = no TOML", "utf-8")
    assert load_config(tmp_path) == Config()


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ('ignor = ["x"]', "pyproject.toml:2: unknown key 'ignor'; did you mean 'ignore'?"),
        ("zzz = 1", "pyproject.toml:2: unknown key 'zzz'"),
        (
            'ignore = ["bind-loopbak"]',
            "pyproject.toml:2: ignore: there is no rule or checklist item 'bind-loopbak'; "
            "did you mean 'bind-loopback'?",
        ),
        ("select = 3", "pyproject.toml:2: select: must be a list of strings, not 3"),
        ("ignore = ['server', 2]", "pyproject.toml:2: ignore: must be a list of strings, without 2"),
        (
            'fail-on = "warnin"',
            "pyproject.toml:2: fail-on: must be one of error, warning, note, never, not 'warnin'; "
            "did you mean 'warning'?",
        ),
        ("instances = true", "pyproject.toml:2: instances: must be a whole number from 1, not true"),
        ("db-connections = 0", "pyproject.toml:2: db-connections: must be a whole number from 1, not 0"),
        ("quiet = 1", "pyproject.toml:2: quiet: must be true or false, not 1"),
        ("today = 'soon'", "pyproject.toml:2: today: must be a date such as 2026-11-24, not 'soon'"),
        ("tier = 'a'\ntiers = ['b']", "pyproject.toml:2: tier and tiers say the same: keep one of them"),
    ],
)
def test_what_is_wrong_is_said_with_its_line(tmp_path: Path, lines: str, expected: str) -> None:
    assert message(pyproject(tmp_path, lines)) == expected


def test_broken_toml(tmp_path: Path) -> None:
    found = message(pyproject(tmp_path, "a = = 2"))
    assert found.startswith("pyproject.toml: not valid TOML: ")
    assert "line 2" in found
    assert "\n" not in found


def test_not_utf8(tmp_path: Path) -> None:
    (tmp_path / "flaskprod-lint.toml").write_bytes(b'platform = "\xff"')
    assert message(tmp_path) == "flaskprod-lint.toml: not UTF-8, so not TOML"


def test_section_that_is_no_table(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text("[tool]\nflaskprod-lint = 1\n", "utf-8")
    assert message(tmp_path) == "pyproject.toml: tool.flaskprod-lint must be a table"


def test_both_files(tmp_path: Path) -> None:
    (tmp_path / "flaskprod-lint.toml").write_text('tier = "free"\n', "utf-8")
    assert message(pyproject(tmp_path, 'tier = "pro"')).endswith("both configure flaskprod-lint: keep one of them")


def test_the_section_pasted_into_our_own_file(tmp_path: Path) -> None:
    (tmp_path / "flaskprod-lint.toml").write_text("[tool.flaskprod-lint]\ninstances = 1\n", "utf-8")
    assert message(tmp_path) == "flaskprod-lint.toml: unknown key 'tool'; here the keys stand by themselves"


def test_a_file_that_is_named_and_missing(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="there is no such configuration file"):
        load_config(tmp_path, tmp_path / "nope.toml")
