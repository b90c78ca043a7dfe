"""What a template has still to fill in is unknown: no manifest with it is broken, and no error rests on it."""

from __future__ import annotations

from pathlib import Path

import pytest

from flaskprod_lint.finding import Severity
from flaskprod_lint.inputs import systemd, templates, toml_tree
from flaskprod_lint.source import Source
from projects import APP, CLEAN, lint_files

PIP = {
    "app.py": APP + '\n\n@app.get("/up")\ndef up():\n    return "up"\n',
    "requirements.txt": CLEAN["requirements.txt"],
}
MANIFESTS: dict[str, dict[str, str]] = {
    "procfile": {"Procfile": "web: gunicorn -w {{ w }} -b 0.0.0.0:{{ p }} {{ m }}:app\n"},
    "render": {
        "render.yaml": "services:\n- type: web\n  name: {{ name }}\n  runtime: python\n"
        "  startCommand: gunicorn -w {{ w }} -b 0.0.0.0:{{ p }} {{ m }}:app\n"
        '  envVars: [{key: PORT, value: "{{ p }}"}, {key: WEB_CONCURRENCY, value: "{{w}}"}]\n'
    },
    "fly": {
        "Dockerfile": CLEAN["Dockerfile"],
        "fly.toml": '{% if fly %}\napp = "{{ name }}"\n{% endif %}\nkill_signal = "SIGTERM"\nkill_timeout = 60\n[env]\n'
        'PORT = "{{ cookiecutter.port }}"\nWEB_CONCURRENCY = "{{ w }}"\n[processes]\n'
        'web = "gunicorn -b 0.0.0.0:{{ port }} app:app"\n[http_service]\ninternal_port = {{ port }} # the same\n',
    },
    "railway": {
        "railway.json": '{"deploy": {"startCommand": "gunicorn -b 0.0.0.0:{{ p }} -w {{w}} {{m}}:app", '
        '"numReplicas": {{ n }}}}'
    },
    "digitalocean": {
        ".do/app.yaml": "name: x\nservices:\n- name: web\n  environment_slug: python\n  http_port: {{ p }}\n"
        '  run_command: gunicorn -w {{ w }} {{ m }}:app\n  envs: [{key: WEB_CONCURRENCY, value: "${{ vars.W }}"}]\n'
    },
    "app-engine": {
        "app.yaml": "runtime: python312\nentrypoint: gunicorn -w {{ w }} -b :{{ p }} {{ m }}:app\n"
        'env_variables:\n  WEB_CONCURRENCY: "{{ w }}"\n'
    },
    "ecs": {
        "Dockerfile": CLEAN["Dockerfile"],
        "task.json": '{"family": "x", "containerDefinitions": [{"name": "web", "image": "{{ image }}", "command": '
        '["gunicorn", "-b", "0.0.0.0:{{ p }}", "app:app"], "portMappings": [{"containerPort": 8000}], '
        '"environment": [{"name": "WEB_CONCURRENCY", "value": "{{ w }}"}]}]}',
    },
    "kamal": {
        "Dockerfile": CLEAN["Dockerfile"],
        "config/deploy.yml": "service: x\nimage: me/x\nservers: [1.2.3.4]\nenv:\n  clear:\n"
        "    WEB_CONCURRENCY: \"<%= ENV['W'] %>\"\n    PORT: <%= 1 %>\n",
    },
    "koyeb": {
        "koyeb.yaml": "app: {name: x}\nservices:\n- name: web\n  ports: [{port: 8000}]\n"
        '  git: {buildpack: {run_command: "gunicorn -w {{ w }} -b 0.0.0.0:{{ p }} app:app"}}\n'
    },
    "apprunner": {
        "apprunner.yaml": "version: 1.0\nruntime: python311\nrun:\n  command: gunicorn -b 0.0.0.0:{{ p }} app:app\n"
        '  network: {port: "{{ p }}"}\n  env: [{name: WEB_CONCURRENCY, value: "{{ w }}"}]\n'
    },
    "cloud-run": {
        "Dockerfile": CLEAN["Dockerfile"],
        "service.yaml": "apiVersion: serving.knative.dev/v1\nkind: Service\nmetadata: {name: x}\nspec:\n  template:\n"
        '    spec:\n      containers:\n      - image: "{{ i }}"\n'
        '        command: [gunicorn, -b, ":{{ p }}", "app:app"]\n'
        '        env: [{name: WEB_CONCURRENCY, value: "{{ w }}"}]\n',
    },
    "container-apps": {
        "Dockerfile": CLEAN["Dockerfile"],
        "ca.yaml": "properties:\n  configuration: {ingress: {external: true, targetPort: {{ p }}}}\n  template:\n"
        '    containers:\n    - name: x\n      image: "{{ i }}"\n'
        '      command: [gunicorn, -b, "0.0.0.0:{{ p }}", "app:app"]\n'
        '      env: [{name: WEB_CONCURRENCY, value: "{{ w }}"}]\n',
    },
    "kubernetes": {
        "Dockerfile": CLEAN["Dockerfile"],
        "k8s/web.yaml": "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: x}\nspec:\n  replicas: {{ n }}\n"
        '  template:\n    spec:\n      containers:\n      - name: web\n        image: "{{ i }}"\n'
        '        args: ["gunicorn", "-w", "{{ w }}", "-b", "0.0.0.0:{{ p }}", "app:app"]\n',
    },
    "compose": {
        "Dockerfile": CLEAN["Dockerfile"],
        ".env": "WEB_CONCURRENCY={{ w }}\nPORT={{ p }}\n",
        "docker-compose.yml": "services:\n  web:\n    build: .\n    restart: always\n    ports: ['{{ p }}:{{ p }}']\n"
        "    env_file: .env\n",
    },
    "quadlet": {
        "Dockerfile": CLEAN["Dockerfile"],
        "x.container": "[Container]\nImage={{ image }}\nEnvironment=WEB_CONCURRENCY={{ w }}\n"
        "Exec=gunicorn -w {{ w }} -b 0.0.0.0:{{ p }} app:app\nPublishPort=80:{{ p }}\n",
    },
    "systemd": {
        "x.service": "[Service]\nEnvironment=PORT={{ port }} WEB_CONCURRENCY={{ w }}\n"
        "ExecStart=/srv/{{ name }}/bin/gunicorn -w {{ w }} -b 127.0.0.1:{{ port }} {{ m }}:app\n"
        "[Install]\nWantedBy=multi-user.target\n"
    },
    "supervisord": {
        "supervisord.conf": "[program:x]\ncommand=gunicorn -w {{ w }} -b 127.0.0.1:{{ p }} app:app\n"
        'environment=WEB_CONCURRENCY="{{ w }}"\n'
    },
    "dockerfile": {
        "Dockerfile": "FROM python:{{ version }}-slim\nWORKDIR /app\nENV WEB_CONCURRENCY={{w}}\nCOPY . .\n"
        "RUN pip install -r requirements.txt\nCMD exec gunicorn -w {{ w }} -b 0.0.0.0:{{ p }} {{ m }}:app\n"
    },
}


