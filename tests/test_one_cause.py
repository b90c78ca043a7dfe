"""The same password and the same token in many places: each place is told once, by the rule that knows it best."""

from __future__ import annotations

import pytest

from flaskprod_lint.config import Config
from flaskprod_lint.finding import Finding
from flaskprod_lint.linting import lint
from projects import write

PASSWORD = "q7Zx9Lp4" + "Vn2Rt8Km"
TOKEN = "glpat-" + "x7Kq2Mv9Rt4Lw8Zn3Bp6"
FILES = {
    "app.py": "import config\nfrom flask import Flask\napp = Flask(__name__)\napp.config.from_object(config.Config)\n",
    "config.py": f"""\
import os

class Config:
    SECRET_KEY = os.environ.get("SECRET_KEY")
    MAIL_PASSWORD = "{PASSWORD}"
    GITLAB = "{TOKEN}"
    GITLAB_TOKEN = os.getenv("GITLAB_TOKEN", "{TOKEN}")
""",
    "requirements.txt": "flask==3.1.0\ngunicorn==23.0.0\n",
    ".dockerignore": ".git\n",
    "Dockerfile": f"""\
FROM python:3.13-slim
ARG GITLAB_TOKEN={TOKEN}
ENV MAIL_PASSWORD={PASSWORD}
WORKDIR /app
RUN export PIP_PASSWORD={PASSWORD} && pip install flask==3.1.0 gunicorn==23.0.0
COPY . .
CMD ["gunicorn", "-b", "0.0.0.0:8000", "app:app"]
""",
    "compose.yaml": f"""\
services:
  web:
    build:
      context: .
      args:
        GITLAB_TOKEN: {TOKEN}
    ports: ["8000:8000"]
    environment:
      MAIL_PASSWORD: {PASSWORD}
  worker:
    build: .
    command: celery -A app worker
    environment:
      MAIL_PASSWORD: {PASSWORD}
""",
    ".env": f"MAIL_PASSWORD={PASSWORD}\nGITLAB_TOKEN={TOKEN}\n",
    "fly.toml": f'app = "shop"\n[env]\nMAIL_PASSWORD = "{PASSWORD}"\n',
    "deploy.sh": f"#!/bin/sh\nexport MAIL_PASSWORD={PASSWORD}\ncurl -H 'PRIVATE-TOKEN: {TOKEN}' https://gitlab.com/api\n",
    "ops/release.sh": f"#!/bin/sh\nTOKEN={TOKEN}\n",
}


@pytest.fixture(scope="module")
def findings(tmp_path_factory: pytest.TempPathFactory) -> list[Finding]:
    report = lint(write(tmp_path_factory.mktemp("shop"), FILES), Config(select=("secrets",)))
    assert not report.crashes
    return report.findings


def test_no_place_is_told_twice(findings: list[Finding]) -> None:
    places = [(finding.at.path, finding.at.line) for finding in findings]
    assert len(places) == len(set(places))


def test_each_place_has_the_rule_that_knows_it_best(findings: list[Finding]) -> None:
    told = {(finding.at.path, finding.at.line): finding.rule for finding in findings}
    assert told == {
        ("config.py", 5): "credential-hardcoded",
        ("config.py", 6): "credential-hardcoded",
        ("config.py", 7): "credential-hardcoded",
        ("Dockerfile", 2): "secret-in-image",
        ("Dockerfile", 3): "secret-in-image",
        ("Dockerfile", 5): "secret-in-image",
        ("Dockerfile", 6): "env-file-in-image",
        ("compose.yaml", 6): "secret-in-manifest",
        ("compose.yaml", 9): "secret-in-manifest",
        (".env", 1): "env-file-committed",
        ("fly.toml", 3): "secret-in-manifest",
        ("deploy.sh", 2): "credential-committed",
        ("deploy.sh", 3): "credential-committed",
    }


def test_further_places_of_one_value_are_named_with_the_first(findings: list[Finding]) -> None:
    named = {
        (finding.at.path, finding.at.line): [
            (place.span.path, place.span.line) for place in finding.because if place.span is not None
        ]
        for finding in findings
    }
    assert named["compose.yaml", 9] == [("compose.yaml", 14)]
    assert named["deploy.sh", 3] == [("ops/release.sh", 2)]
