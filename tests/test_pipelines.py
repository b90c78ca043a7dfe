"""What pipelines say: gcloud's flags, the images they build, what they deploy, and where they migrate."""

from __future__ import annotations

from pathlib import Path

import pytest

from flaskprod_lint.discover import open_project
from flaskprod_lint.resolve.database import ci_upgrades
from flaskprod_lint.resolve.deployments import pipelines
from flaskprod_lint.resolve.deployments.pipelines import builds, gcloud, steps
from flaskprod_lint.resolve.options import Options
from projects import write

FLASK = {"app.py": "from flask import Flask\n\napp = Flask(__name__)\n"}
DOCKERFILE = "FROM python:3.13-slim\nCOPY app.py .\nCMD gunicorn app:app\n"


def _deploys(folder: Path, script: str):  # type: ignore[no-untyped-def]
    project = open_project(write(folder, {**FLASK, "deploy.sh": f"#!/bin/bash\n{script}\n"}))
    return [gcloud.deploys(project, run) for one in steps.find(project) for run in one.runs]


@pytest.mark.parametrize(
    ("text", "items"),
    [
        ("a,b,c", ["a", "b", "c"]),
        ("^@^a=1,2@b=3", ["a=1,2", "b=3"]),
        ("^::^a=1::b=2", ["a=1", "b=2"]),
        ("", []),
        ("^", ["^"]),
    ],
)
def test_lists_of_gcloud(text: str, items: list[str]) -> None:
    assert gcloud.split_list(text) == items


def test_flags_of_a_deploy(tmp_path: Path) -> None:
    script = """NAME=shop
gcloud beta run deploy $NAME --image=gcr.io/p/shop:1 --allow-unauthenticated \\
  --port 5000 --memory=512Mi --command=gunicorn --args=-b,:5000,app:app \\
  --set-env-vars="A=1,B=two words" --update-env-vars ^@^C=x,y@D=4 \\
  --set-secrets DATABASE_URL=db:latest --max-instances 7"""
    (found,) = [one for one in _deploys(tmp_path, script) if one is not None]
    assert (found.name, found.port.value, found.memory.value, found.most.value) == ("shop", "5000", "512Mi", "7")
    assert [word.value for word in (*found.command, *found.arguments)] == ["gunicorn", "-b", ":5000", "app:app"]
    pairs = {name.value: value.value for name, value in found.environment}
    assert pairs == {"A": "1", "B": "two words", "C": "x,y", "D": "4"}
    assert [name.value for name in found.secrets] == ["DATABASE_URL"]
    assert (found.port.span.line, found.span.line) == (4, 3)


def test_flags_before_the_verb(tmp_path: Path) -> None:
    (found,) = _deploys(tmp_path, "sudo gcloud --project shop --quiet run deploy api --source . --no-traffic")
    assert found is not None and (found.name, found.source.value) == ("api", ".")


@pytest.mark.parametrize(
    "line",
    [
        "gcloud run services list",
        "gcloud app deploy app.yaml",
        "echo gcloud run deploy shop --image x",
        "# gcloud run deploy shop --image x",
        "gcloud run deploy",
    ],
)
def test_what_deploys_nothing_of_this_project(tmp_path: Path, line: str) -> None:
    project = open_project(write(tmp_path, {**FLASK, "Dockerfile": DOCKERFILE, "deploy.sh": f"#!/bin/sh\n{line}\n"}))
    assert not list(pipelines.services(project))


