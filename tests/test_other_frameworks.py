"""An app of another framework is no Flask app: it is called by its name, and its settings are not judged."""

from __future__ import annotations

from pathlib import Path

import pytest

from flaskprod_lint.finding import Verdict
from projects import CLEAN, lint_files


def reasons(folder: Path, app: str, command: str) -> dict[str, str]:
    """Why each item is not known, where a project of two frameworks starts this app."""
    dockerfile = CLEAN["Dockerfile"].rpartition("CMD ")[0] + f"CMD exec {command}\n"
    requirements = CLEAN["requirements.txt"] + "fastapi==0.116.1\nquart==0.20.0\ndjango==5.2.4\nuvicorn==0.35.0\n"
    files = {**CLEAN, "app.py": app, "Dockerfile": dockerfile, "requirements.txt": requirements}
    report = lint_files(folder, files)
    return {answer.item: answer.reason or "" for answer in report.checklist if answer.verdict is Verdict.UNKNOWN}


SERVED = "uvicorn --host 0.0.0.0 --port $PORT app:app"


@pytest.mark.parametrize(
    ("name", "app", "command"),
    [
        ("FastAPI", "from fastapi import FastAPI\n\napp = FastAPI()\n", SERVED),
        ("FastAPI", "import fastapi\n\n\nclass Api(fastapi.FastAPI):\n    pass\n\n\napp = Api()\n", SERVED),
        ("Quart", "from quart import Quart\n\napp = Quart(__name__)\n", SERVED),
        ("Django", "from django.core.wsgi import get_wsgi_application as make\n\napp = make()\n", "gunicorn app:app"),
        (
            "FastAPI",
            'import uvicorn\nfrom fastapi import FastAPI\n\nuvicorn.run(FastAPI(), host="0.0.0.0", port=8000)\n',
            "python app.py",
        ),
    ],
)
def test_app_of_another_framework(tmp_path: Path, name: str, app: str, command: str) -> None:
    found = reasons(tmp_path, app, command)
    for item in ("secrets", "debug"):
        assert f"`app` is a {name} app and no Flask app: its settings are not judged" in found[item]


def test_flask_app_within_another(tmp_path: Path) -> None:
    app = (
        "from a2wsgi import WSGIMiddleware\nfrom fastapi import FastAPI\nfrom flask import Flask\n\n"
        'flask_app = Flask(__name__)\napp = FastAPI()\napp.mount("/", WSGIMiddleware(flask_app))\n'
    )
    assert not {"secrets", "debug"} & reasons(tmp_path, app, SERVED).keys()
