"""Every folder tests/rules/<rule>/{good,bad,unknown}[-what] is a small project; this runs its rule on it.

A bad project's findings stand in its expected.txt: `pytest tests/test_rules.py --accept -k RULE` writes them anew.
"""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from conftest import ROOT
from flaskprod_lint.catalogue import RULES
from flaskprod_lint.config import load_config
from flaskprod_lint.finding import Confidence, Finding, Report
from flaskprod_lint.linting import lint, marked

FOLDER = ROOT / "tests" / "rules"
PROJECTS = sorted(project for project in FOLDER.glob("*/*") if project.is_dir())


def run(project: Path, scratch: Path) -> Report:
    """Lint a copy that no git repository holds, so that the project stands alone."""
    copy = scratch / "project"
    shutil.copytree(project, copy, symlinks=True, ignore=shutil.ignore_patterns("expected.txt", "fixed.diff"))
    return lint(copy, load_config(copy))


def describe(finding: Finding) -> str:
    place = f"{finding.at.path}:{finding.at.line}:{finding.at.column}"
    lines = [f"{finding.level.value} {finding.rule} ({finding.confidence.value}) {place}", f"  {finding.message}"]
    lines += [f"  because  {place}" for place in finding.because]
    lines += [f"  instead  {line}" for line in (finding.instead or "").splitlines()]
    return "\n".join(lines) + "\n"


@pytest.mark.parametrize("project", PROJECTS, ids=lambda project: f"{project.parent.name}/{project.name}")
def test_project(project: Path, tmp_path: Path, accept: bool) -> None:
    report = run(project, tmp_path)
    assert not report.crashes
    found = [finding for finding in report.findings if finding.rule == project.parent.name]
    kind = project.name.partition("-")[0]
    text = "".join(map(describe, found))
    if kind == "bad":
        expected = project / "expected.txt"
        if accept:
            expected.write_text(text, "utf-8")
        assert text == expected.read_text("utf-8")
        assert found, "a bad project must be found"
    elif kind == "unknown":
        assert not [finding for finding in found if finding.confidence is Confidence.HIGH], text
    else:
        assert not text


def test_names_of_projects() -> None:
    odd = [project.name for project in PROJECTS if not re.fullmatch(r"(good|bad|unknown)(-[a-z0-9-]+)?", project.name)]
    assert not odd


def test_catalogue_and_rules_are_one_to_one() -> None:
    functions = [function.rule_id for function in marked("rule_id")]  # type: ignore[attr-defined]
    assert sorted(functions) == sorted(RULES)
    assert len(functions) == len(set(functions))


@pytest.mark.parametrize("rule", sorted(RULES))
def test_rule_has_projects(rule: str) -> None:
    kinds = {project.name.partition("-")[0] for project in PROJECTS if project.parent.name == rule}
    assert {"good", "bad"} <= kinds
