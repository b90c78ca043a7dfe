"""The other rules, as rows: the server and its command, logs, secrets, debug, proxies and the image.

Each rule on at least three platforms, and the same files of the app where they are right.
"""

from __future__ import annotations

from flaskprod_lint.config import Config
from platform_manifests import (
    APP,
    FLASK,
    INSTALL,
    ON_8000,
    ON_PORT,
    Files,
    Row,
    cloud_run,
    compose,
    fly,
    image,
    kubernetes,
    procfile,
    quadlet,
    render,
    systemd,
)

PLAIN = {"app.py": APP, "requirements.txt": FLASK}
SHIPPED = {**PLAIN, **image()}
#: What takes the Dockerfile of a row away, where a buildpack builds the app.
NO_IMAGE = {"Dockerfile": ""}
SCRIPT = APP + 'if __name__ == "__main__":\n    app.run(host="0.0.0.0", port=8000)\n'
IN_SESSION = APP + "from flask import session\n@app.get('/')\ndef index():\n    session['seen'] = True\n    return ''\n"
BY_ADDRESS = APP + "from flask import request\n@app.get('/')\ndef index():\n    return request.remote_addr\n"
SECRET = {"SECRET_KEY": "tiger9x-stripes-and-more"}

UPLOAD = "#!/bin/sh\ngcloud run deploy shop --source . --port 8000\n"


def with_tag(tag: str) -> Files:
    """A compose file that builds the image on another tag than its Dockerfile names."""
    text = compose()["docker-compose.prod.yml"]
    return {"docker-compose.prod.yml": text.replace("build: .", f"build: {{context: ., args: {{TAG: {tag}}}}}")}


SERVER = {
    "dev-server": Row(
        {"app.py": SCRIPT, "requirements.txt": FLASK, **image("python app.py")},
        {
            "heroku": procfile("python app.py"),
            "fly": fly(),
            "docker-compose": compose(),
            "kubernetes": kubernetes(),
        },
        {
            "heroku: starts Gunicorn": {**procfile(), **NO_IMAGE},
            "docker-compose: starts Gunicorn": compose(f"    command: {ON_8000}"),
        },
    ),
    "command-not-runnable": Row(
        {
            **PLAIN,
            "start.sh": f"#!/bin/sh\nexec {ON_8000}\n",
            **image(
                '["./start.sh"]',
                steps="COPY requirements.txt app.py ./\nRUN pip install -r requirements.txt\nUSER nobody\n",
            ),
        },
        {"fly": fly(), "docker-compose": compose(), "kubernetes": kubernetes()},
        {
            "heroku: the slug has the script": {**procfile("sh start.sh"), **NO_IMAGE},
            "kubernetes: starts the server itself": kubernetes("command: [gunicorn, -b, '0.0.0.0:8000', 'app:app']"),
        },
    ),
    "server-not-installed": Row(
        {"app.py": APP, "requirements.txt": "flask==3.1.3\n", **image()},
        {"heroku": procfile(), "render": render(), "fly": fly(), "docker-compose": compose()},
        {
            "beanstalk: brings Gunicorn itself": {
                ".ebextensions/app.config": "option_settings:\n"
                "  aws:elasticbeanstalk:container:python:\n    WSGIPath: app:app\n",
                **NO_IMAGE,
            },
            "fly: the image installs it": {**fly(), **image(steps=f"{INSTALL}RUN pip install gunicorn==23.0.0\n")},
        },
    ),
    "server-refuses-to-start": Row(
        {**PLAIN, "gunicorn.conf.py": 'import os\nworkers = int(os.environ["WORKERS"])\n', **image()},
        {"docker-compose": compose(), "kubernetes": kubernetes(), "podman-quadlet": quadlet("PublishPort=80:8000")},
        {
            "docker-compose: the file sets it": compose(env={"WORKERS": "3"}),
            "kubernetes: the file sets it": kubernetes(env={"WORKERS": "3"}),
            "fly: a secret may be set": fly(),
        },
    ),
    "no-web-process": Row(
        {**PLAIN, **image("")},
        {"heroku": {"Procfile": "worker: python app.py\n", **NO_IMAGE}, "docker-compose": compose(), "image": {}},
        {
            "heroku: a web line": {**procfile(ON_PORT, "worker: python app.py"), **NO_IMAGE},
            "docker-compose: a command": compose(f"    command: {ON_8000}"),
        },
    ),
    "manifest-unreadable": Row(
        PLAIN,
        {
            "heroku beside render.yaml": {**procfile(), "render.yaml": "services:\n- type: web\n  name: [shop\n"},
            "heroku beside fly.toml": {**procfile(), "fly.toml": 'app = "shop\n[http_service]\n'},
            "railway beside a Procfile": {**procfile(), "railway.json": '{"deploy": {\n'},
        },
        {
            "heroku: a template is none": {
                **procfile(),
                "deploy/render.yaml.j2": "services:\n- type: web\n  name: [{{ name }\n",
            }
        },
    ),
}

