"""The manifests by which tests put one app on several platforms: each function gives the files of one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from flaskprod_lint.config import Config

Files = Mapping[str, str]
#: Files of the app itself that most rows share.
FLASK = "flask==3.1.3\ngunicorn==23.0.0\n"
SQL = FLASK + "flask-sqlalchemy==3.1.1\nsqlalchemy==2.0.36\npsycopg2-binary==2.9.10\n"
APP = "import os\nfrom flask import Flask\napp = Flask(__name__)\n"
ON_8000 = "gunicorn --bind 0.0.0.0:8000 app:app"
ON_PORT = "gunicorn --bind 0.0.0.0:$PORT app:app"
INSTALL = "COPY requirements.txt .\nRUN pip install --no-cache-dir -r requirements.txt\nCOPY . .\n"


def image(run: str = ON_8000, *, base: str = "python:3.13-slim", steps: str = f"{INSTALL}USER nobody\n") -> Files:
    """An image whose shell becomes the server; `run` that begins with a bracket is an exec form, "" starts nothing."""
    start = f"CMD {run}\n" if run.startswith("[") else f"CMD exec {run}\n" if run else ""
    return {"Dockerfile": f"FROM {base}\nWORKDIR /app\n{steps}{start}", ".dockerignore": ".git\n.env\n"}


def procfile(web: str = ON_PORT, *lines: str) -> Files:
    """A Procfile with a web line, and other lines."""
    return {"Procfile": "".join(f"{line}\n" for line in (f"web: {web}", *lines))}


def render(start: str = ON_PORT, *lines: str, plan: str = "starter") -> Files:
    """A Blueprint of Render with one service; `lines` are further keys of it."""
    more = "".join(f"  {line}\n" for line in lines)
    return {
        "render.yaml": f"services:\n- type: web\n  name: shop\n  runtime: python\n  plan: {plan}\n"
        f"  startCommand: {start}\n{more}"
    }


def fly(*lines: str, port: int = 8000, env: Mapping[str, str] | None = None) -> Files:
    """A fly.toml; `lines` stand below its http_service and may open other tables."""
    variables = "".join(f'{name} = "{value}"\n' for name, value in (env or {}).items())
    more = "".join(f"{line}\n" for line in lines)
    text = f'app = "shop"\n[env]\n{variables}[http_service]\ninternal_port = {port}\n{more}'
    return {"fly.toml": text}


def compose(
    *lines: str, env: Mapping[str, str] | None = None, ports: str = "80:8000", name: str = "docker-compose.prod.yml"
) -> Files:
    """A compose file whose one service builds the image; `lines` are further keys of that service or of the file."""
    variables = "".join(f"\n      {key}: '{value}'" for key, value in (env or {}).items())
    more = "".join(f"{line}\n" for line in lines)
    return {
        name: f"services:\n  web:\n    build: .\n    restart: always\n    ports: ['{ports}']\n"
        f"    environment:{variables or ' {}'}\n{more}"
    }


def kubernetes(
    *lines: str, env: Mapping[str, str] | None = None, port: int = 8000, pod: Sequence[str] = (), more: str = ""
) -> Files:
    """A Deployment; `lines` are further keys of its container, `pod` those of the Pod, `more` further documents."""
    variables = "".join(f"\n        - {{name: {name}, value: '{value}'}}" for name, value in (env or {}).items())
    of_pod = "".join(f"      {line}\n" for line in pod)
    of_container = "".join(f"        {line}\n" for line in lines)
    return {
        "k8s/web.yaml": "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: shop}\nspec:\n  template:\n    spec:\n"
        f"{of_pod}      containers:\n      - name: web\n        image: registry.example.com/shop:1\n"
        f"        ports: [{{containerPort: {port}}}]\n        env:{variables or ' []'}\n{of_container}{more}"
    }


def railway(start: str = ON_PORT, *lines: str) -> Files:
    """A railway.toml with its start command."""
    more = "".join(f"{line}\n" for line in lines)
    return {"railway.toml": f'[deploy]\nstartCommand = "{start}"\n{more}'}


def digitalocean(run: str = ON_PORT, *lines: str, port: int = 8080) -> Files:
    """An app spec with one service."""
    more = "".join(f"  {line}\n" for line in lines)
    return {
        ".do/app.yaml": "name: shop\nservices:\n- name: web\n  environment_slug: python\n"
        f"  http_port: {port}\n  run_command: {run}\n{more}"
    }


def ecs(command: str = "", env: Mapping[str, str] | None = None) -> Files:
    """A task definition; `command` is its list in JSON."""
    variables = ", ".join(f'{{"name": "{name}", "value": "{value}"}}' for name, value in (env or {}).items())
    words = f'"command": {command},' if command else ""
    return {
        "task-definition.json": '{"family": "shop", "networkMode": "awsvpc", "containerDefinitions": [\n'
        f'{{"name": "web", "image": "123456789012.dkr.ecr.eu-west-1.amazonaws.com/shop:1", {words}\n'
        f'"portMappings": [{{"containerPort": 8000}}], "environment": [{variables}]}}]}}\n'
    }


def cloud_run(timeout: int = 300, port: int = 8000) -> Files:
    """A service of Cloud Run with the image."""
    return {
        "service.yaml": "apiVersion: serving.knative.dev/v1\nkind: Service\nmetadata: {name: shop}\nspec:\n"
        f"  template:\n    spec:\n      timeoutSeconds: {timeout}\n      containers:\n"
        f"      - image: gcr.io/shop/shop:1\n        ports: [{{containerPort: {port}}}]\n"
    }


def quadlet(*lines: str) -> Files:
    """A container that systemd starts with Podman."""
    more = "".join(f"{line}\n" for line in lines)
    return {"shop.container": f"[Container]\nImage=localhost/shop\n{more}[Install]\nWantedBy=default.target\n"}


def systemd(run: str = "gunicorn --bind 127.0.0.1:8000 app:app") -> Files:
    """A unit of a host with nginx or the like before it."""
    return {
        "deploy/shop.service": "[Service]\nWorkingDirectory=/srv/shop\n"
        f"ExecStart=/srv/venv/bin/{run}\n[Install]\nWantedBy=multi-user.target\n"
    }


@dataclass(frozen=True)
class Row:
    """One app and the ways to deploy it: those in which a rule holds, and those in which the same files are right.

    The keys begin with the id of the platform ("image" for one of its own); what follows says what differs there. An
    empty file of a manifest takes that of the app away. `options` are the options of a run, by the same keys.
    """

    app: Files
    wrong: Mapping[str, Files]
    right: Mapping[str, Files]
    options: Mapping[str, Config] = field(default_factory=dict)


def merged(app: Files, manifest: Files) -> dict[str, str]:
    """The files of an app with those that deploy it."""
    return {name: text for name, text in {**app, **manifest}.items() if text}
