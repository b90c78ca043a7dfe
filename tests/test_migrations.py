"""Which steps upgrade the database: by their words, or by the code of the command they call."""

from __future__ import annotations

from pathlib import Path

import pytest

from flaskprod_lint.discover import open_project
from flaskprod_lint.model import Command, Deployment, Package, Packages, Platform, Process, Step
from flaskprod_lint.resolve.database import migrations, schema_steps
from flaskprod_lint.source import Place, Project, Span

AT = Place(Span("Procfile", 1))
FOLDER = {
    "migrations/env.py": "from alembic import context\n",
    "migrations/versions/a.py": 'revision = "a1"\ndown_revision = None\n',
}
CODE = {
    "manage.py": """
from flask_migrate import upgrade
from app import cli

@cli.command("deploy")
def run_deploy():
    upgrade()

@cli.command()
def seed_data():
    print("no upgrade here")
""",
    "shop/commands.py": """
import click, subprocess
from flask_migrate import upgrade as _upgrade
from .schema import bring_up

@click.command(name="release")
def go():
    bring_up()

@bp.cli.command("shell-out")
def shell_out():
    subprocess.run(["flask", "db", "upgrade"], check=True)

@app.cli.command("tables")
def tables():
    db.create_all()

@app.cli.command("make")
def make():
    import flask_migrate
    flask_migrate.migrate(message="x")
""",
    "shop/schema.py": "from alembic import command\n\ndef bring_up():\n    command.upgrade(config(), 'head')\n",
    "scripts/migrate.py": "from alembic import command\n\nif True:\n    command.upgrade(None, 'head')\n",
    "scripts/create.py": "from app import db\nwith app.app_context():\n    db.create_all()\n",
    "scripts/plain.py": "def upgrade():\n    pass\nupgrade()\nprint('migrate')\n",
    "scripts/broken.py": "def upgrade(:\n",
}


def project_of(root: Path, files: dict[str, str]) -> Project:
    for path, text in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text, encoding="utf-8")
    return open_project(root)


def step(text: str, **more: object) -> Step:
    words = (*text.split(" ", 2)[:2], text.split(" ", 2)[2]) if text.startswith("python -c") else tuple(text.split())
    return Step(words, text, AT, cwd="/app", **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("flask db upgrade", "upgrade"),
        ("flask --app shop db upgrade", "upgrade"),
        ("python -m flask db upgrade head", "upgrade"),
        ("alembic upgrade head", "upgrade"),
        ("alembic -c conf/alembic.ini upgrade head", "upgrade"),
        ("python -um alembic upgrade head", "upgrade"),
        ("python manage.py db upgrade", "upgrade"),
        ("./manage.py db upgrade", "upgrade"),
        ("python manage.py deploy", "upgrade"),
        ("flask deploy", "upgrade"),
        ("flask release", "upgrade"),
        ("flask shell-out", "upgrade"),
        ("flask tables", "create_all"),
        ("flask make", "autogenerate"),
        ("flask seed-data", None),
        ("python manage.py seed-data", None),
        ("python scripts/migrate.py", "upgrade"),
        ("python /srv/shop/scripts/migrate.py", "upgrade"),
        ("python -m scripts.migrate", "upgrade"),
        ("python scripts/create.py", "create_all"),
        ("python scripts/plain.py", None),
        ("python scripts/broken.py", None),
        ("python -c from_app_import_db;db.create_all()", "create_all"),
        ("flask db migrate -m x", "autogenerate"),
        ("flask db init", "autogenerate"),
        ("flask db revision --autogenerate", "autogenerate"),
        ("flask db revision", None),
        ("flask db current", None),
        ("alembic revision --autogenerate -m x", "autogenerate"),
        ("flask run", None),
        ("pip install --upgrade pip", None),
        ("apt-get upgrade", None),
        ("gunicorn app:app", None),
        ("ftcli db upgrade", "upgrade"),
        ("python", None),
        ("flask", None),
    ],
)
def test_what_a_step_does(tmp_path: Path, text: str, kind: str | None) -> None:
    effect = schema_steps.effect_of(step(text), project_of(tmp_path, CODE), Packages())
    assert (effect.kind if effect else None) == kind


def test_a_guess_is_not_sure(tmp_path: Path) -> None:
    project = project_of(tmp_path, CODE)
    effect = schema_steps.effect_of(step("aleph upgrade"), project, Packages())
    assert effect is not None and not effect.sure
    effect = schema_steps.effect_of(step("shop now", entry_point="shop.schema:bring_up"), project, Packages())
    assert effect is not None and effect.sure and effect.kind == "upgrade"


def test_flask_db_migrate_upgrades_with_flask_db(tmp_path: Path) -> None:
    packages = Packages({"flask-db": Package("flask-db", "0.4", "exact", AT)})
    effect = schema_steps.effect_of(step("flask db migrate"), project_of(tmp_path, {}), packages)
    assert effect is not None and effect.kind == "upgrade"


def process(kind: str, *steps: Step, origin: str = "Procfile") -> Process:
    place = Place(Span(origin, 1))
    return Process(kind, kind, Command(steps[-1].text, "shell", place), steps=steps, main=len(steps) - 1)


