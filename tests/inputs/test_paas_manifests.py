"""The manifests of App Platform, Cloud Foundry, Kamal, CapRover, Koyeb, Railway and Podman: facts, oddities."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import tomli

from conftest import ROOT, SCHEMAS
from flaskprod_lint.inputs import captain, cloud_foundry, digitalocean, kamal, koyeb, quadlet, railway
from flaskprod_lint.source import Located, Source


def text(value: Located[str] | None) -> str | None:
    return value.value if value is not None else None


# App Platform


def test_app_spec() -> None:
    spec = digitalocean.read(
        Source(
            ".do/app.yaml",
            """
envs:
  - key: ALL
    value: "1"
services:
  - name: web
    run_command: gunicorn app:app
    autoscaling: {max_instance_count: 4}
    instance_count: 2
    liveness_health_check: {http_path: /live}
    envs:
      - {key: A, value: x, scope: BUILD_TIME}
      - {key: B, type: SECRET}
      - {value: nameless}
      - just a text
  - not a mapping
jobs:
  - name: migrate
    run_command: flask db upgrade
  - name: early
    kind: PRE_DEPLOY
databases:
  - {name: db, engine: PG, production: true}
""",
        )
    )
    web, migrate, early = spec.components
    assert (web.kind, migrate.kind, early.kind) == ("web", "job", "job")
    assert (text(migrate.job), text(early.job)) == (None, "PRE_DEPLOY")
    assert (text(web.most_instances), text(web.instances), text(web.health_path)) == ("4", "2", "/live")
    assert [(one.name.value, text(one.value), one.scope, one.secret) for one in web.variables] == [
        ("A", "x", "BUILD_TIME", False),
        ("B", None, "RUN_AND_BUILD_TIME", True),
    ]
    assert [one.name.value for one in spec.variables] == ["ALL"]
    assert spec.databases[0].production and spec.problem is None


def test_template_of_the_button() -> None:
    spec = digitalocean.read(Source(".do/deploy.template.yaml", "spec:\n  services:\n    - name: web\n"))
    assert [one.name.value for one in spec.components] == ["web"]


# Cloud Foundry


def test_cloud_foundry_of_the_older_form() -> None:
    source = Source("manifest.yml", "memory: 1G\nbuildpack: python\nenv: {A: 1}\napplications:\n- name: shop\n")
    assert cloud_foundry.is_manifest(source)
    (shop,) = cloud_foundry.read(source).applications
    assert (text(shop.processes[0].memory), [one.value for one in shop.buildpacks]) == ("1G", ["python"])
    assert [(name.value, value.value) for name, value in shop.variables] == [("A", "1")]


def test_cloud_foundry_processes() -> None:
    source = Source(
        "manifest.yml",
        """
applications:
  - name: shop
    command: gunicorn app:app
    instances: 2
    no-route: false
    services: [one, {name: two}]
    processes:
      - {type: web, memory: 2G}
      - {type: worker, command: celery worker}
""",
    )
    (shop,) = cloud_foundry.read(source).applications
    web, worker = shop.processes
    assert (web.kind, text(web.command), text(web.memory), text(web.instances)) == (
        "web",
        "gunicorn app:app",
        "2G",
        "2",
    )
    assert (worker.kind, text(worker.command)) == ("worker", "celery worker")
    assert [one.value for one in shop.services] == ["one", "two"] and shop.has_route


@pytest.mark.parametrize("text_of_other", ["kind: Service\n", "# applications:\n", "name: x\n  applications: 1\n"])
def test_other_manifests(text_of_other: str) -> None:
    assert not cloud_foundry.is_manifest(Source("manifest.yml", text_of_other))


# Kamal

BASE = """
service: shop
image: me/shop
servers:
  web:
    hosts: [192.0.2.1, 192.0.2.2]
    options: {memory: 512m}
  jobs:
    hosts: [192.0.2.3]
    cmd: celery worker
env:
  clear: {A: 1, B: <%= ENV["B"] %>}
  secret: [C]
