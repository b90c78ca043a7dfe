"""Services of Cloud Run that no Dockerfile here builds, and how many requests at once an instance is sent."""

from __future__ import annotations

from pathlib import Path

import pytest

from flaskprod_lint.config import load_config
from flaskprod_lint.discover import open_project
from flaskprod_lint.linting import options_of
from flaskprod_lint.model import Deployment
from flaskprod_lint.resolve import resolve
from projects import CLEAN, lint_files, rules_of, write

REQUIREMENTS = "flask==3.1.0\ngunicorn==23.0.0\nflask-sqlalchemy==3.1.1\npsycopg[binary]==3.2.3\n"
APP = """\
import os

from flask import Flask
from flask_sqlalchemy import SQLAlchemy

app = Flask(__name__)
app.config["SECRET_KEY"] = os.environ.get("SECRET_KEY", "dev")
app.config["SQLALCHEMY_DATABASE_URI"] = "postgresql+psycopg://db/shop"
db = SQLAlchemy(app)
"""
PLAIN = {"app.py": APP, "requirements.txt": REQUIREMENTS}
COMMAND = "          command: [gunicorn, --bind, ':8080', app:app]\n"


def service(image: str = "gcr.io/acme/shop:1", *, spec: str = "", container: str = "", name: str = "shop") -> str:
    return (
        f"apiVersion: serving.knative.dev/v1\nkind: Service\nmetadata:\n  name: {name}\nspec:\n  template:\n    spec:\n"
        f"{spec}      containers:\n        - image: {image}\n{container}"
    )


def deployments(folder: Path, files: dict[str, str]) -> list[Deployment]:
    write(folder, files)
    return resolve(open_project(folder), options_of(load_config(folder)), lambda _, error: pytest.fail(repr(error)))


def test_what_the_manifest_gives_is_known_where_the_image_is_not(tmp_path: Path) -> None:
    env = "          env:\n            - {name: SECRET_KEY, value: 9f8a7c6e5d4b3a2918}\n"
    found = lint_files(tmp_path, {**PLAIN, "service.yaml": service(container=env)})
    assert found.platform == "cloud-run"
    assert rules_of(found).count("secret-in-manifest") == 1
    assert "secret-key-fallback" not in rules_of(found)
    assert {item.item: item.verdict.value for item in found.checklist}["server"] == "unknown"


def test_the_app_is_assumed_with_the_variables_of_the_service(tmp_path: Path) -> None:
    env = "          env:\n            - {name: SECRET_KEY, valueFrom: {secretKeyRef: {name: key, key: latest}}}\n"
    (one,) = deployments(tmp_path, {**PLAIN, "service.yaml": service(container=env)})
    (process,) = one.processes
    assert process.assumed is not None and process.assumed.text == "app:app"
    assert one.assumed.startswith("no file here builds the image")
    assert process.variables["SECRET_KEY"].origin.span is not None
    assert process.variables["SECRET_KEY"].origin.span.path == "service.yaml"


def test_a_command_of_the_service_is_judged_as_ever(tmp_path: Path) -> None:
    ports = "          ports: [{containerPort: 9000}]\n"
    found = lint_files(tmp_path, {**PLAIN, "service.yaml": service(container=COMMAND + ports)})
    (mismatch,) = [one for one in found.findings if one.rule == "port-mismatch"]
    assert mismatch.at.path == "service.yaml"


def test_nothing_is_said_of_what_the_image_may_hold(tmp_path: Path) -> None:
    other = COMMAND.replace("app:app", "elsewhere.wsgi:app")
    found = lint_files(tmp_path, {**PLAIN, "service.yaml": service(container=other)})
    about_files = {"wsgi-target-not-found", "output-buffered", "server-not-installed", "runs-as-root"}
    assert not about_files & set(rules_of(found))


@pytest.mark.parametrize(
    ("image", "name"),
    [
        ("nginx:1.27", "shop"),
        ("gcr.io/acme/frontend", "shop"),
        ("gcr.io/acme/web:1", "client"),
        ("us-docker.pkg.dev/cloudrun/container/hello", "shop"),
    ],
)
def test_an_image_of_something_else_is_not_judged(image: str, name: str, tmp_path: Path) -> None:
    found = lint_files(tmp_path, {**PLAIN, "service.yaml": service(image, name=name)})
    assert found.platform is None


