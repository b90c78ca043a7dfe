"""The Python interface: `flaskprod_lint.lint`, as somebody with many repositories calls it."""

from __future__ import annotations

import pickle
import subprocess
import sys
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import pytest

import flaskprod_lint
from conftest import ROOT
from flaskprod_lint import Config, ConfigError, Finding, NothingToLint, Report, lint

EXAMPLES = sorted((ROOT / "examples").iterdir())


def test_lint_gives_a_report() -> None:
    report = lint(ROOT / "examples" / "ready")
    assert isinstance(report, Report)
    assert (report.ready, report.findings, report.crashes) == (True, [], [])


def test_a_path_may_be_a_string_and_a_configuration_given() -> None:
    report = lint(str(ROOT / "examples" / "not-ready-fly-port"), Config(select=("port-mismatch",)))
    assert [type(finding) for finding in report.findings] == [Finding]


def test_the_projects_own_configuration_counts(tmp_path: Path) -> None:
    (tmp_path / "app.py").write_text("x = 1\n", "utf-8")
    (tmp_path / "flaskprod-lint.toml").write_text("fail-on = 'never'\nplatfrom = 'heroku'\n", "utf-8")
    with pytest.raises(ConfigError, match="platform"):
        lint(tmp_path)


def test_what_is_no_project_is_said(tmp_path: Path) -> None:
    with pytest.raises(NothingToLint):
        lint(tmp_path)
    with pytest.raises(NotADirectoryError):
        lint(tmp_path / "none")
    with pytest.raises(AttributeError):
        flaskprod_lint.nothing  # noqa: B018


@pytest.mark.parametrize("project", EXAMPLES, ids=lambda path: path.name)
def test_a_report_can_be_pickled(project: Path) -> None:
    report = lint(project)
    copy = pickle.loads(pickle.dumps(report))
    assert copy == report


def test_many_projects_in_many_processes() -> None:
    with ProcessPoolExecutor(2) as pool:
        reports = list(pool.map(lint, EXAMPLES))
    assert reports == [lint(project) for project in EXAMPLES]


def test_nothing_is_printed(capfd: pytest.CaptureFixture[str]) -> None:
    lint(ROOT / "examples" / "ready")
    assert capfd.readouterr() == ("", "")


def test_importing_it_is_cheap() -> None:
    code = "import sys, flaskprod_lint; print([name for name in sys.modules if name.startswith('flaskprod_lint.')])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