registry: {password: hunter2hunter2}
"""


def test_kamal() -> None:
    found = kamal.read(Source("config/deploy.yml", BASE))
    web, jobs = found.roles
    assert (web.hosts, text(web.memory), jobs.hosts, text(jobs.command)) == (2, "512m", 1, "celery worker")
    assert [(name.value, value.value) for name, value in found.variables] == [("A", "1"), ("B", '<%= ENV["B"] %>')]
    assert [name.value for name, _ in found.literals] == ["A", "B", "KAMAL_REGISTRY_PASSWORD"]
    assert found.is_kamal and found.template and not found.is_first_version


def test_kamal_destination() -> None:
    over = Source("config/deploy.staging.yml", "servers:\n  web:\n    hosts: [192.0.2.9]\nproxy: {app_port: 8000}\n")
    found = kamal.merged(Source("config/deploy.yml", BASE), over)
    assert [(role.name.value, role.hosts) for role in found.roles] == [("web", 1), ("jobs", 1)]
    assert (text(found.app_port), text(found.image)) == ("8000", "me/shop")


def test_kamal_of_the_first_version() -> None:
    found = kamal.read(
        Source("config/deploy.yml", "service: x\nimage: y\nservers: [a, b]\nhealthcheck: {path: /up, port: 3000}\n")
    )
    assert found.is_first_version and (text(found.app_port), text(found.health_path)) == ("3000", "/up")
    assert [(role.name.value, role.hosts) for role in found.roles] == [("web", 2)]


def test_deploy_yml_of_another_tool() -> None:
    assert not kamal.read(Source("config/deploy.yml", "stages: [build]\n")).is_kamal


# CapRover


def test_lines_of_a_dockerfile_keep_their_places() -> None:
    source = Source(
        "captain-definition",
        '{\n\t"schemaVersion": 2,\n\t"dockerfileLines": [\n\t\t"FROM python:3.13",\n'
        '\t\t"CMD [\\"gunicorn\\"]"\n\t]\n}\n',
    )
    facts = captain.read(source)
    lines = captain.as_dockerfile(facts).split("\n")
    assert facts.is_captain and lines[3].strip() == "FROM python:3.13" and lines[4].strip() == 'CMD ["gunicorn"]'
    assert source.lines[3].index("FROM") == lines[3].index("FROM")


def test_lines_on_one_line() -> None:
    facts = captain.read(Source("captain-definition", '{"schemaVersion": 2, "dockerfileLines": ["FROM a", "CMD b"]}'))
    assert captain.as_dockerfile(facts) == "FROM a\nCMD b\n"


# Podman


def test_quadlet() -> None:
    found = quadlet.read(
        Source(
            "shop.container",
            "[Container]\nImage=shop.build\nExec=gunicorn app:app\nEnvironment=A=1 'B=two words'\n"
            "Environment=C=3\nPublishPort=80:8000\n[Service]\nMemoryMax=1G\n",
        )
    )
    assert [(name.value, value.value) for name, value in found.environment] == [
        ("A", "1"),
        ("B", "two words"),
        ("C", "3"),
    ]
    assert (text(found.memory), [port.value for port in found.ports]) == ("1G", ["80:8000"])
    assert not quadlet.read(Source("x.container", "[Unit]\n")).is_quadlet
    build = quadlet.read_build(Source("shop.build", "[Build]\nImageTag=localhost/shop\nFile=./Containerfile\n"))
    assert (text(build.tag), text(build.file)) == ("localhost/shop", "./Containerfile")


# Koyeb


@pytest.mark.parametrize(
    "written",
    [
        "services:\n  - name: web\n    git: {buildpack: {run_command: serve}}\n    ports: [{port: 8000}]\n",
        "services:\n  web:\n    run: {command: serve}\n    port: 8000\n",
        "service:\n  name: web\n  run_command: serve\n  ports: [8000]\n",
        "app:\n  services:\n    - name: web\n      definition: {run_command: serve, ports: [{port: 8000}]}\n",
    ],
)
def test_forms_of_koyeb(written: str) -> None:
    (web,) = koyeb.read(Source("koyeb.yaml", written)).services
    assert (web.name.value, text(web.run_command), [port.value for port in web.ports]) == ("web", "serve", ["8000"])


# Railway


def test_railway_for_production() -> None:
    found = railway.read(
        Source(
            "railway.toml",
            '[deploy]\nstartCommand = "one"\nnumReplicas = 1\ndrainingSeconds = 5\n'
            '[environments.production.deploy]\nstartCommand = "two"\n'
            "[environments.production.deploy.multiRegionConfig.a]\nnumReplicas = 2\n"
            "[environments.production.deploy.multiRegionConfig.b]\nnumReplicas = 3\n"
            '[environments.staging.deploy]\nstartCommand = "three"\n',
        )
    )
    assert (text(found.start), text(found.replicas), text(found.draining)) == ("two", "5", "5")


def test_nixpacks() -> None:
    found = railway.read(
        Source(
            "nixpacks.toml",
            '[phases.install]\ncmds = ["a"]\n[phases.build]\ncmds = ["b", "c"]\n'
            '[start]\ncmd = "d"\n[variables]\nE = "f"\n',
        )
    )
    assert ([one.value for one in found.phases], text(found.start)) == (["a", "b", "c"], "d")
    assert [(name.value, value.value) for name, value in found.variables] == [("E", "f")]


# Broken ones

READERS: dict[str, Callable[[Source], Any]] = {
    ".do/app.yaml": digitalocean.read,
    "manifest.yml": cloud_foundry.read,
    "config/deploy.yml": kamal.read,
    "captain-definition": captain.read,
    "koyeb.yaml": koyeb.read,
    "shop.container": quadlet.read,
    "railway.json": railway.read,
}


@pytest.mark.parametrize("path", READERS)
@pytest.mark.parametrize(
    "written", ["", "a: [", "services: text\nservers: 1\napplications: {a: b}\n", "- 1\n- 2\n", "{}"]
)
def test_no_text_breaks_a_reader(path: str, written: str) -> None:
    READERS[path](Source(path, written))


@pytest.mark.skipif(not (SCHEMAS / "fly.json").is_file(), reason="Fly's schema is not here")
def test_our_fly_projects_are_what_the_schema_allows() -> None:
    schema = pytest.importorskip("jsonschema")
    document = json.loads((SCHEMAS / "fly.json").read_text("utf-8"))
    validator = schema.validators.validator_for(document)(document)
    projects = [path for path in (ROOT / "tests").glob("r*/**/fly.toml") if "manifest-unreadable" not in path.parts]
    assert projects
    for path in projects:
        values = tomli.loads(Path(path).read_text("utf-8"))
        assert not [error.message for error in validator.iter_errors(values)], path