LOGS = {
    "log-to-file": Row(
        {**PLAIN, "gunicorn.conf.py": 'import os\naccesslog = os.environ.get("ACCESS_LOG", "access.log")\n', **image()},
        {"heroku": procfile(), "docker-compose": compose(), "kubernetes": kubernetes()},
        {
            "docker-compose: the file says stdout": compose(env={"ACCESS_LOG": "-"}),
            "kubernetes: the file says stdout": kubernetes(env={"ACCESS_LOG": "-"}),
        },
    ),
    "output-buffered": Row(
        SHIPPED,
        {"fly": fly(), "docker-compose": compose(), "kubernetes": kubernetes()},
        {
            "heroku: sets PYTHONUNBUFFERED": {**procfile(), **NO_IMAGE},
            "fly: the file sets it": fly(env={"PYTHONUNBUFFERED": "1"}),
        },
    ),
}

SECRETS = {
    "secret-key-missing": Row(
        {
            "app.py": IN_SESSION.replace(APP, f'{APP}app.secret_key = os.getenv("KEY")\n'),
            "requirements.txt": FLASK,
            **image(),
        },
        {
            "docker-compose": compose(),
            "kubernetes": kubernetes(),
            "podman-quadlet": quadlet("PublishPort=80:8000"),
        },
        {
            "docker-compose: the file passes it on": compose(env={"KEY": "${KEY:?}"}),
            "heroku: a dashboard may set it": {**procfile(), **NO_IMAGE},
        },
    ),
    "secret-in-manifest": Row(
        SHIPPED,
        {
            "fly": fly(env=SECRET),
            "docker-compose": compose(env=SECRET),
            "kubernetes": kubernetes(env=SECRET),
            "render": render(ON_PORT, "envVars:", "- {key: SECRET_KEY, value: tiger9x-stripes-and-more}"),
        },
        {
            "docker-compose: passes it on": compose(env={"SECRET_KEY": "${SECRET_KEY:?}"}),
            "render: made there": render(ON_PORT, "envVars:", "- {key: SECRET_KEY, generateValue: true}"),
        },
    ),
    "env-file-committed": Row(
        {**PLAIN, ".env": "SECRET_KEY=tiger9x-stripes-and-more\n", **image()},
        {"heroku": {**procfile(), **NO_IMAGE}, "fly": fly(), "docker-compose": compose(), "kubernetes": kubernetes()},
        {
            "fly: git leaves it out": {**fly(), ".gitignore": ".env\n"},
            "heroku: git leaves it out": {**procfile(), **NO_IMAGE, ".gitignore": ".env\n"},
        },
    ),
    "credential-committed": Row(
        {**PLAIN, "notes.txt": "postgresql://shop:tiger9x-stripes@db.shop-internal.net/shop\n", **image()},
        {"heroku": {**procfile(), **NO_IMAGE}, "fly": fly(), "docker-compose": compose()},
        {
            "fly: git leaves it out": {**fly(), ".gitignore": "notes.txt\n"},
            "heroku: git leaves it out": {**procfile(), **NO_IMAGE, ".gitignore": "notes.txt\n"},
        },
    ),
}

