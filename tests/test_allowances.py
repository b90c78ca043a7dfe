"""What the platform gives one instance of a process, and how far a finding may go on a fact without a source."""

from __future__ import annotations

from pathlib import Path

import pytest

from flaskprod_lint.config import Config
from flaskprod_lint.finding import Confidence, Finding, Severity
from flaskprod_lint.linting import examine
from flaskprod_lint.model import Process
from flaskprod_lint.resolve import platforms
from flaskprod_lint.rules.platform_facts import careful
from flaskprod_lint.source import Span

FILES = {
    "app.py": "from flask import Flask\n\napp = Flask(__name__)\n",
    "requirements.txt": "flask==3.1.3\ngunicorn==27.0.1\n",
}
DOCKERFILE = {
    "Dockerfile": 'FROM python:3.12-slim\nCOPY . .\nCMD ["gunicorn", "--bind", "0.0.0.0:8080", "app:app"]\n',
}
FLY = 'app = "shop"\n\n[http_service]\ninternal_port = 8080\n'
RENDER = (
    "services:\n- type: web\n  name: shop\n  runtime: python\n  plan: {plan}\n  startCommand: gunicorn app:app\n"
    "databases:\n- name: db\n  plan: {database}\n"
)


def web(root: Path, files: dict[str, str], config: Config) -> Process:
    image = {} if "Procfile" in files or "render.yaml" in files else DOCKERFILE
    for name, text in {**FILES, **image, **files}.items():
        (root / name).write_text(text, "utf-8")
    return next(process for one in examine(root, config).production for process in one.web_processes)


def given(process: Process) -> tuple[object, object, object, object]:
    found = (process.cpus, process.memory, process.grace, process.router_timeout)
    cpus, memory, grace, router = (setting.value if setting is not None else None for setting in found)
    return cpus, memory, grace, router


@pytest.mark.parametrize(
    ("files", "config", "expected"),
    [
        ({"fly.toml": FLY}, Config(), (None, None, 5, None)),
        ({"fly.toml": FLY}, Config(tiers=("shared-cpu-2x",)), (2, 512, 5, None)),
        (
            {"fly.toml": f'kill_timeout = "2m"\n{FLY}\n[[vm]]\nsize = "performance-1x"\n'},
            Config(),
            (1, 2048, 120, None),
        ),
        ({"fly.toml": f'{FLY}\n[[vm]]\nsize = "shared-cpu-1x"\nmemory = "1gb"\n'}, Config(), (1, 1024, 5, None)),
        ({"render.yaml": RENDER.format(plan="pro plus", database="basic-1gb")}, Config(), (4, 8192, 30, 6000)),
        ({"render.yaml": RENDER.format(plan="free", database="free")}, Config(), (0.1, 512, 30, 6000)),
        ({"Procfile": "web: gunicorn app:app\n"}, Config(tiers=("standard-2x", "essential-0")), (None, 1024, 30, 30)),
        ({"Procfile": "web: gunicorn app:app\n"}, Config(tiers=("essential-0",)), (None, None, 30, 30)),
    ],
)
def test_what_an_instance_gets(
    files: dict[str, str], config: Config, expected: tuple[object, ...], tmp_path: Path
) -> None:
    assert given(web(tmp_path, files, config)) == expected


def test_each_says_where_it_comes_from(tmp_path: Path) -> None:
    process = web(tmp_path, {"fly.toml": f'{FLY}\n[[vm]]\nsize = "performance-2x"\n'}, Config())
    assert process.cpus is not None and process.memory is not None and process.grace is not None
    assert process.cpus.sure and str(process.cpus.span) == str(process.memory.span) == "fly.toml:7"
    assert process.grace.is_default and process.grace.origin.note == "Fly.io waits 5 s before it kills the process"


def test_a_shared_processor_is_not_sure(tmp_path: Path) -> None:
    process = web(tmp_path, {"fly.toml": f'{FLY}\n[[vm]]\nsize = "shared-cpu-4x"\n'}, Config())
    assert process.cpus is not None and not process.cpus.sure


def test_a_bare_image_gets_nothing(tmp_path: Path) -> None:
    assert given(web(tmp_path, {}, Config())) == (None, None, None, None)


@pytest.mark.parametrize(
    ("key", "severity", "expected"),
    [
        ("stop.grace_seconds", None, (None, Confidence.HIGH)),
        ("router.timeout_seconds", None, (Severity.WARNING, Confidence.MEDIUM)),
        ("router.timeout_seconds", Severity.ERROR, (Severity.WARNING, Confidence.MEDIUM)),
        ("router.timeout_seconds", Severity.NOTE, (Severity.NOTE, Confidence.MEDIUM)),
    ],
)
def test_what_has_no_source_makes_no_error(
    key: str, severity: Severity | None, expected: tuple[Severity | None, Confidence]
) -> None:
    finding = careful(Finding("", Span("a", 1), severity=severity), platforms.get("render"), key)
    assert (finding.severity, finding.confidence) == expected


def test_a_fact_without_a_source_says_so_wherever_it_is_shown(tmp_path: Path) -> None:
    text = RENDER.format(plan="starter", database="basic-256mb")
    process = web(tmp_path, {"render.yaml": text}, Config())
    assert process.router_timeout is not None and process.grace is not None
    assert (
        process.router_timeout.origin.note == "Render's router waits 6000 s for an answer (not confirmed by a source)"
    )
    assert process.grace.origin.note == "Render waits 30 s before it kills the process"
