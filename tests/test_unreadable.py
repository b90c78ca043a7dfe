"""A manifest that cannot be parsed is named with its line, and the rest of the project is judged all the same."""

from __future__ import annotations

from pathlib import Path

import pytest

from projects import APP, CLEAN, lint_files

REST = {"app.py": APP, "requirements.txt": CLEAN["requirements.txt"], "Procfile": "web: gunicorn -w 3 app:app\n"}
BROKEN = {
    "render.yaml": 'services:\n- type: web\n  name: "x\n',
    "fly.toml": "app =\n",
    "railway.toml": "[deploy\n",
    "railway.json": '{"deploy":',
    "nixpacks.toml": "[start\n",
    "railpack.json": '{"deploy":',
    "app.json": '{"name": "x", "scripts": {"postdeploy": "flask db upgrade"',
    "heroku.yml": "build: [\n",
    "apprunner.yaml": "run: a: b\n",
    ".ebextensions/web.config": "option_settings: [\n",
    "Dockerrun.aws.json": '{"AWSEBDockerrunVersion": "1"',
    "task.json": '{"containerDefinitions": [{"name": "x",]}',
    "copilot/web/manifest.yml": 'name: web\ntype: "Load\n',
    "azure.yaml": "name: [\n",
    "app.yaml": 'runtime: python312\nentrypoint: "gunicorn\n',
    "service.yaml": "apiVersion: serving.knative.dev/v1\nkind: [\n",
    "cloudbuild.yaml": "steps:\n- name: gcr.io/cloud-builders/docker\n  args: [build, .\n",
    ".do/app.yaml": "name: [\n",
    "manifest.yml": 'applications:\n- name: x\n  command: "gunicorn app:app\n',
    "koyeb.yaml": "services: [\n",
    "captain-definition": '{"schemaVersion": 2,',
    "config/deploy.yml": "service: x\nimage: me/x\nservers:\n  - 1.2.3.4\n proxy: {}\n",
    "k8s/web.yaml": "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n\tname: x\n",
    "k8s/kustomization.yaml": "resources: [a\n",
    "docker-compose.prod.yml": "services:\n  web: {\n",
    ".github/workflows/deploy.yml": "on: push\njobs:\n  d:\n    steps: [\n",
    ".gitlab-ci.yml": "deploy:\n  script: [a, b\n",
}


@pytest.mark.parametrize("path", BROKEN)
def test_it_is_named_and_the_run_goes_on(path: str, tmp_path: Path) -> None:
    report = lint_files(tmp_path, {**REST, path: BROKEN[path]})
    assert [problem.place.span.path for problem in report.problems if problem.place.span] == [path]
    assert "is broken" in report.problems[0].message
    assert report.checklist and not report.crashes


def test_another_file_of_that_name_is_nobodys_manifest(tmp_path: Path) -> None:
    report = lint_files(tmp_path, {**REST, "config/deploy.yml": "tasks: [\n"})
    assert not report.problems