DEBUG = {
    "session-cookie-insecure": Row(
        {
            "app.py": IN_SESSION.replace(
                APP, f'{APP}app.config.from_object(os.environ.get("SETTINGS", "settings.Plain"))\n'
            ),
            "settings.py": 'import os\nclass Plain:\n    SECRET_KEY = os.environ["KEY"]\n'
            "class Hosted(Plain):\n    SESSION_COOKIE_SECURE = True\n",
            "requirements.txt": FLASK,
            **image(),
        },
        {"heroku": {**procfile(), **NO_IMAGE}, "fly": fly(), "render": {**render(), **NO_IMAGE}},
        {
            "fly: the file sets it": fly(env={"SETTINGS": "settings.Hosted"}),
            "docker-compose: the file sets it": compose(env={"SETTINGS": "settings.Hosted"}),
        },
    ),
    "proxy-headers-ignored": Row(
        {"app.py": BY_ADDRESS, "requirements.txt": FLASK, **image()},
        {"heroku": {**procfile(), **NO_IMAGE}, "fly": fly(), "render": {**render(), **NO_IMAGE}},
        {
            "docker-compose: no proxy of a platform": compose(),
            "kubernetes: no proxy of a platform": kubernetes(),
            "systemd: no proxy of a platform": {**systemd(), **NO_IMAGE},
        },
    ),
}

BASE = {**PLAIN, ".dockerignore": ".git\n"}
BY_ARGUMENT = "ARG TAG={0}\nFROM python:${{TAG}}\nWORKDIR /app\n" + INSTALL + f"USER nobody\nCMD exec {ON_8000}\n"

IMAGE = {
    "base-image-floating": Row(
        {**BASE, "Dockerfile": BY_ARGUMENT.format("latest")},
        {"fly": fly(), "docker-compose": compose(), "kubernetes": kubernetes()},
        {"docker-compose: builds on a version": with_tag("3.13-slim"), "heroku: no image": {**procfile(), **NO_IMAGE}},
    ),
    "base-image-large": Row(
        {**BASE, "Dockerfile": BY_ARGUMENT.format("3.13.5")},
        {"fly": fly(), "docker-compose": compose(), "kubernetes": kubernetes()},
        {"docker-compose: builds on the slim one": with_tag("3.13.5-slim")},
    ),
    "copied-file-ignored": Row(
        {**PLAIN, **image(), ".gcloudignore": "requirements.txt\n", "deploy.sh": UPLOAD},
        {"cloud-run": {}},
        {
            "fly: reads no .gcloudignore": {**fly(), "deploy.sh": ""},
            "docker-compose: reads no .gcloudignore": {**compose(), "deploy.sh": ""},
        },
    ),
    "port-privileged": Row(
        {**PLAIN, **image("gunicorn --bind 0.0.0.0:80 app:app")},
        {"fly": fly(port=80), "docker-compose": compose(ports="80:80"), "kubernetes": kubernetes(port=80)},
        {"docker-compose: as root": compose("    user: root", ports="80:80")},
    ),
    "python-end-of-life": Row(
        {**PLAIN, ".python-version": "3.8\n"},
        {"heroku": procfile(), "render": render(), "fly": {**fly(), **image(base="python:3.8-slim")}},
        {
            "fly: the image brings its own": {**fly(), **image()},
            "docker-compose: the image brings its own": {**compose(), **image()},
            "heroku: in its time": procfile(),
        },
        {"heroku: in its time": Config(today="2024-10-01")},
    ),
    "runs-as-root": Row(
        {**PLAIN, **image(steps=INSTALL)},
        {"fly": fly(), "docker-compose": compose(), "kubernetes": kubernetes(), "cloud-run": cloud_run()},
        {
            "kubernetes: the Pod has a user": kubernetes(pod=["securityContext: {runAsUser: 1000}"]),
            "docker-compose: the service has a user": compose("    user: '1000'"),
            "heroku: chooses the user": {"heroku.yml": "build:\n  docker:\n    web: Dockerfile\n"},
        },
    ),
}

OTHERS = {**SERVER, **LOGS, **SECRETS, **DEBUG, **IMAGE}
