"""The projects of examples/: one is ready, each of the others fails where it is broken and nowhere else."""

from __future__ import annotations

from pathlib import Path

import pytest

from conftest import ROOT
from flaskprod_lint.cli import run
from flaskprod_lint.config import load_config
from flaskprod_lint.finding import Report, Verdict
from flaskprod_lint.linting import lint

EXAMPLES = ROOT / "examples"

#: Every finding of each project: its rule, and the place that the person can change.
BROKEN: dict[str, set[str]] = {
    "not-ready-compose": {
        "env-file-committed deploy/production.env:2",
        "env-file-in-image Dockerfile:6",
        "migrate-on-boot deploy/start.sh:3",
        "secret-in-manifest docker-compose.prod.yml:11",
        "secret-in-manifest docker-compose.yml:14",
        "secret-in-manifest docker-compose.yml:8",
        "secret-in-manifest docker-compose.yml:9",
        "stop-signal-lost deploy/start.sh:4",
    },
    "not-ready-dev-server": {
        "debug-on web/main.py:15",
        "dev-server Makefile:3",
    },
    "not-ready-fallbacks": {
        "database-url-fallback shop/config.py:6",
        "secret-key-fallback shop/config.py:5",
    },
    "not-ready-fly-port": {
        "port-mismatch docker/gunicorn.py:1",
    },
    "not-ready-image": {
        "base-image-large Dockerfile:1",
        "build-context-unfiltered Dockerfile:3",
        "dependencies-unpinned requirements.txt:2",
        "dependencies-unpinned requirements/base.txt:1",
        "install-after-copy Dockerfile:4",
        "pip-cache-kept Dockerfile:4",
        "python-end-of-life Dockerfile:1",
        "runs-as-root Dockerfile:8",
    },
    "not-ready-logs": {
        "log-level-debug conf/gunicorn.py:4",
        "log-to-file conf/gunicorn.py:3",
        "log-to-file site_app/logs.py:7",
        "output-buffered Dockerfile:1",
    },
    "not-ready-nothing-answers": {
        "bind-loopback backend/gunicorn_settings.py:3",
        "factory-not-called scripts/run.sh:3",
        "timeout-disabled backend/gunicorn_settings.py:5",
        "workers-from-host-cpus backend/gunicorn_settings.py:4",
    },
    "not-ready-pool": {
        "pool-over-limit shop/settings.py:5",
        "pool-pre-ping-off shop/models.py:3",
    },
}


def report_on(name: str) -> Report:
    project = EXAMPLES / name
    report = lint(project, load_config(project))
    assert not report.crashes
    assert not report.problems
    return report


def test_every_example_is_tested() -> None:
    assert {folder.name for folder in EXAMPLES.iterdir() if folder.is_dir()} == {"ready", *BROKEN}


def test_ready_passes_every_item_with_evidence() -> None:
    report = report_on("ready")
    assert [finding.message for finding in report.findings] == []
    answers = {answer.item: answer for answer in report.checklist}
    assert {item: answer.verdict for item, answer in answers.items()} == dict.fromkeys(answers, Verdict.PASS)
    for answer in answers.values():
        assert answer.headline and any(place.span for place in answer.evidence)
    assert report.ready


def test_ready_exits_with_0(capsys: pytest.CaptureFixture[str]) -> None:
    assert run([str(EXAMPLES / "ready")]) == 0
    assert "Ready for production" in capsys.readouterr().out


@pytest.mark.parametrize("name", sorted(BROKEN))
def test_not_ready(name: str) -> None:
    report = report_on(name)
    assert {f"{finding.rule} {finding.at}" for finding in report.findings} == BROKEN[name]
    assert not report.ready


@pytest.mark.parametrize("name", sorted(BROKEN))
def test_not_ready_exits_with_1(name: str) -> None:
    assert run([str(EXAMPLES / name), "--output", "/dev/null"]) == 1


@pytest.mark.parametrize("name", sorted(BROKEN))
def test_broken_through_at_least_three_files(name: str) -> None:
    """The places of what is wrong, and of what leads there."""
    files: set[Path] = set()
    for finding in report_on(name).findings:
        files |= {Path(place.path) for place in (*finding.because,) if place.path} | {Path(finding.at.path)}
    assert len(files) >= 3
