"""Every kind of file that is read decides something: a rule finds the file as it is broken, not as it is right."""

from __future__ import annotations

from pathlib import Path

import pytest

from projects import CLEAN, lint_files, rules_of

GUNICORN = "gunicorn --bind 0.0.0.0:$PORT --workers 3 --access-logfile - app:app"
FLASK = "flask run --host 0.0.0.0"
BASE = "FROM python:3.13-slim\nENV PYTHONUNBUFFERED=1\nWORKDIR /app\nCOPY . .\n"
IMAGE = BASE + "RUN pip install --no-cache-dir -r requirements.txt\n"
PROJECT = '[project]\nname = "shop"\nversion = "1"\ndependencies = ["flask", "gunicorn"]\n'
UNIT = "[Service]\nWorkingDirectory=/srv/shop\nExecStart=/srv/shop/venv/bin/{}\n[Install]\nWantedBy=multi-user.target\n"
SUPERVISOR = "[supervisord]\nnodaemon=true\n[program:web]\ncommand={}\ndirectory=/app\n"
NGINX = "server {{\n  listen 80;\n  location / {{ proxy_pass http://web:{}; }}\n}}\n"
SERVE = "from app import app\n\ndef main():\n    {}\n"
TASKS = "from invoke import task\n\n@task\ndef serve(c):\n    c.run('{}')\n"
SERVICES = "services:\n  web:\n    build: .\n"
SPEC = "name: shop\nservices:\n  - name: web\n    environment_slug: python\n    run_command: {}\n"
CF = "applications:\n  - name: shop\n    buildpacks: [python_buildpack]\n    command: {}\n"
KAMAL = "service: shop\nimage: me/shop\nservers: [192.0.2.1]\nproxy: {{app_port: {}}}\n"
CAPTAIN = '{{"schemaVersion": 2, "dockerfileLines": ["FROM python:3.13-slim", "COPY . .", "CMD {}"]}}'
QUADLET = "[Container]\nImage=shop.build\nExec={}\n"
KOYEB = "services:\n  - name: web\n    git: {{buildpack: {{run_command: '{}'}}}}\n"
STAGES = "".join(
    f"FROM python:3.13-slim AS {name}\nCOPY . .\nCMD {command}\n"
    for name, command in (("one", FLASK), ("two", GUNICORN))
)
BEHIND = (
    SERVICES
    + "    command: gunicorn -b 0.0.0.0:8000 app:app\n"
    + "  nginx:\n    image: nginx\n    ports: ['80:80']\n    volumes: ['./nginx.conf:/etc/nginx/conf.d/default.conf']\n"
)


FIXED = BASE + "RUN pip install -r requirements.txt\nCMD exec gunicorn -b 0.0.0.0:8000 app:app\n"


def image(command: str, install: str = "") -> str:
    return (BASE + f"RUN {install}\n" if install else IMAGE) + f"CMD {command}\n"


def conda(*packages: str) -> str:
    return "name: shop\ndependencies:\n- python=3.13\n- pip\n- pip:\n" + "".join(f"  - {name}\n" for name in packages)


def lock(*packages: str) -> str:
    return "".join(f'[[package]]\nname = "{name}"\nversion = "23.0.0"\n\n' for name in packages)


