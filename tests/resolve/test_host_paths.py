"""Where a unit without a working directory keeps the project: its command may say so."""

from __future__ import annotations

from pathlib import Path

from projects import APP, lint_files

_UNIT = "[Service]\nExecStart=/srv/venv/bin/uwsgi --http :5000 --processes 4 {} --module wsgi:app\n"


def test_a_path_of_the_command_names_the_folder(tmp_path: Path) -> None:
    unit = _UNIT.format("--python-path /srv/shop/server")
    report = lint_files(tmp_path, {"server/wsgi.py": APP, "deploy/shop.service": unit})
    (server,) = (item for item in report.checklist if item.item == "server")
    assert server.headline == "uWSGI serves wsgi:app"
    found = next(finding for finding in report.findings if finding.rule == "output-buffered")
    assert found.instead == "Environment=PYTHONUNBUFFERED=1"
    assert [place.path for place in server.evidence][-1] == "server/wsgi.py"


def test_without_one_it_is_not_known(tmp_path: Path) -> None:
    report = lint_files(tmp_path, {"server/wsgi.py": APP, "deploy/shop.service": _UNIT.format("")})
    (server,) = (item for item in report.checklist if item.item == "server")
    assert server.verdict.value == "unknown"


def test_migrations_below_an_alembic_ini_of_their_own_are_run_by_alembic(tmp_path: Path) -> None:
    files = {
        "server/wsgi.py": f"import os\nfrom sqlalchemy import create_engine\n{APP}"
        "engine = create_engine(os.environ['DATABASE_URL'])\n",
        "server/requirements.txt": "flask==3.1.0\nsqlalchemy==2.0.40\nalembic==1.15.0\nuwsgi==2.0.28\n",
        "server/alembic.ini": "[alembic]\nscript_location = alembic\n",
        "server/alembic/env.py": "from alembic import context\n\ncontext.run_migrations()\n",
        "server/alembic/versions/1_first.py": 'revision = "1"\ndown_revision = None\n\n\ndef upgrade():\n    pass\n',
        "deploy/shop.service": _UNIT.format("--python-path /srv/shop/server"),
    }
    report = lint_files(tmp_path, files)
    found = next(finding for finding in report.findings if finding.rule == "no-release-step")
    assert found.instead == "ExecStartPre=sh -c 'cd /srv/shop/server && alembic upgrade head'"
