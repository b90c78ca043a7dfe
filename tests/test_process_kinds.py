"""What a process is for, where only the script that it starts says so."""

from __future__ import annotations

from pathlib import Path

import pytest

from flaskprod_lint.config import Config
from flaskprod_lint.linting import examine
from projects import APP, write

DOCKERFILE = (
    'FROM python:3.13-slim\nWORKDIR /app\nCOPY . .\nRUN pip install -r requirements.txt\nCMD ["sh", "start.sh"]\n'
)
FILES = {"app.py": APP, "requirements.txt": "flask==3.1.0\ngunicorn==23.0.0\ncelery==5.4.0\n"}


def kinds(folder: Path, files: dict[str, str]) -> list[str]:
    """The kinds of all processes of production."""
    examined = examine(write(folder, {**FILES, **files}), Config())
    return [process.kind for deployment in examined.production for process in deployment.processes]


@pytest.mark.parametrize(
    ("script", "kind"),
    [
        ("exec celery -A tasks worker\n", "worker"),
        ("exec go-crond --include=cron/\n", "worker"),
        ("CMD='supercronic crontab'\nexec $CMD\n", "worker"),
        ("exec celery -A tasks flower\n", "web"),
        ("celery -A tasks worker &\nexec gunicorn app:app\n", "web"),
        ("gunicorn app:app &\nexec crond -f\n", "web"),
        ("exec ./serve\n", "web"),
    ],
)
def test_kind_by_the_program_of_a_script(tmp_path: Path, script: str, kind: str) -> None:
    assert kinds(tmp_path, {"Dockerfile": DOCKERFILE, "start.sh": script}) == [kind]


def test_the_platform_says_what_is_web(tmp_path: Path) -> None:
    files = {"Procfile": "web: sh start.sh\n", "start.sh": "exec celery -A tasks worker\n"}
    assert kinds(tmp_path, files) == ["web"]