#: What is read: the file that decides, as it is right and as it is broken, the rule, and the files around it.
CASES: dict[str, tuple[str, str | None, str | None, str, dict[str, str]]] = {
    "Dockerfile": ("Dockerfile", image(f"exec {GUNICORN}"), image(FLASK), "dev-server", {}),
    "Dockerfile with a byte order mark": (
        "Dockerfile",
        "\ufeff" + image(f"exec {GUNICORN}"),
        "\ufeff" + image(FLASK),
        "dev-server",
        {},
    ),
    "Dockerfile with CRLF": (
        "Dockerfile",
        image(f"exec {GUNICORN}").replace("\n", "\r\n"),
        image(FLASK).replace("\n", "\r\n"),
        "dev-server",
        {},
    ),
    "escape directive": (
        "Dockerfile",
        "# escape=`\n" + image("exec gunicorn `\n  --bind 0.0.0.0:$PORT `\n  app:app"),
        "# escape=`\n" + image("exec gunicorn `\n  --bind 127.0.0.1:8000 `\n  app:app"),
        "bind-loopback",
        {},
    ),
    "blank line in a continuation": (
        "Dockerfile",
        image("exec gunicorn \\\n\n  --bind 0.0.0.0:$PORT app:app"),
        image("exec gunicorn \\\n\n  --bind 127.0.0.1:8000 app:app"),
        "bind-loopback",
        {},
    ),
    "SHELL": (
        "Dockerfile",
        IMAGE + f'SHELL ["/bin/bash", "-c"]\nCMD {GUNICORN}\n',
        IMAGE + f"CMD {GUNICORN}\n",
        "stop-signal-lost",
        {},
    ),
    "heredoc": (
        "Dockerfile",
        IMAGE + f'COPY <<EOF /start.sh\nexec {GUNICORN}\nEOF\nCMD ["sh", "/start.sh"]\n'.replace("$PORT", "\\$PORT"),
        IMAGE + f'COPY <<EOF /start.sh\nexec {FLASK}\nEOF\nCMD ["sh", "/start.sh"]\n',
        "dev-server",
        {},
    ),
    ".dockerignore": (".dockerignore", ".git\n.env\n", ".git\nrequirements.txt\n", "copied-file-ignored", {}),
    "Procfile": ("Procfile", f"web: {GUNICORN}\n", f"web: {FLASK}\n", "dev-server", {"Dockerfile": ""}),
    "shell script": (
        "start.sh",
        f"#!/bin/sh\nexec {GUNICORN}\n",
        f"#!/bin/sh\nexec {FLASK}\n",
        "dev-server",
        {"Dockerfile": image('["sh", "start.sh"]')},
    ),
    "gunicorn.conf.py": (
        "gunicorn.conf.py",
        "bind = '0.0.0.0:8000'\n",
        "bind = '127.0.0.1:8000'\n",
        "bind-loopback",
        {"Dockerfile": image('["gunicorn", "app:app"]')},
    ),
    "Makefile": (
        "Makefile",
        "serve:\n\t" + GUNICORN.replace("$", "$$") + "\n",
        f"serve:\n\t{FLASK}\n",
        "dev-server",
        {"Dockerfile": image('["make", "serve"]')},
    ),
    "package.json": (
        "package.json",
        f'{{"scripts": {{"start": "{GUNICORN}"}}}}',
        f'{{"scripts": {{"start": "{FLASK}"}}}}',
        "dev-server",
        {"Dockerfile": image('["npm", "start"]')},
    ),
    "[project.scripts]": (
        "serve.py",
        SERVE.format("from waitress import serve; serve(app, listen='0.0.0.0:8000')"),
        SERVE.format("app.run(host='0.0.0.0')"),
        "dev-server",
        {
            "pyproject.toml": PROJECT + '[project.scripts]\nshop-serve = "serve:main"\n',
            "Dockerfile": image('["shop-serve"]', "pip install --no-cache-dir ."),
        },
    ),
    "Pipfile scripts": (
        "Pipfile",
        f'[packages]\nflask = "*"\n[scripts]\nweb = "{GUNICORN}"\n',
        f'[packages]\nflask = "*"\n[scripts]\nweb = "{FLASK}"\n',
        "dev-server",
        {"Dockerfile": image('["pipenv", "run", "web"]', "pip install pipenv && pipenv install")},
    ),
    "invoke task": (
        "tasks.py",
        TASKS.format(GUNICORN),
        TASKS.format(FLASK),
        "dev-server",
        {"Dockerfile": image('["invoke", "serve"]')},
    ),
    "supervisord.conf": (
        "supervisord.conf",
        SUPERVISOR.format("gunicorn --bind 0.0.0.0:8000 app:app"),
        SUPERVISOR.format(FLASK),
        "dev-server",
        {"Dockerfile": image('["supervisord", "-c", "/app/supervisord.conf"]')},
    ),
    "systemd unit": (
        "deploy/shop.service",
        UNIT.format("gunicorn -b 127.0.0.1:8000 app:app"),
        UNIT.format(FLASK),
        "dev-server",
        {"Dockerfile": ""},
    ),
    "nginx.conf": (
        "nginx.conf",
        NGINX.format(8000),
        NGINX.format(9000),
        "port-mismatch",
        {"docker-compose.prod.yml": BEHIND},
    ),
    "requirements with -r": (
        "base.txt",
        "flask==3.1.0\ngunicorn==23.0.0 --hash=sha256:" + "0" * 64 + "\n",
        "flask==3.1.0\n",
        "server-not-installed",
        {"requirements.txt": "-r base.txt\n", "Dockerfile": image(f"exec {GUNICORN}")},
    ),
    "requirements with -c": (
        "pins.txt",
        "flask==3.1.0\ngunicorn==23.0.0\n",
        "flask==3.1.0\n",
        "dependencies-unpinned",
        {"requirements.txt": "-c pins.txt\nflask\ngunicorn\n", "Dockerfile": image(f"exec {GUNICORN}")},
    ),
    "environment.yml": (
        "environment.yml",
        conda("flask==3.1.0", "gunicorn==23.0.0"),
        conda("flask==3.1.0", "gunicorn"),
        "dependencies-unpinned",
        {
            "Dockerfile": "FROM continuumio/miniconda3:24.1.2-0\nWORKDIR /app\nCOPY . .\n"
            f"RUN conda env update -n base -f environment.yml\nCMD exec {GUNICORN}\n"
        },
    ),
    "uv.lock": (
        "uv.lock",
        "version = 1\n" + lock("flask", "gunicorn"),
        None,
        "dependencies-unpinned",
        {"pyproject.toml": PROJECT, "Dockerfile": image(f"exec uv run {GUNICORN}", "pip install uv==0.5.1 && uv sync")},
    ),
    "poetry.lock": (
        "poetry.lock",
        lock("flask", "gunicorn"),
        None,
        "dependencies-unpinned",
        {
            "pyproject.toml": PROJECT,
            "Dockerfile": image(f"exec poetry run {GUNICORN}", "pip install poetry==2.0.0 && poetry install"),
        },
    ),
    "pdm.lock": (
        "pdm.lock",
        '[metadata]\ngroups = ["default"]\n\n' + lock("flask", "gunicorn"),
        None,
        "dependencies-unpinned",
        {
            "pyproject.toml": PROJECT,
            "Dockerfile": image(f"exec pdm run {GUNICORN}", "pip install pdm==2.20.0 && pdm install --prod"),
        },
    ),
    "Pipfile.lock": (
        "Pipfile.lock",
        '{"default": {"flask": {"version": "==3.1.0"}, "gunicorn": {"version": "==23.0.0"}}, "develop": {}}',
        None,
        "dependencies-unpinned",
        {
            "Pipfile": '[packages]\nflask = "*"\ngunicorn = "*"\n',
            "Dockerfile": image(f"exec pipenv run {GUNICORN}", "pip install pipenv==2024.0.0 && pipenv sync"),
        },
    ),
    "compose command": (
        "docker-compose.prod.yml",
        SERVICES + f"    command: {GUNICORN.replace('$', '$$')}\n",
        SERVICES + f"    command: {FLASK}\n",
        "dev-server",
        {},
    ),
    "compose entrypoint": (
        "docker-compose.prod.yml",
        SERVICES + "    entrypoint: [gunicorn, -b, '0.0.0.0:8000', 'app:app']\n",
        SERVICES + "    entrypoint: [flask, run]\n",
        "dev-server",
        {},
    ),
    "compose override": (
        "docker-compose.prod.yml",
        SERVICES.replace("    build: .\n", "    restart: always\n"),
        SERVICES.replace("    build: .\n", f"    command: {FLASK}\n"),
        "dev-server",
        {"docker-compose.yml": SERVICES},
    ),
    "compose extends": (
        "common.yml",
        SERVICES + "    command: gunicorn -b 0.0.0.0:8000 app:app\n",
        SERVICES + f"    command: {FLASK}\n",
        "dev-server",
        {"docker-compose.prod.yml": "services:\n  web:\n    extends: {file: common.yml, service: web}\n"},
    ),
    "compose env_file": (
        "web.env",
        "PORT=8000\n",
        "NAME=shop\n",
        "port-unset",
        {"docker-compose.prod.yml": SERVICES + "    env_file: web.env\n"},
    ),
    "compose target": (
        "docker-compose.prod.yml",
        "services:\n  web:\n    build: {context: ., target: two}\n",
        "services:\n  web:\n    build: {context: ., target: one}\n",
        "dev-server",
        {"Dockerfile": STAGES},
    ),
    "compose anchor": (
        "docker-compose.prod.yml",
        "x-env: &env {NAME: shop}\n" + SERVICES + "    environment: {<<: *env, PORT: '8000'}\n",
        "x-env: &env {FLASK_DEBUG: '1'}\n" + SERVICES + "    environment: {<<: *env, PORT: '8000'}\n",
        "debug-on",
        {},
    ),
    "App Platform": (".do/app.yaml", SPEC.format(GUNICORN), SPEC.format(FLASK), "dev-server", {"Dockerfile": ""}),
    "Cloud Foundry": ("manifest.yml", CF.format(GUNICORN), CF.format(FLASK), "dev-server", {"Dockerfile": ""}),
    "Kamal": ("config/deploy.yml", KAMAL.format(8000), KAMAL.format(80), "port-mismatch", {"Dockerfile": FIXED}),
    "captain-definition": (
        "captain-definition",
        CAPTAIN.format(f"exec {GUNICORN}"),
        CAPTAIN.format(FLASK),
        "dev-server",
        {"Dockerfile": ""},
    ),
    "quadlet": (
        "shop.container",
        QUADLET.format("gunicorn -b 0.0.0.0:8000 app:app"),
        QUADLET.format(FLASK),
        "dev-server",
        {
            "Dockerfile": FIXED,
            "shop.build": "[Build]\nImageTag=localhost/shop\nSetWorkingDirectory=unit\nFile=Dockerfile\n",
        },
    ),
    "Koyeb": ("koyeb.yaml", KOYEB.format(GUNICORN), KOYEB.format(FLASK), "dev-server", {"Dockerfile": ""}),
    "nixpacks.toml": (
        "nixpacks.toml",
        f'[start]\ncmd = "{GUNICORN}"\n',
        f'[start]\ncmd = "{FLASK}"\n',
        "dev-server",
        {"Dockerfile": ""},
    ),
    "dotenv file": (".env", "NAME=shop\n", "SECRET_KEY=0b3c7d15a6f94e28b1d0\n", "env-file-committed", {}),
}


