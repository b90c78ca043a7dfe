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


def test_show_puts_them_side_by_side(
    project: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "100")
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


POD = """apiVersion: apps/v1
kind: Deployment
metadata: {name: shop}
spec:
  selector: {matchLabels: {app: shop}}
  template:
    metadata: {labels: {app: shop}}
    spec:
      containers:
        - name: shop
          image: registry.example.com/shop:1.0
          command: [gunicorn, --bind, "0.0.0.0:8000", "app:app"]
          ports: [{containerPort: 8000}]
"""


@pytest.fixture
def on_kubernetes(project: Path) -> Path:
    """The project with its manifests twice: plain ones, and those of a chart."""
    (project / "Procfile").unlink()
    (project / "docker-compose.prod.yml").unlink()
    for path in ("k8s/shop.yaml", "chart/templates/shop.yaml"):
        (project / path).parent.mkdir(parents=True)
        (project / path).write_text(POD, "utf-8")
    (project / "chart" / "Chart.yaml").write_text("apiVersion: v2\nname: shop\nversion: 1.0.0\n", "utf-8")
    return project


def test_the_same_in_two_manifests_of_one_app_is_told_once(on_kubernetes: Path) -> None:
    found = [finding for finding in lint(on_kubernetes).findings if finding.rule == "access-log-off"]
    assert [(finding.at.path, finding.deployments) for finding in found] == [
        ("chart/templates/shop.yaml", ("chart with Helm on Kubernetes", "k8s/shop.yaml on Kubernetes"))
    ]
    other = found[0].because[-1]
    assert (other.path, other.note) == ("k8s/shop.yaml", "the same in k8s/shop.yaml on Kubernetes")


def test_a_comment_silences_one_of_two_manifests(on_kubernetes: Path) -> None:
    path = on_kubernetes / "chart" / "templates" / "shop.yaml"
    path.write_text(
        POD.replace('"app:app"]', '"app:app"]  # flaskprod-lint: ignore[access-log-off] logged elsewhere'), "utf-8"
    )
    report = lint(on_kubernetes)
    found = [finding for finding in report.findings if finding.rule == "access-log-off"]
    assert [(finding.at.path, finding.deployments) for finding in found] == [
        ("k8s/shop.yaml", ("k8s/shop.yaml on Kubernetes",))
    ]
    assert [one.finding.at.path for one in report.suppressed] == ["chart/templates/shop.yaml"] and not report.stale


def test_the_same_in_two_apps_is_told_of_each(on_kubernetes: Path) -> None:
    (on_kubernetes / "chart" / "templates" / "shop.yaml").unlink()
    (on_kubernetes / "k8s" / "shop.yaml").unlink()
    for name in ("cart", "stock"):
        folder = on_kubernetes / name
        folder.mkdir()
        for file in ("app.py", "requirements.txt", "Dockerfile"):
            (folder / file).write_text(FILES[file], "utf-8")
        manifest = on_kubernetes / "k8s" / name / "pod.yaml"
        manifest.parent.mkdir()
        manifest.write_text(POD.replace("shop", name), "utf-8")
    (on_kubernetes / "Dockerfile").unlink()
    found = [finding for finding in lint(on_kubernetes).findings if finding.rule == "access-log-off"]
    assert [finding.at.path for finding in found] == ["k8s/cart/pod.yaml", "k8s/stock/pod.yaml"]


def test_of_versions_side_by_side_the_newest_counts(on_kubernetes: Path) -> None:
    (on_kubernetes / "chart" / "templates" / "shop.yaml").unlink()
    (on_kubernetes / "k8s" / "shop.yaml").unlink()
    for version in ("0.9", "0.10", "0.2"):
        path = on_kubernetes / "k8s" / "prod" / version / "shop.yaml"
        path.parent.mkdir(parents=True)
        path.write_text(POD, "utf-8")
    assert lint(on_kubernetes).deployments == ["k8s/prod/0.10/shop.yaml on Kubernetes"]
    chosen = lint(on_kubernetes, Config(production=("k8s/prod/0.2/*",)))
    assert "k8s/prod/0.2/shop.yaml on Kubernetes" in chosen.deployments
