"""The contracts across files, as rows: port, health path, release, drain, timeouts, database URL and driver, tiers.

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
    SQL,
    Row,
    cloud_run,
    compose,
    digitalocean,
    ecs,
    fly,
    image,
    kubernetes,
    procfile,
    quadlet,
    railway,
    render,
    systemd,
)

PLAIN = {"app.py": APP, "requirements.txt": FLASK}
SHIPPED = {**PLAIN, **image()}
ON_LOOPBACK = "gunicorn --bind 127.0.0.1:8000 app:app"
WITH_ROUTE = APP + '@app.get("/health")\ndef health():\n    return "ok"\n'
FROM_VARIABLE = (
    APP + "from flask_sqlalchemy import SQLAlchemy\n"
    'app.config["SQLALCHEMY_DATABASE_URI"] = os.environ["DATABASE_URL"]\ndb = SQLAlchemy(app)\n'
)
REPAIRED = FROM_VARIABLE.replace('["DATABASE_URL"]\n', '["DATABASE_URL"].replace("postgres://", "postgresql://", 1)\n')
WITH_DATABASE = {"app.py": REPAIRED, "requirements.txt": SQL}
URL = {"DATABASE_URL": "postgresql://shop@db/shop"}
MIGRATED = {
    "app.py": REPAIRED + "from flask_migrate import Migrate\nMigrate(app, db)\n",
    "requirements.txt": SQL + "flask-migrate==4.0.7\n",
    "migrations/alembic.ini": "[alembic]\n",
    "migrations/env.py": "from alembic import context\n",
    "migrations/script.py.mako": "${message}\n",
    "migrations/versions/a.py": 'revision = "a"\ndown_revision = None\n\n\ndef upgrade():\n    pass\n',
}
UPGRADING = 'sh -c "flask db upgrade && exec gunicorn --bind 0.0.0.0:8000 app:app"'

BINDING = {
    "bind-loopback": Row(
        {**PLAIN, **image(ON_LOOPBACK)},
        {"heroku": procfile(ON_LOOPBACK), "fly": fly(), "kubernetes": kubernetes(), "ecs": ecs()},
        {"systemd: nginx is on the same host": {**systemd(ON_LOOPBACK), "Dockerfile": ""}},
    ),
    "port-hardcoded": Row(
        SHIPPED,
        {
            "heroku": procfile(ON_8000),
            "scalingo": procfile(ON_8000),
            "pandastack": {**procfile(ON_8000), "Dockerfile": ""},
            "image": {},
        },
        {"fly: told of the port": fly(), "docker-compose: maps to the port": compose()},
        {"scalingo": Config(platform="scalingo"), "pandastack": Config(platform="pandastack")},
    ),
    "port-mismatch": Row(
        SHIPPED,
        {
            "fly": fly(port=8080),
            "docker-compose": compose(ports="80:8080"),
            "kubernetes": kubernetes(port=8080),
            "cloud-run": cloud_run(port=8080),
        },
        {
            "fly: told of the port": fly(),
            "docker-compose: maps to the port": compose(),
            "kubernetes: told of the port": kubernetes(),
            "cloud-run: told of the port": cloud_run(),
        },
    ),
    "port-not-expanded": Row(
        {**PLAIN, **image('["gunicorn", "--bind", "0.0.0.0:$PORT", "app:app"]')},
        {
            "fly": fly(env={"PORT": "8000"}),
            "docker-compose": compose(env={"PORT": "8000"}),
            "kubernetes": kubernetes('command: [gunicorn, --bind, "0.0.0.0:$PORT", "app:app"]', env={"PORT": "8000"}),
        },
        {
            "kubernetes: its own way to write a variable": kubernetes(
                'command: [gunicorn, --bind, "0.0.0.0:$(PORT)", "app:app"]', env={"PORT": "8000"}
            ),
            "docker-compose: a shell reads the command": compose(
                "    command: sh -c 'exec gunicorn --bind 0.0.0.0:$$PORT app:app'", env={"PORT": "8000"}
            ),
        },
    ),
    "port-unset": Row(
        {**PLAIN, **image(ON_PORT)},
        {"docker-compose": compose(), "kubernetes": kubernetes(), "ecs": ecs()},
        {
            "cloud-run: sets PORT": cloud_run(),
            "docker-compose: the file sets PORT": compose(env={"PORT": "8000"}),
            "ecs: the definition sets PORT": ecs(env={"PORT": "8000"}),
        },
    ),
}

DEPLOYS = {
    "drain-cut-short": Row(
        {**PLAIN, **image(f"{ON_8000} --graceful-timeout 60")},
        {
            "heroku": {**procfile(f"{ON_PORT} --graceful-timeout 60"), "Dockerfile": ""},
            "docker-compose": compose(),
            "kubernetes": kubernetes(),
            "railway": {**railway(f"{ON_PORT} --graceful-timeout 60"), "Dockerfile": ""},
        },
        {
            "docker-compose: waits longer": compose("    stop_grace_period: 90s"),
            "kubernetes: waits longer": kubernetes(pod=["terminationGracePeriodSeconds: 90"]),
        },
    ),
    "stop-signal-lost": Row(
        {**PLAIN, **image(""), "Dockerfile": image("")["Dockerfile"] + f"CMD {ON_8000}\n"},
        {"docker-compose": compose(), "kubernetes": kubernetes(), "cloud-run": cloud_run()},
        {
            "heroku: signals every process": {**procfile(), "Dockerfile": ""},
            "docker-compose: starts the server itself": compose(f"    command: {ON_8000}"),
        },
    ),
    "timeout-over-router": Row(
        {**PLAIN, "gunicorn.conf.py": "timeout = 120\nworkers = 3\n", **image()},
        {"heroku": procfile(), "digitalocean": digitalocean(), "cloud-run": cloud_run(timeout=60)},
        {"cloud-run: waits longer": cloud_run(timeout=300), "kubernetes: no router is known": kubernetes()},
    ),
    "keepalive-under-balancer": Row(
        {**PLAIN, "gunicorn.conf.py": "threads = 4\n", **image()},
        {"heroku": procfile(), "railway": {**railway(), "Dockerfile": ""}, "ecs": ecs()},
        {"docker-compose: no balancer": compose(), "podman-quadlet: no balancer": quadlet("PublishPort=80:8000")},
    ),
    "health-path-not-found": Row(
        {"app.py": WITH_ROUTE, "requirements.txt": FLASK, **image()},
        {
            "render": render(ON_PORT, "healthCheckPath: /healthz"),
            "fly": fly("[[http_service.checks]]", 'path = "/healthz"'),
            "railway": railway(ON_PORT, 'healthcheckPath = "/healthz"'),
            "kubernetes": kubernetes("readinessProbe: {httpGet: {path: /healthz, port: 8000}}"),
        },
        {
            "render: asks for the route": render(ON_PORT, "healthCheckPath: /health"),
            "fly: asks for the route": fly("[[http_service.checks]]", 'path = "/health"'),
            "kubernetes: asks on another port": kubernetes("readinessProbe: {httpGet: {path: /healthz, port: 9000}}"),
        },
    ),
    "no-health-route": Row(
        {**WITH_DATABASE, **image()},
        {"fly": fly(), "railway": railway(), "render": render()},
        {"heroku: asks no path": procfile(), "docker-compose: asks no path": compose(env=URL)},
    ),
    "health-check-tool-missing": Row(
        {
            **PLAIN,
            **image(steps=f"{INSTALL}USER nobody\nHEALTHCHECK CMD curl -f http://localhost:8000/\n"),
        },
        {
            "image": {},
            "docker-compose": compose(),
            "kubernetes": kubernetes('livenessProbe: {exec: {command: [curl, -f, "http://localhost:8000/"]}}'),
        },
        {
            "heroku: a buildpack knows no health check": {**procfile(), "Dockerfile": ""},
            "docker-compose: asks with Python": compose(
                '    healthcheck: {test: [CMD, python, -c, "import urllib.request"]}'
            ),
        },
    ),
}

RELEASES = {
    "no-release-step": Row(
        {**MIGRATED, **image()},
        {"heroku": procfile(), "fly": fly(), "render": render(), "kubernetes": kubernetes(env=URL)},
        {
            "heroku: a release line": {**procfile(ON_PORT, "release: flask db upgrade"), "Dockerfile": ""},
            "fly: a release command": fly("[deploy]", 'release_command = "flask db upgrade"'),
            "render: before the deploy": {**render(ON_PORT, "preDeployCommand: flask db upgrade"), "Dockerfile": ""},
        },
    ),
    "migrate-on-boot": Row(
        {**MIGRATED, **image(UPGRADING)},
        {"heroku": procfile(UPGRADING), "fly": fly(), "docker-compose": compose(env=URL)},
        {
            "heroku: the release migrates": {**procfile(ON_PORT, "release: flask db upgrade"), "Dockerfile": ""},
            "docker-compose: another service migrates": compose(
                f"    command: {ON_8000}", "  migrate:", "    build: .", "    command: flask db upgrade", env=URL
            ),
        },
    ),
    "migrations-not-shipped": Row(
        {**MIGRATED, **image(), ".dockerignore": ".git\n.env\nmigrations\n"},
        {
            "fly": fly("[deploy]", 'release_command = "flask db upgrade"'),
            "docker-compose": compose("  migrate:", "    build: .", "    command: flask db upgrade", env=URL),
        },
        {"heroku: the slug has the folder": {**procfile(ON_PORT, "release: flask db upgrade"), "Dockerfile": ""}},
    ),
    "migrate-in-build": Row(
        {**MIGRATED, **image(steps=f"{INSTALL}RUN flask db upgrade\nUSER nobody\n")},
        {
            "fly": fly(),
            "docker-compose": compose(env=URL),
            "kubernetes": kubernetes(env=URL),
            "render": render(ON_PORT, "buildCommand: pip install -r requirements.txt && flask db upgrade"),
        },
        {"render: before the deploy": {**render(ON_PORT, "preDeployCommand: flask db upgrade"), "Dockerfile": ""}},
    ),
    "start-command-conflict": Row(
        {**PLAIN, "Procfile": "web: gunicorn --workers 3 app:app\n"},
        {
            "railway": railway("gunicorn --workers 2 --bind 0.0.0.0:$PORT app:app"),
            "digitalocean": digitalocean("gunicorn --workers 2 --bind 0.0.0.0:$PORT app:app"),
            "cloud-foundry": {
                "manifest.yml": "applications:\n- name: shop\n"
                "  command: gunicorn --workers 2 --bind 0.0.0.0:$PORT app:app\n"
            },
        },
        {
            "heroku: reads no other file": {},
            "heroku: a Blueprint is for another platform": render("gunicorn --workers 2 app:app"),
        },
    ),
}

DATABASES = {
    "database-driver-missing": Row(
        {
            "app.py": FROM_VARIABLE,
            "requirements.txt": SQL.replace("psycopg2-binary==2.9.10", "pg8000==1.31.2"),
            **image(),
        },
        {
            "docker-compose": compose(env=URL),
            "kubernetes": kubernetes(env=URL),
            "fly": fly(env=URL),
            "render": render(ON_PORT, "envVars:", "- {key: DATABASE_URL, value: 'postgresql://shop@db/shop'}"),
        },
        {
            "docker-compose: names the driver": compose(env={"DATABASE_URL": "postgresql+pg8000://shop@db/shop"}),
            "kubernetes: names the driver": kubernetes(env={"DATABASE_URL": "postgresql+pg8000://shop@db/shop"}),
        },
    ),
    "database-url-scheme": Row(
        {"app.py": FROM_VARIABLE, "requirements.txt": SQL, **image()},
        {
            "heroku": {**procfile(), "Dockerfile": ""},
            "docker-compose": compose(env={"DATABASE_URL": "postgres://shop@db/shop"}),
            "kubernetes": kubernetes(env={"DATABASE_URL": "postgres://shop@db/shop"}),
        },
        {
            "pandastack: sets postgresql://": {**procfile(), "Dockerfile": ""},
            "docker-compose: sets postgresql://": compose(env=URL),
        },
        {"pandastack: sets postgresql://": Config(platform="pandastack")},
    ),
    "database-url-fallback": Row(
        {
            "app.py": REPAIRED.replace(
                'os.environ["DATABASE_URL"]', 'os.environ.get("DATABASE_URL", "sqlite:///a.db")'
            ),
            "requirements.txt": SQL,
            **image(),
        },
        {
            "heroku": {**procfile(), "Dockerfile": ""},
            "fly": fly(),
            "pandastack": {**procfile(), "Dockerfile": ""},
            "render": {**render(), "Dockerfile": ""},
        },
        {"docker-compose: sets it": compose(env=URL), "kubernetes: sets it": kubernetes(env=URL)},
        {"pandastack": Config(platform="pandastack")},
    ),
    "database-url-not-injected": Row(
        {**WITH_DATABASE, **image()},
        {
            "docker-compose": compose(),
            "kubernetes": kubernetes(),
            "podman-quadlet": quadlet("PublishPort=80:8000"),
        },
        {
            "heroku: sets it": {**procfile(), "Dockerfile": ""},
            "fly: a secret may be set": fly(),
            "docker-compose: the file sets it": compose(env=URL),
        },
    ),
    "sqlite-in-production": Row(
        {
            "app.py": FROM_VARIABLE.replace('os.environ["DATABASE_URL"]', '"sqlite:////srv/data/shop.db"'),
            "requirements.txt": SQL,
            **image(),
        },
        {"heroku": {**procfile(), "Dockerfile": ""}, "cloud-run": cloud_run(), "docker-compose": compose()},
        {
            "docker-compose: on a volume": compose("    volumes: ['data:/srv/data']", "volumes: {data: {}}"),
            "systemd: the disk stays": {**systemd(), "Dockerfile": ""},
        },
    ),
    "pool-over-limit": Row(
        {**WITH_DATABASE, "gunicorn.conf.py": "workers = 10\nthreads = 10\n"},
        {"heroku": procfile(), "pandastack": procfile(), "render": render()},
        {"pandastack: on premium": procfile(), "heroku: on standard-2": procfile()},
        {
            "heroku": Config(tiers=("essential-0",)),
            "pandastack": Config(platform="pandastack", tiers=("free",)),
            "render": Config(tiers=("basic-256mb",)),
            "pandastack: on premium": Config(platform="pandastack", tiers=("premium",)),
            "heroku: on standard-2": Config(tiers=("standard-2",)),
        },
    ),
    "pool-near-limit": Row(
        {
            "app.py": REPAIRED.replace("db = ", 'app.config["SQLALCHEMY_ENGINE_OPTIONS"] = {"pool_size": 1}\ndb = '),
            "requirements.txt": SQL,
            "gunicorn.conf.py": "workers = 17\n",
        },
        {"heroku": procfile(), "fly": {**fly(), **image()}, "render": render()},
        {"heroku: of 120": procfile(), "render: of 100": render()},
        {
            "heroku": Config(tiers=("essential-0",)),
            "fly": Config(db_connections=20),
            "render": Config(db_connections=20),
            "heroku: of 120": Config(tiers=("standard-0",)),
            "render: of 100": Config(tiers=("basic-256mb",)),
        },
    ),
}

TIERS = {
    "single-worker": Row(
        SHIPPED,
        {"fly": fly(), "docker-compose": compose(), "kubernetes": kubernetes(), "digitalocean": digitalocean()},
        {
            "heroku: sets WEB_CONCURRENCY by the dyno": {**procfile(), "Dockerfile": ""},
            "docker-compose: the file sets it": compose(env={"WEB_CONCURRENCY": "3"}),
        },
        {"heroku: sets WEB_CONCURRENCY by the dyno": Config(tiers=("standard-2x",))},
    ),
    "workers-over-tier": Row(
        {**PLAIN, "gunicorn.conf.py": "workers = 20\n", **image()},
        {
            "heroku": {**procfile(), "Dockerfile": ""},
            "render": render(),
            "fly": fly("[[vm]]", 'size = "shared-cpu-1x"'),
        },
        {
            "heroku: a larger dyno": {**procfile(), "Dockerfile": ""},
            "fly: a larger Machine": fly("[[vm]]", 'size = "performance-16x"'),
        },
        {"heroku": Config(tiers=("eco",)), "heroku: a larger dyno": Config(tiers=("performance-l",))},
    ),
    "workers-under-tier": Row(
        {**PLAIN, "gunicorn.conf.py": "workers = 2\n", **image()},
        {
            "heroku": {**procfile(), "Dockerfile": ""},
            "render": render(plan="pro plus"),
            "fly": fly("[[vm]]", 'size = "performance-8x"'),
        },
        {
            "heroku: a small dyno": {**procfile(), "Dockerfile": ""},
            "render: a small instance": render(),
            "fly: a small Machine": fly("[[vm]]", 'size = "shared-cpu-1x"'),
        },
        {"heroku": Config(tiers=("performance-l",)), "heroku: a small dyno": Config(tiers=("eco",))},
    ),
}

CONTRACTS = {**BINDING, **DEPLOYS, **RELEASES, **DATABASES, **TIERS}