def test_a_function_is_served_by_no_server_of_the_project(tmp_path: Path) -> None:
    text = service("gcr.io/acme/cloud-run-source-deploy/shop")
    function = "  annotations: {run.googleapis.com/build-function-target: handle}\n"
    found = lint_files(tmp_path, {**PLAIN, "service.yaml": text.replace("spec:", f"{function}spec:", 1)})
    assert found.platform is None


def test_no_flask_in_the_project_is_no_service_of_ours(tmp_path: Path) -> None:
    found = lint_files(tmp_path, {"main.py": "print(1)\n", "service.yaml": service()})
    assert found.platform is None


def test_a_dockerfile_of_something_else_is_none_of_the_app(tmp_path: Path) -> None:
    front = {"front/Dockerfile": 'FROM node:22\nCOPY . .\nCMD ["node", "x.js"]\n'}
    (one,) = deployments(tmp_path, {**PLAIN, **front, "service.yaml": service()})
    assert one.platform is not None and one.platform.id == "cloud-run" and one.assumed


def test_the_dockerfile_goes_first_where_there_is_one(tmp_path: Path) -> None:
    (one,) = deployments(tmp_path, {**CLEAN, "service.yaml": service()})
    assert one.image is not None and not one.assumed


# How many requests at once


def _concurrency(folder: Path, spec: str, container: str = "") -> object:
    (one,) = deployments(folder, {**PLAIN, "service.yaml": service(spec=spec, container=COMMAND + container)})
    found = one.processes[0].concurrency
    return None if found is None else (found.value, str(found.origin.span))


def test_container_concurrency(tmp_path: Path) -> None:
    assert _concurrency(tmp_path, "      containerConcurrency: 20\n") == (20, "service.yaml:8")


@pytest.mark.parametrize(
    ("cpu", "expected"), [("500m", (1, "service.yaml:12")), ("1", None), ("1000m", None), ("2", None)]
)
def test_zero_leaves_it_to_cloud_run(cpu: str, expected: object, tmp_path: Path) -> None:
    limits = f"          resources: {{limits: {{cpu: {cpu!r}}}}}\n"
    assert _concurrency(tmp_path, "      containerConcurrency: 0\n", limits) == expected


def test_one_request_at_a_time_is_what_one_worker_is_for(tmp_path: Path) -> None:
    one = service(spec="      containerConcurrency: 1\n", container=COMMAND)
    assert "single-worker" not in rules_of(lint_files(tmp_path / "one", {**PLAIN, "service.yaml": one}))
    many = service(spec="      containerConcurrency: 80\n", container=COMMAND)
    assert "single-worker" in rules_of(lint_files(tmp_path / "many", {**PLAIN, "service.yaml": many}))


@pytest.mark.parametrize(("sent", "used"), [(2, 8), (80, 32), (0, 32)])
def test_an_instance_opens_no_more_connections_than_it_is_sent_requests(sent: int, used: int, tmp_path: Path) -> None:
    start = COMMAND.replace("app:app", "--workers, '2', --threads, '8', app:app")
    limits = f"      containerConcurrency: {sent}\n"
    annotations = "    metadata: {annotations: {autoscaling.knative.dev/maxScale: '2'}}\n    spec:\n"
    text = service(spec=limits, container=start).replace("    spec:\n", annotations)
    (one,) = deployments(tmp_path, {**PLAIN, "service.yaml": text})
    assert one.budget is not None and one.budget.reachable == used


@pytest.mark.parametrize(
    ("name", "dockerfile"), [("api", "api/Dockerfile"), ("mailer", "mailer/Dockerfile"), ("x", None)]
)
def test_of_several_dockerfiles_the_one_of_that_name_is_meant(
    name: str, dockerfile: str | None, tmp_path: Path
) -> None:
    parts = {f"{folder}/{path}": text for folder in ("api", "mailer") for path, text in CLEAN.items()}
    found = deployments(tmp_path, {**parts, "deploy/service.yaml": service(f"gcr.io/acme/{name}:1", name=name)})
    on_cloud_run = [one for one in found if one.platform is not None]
    assert [one.image.dockerfile for one in on_cloud_run if one.image] == ([dockerfile] if dockerfile else [])