@pytest.mark.parametrize("name", MANIFESTS)
def test_a_template_is_unknown_and_not_broken(name: str, tmp_path: Path) -> None:
    report = lint_files(tmp_path, {**PIP, **MANIFESTS[name]})
    assert not report.problems and not report.crashes
    found = [f for f in report.findings if f.level is Severity.ERROR or f.rule == "single-worker"]
    assert not [f"{finding.rule}: {finding.message}" for finding in found]


def test_a_piece_is_one_word_with_what_it_touches() -> None:
    assert systemd.split("run -w {{ many | default(3) }} :{{ p }}/x") == (
        "run",
        "-w",
        "{{ many | default(3) }}",
        ":{{ p }}/x",
    )
    assert templates.pieces("${{ a }} {% b %} <%= c %> {{ d }} {{ d }}") == (
        "${{ a }}",
        "{% b %}",
        "<%= c %>",
        "{{ d }}",
    )


def test_toml_with_a_template_keeps_places_and_pieces() -> None:
    documents = toml_tree.read(
        Source("fly.toml", 'a = {{ x["y"] }} # c\n{% if z %}\nb = "{{ s }}"\n{% endif %}\nc = 1\n')
    )
    assert documents.template and documents.problem is None and documents.root is not None
    a, b, c = (documents.root.get(key) for key in "abc")
    assert a is not None and b is not None and c is not None
    assert (a.text, a.template, a.span.column, a.span.end_column) == ('{{ x["y"] }}', True, 5, 17)
    assert (b.text, c.text, c.span.line) == ("{{ s }}", "1", 5)


def test_toml_that_is_broken_beside_a_template_is_not_called_broken() -> None:
    documents = toml_tree.read(Source("fly.toml", "a = {{ x }} {{ y }}\n"))
    assert documents.template and documents.problem is None and not documents.roots
