"""app.yaml, Cloud Run's YAML, cloudbuild.yaml and workflows: odd and broken files, and the facts of good ones."""

from __future__ import annotations

import json

import pytest
import yaml

from conftest import ROOT, SCHEMAS
from flaskprod_lint.inputs import app_engine, cloud_build, cloud_run, gcloudignore, workflows
from flaskprod_lint.source import Source

READERS = [
    (app_engine.read, "app.yaml"),
    (cloud_run.read, "service.yaml"),
    (cloud_build.read, "cloudbuild.yaml"),
    (workflows.read_github, ".github/workflows/deploy.yml"),
    (workflows.read_gitlab, ".gitlab-ci.yml"),
    (gcloudignore.read, ".gcloudignore"),
]
ODD = [
    "",
    "\n",
    "null\n",
    "[]\n",
    "runtime: python313\nenv_variables: [1, {A: b}, c]\nautomatic_scaling: 3\nentrypoint: {shell: [a]}\n",
    "runtime: [python313]\nhandlers: {}\n",
    "runtime: {{ runtime }}\nentrypoint: gunicorn main:app\nresources: 4\nliveness_check: /x\n",
    "runtime: python313\nentrypoint: 'gunicorn\n",
    "kind: Service\napiVersion: serving.knative.dev/v1\n",
    "kind: Service\napiVersion: serving.knative.dev/v1\nmetadata: []\n"
    "spec: {template: {spec: {containers: [1, {}]}}}\n",
    "kind: Job\napiVersion: run.googleapis.com/v1\nspec: {template: {spec: {template: {spec: {containers: x}}}}}\n",
    "kind: Service\napiVersion: serving.knative.dev/v1\nspec:\n  template:\n    spec:\n      containers:\n"
    "        - {image: a, env: [{name: A}, {value: b}, 3], ports: [{}, {containerPort: x}], args: {a: b}}\n",
    "steps:\n  - gcr.io/cloud-builders/docker\n  - {args: [a]}\n"
    "  - {name: gcr.io/cloud-builders/docker, args: build}\n",
    "steps: gcr.io/cloud-builders/docker\n",
    "jobs: [a]\n",
    "on: {push: }\njobs:\n  a: 3\n  b: {steps: {a: b}}\n  c: {steps: [1, {run: [x]}, {uses: a, with: [b]}]}\n",
    "on: [push\njobs:\n",
    "job:\n  script: {a: b}\n  before_script: text\n.hidden: [a]\ninclude: x\nvariables: [a]\n",
    "job:\n  script:\n    - [nested, list]\n    - - deeper\n",
    "!\n!/\n/\n**\n[\n#!include:.gitignore\n",
]


@pytest.mark.parametrize("text", ODD)
@pytest.mark.parametrize(("reader", "path"), READERS, ids=[path for _, path in READERS])
def test_odd_files_are_read(reader, path, text) -> None:  # type: ignore[no-untyped-def]
    assert reader(Source(path, text)).path == path


@pytest.mark.parametrize("number", range(0, 700, 7))
@pytest.mark.parametrize(("reader", "path"), READERS[:5], ids=[path for _, path in READERS[:5]])
def test_files_that_end_too_soon_are_read(reader, path, number) -> None:  # type: ignore[no-untyped-def]
    whole = ROOT / "tests" / "resolve" / "deployments"
    texts = {
        "app.yaml": whole / "app-engine" / "app.yaml",
        "service.yaml": whole / "cloud-run" / "service.yaml",
        "cloudbuild.yaml": whole / "cloud-run-build" / "cloudbuild.yaml",
        ".github/workflows/deploy.yml": whole / "cloud-run-workflow" / ".github" / "workflows" / "ci.yml",
        ".gitlab-ci.yml": whole / "cloud-run-source-guessed" / ".gitlab-ci.yml",
    }
    assert reader(Source(path, texts[path].read_text("utf-8")[:number])).path == path


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        ("runtime: python313\n", True),
        ("runtime: python\nenv: flex\n", True),
        ("runtime: custom\nservice: shop\n", True),
        ("runtime: docker\nname: shop\nhandlers: []\n", False),
        ("runtime: python3.12\nname: shop\nbuild: .\n", False),
        ("name: shop\nservices:\n  - name: web\n", False),
        ("app:\n  runtime: python313\n", False),
    ],
)
def test_an_app_yaml_of_app_engine(text: str, is_one: bool) -> None:
    assert app_engine.read(Source("app.yaml", text)).is_app_engine is is_one


def test_a_broken_app_yaml_is_a_problem_and_another_file_is_none() -> None:
    broken = "runtime: 'python313\nentrypoint: x\n"
    assert app_engine.read(Source("shop/app.yaml", broken)).problem is not None
    assert app_engine.read(Source("values.yaml", broken)).problem is None


@pytest.mark.parametrize(
    ("pattern", "left_out", "kept"),
    [
        ("*.pyc", "shop/a.pyc", "shop/a.py"),
        ("/docs", "docs/a.md", "shop/docs/a.md"),
        ("docs/", "shop/docs/a.md", "shop/a.md"),
        ("shop/tests", "shop/tests/a.py", "tests/a.py"),
        ("*.md\n!README.md", "a.md", "README.md"),
        ("# main.py", ".x", "main.py"),
    ],
)
def test_gcloudignore_is_written_like_gitignore(pattern: str, left_out: str, kept: str) -> None:
    found = gcloudignore.read(Source(".gcloudignore", pattern))
    assert found.excluded_by(kept) is None
    assert (found.excluded_by(left_out) is not None) == (not pattern.startswith("#"))


#: Schemas that the platforms publish are looked for beside the project; without them nothing is checked.
FIXTURES = [
    ("cloud-run-v1.json", "tests/**/service.yaml", "serving.knative.dev"),
    ("cloudbuild.json", "tests/**/cloudbuild.yaml", "steps:"),
]


@pytest.mark.parametrize(("schema", "pattern", "mark"), FIXTURES, ids=[name for name, _, _ in FIXTURES])
def test_fixtures_are_valid_by_the_published_schema(schema: str, pattern: str, mark: str) -> None:
    if not (SCHEMAS / schema).exists():
        pytest.skip("the schema is not here")
    jsonschema = pytest.importorskip("jsonschema")
    rules = json.loads((SCHEMAS / schema).read_text("utf-8"))
    checker = jsonschema.validators.validator_for(rules)(rules)
    files = [file for file in ROOT.glob(pattern) if mark in file.read_text("utf-8")]
    assert files
    for file in files:
        for document in yaml.safe_load_all(file.read_text("utf-8")):
            assert not [error.message for error in checker.iter_errors(document)], file