@pytest.mark.parametrize("name", CASES)
def test_it_decides(name: str, tmp_path: Path) -> None:
    path, right, broken, rule, around = CASES[name]
    for folder, text, found in (("right", right, False), ("broken", broken, True)):
        files = {**CLEAN, **around} | ({path: text} if text is not None else {})
        report = lint_files(tmp_path / folder, {name: text for name, text in files.items() if text})
        assert not report.crashes
        assert (rule in rules_of(report)) is found, f"{folder}: {rules_of(report)}, {report.unknowns}"


@pytest.mark.parametrize(
    "words",
    [
        "tini -- {}",
        "tini -g -- gosu app {}",
        "dumb-init -- {}",
        "su-exec app {}",
        "poetry run {}",
        "uv run {}",
        "pipenv run {}",
        "pdm run {}",
        "env NAME=shop {}",
        "nohup {}",
        "timeout 1h {}",
        "nice -n 5 {}",
        "su app -c '{}'",
        "sh -c 'exec {}'",
        "bash -c 'ARGS=(--help); exec {}'",
        "eval '{}'",
        "exec sh entrypoint.sh {}",
    ],
)
def test_the_command_behind_a_wrapper_decides(words: str, tmp_path: Path) -> None:
    script = '#!/bin/sh\nset -e\nif [ "$1" = flask ]; then set -- "$@" --debug; fi\nexec "$@"\n'
    for command, found in ((GUNICORN, False), (FLASK, True)):
        files = {**CLEAN, "Dockerfile": image(words.format(command)), "entrypoint.sh": script}
        assert ("dev-server" in rules_of(lint_files(tmp_path / str(found), files))) is found