@pytest.mark.parametrize(
    ("step", "dockerfile", "context", "target"),
    [
        ("docker build -t x .", "Dockerfile", "", None),
        ("docker build -t x -f deploy/Dockerfile.prod .", "deploy/Dockerfile.prod", "", None),
        ("cd api && docker buildx build --target web --push -t x .", "api/Dockerfile", "api", "web"),
        ("docker build api -t x --build-arg A=1 --no-cache", "api/Dockerfile", "api", None),
        ("sudo docker build --file=api/Dockerfile -t x api", "api/Dockerfile", "api", None),
    ],
)
def test_builds_of_scripts(tmp_path: Path, step: str, dockerfile: str, context: str, target: str | None) -> None:
    workflow = f"on: push\njobs:\n  image:\n    steps:\n      - run: {step}\n      - run: docker push x\n"
    project = open_project(write(tmp_path, {**FLASK, ".github/workflows/image.yml": workflow}))
    (pipeline,) = steps.find(project)
    (found,) = builds.of_pipeline(project, pipeline)
    assert (found.dockerfile, found.context, found.target, found.pushed) == (dockerfile, context, target, True)


def test_a_build_from_an_address_is_none_of_ours(tmp_path: Path) -> None:
    workflow = "on: push\njobs:\n  image:\n    steps:\n      - run: docker build -t x https://example.com/a.git\n"
    project = open_project(write(tmp_path, {**FLASK, ".github/workflows/image.yml": workflow}))
    (pipeline,) = steps.find(project)
    assert not builds.of_pipeline(project, pipeline)


def test_an_image_of_others_is_not_taken_for_ours(tmp_path: Path) -> None:
    script = "#!/bin/sh\ngcloud run deploy gateway --image gcr.io/endpoints-release/runtime:2\n"
    project = open_project(write(tmp_path, {**FLASK, "Dockerfile": DOCKERFILE, "deploy.sh": script}))
    assert not list(pipelines.services(project))


@pytest.mark.parametrize(
    ("path", "environment"),
    [
        (".github/workflows/ci.yml", "production"),
        (".github/workflows/deploy-dev.yml", "development"),
        (".github/workflows/deploy-prod.yml", "production"),
        ("deploy-dev.sh", "development"),
        ("test/cloudbuild.yaml", "development"),
        ("cloudbuild.yaml", "production"),
    ],
)
def test_what_a_pipeline_deploys_for(path: str, environment: str) -> None:
    assert pipelines.standing_of(path, Options()).environment == environment


JOB = "on: {on}\njobs:\n  deploy:\n{services}    steps:\n{steps}"
SERVICES = "    services:\n      db:\n        image: postgres:17\n"


@pytest.mark.parametrize(
    ("lines", "runs"),
    [
        (["run: heroku run flask db upgrade --app shop"], True),
        (["run: pytest", "run: ssh deploy@host 'cd shop && flask db upgrade'"], True),
        (["run: pytest", 'run: flyctl ssh console -C "flask db upgrade"'], True),
        (["run: pytest", "run: kubectl apply -f k8s/migrate-job.yaml"], True),
        (["run: gcloud run jobs execute shop-migrate --wait"], True),
        (["run: make migrate"], True),
        (["run: pytest", "run: flask db upgrade"], False),
        (["run: flask db upgrade", "run: pytest"], False),
        (["run: echo 'now run flask db upgrade'"], False),
        (["run: gcloud run jobs execute nightly-report"], False),
        (["run: kubectl apply -f k8s/"], False),
        (["run: flask db migrate"], False),
    ],
)
def test_where_workflows_migrate(tmp_path: Path, lines: list[str], runs: bool) -> None:
    text = JOB.format(on="push", services="", steps="".join(f"      - {line}\n" for line in lines))
    project = open_project(write(tmp_path, {**FLASK, ".github/workflows/deploy.yml": text}))
    assert (ci_upgrades.find(project) is not None) is runs


@pytest.mark.parametrize(("on", "services"), [("pull_request", ""), ("push", SERVICES)])
def test_what_tests_does_not_migrate_production(tmp_path: Path, on: str, services: str) -> None:
    text = JOB.format(on=on, services=services, steps="      - run: flask db upgrade\n")
    project = open_project(write(tmp_path, {**FLASK, ".github/workflows/deploy.yml": text}))
    assert ci_upgrades.find(project) is None
