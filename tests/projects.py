"""Small projects that tests write down as text."""

from __future__ import annotations

from pathlib import Path

from flaskprod_lint.config import load_config
from flaskprod_lint.finding import Report
from flaskprod_lint.linting import lint

APP = "from flask import Flask\n\napp = Flask(__name__)\n"

DOCKERFILE = """\
FROM python:3.13-slim
ENV PYTHONUNBUFFERED=1
WORKDIR /app
COPY requirements.txt .
RUN pip install --no-cache-dir -r requirements.txt
COPY app.py ./
USER nobody
CMD exec gunicorn --bind 0.0.0.0:$PORT --workers 3 --worker-tmp-dir /dev/shm --access-logfile - app:app
"""

#: A project that has nothing wrong: an image with an app and no database.
CLEAN = {
    "app.py": APP,
    "requirements.txt": "flask==3.1.0\ngunicorn==23.0.0\n",
    "Dockerfile": DOCKERFILE,
    ".dockerignore": ".git\n.env\n",
}


def write(folder: Path, files: dict[str, str]) -> Path:
    """Write a project's files; the folder, for convenience."""
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, "utf-8")
    return folder


def lint_files(folder: Path, files: dict[str, str]) -> Report:
    """The report on a project of these files."""
    write(folder, files)
    return lint(folder, load_config(folder))


def rules_of(report: Report) -> list[str]:
    """The ids of the rules that found something, each as often as it did."""
    return [finding.rule for finding in report.findings]
