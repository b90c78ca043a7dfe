"""A manifest that cannot be parsed is a finding with its line, and the rest of the project is judged all the same."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from flaskprod_lint.finding import Finding, Report, Severity
from projects import APP, CLEAN, lint_files

REST = {"app.py": APP, "requirements.txt": CLEAN["requirements.txt"], "Procfile": "web: gunicorn -w 3 app:app\n"}
#: By the path of a manifest: its broken text, and the line that is named.
BROKEN = {
    "Dockerfile": ("FROM python:3.13-slim\nENV PORT\nCMD gunicorn app:app\n", 2),
    "render.yaml": ('services:\n- type: web\n  name: "x\n', 4),
    "fly.toml": ("app =\n", 1),
    "fly.production.toml": ('app = "x"\n[env\n', 2),
    "railway.toml": ("[deploy\n", 1),
    "railway.json": ('{"deploy":', 1),
    "nixpacks.toml": ("[start\n", 1),
    "railpack.json": ('{"deploy":', 1),
    "app.json": ('{"name": "x", "scripts": {"postdeploy": "flask db upgrade"', 1),
    "scalingo.json": ('{"name": "x",\n "formation": {"web": {"amount": 1}', 2),
    "heroku.yml": ("build: [\n", 2),
    "apprunner.yaml": ("run: a: b\n", 1),
    ".ebextensions/web.config": ("option_settings: [\n", 2),
    "Dockerrun.aws.json": ('{"AWSEBDockerrunVersion": "1"', 1),
    "task.json": ('{"containerDefinitions": [{"name": "web",]}', 1),
    "stack.yaml": ("Resources:\n  T:\n    Properties:\n      ContainerDefinitions: [{Name: web\n", 5),
    "copilot/web/manifest.yml": ('name: web\ntype: "Load\n', 3),
    "azure.yaml": ("name: [\n", 2),
    "containerapp.yaml": ("properties:\n  managedEnvironmentId: /x\n  configuration: {ingress: {targetPort: 80}\n", 4),
    "app.yaml": ('runtime: python312\nentrypoint: "gunicorn\n', 3),
    "service.yaml": ("apiVersion: serving.knative.dev/v1\nkind: [\n", 3),
    "cloudbuild.yaml": ("steps:\n- name: gcr.io/cloud-builders/docker\n  args: [build, .\n", 4),
    ".do/app.yaml": ("name: [\n", 2),
    "manifest.yml": ('applications:\n- name: x\n  command: "gunicorn app:app\n', 4),
    "koyeb.yaml": ("services: [\n", 2),
    "captain-definition": ('{"schemaVersion": 2,', 1),
    "config/deploy.yml": ("service: x\nimage: me/x\nservers:\n  - 1.2.3.4\n proxy: {}\n", 5),
    "k8s/web.yaml": ("apiVersion: apps/v1\nkind: Deployment\nmetadata:\n\tname: x\n", 4),
    "k8s/map.yaml": ("apiVersion: v1\nkind: ConfigMap\ndata:\n  PORT: '8000\n", 5),
    "k8s/two.yaml": ("apiVersion: v1\nkind: Service\n---\napiVersion: apps/v1\nkind: Deployment\nspec: [\n", 7),
    "k8s/web.json": ('{"apiVersion": "apps/v1", "kind": "Deployment",\n "spec": {', 2),
    "k8s/kustomization.yaml": ("resources: [a\n", 2),
    "chart/Chart.yaml": ("apiVersion: v2\nname: [shop\n", 3),
    "chart/values.yaml": ("image:\n  tag: 'x\n", 3),
    "docker-compose.prod.yml": ("services:\n  web: {\n", 3),
    "shop.container": ("[Container]\nImage=localhost/shop\nPublishPort 80:8000\n", 3),
    "shop.service": ("[Service\nExecStart=/srv/shop/bin/gunicorn app:app\n", 1),
    "supervisord.conf": ("[supervisord]\nnodaemon=true\n[program:web]\nautorestart true\n", 4),
    ".github/workflows/deploy.yml": ("on: push\njobs:\n  deploy:\n    steps: [\n", 5),
    ".gitlab-ci.yml": ("deploy:\n  script: [a, flask db upgrade\n", 3),
}
#: Lines that only say nothing by themselves, and leave the rest of a file as it is.
SLIGHT = {
    "Procfile": ("web: gunicorn -w 3 app:app\nworker python jobs.py\n", 2),
    "Dockerfile": ('FROM python:3.13-slim\nCMD ["gunicorn", "app:app"] # starts it\n', 2),
}
#: Files that only mean something beside others.
BESIDE = {
    "k8s/map.yaml": {"k8s/web.yaml": "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: x}\n"},
    "chart/Chart.yaml": {"chart/templates/web.yaml": "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: x}\n"},
    "chart/values.yaml": {
        "chart/Chart.yaml": "apiVersion: v2\nname: shop\n",
        "chart/templates/web.yaml": "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: x}\n",
    },
}


def unreadable(report: Report) -> list[Finding]:
    return [finding for finding in report.findings if finding.rule == "manifest-unreadable"]


@pytest.mark.parametrize("path", BROKEN)
def test_it_is_named_and_the_run_goes_on(path: str, tmp_path: Path) -> None:
    text, line = BROKEN[path]
    report = lint_files(tmp_path, {**REST, **BESIDE.get(path, {}), path: text})
    (finding,) = unreadable(report)
    assert (finding.at.path, finding.at.line, finding.level) == (path, line, Severity.ERROR)
    assert [problem.place.span.path for problem in report.problems if problem.place.span] == [path]
    assert report.checklist and not report.crashes


@pytest.mark.parametrize("path", SLIGHT)
def test_a_line_that_says_nothing_leaves_the_rest(path: str, tmp_path: Path) -> None:
    text, line = SLIGHT[path]
    report = lint_files(tmp_path, {**REST, path: text})
    (finding,) = unreadable(report)
    assert (finding.at.path, finding.at.line, finding.level) == (path, line, Severity.WARNING)
    assert "nothing of it could be judged" not in finding.message


#: Lines that systemd refuses or passes over, with what it does, as `systemd-analyze verify` says it.
UNITS = {
    "[Service]\nExecStart=/srv/bin/gunicorn app:app\nUser www-data\n": (3, "passes over", Severity.WARNING),
    "User=x\n[Service]\nExecStart=/srv/bin/gunicorn app:app\n": (1, "passes over", Severity.WARNING),
    "[Service]\nExecStart=/srv/bin/gunicorn app:app\n=x\n": (3, "passes over", Severity.WARNING),
    "[Service] # the app\nExecStart=/srv/bin/gunicorn app:app\n": (1, "refuses", Severity.ERROR),
    "[Unit\n[Service]\nExecStart=/srv/bin/gunicorn app:app\n": (1, "refuses", Severity.ERROR),
    "[Service]\nExecStart=/bin/sh -c 'gunicorn app:app\n": (2, "does not start", Severity.ERROR),
    "[Service]\nExecStart=/srv/bin/gunicorn --name=it's app:app\n": (2, "does not start", Severity.ERROR),
    "[Service]\nExecStartPre=-/bin/echo 'x\nExecStart=/srv/gunicorn app:app\n": (2, "passes over", Severity.WARNING),
    '[Service]\nEnvironment="A=1\nExecStart=/srv/bin/gunicorn app:app\n': (2, "passes over", Severity.WARNING),
}


@pytest.mark.parametrize("text", UNITS)
def test_what_systemd_makes_of_a_unit(text: str, tmp_path: Path) -> None:
    (finding,) = unreadable(lint_files(tmp_path, {**REST, "shop.service": text}))
    line, does, level = UNITS[text]
    assert (finding.at.path, finding.at.line, finding.level) == ("shop.service", line, level)
    assert f"systemd {does}" in finding.message


@pytest.mark.parametrize("text", UNITS)
def test_systemd_itself_says_the_same(text: str, tmp_path: Path) -> None:
    """The real program names the same line. It looks for programs as well, so theirs is one that is there."""
    program = shutil.which("systemd-analyze")
    if program is None:
        pytest.skip("there is no systemd here")
    unit = tmp_path / "shop.service"
    unit.write_text(text.replace("/srv/bin/gunicorn", "/bin/true").replace("/srv/gunicorn", "/bin/true"), "utf-8")
    said = subprocess.run([program, "verify", "--man=no", str(unit)], capture_output=True, text=True, timeout=30)
    line, does, _ = UNITS[text]
    assert f"{unit}:{line}: " in said.stderr
    assert (said.returncode == 0) is (does == "passes over")


@pytest.mark.parametrize(
    "text",
    [
        "[Service]\nExecStart=/bin/sh -c 'a \"b' --x \\\n  # about y\n  --y 'gunicorn app:app'\n; end\n",
        "[Service]\n  ExecStart = /srv/bin/gunicorn app:app\n[X-Odd]\nAny=it's\nDescription=John's app\n",
        "[Service]\nExecStart=/srv/bin/gunicorn --name it\\'s app:app\nEnvironment=\n",
    ],
)
def test_systemd_takes_these(text: str, tmp_path: Path) -> None:
    assert not unreadable(lint_files(tmp_path, {**REST, "shop.service": text}))


def test_a_unit_of_something_else_is_no_deployment(tmp_path: Path) -> None:
    assert not unreadable(lint_files(tmp_path, {**REST, "redis.service": "[Service\nExecStart=/bin/redis-server\n"}))


#: What supervisord makes of a configuration, as its own parser (4.2) says: refused at a line, a section that it does
#: not see, or taken.
SUPERVISED = {
    "[program:web\ncommand=gunicorn app:app\n": (3, "does not see"),
    "[program:web]\ncommand=gunicorn app:app\nthis line\n": (5, "refuses"),
    "[program:web]\ncommand=gunicorn app:app\n=x\n": (5, "refuses"),
    "[]\n[program:web]\ncommand=gunicorn app:app\n": (3, "refuses"),
    "[program:web]\ncommand: gunicorn app:app\n": None,
    "[program:web]\n  command=gunicorn app:app\n  user=www\n": None,
    "[program:web] ; it's\ncommand=gunicorn app:app ; it's\n": None,
    "[program:web]\ncommand=gunicorn\n\n  app:app\n# about\n    --workers 3\n": None,
    "[program:web]\nCOMMAND=gunicorn app:app # it's\n": None,
    "[program:web]\ncommand=gunicorn app:app\n[eventlistener:x] y\n": None,
}


@pytest.mark.parametrize("text", SUPERVISED)
def test_what_supervisord_makes_of_a_configuration(text: str, tmp_path: Path) -> None:
    files = {**REST, "supervisord.conf": f"[supervisord]\nnodaemon=true\n{text}"}
    found = unreadable(lint_files(tmp_path, files))
    expected = SUPERVISED[text]
    if expected is None:
        assert not found
    else:
        (finding,) = found
        assert (finding.at.line, f"supervisord {expected[1]}" in finding.message) == (expected[0], True)


def test_options_before_any_section_are_refused_by_supervisord(tmp_path: Path) -> None:
    files = {**REST, "supervisord.conf": "nodaemon=true\n[program:web]\ncommand=gunicorn app:app\n"}
    (finding,) = unreadable(lint_files(tmp_path, files))
    assert finding.at.line == 1


@pytest.mark.parametrize(
    "text", ["Image=x\n[Container]\n", "[Container]\nImage localhost/shop\n", "[Container\nImage=x\n"]
)
def test_podman_makes_no_unit_of_a_broken_quadlet(text: str, tmp_path: Path) -> None:
    (finding,) = unreadable(lint_files(tmp_path, {**REST, "shop.container": text}))
    assert "Podman refuses shop.container" in finding.message


# Not broken


def test_another_file_of_that_name_is_nobodys_manifest(tmp_path: Path) -> None:
    report = lint_files(tmp_path, {**REST, "config/deploy.yml": "tasks: [\n"})
    assert not report.problems


def test_a_workflow_that_only_tests_deploys_nothing(tmp_path: Path) -> None:
    text = "on: push\njobs:\n  unit:\n    steps: [\n"
    report = lint_files(tmp_path, {**REST, ".github/workflows/ci.yml": text})
    assert report.problems and not unreadable(report)


@pytest.mark.parametrize(
    "piece", ["{{ name }}", "${{ vars.NAME }}", "{% if name %}\n{{ name }}\n{% endif %}", "<%= name %>"]
)
@pytest.mark.parametrize("path", {**BROKEN, **SLIGHT})
def test_a_template_is_unknown_and_not_broken(path: str, piece: str, tmp_path: Path) -> None:
    """With something to fill in, nobody can tell what is broken. A Dockerfile is read by Docker alone."""
    text, _ = BROKEN[path] if path in BROKEN else (SLIGHT[path][0].split("\n")[0] + "\n", 0)
    if path == "Dockerfile":
        text = "FROM python:3.13-slim\nCMD gunicorn app:app\n"
    report = lint_files(tmp_path, {**REST, **BESIDE.get(path, {}), path: f"{text}{piece}\n"})
    assert not unreadable(report)
    assert not [problem for problem in report.problems if problem.place.path == path]