def runs(project: Project, *processes: Process, **more: object) -> list[tuple[str, str, bool]]:
    heroku = Platform("heroku", "Heroku", runs_release=True)
    deployment = Deployment("Procfile", AT, processes=list(processes), platform=heroku)
    for name, value in more.items():
        setattr(deployment, name, value)
    found = migrations.of_deployment(project, deployment)
    assert found is not None and found.count == 1
    return [(run.where, run.kind, run.effective) for run in found.runs]


def test_where_they_run(tmp_path: Path) -> None:
    project = project_of(tmp_path, FOLDER)
    web = process("web", step("flask db upgrade"), step("gunicorn app:app"))
    assert runs(project, web) == [("boot", "upgrade", True)]
    assert runs(project, process("release", step("flask db upgrade"))) == [("release", "upgrade", True)]
    assert runs(project, process("worker", step("flask db upgrade"))) == [("release", "upgrade", True)]
    assert runs(project, process("worker", step("flask db upgrade"), step("celery worker"))) == [
        ("worker", "upgrade", True)
    ]


def test_what_does_not_count(tmp_path: Path) -> None:
    project = project_of(tmp_path, FOLDER)
    behind = process("release", step("flask db upgrade", background=True), step("flask clear-cache"))
    assert runs(project, behind) == [("release", "upgrade", False)]
    late = process("after", step("flask db upgrade"))
    assert runs(project, late, platform=Platform("digitalocean", "App Platform")) == [("after", "upgrade", False)]
    release = process("release", step("flask db upgrade"), origin="fly.toml")
    assert runs(project, release, platform=Platform("fly", "Fly.io")) == [("release", "upgrade", True)]


def test_release_line_that_is_passed_over(tmp_path: Path) -> None:
    project = project_of(tmp_path, {**FOLDER, "Procfile": "web: gunicorn app:app\nrelease: flask db upgrade\n"})
    deployment = Deployment("Procfile", AT, unused_release=Place(Span("Procfile", 2), "nobody runs it"))
    found = migrations.of_deployment(project, deployment)
    assert found is not None
    assert [(run.where, run.effective, run.reason) for run in found.runs] == [("unused", False, "nobody runs it")]


def test_elsewhere(tmp_path: Path) -> None:
    workflow = {".github/workflows/deploy.yml": "jobs:\n  x:\n    steps:\n      - run: flask db upgrade\n"}
    project = project_of(tmp_path, {**FOLDER, **workflow})
    found = migrations.of_deployment(project, Deployment("Procfile", AT))
    assert (
        found is not None
        and found.elsewhere is not None
        and str(found.elsewhere.span) == (".github/workflows/deploy.yml:4")
    )


@pytest.mark.parametrize(
    ("path", "text", "counts"),
    [
        (".github/workflows/test.yml", "- run: flask db upgrade\n- run: pytest\n", False),
        (".gitlab-ci.yml", "deploy:\n  script:\n    - alembic upgrade head\n", True),
        ("scripts/deploy.sh", "flask db upgrade\n", True),
        ("scripts/deploy.sh", "# flask db upgrade\n", False),
        ("bin/post_compile", "flask db upgrade\n", True),
        ("k8s/job.yaml", "kind: Job\ncommand: ['flask', 'db', 'upgrade']\n", True),
        ("chart/templates/job.yml", "      args:\n        - alembic\n        - upgrade\n        - head\n", True),
        (".ebextensions/01.config", "container_commands:\n  a:\n    command: flask db upgrade\n", True),
        ("docs/howto.yml", "run: flask db upgrade\n", False),
        ("docker-compose.test.yml", "services:\n  x:\n    command: flask db upgrade\n", False),
        ("site.yml", "- name: flask db upgrade\n  shell: true\n", False),
        ("scripts/other.sh", "flask db upgrade\n", False),
        ("scripts/test_migrations.sh", "flask db upgrade\n", False),
        ("tools/deploy.py", "import subprocess\nsubprocess.run('flask db upgrade', shell=True)\n", True),
        (
            ".github/workflows/ci.yml",
            "jobs:\n  test:\n    services:\n      db:\n    steps:\n      - run: flask db upgrade\n"
            "  deploy:\n    steps:\n      - run: make deploy\n",
            False,
        ),
        (
            ".github/workflows/ci.yml",
            "jobs:\n  test:\n    steps:\n      - run: pytest\n  deploy:\n    steps:\n      - run: flask db upgrade\n",
            True,
        ),
    ],
)
def test_what_counts_as_elsewhere(tmp_path: Path, path: str, text: str, counts: bool) -> None:
    found = migrations.of_deployment(project_of(tmp_path, {**FOLDER, path: text}), Deployment("Procfile", AT))
    assert found is not None and (found.elsewhere is not None) == counts


def test_the_folder_of_another_service(tmp_path: Path) -> None:
    other = {f"orders/{path}": text for path, text in FOLDER.items()} | {"orders/Dockerfile": "FROM python\n"}
    project = project_of(tmp_path, {**other, "mail/Dockerfile": "FROM python\n"})
    mine = Deployment("mail/Dockerfile", Place(Span("mail/Dockerfile", 1)))
    assert migrations.of_deployment(project, mine) is None
    found = migrations.of_deployment(project, Deployment("x", Place(Span("orders/Dockerfile", 1))))
    assert found is not None and found.count == 1


def test_no_migrations(tmp_path: Path) -> None:
    assert migrations.of_deployment(project_of(tmp_path, {"app.py": ""}), Deployment("Procfile", AT)) is None
