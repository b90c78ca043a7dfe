"""In the files of CI, what would work is found wherever it stands; a service beside the tests is left alone."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from flaskprod_lint.config import Config
from flaskprod_lint.finding import Finding
from flaskprod_lint.linting import lint
from flaskprod_lint.tokens.scanning import _forms
from made_tokens import made
from projects import write

APP = "from flask import Flask\n\napp = Flask(__name__)\n"
TOKEN = made(next(form for form in _forms() if form.prefix == "ghp_"), random.Random(3))
URL = "https://ci:Zt5rW8" + "kQ1mVx@registry.shop.dev/simple"
GITHUB = {
    "the workflow": "on: push\nenv:\n  VALUE: {}\njobs: {{test: {{runs-on: u, steps: []}}}}\n",
    "a job": "on: push\njobs:\n  test:\n    runs-on: u\n    env: {{VALUE: '{}'}}\n    steps: []\n",
    "a step": "on: push\njobs:\n  test:\n    steps:\n      - run: pytest\n        env:\n          VALUE: {}\n",
    "a command": "on: push\njobs:\n  test:\n    steps:\n      - run: |\n          curl {} | sh\n",
    "a service": "on: push\njobs:\n  test:\n    services:\n      db:\n        env: {{VALUE: '{}'}}\n",
    "an action": "on: push\njobs:\n  test:\n    steps:\n      - uses: a/b@v1\n        with:\n          value: '{}'\n",
    "a matrix": "on: push\njobs:\n  test:\n    strategy: {{matrix: {{value: ['{}']}}}}\n    steps: []\n",
}
OTHERS = {
    ".gitlab-ci.yml": "variables:\n  VALUE: {}\ntest:\n  script: [pytest]\n",
    ".gitlab/ci/test.yml": "test:\n  variables: {{VALUE: '{}'}}\n  script: [pytest]\n",
    ".circleci/config.yml": "version: 2.1\njobs:\n  test:\n    environment: {{VALUE: '{}'}}\n",
    ".travis.yml": "language: python\nenv:\n  global:\n    - VALUE={}\n",
    "azure-pipelines.yml": "variables:\n  value: '{}'\nsteps:\n  - script: pytest\n",
    "bitbucket-pipelines.yml": "pipelines:\n  default:\n    - step: {{script: ['export VALUE={}', pytest]}}\n",
    ".drone.yml": "kind: pipeline\nsteps:\n  - name: test\n    environment: {{VALUE: '{}'}}\n",
    "Jenkinsfile": "pipeline {{\n  environment {{ VALUE = '{}' }}\n}}\n",
    ".buildkite/pipeline.yml": "env:\n  VALUE: '{}'\nsteps: [{{command: pytest}}]\n",
    "tox.ini": "[testenv]\nsetenv =\n    VALUE = {}\n",
    ".github/actions/build/action.yml": "runs:\n  using: composite\n  steps:\n    - run: echo {}\n",
}
PLACES = {f".github/workflows/{name}.yml": text for name, text in GITHUB.items()} | OTHERS


def findings(folder: Path) -> list[Finding]:
    report = lint(folder, Config(select=("secrets",)))
    assert not report.crashes
    return [one for one in report.findings if one.rule != "secret-key-missing"]


@pytest.mark.parametrize("value", [TOKEN, URL], ids=["token", "password in a URL"])
@pytest.mark.parametrize("path", PLACES)
def test_what_would_work_is_found(tmp_path: Path, path: str, value: str) -> None:
    write(tmp_path, {"app.py": APP, path: PLACES[path].format(value)})
    (finding,) = findings(tmp_path)
    assert (finding.rule, finding.at.path, finding.level.value) == ("credential-committed", path, "warning")


@pytest.mark.parametrize(
    "value",
    [
        "postgres",
        "postgresql://postgres:postgres@localhost:5432/test",
        "postgresql://shop:Zt5rW8kQ1mVx@127.0.0.1/test",
        "${{{{ secrets.TOKEN }}}}",
        "https://$CI_USER:$CI_PASSWORD@registry.shop.dev",
        "https://gitlab-ci-token:${{CI_JOB_TOKEN}}@gitlab.shop.dev/shop.git",
        "c2d9f0a4-3b61-4f0e-9a38-5c7d1e2f8b90",
    ],
)
@pytest.mark.parametrize("path", PLACES)
def test_what_only_tests_need_is_none(tmp_path: Path, path: str, value: str) -> None:
    text = PLACES[path].format(value.format()).replace("VALUE", "DB_PASSWORD").replace("value", "db_password")
    write(tmp_path, {"app.py": APP, path: text})
    assert findings(tmp_path) == []


@pytest.mark.parametrize("value", ["postgresql://shop:shop@db/test", "redis://:Zt5rW8kQ1mVx@redis:6379/0"])
@pytest.mark.parametrize("path", PLACES)
def test_the_password_of_a_service_is_a_note_at_most(tmp_path: Path, path: str, value: str) -> None:
    write(tmp_path, {"app.py": APP, path: PLACES[path].format(value)})
    assert {one.level.value for one in findings(tmp_path)} <= {"note"}


SERVICE = """\
on: [push, pull_request]
jobs:
  test:
    runs-on: ubuntu-latest
    services:
      postgres:
        image: postgres:16
        env: {POSTGRES_USER: shop, POSTGRES_PASSWORD: %s, POSTGRES_DB: test}
    env:
      SECRET_KEY: %s
      API_TOKEN: %s
      AWS_SECRET_ACCESS_KEY: testing
    steps:
      - uses: actions/checkout@v4
      - run: pytest
"""


@pytest.mark.parametrize("value", ["postgres", "hunter2", "Zt5rW8kQ1mVx", "only-for-the-tests", "7f3c9a1e5b2d8f40"])
def test_plain_names_with_values_in_tests_are_none(tmp_path: Path, value: str) -> None:
    write(tmp_path, {"app.py": APP, ".github/workflows/test.yml": SERVICE % (value, value, value)})
    assert findings(tmp_path) == []
