"""Several deployments of one project: told apart, judged each by its own, and shown side by side."""

from __future__ import annotations

from pathlib import Path

import pytest

from flaskprod_lint.cli import run
from flaskprod_lint.config import Config
from flaskprod_lint.finding import Compared
from flaskprod_lint.linting import lint
from flaskprod_lint.outputs.page import Page, cells
from flaskprod_lint.outputs.side_by_side import write_compared
from flaskprod_lint.outputs.terminal import plain

APP = 'from flask import Flask\n\napp = Flask(__name__)\napp.secret_key = "kept in the code"\n'
COMPOSE = """services:
  web:
    build: .
    restart: always
    ports: ["80:8000"]
    deploy:
      resources:
        limits:
          cpus: "2"
          memory: 1G
"""
DOCKERFILE = """FROM python:3.12-slim
WORKDIR /app
COPY . .
RUN pip install -r requirements.txt
CMD ["gunicorn", "--bind", "0.0.0.0:8000", "--workers", "3", "--threads", "2", "app:app"]
"""
FILES = {
    "app.py": APP,
    "requirements.txt": "flask==3.1.3\ngunicorn==27.0.1\n",
    "Procfile": "web: gunicorn --workers 14 --timeout 120 app:app\n",
    "Dockerfile": DOCKERFILE,
    "docker-compose.prod.yml": COMPOSE,
}


@pytest.fixture
def project(tmp_path: Path) -> Path:
    root = tmp_path / "shop"
    root.mkdir()
    for name, text in FILES.items():
        (root / name).write_text(text, "utf-8")
    return root


def test_each_is_judged_by_its_own_platform(project: Path) -> None:
    report = lint(project, Config(tiers=("basic",)))
    of = {finding.rule: finding.deployments for finding in report.findings}
    assert report.deployments == ["Procfile on Heroku", "docker-compose.prod.yml"]
    assert of["timeout-over-router"] == of["workers-over-tier"] == ("Procfile on Heroku",)
    cut_short = {f.at.path: f.deployments for f in report.findings if f.rule == "drain-cut-short"}
    assert cut_short == {
        "Procfile": ("Procfile on Heroku",),
        "docker-compose.prod.yml": ("docker-compose.prod.yml",),
    }


def test_what_is_the_same_is_reported_once(project: Path) -> None:
    report = lint(project, Config(tiers=("basic",)))
    places = [(finding.rule, finding.at) for finding in report.findings]
    assert len(places) == len(set(places))
    both = ("Procfile on Heroku", "docker-compose.prod.yml")
    assert any(finding.deployments == both for finding in report.findings)


def test_each_remedy_stands_under_the_deployment_that_needs_it(project: Path) -> None:
    (project / "start.sh").write_text("flask db upgrade\nexec gunicorn --workers 3 app:app\n", "utf-8")
    (project / "Procfile").write_text("web: sh start.sh\n", "utf-8")
    (project / "Dockerfile").write_text(f"{DOCKERFILE}CMD sh start.sh\n", "utf-8")
    report = lint(project)
    found = next(finding for finding in report.findings if finding.rule == "migrate-on-boot")
    assert found.at.path == "start.sh" and found.deployments == ("Procfile on Heroku", "docker-compose.prod.yml")
    assert found.instead == (
        "# Procfile on Heroku\nrelease: flask db upgrade\n"
        "# docker-compose.prod.yml\nmigrate:\n  command: flask db upgrade"
    )
    same = next(finding for finding in report.findings if finding.rule == "secret-key-hardcoded")
    assert same.deployments == found.deployments
    assert same.instead == 'app.secret_key = os.environ["SECRET_KEY"]'


def test_a_platform_narrows_the_run(project: Path) -> None:
    report = lint(project, Config(platform="docker-compose"))
    assert report.deployments == ["docker-compose.prod.yml"] and not report.compared
    assert not [finding for finding in report.findings if finding.rule == "timeout-over-router"]


def test_show_puts_them_side_by_side(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["show", str(project), "--tier", "basic"]) == 0
    table = capsys.readouterr().out.partition("Side by side\n")[2].splitlines()
    assert [" ".join(line.split()) for line in table] == [
        "deployment listens on serves with each with",
        "Procfile on Heroku 0.0.0.0:$PORT 14 workers (sync) 512 MiB",
        "docker-compose.prod.yml 0.0.0.0:8000 3 workers × 2 threads (gthread) 2 cores, 1024 MiB",
    ]


def test_one_deployment_needs_no_table(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (project / "Procfile").unlink()
    assert run(["show", str(project)]) == 0
    assert "Side by side" not in capsys.readouterr().out


ROWS = [
    Compared("Procfile on Heroku", "web", "0.0.0.0:$PORT", "9 workers (sync)", "2", "512 MiB", "18 of 20"),
    Compared("deploy/production/docker-compose.prod.yml", "web", "0.0.0.0:8000", "9 workers (sync)", "1", "", ""),
]


@pytest.mark.parametrize("width", [60, 80, 120])
def test_the_table_fits(width: int) -> None:
    page = Page(width)
    write_compared(ROWS, page)
    lines = plain(page).splitlines()
    assert len(lines) == 4 and all(cells(line) <= width for line in lines)


def test_the_report_shows_only_what_differs() -> None:
    page = Page(120)
    write_compared(ROWS, page, differences=True)
    head = plain(page).splitlines()[1]
    assert head.split() == ["deployment", "listens", "on", "instances", "each", "with", "connections"]
    same = Page(120)
    write_compared([ROWS[0], ROWS[0]], same, differences=True)
    assert not plain(same)
