"""Real outputs against the contract of JSON, version 1: every key, type and word, for whole projects."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from conftest import ROOT
from flaskprod_lint.cli import run
from json_contract import broken

EXAMPLES = sorted(folder for folder in (ROOT / "examples").iterdir() if folder.is_dir())
FIXTURES = sorted({path.parent: path for path in sorted((ROOT / "tests" / "rules").glob("*/*/"))}.values())
ODD = {
    "Dockerfile": 'FROM python:3.13-slim\nCMD ["gunicorn", "-b", "0.0.0.0:$PORT", "app:app"\n',
    "docker-compose.prod.yml": "services: [\n",
    "app.py": "from flask import Flask\napp = Flask(__name__\n",
    "render.yaml": "services:\n- type: web\n  runtime: python\n  startCommand: gunicorn app:app\n",
}


def printed(words: list[str], capsys: pytest.CaptureFixture[str]) -> str:
    assert run([*words, "--format", "json"]) in (0, 1)
    return capsys.readouterr().out


@pytest.mark.parametrize("command", ["check", "show"])
@pytest.mark.parametrize("project", [*EXAMPLES, *FIXTURES], ids=lambda path: str(path.relative_to(ROOT)))
def test_contract(command: str, project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert broken(command, printed([command, str(project)], capsys)) == []


@pytest.mark.parametrize("command", ["check", "show"])
def test_contract_for_broken_files(command: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name, text in ODD.items():
        (tmp_path / name).write_text(text, "utf-8")
    found = printed([command, str(tmp_path)], capsys)
    assert broken(command, found) == []
    if command == "check":
        paths = {problem["location"]["path"] for problem in json.loads(found)["problems"]}
        assert paths >= {"app.py", "docker-compose.prod.yml"}


def test_paths_are_relative_however_the_project_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(ROOT / "examples")
    outputs = [
        printed([name], capsys) for name in ("ready", "./ready/", "../examples/ready", str(ROOT / "examples/ready"))
    ]
    assert len(set(outputs)) == 1
    assert str(ROOT) not in outputs[0]


def test_the_reader_is_strict() -> None:
    """What the contract forbids is seen, or the tests above would prove nothing."""
    good = {
        "version": 1,
        "platform": None,
        "processes": [],
        "apps": [],
        "engines": [],
        "budget": {"limit": None, "used": None, "rows": [], "unknown": "no limit is known"},
    }
    assert broken("show", json.dumps(good)) == []
    place = {"path": "/etc/x", "line": 0, "column": 1, "end_line": 1, "end_column": 1, "note": ""}
    value = {"known": True, "value": 1, "environment": [], "unknown": "why", "origin": place, "overrides": []}
    wrong = {**good, "version": "1", "budget": {**good["budget"], "limit": value, "used": True}}
    del wrong["apps"]
    assert sorted(line.split(" ")[0] for line in broken("show", json.dumps(wrong))) == [
        "show",
        "show.budget.limit",
        "show.budget.limit.origin",
        "show.budget.limit.origin.note",
        "show.budget.limit.origin.path",
        "show.budget.used",
        "show.version",
    ]
