"""Rows whose code is the same and whose surroundings decide: a variable, an option of the server, another standing.

That each of these rules holds on many platforms is in test_rules_on_platforms; a row shows the files where they are
right.
"""

from __future__ import annotations

from platform_manifests import (
    APP,
    FLASK,
    ON_8000,
    ON_PORT,
    SQL,
    Files,
    Row,
    compose,
    fly,
    image,
    kubernetes,
    procfile,
    quadlet,
    render,
    systemd,
)

IN_DEVELOPMENT = "docker-compose.dev.yml"
VAULT = "{{ from the vault }}"
OF_DATABASE = (
    "from flask_sqlalchemy import SQLAlchemy\n"
    'app.config["SQLALCHEMY_DATABASE_URI"] = os.environ["DATABASE_URL"].replace("postgres://", "postgresql://", 1)\n'
)
URL = {"DATABASE_URL": "postgresql://shop@db/shop", "KEY": VAULT}


def by_settings(plain: str, hosted: str, *, more: str = "", needs: str = FLASK) -> Row:
    """An app whose configuration a variable chooses: `plain`, which is wrong, where nothing sets it, else `hosted`."""
    files = {
        "app.py": APP + 'app.config.from_object(os.environ.get("SETTINGS", "settings.Plain"))\n' + more,
        "settings.py": f"import os\nclass Plain:\n    {plain}\nclass Hosted:\n    {hosted}\n",
        "requirements.txt": needs,
        **image(),
    }
    return Row(
        files,
        {"docker-compose": compose(env=URL), "kubernetes": kubernetes(env=URL)},
        {
            "docker-compose: chooses the other settings": compose(env={**URL, "SETTINGS": "settings.Hosted"}),
            "kubernetes: chooses the other settings": kubernetes(env={**URL, "SETTINGS": "settings.Hosted"}),
        },
    )


def by_switch(body: str, *, needs: str = FLASK, before: str = "") -> Row:
    """An app with lines that run unless a variable says otherwise."""
    lines = "".join(f"    {line}\n" for line in body.splitlines())
    files = {
        "app.py": f'{APP}{before}if os.environ.get("SWITCH", "on") == "on":\n{lines}',
        "requirements.txt": needs,
        **image(),
    }
    return Row(
        files,
        {"docker-compose": compose(env=URL), "kubernetes": kubernetes(env=URL)},
        {
            "docker-compose: switches it off": compose(env={**URL, "SWITCH": "off"}),
            "kubernetes: switches it off": kubernetes(env={**URL, "SWITCH": "off"}),
        },
    )


def by_command(files: Files, wrong: str, right: str) -> Row:
    """The same files under two commands of the server."""
    return Row(
        files,
        {"heroku": procfile(wrong), "render": render(wrong)},
        {
            "heroku: another command": procfile(right),
            "render: another command": render(right),
        },
    )


def by_server_variable(name: str, line: str, good: str) -> Row:
    """A configuration file of Gunicorn that reads a variable, with a default that is wrong."""
    files = {"app.py": APP, "requirements.txt": FLASK, "gunicorn.conf.py": f"import os\n{line}\n", **image()}
    return Row(
        files,
        {"docker-compose": compose(), "kubernetes": kubernetes(), "podman-quadlet": quadlet("PublishPort=80:8000")},
        {
            "docker-compose: sets it": compose(env={name: good}),
            "kubernetes: sets it": kubernetes(env={name: good}),
        },
    )


def with_options(options: str) -> str:
    """The start of a server that listens on PORT, with options of Gunicorn."""
    return ON_PORT.replace(" app", f" {options} app")


PLAIN = {"app.py": APP, "requirements.txt": FLASK}
FACTORY = "from flask import Flask\ndef create_app():\n    return Flask(__name__)\n"
WITH_DATABASE = {"app.py": APP + OF_DATABASE + "db = SQLAlchemy(app)\n", "requirements.txt": SQL}
MIGRATIONS = {
    "migrations/alembic.ini": "[alembic]\n",
    "migrations/env.py": "from alembic import context\n",
    "migrations/script.py.mako": "${message}\n",
    "migrations/versions/a.py": 'revision = "a"\ndown_revision = None\n\n\ndef upgrade():\n    pass\n',
    "migrations/versions/b.py": 'revision = "b"\ndown_revision = None\n\n\ndef upgrade():\n    pass\n',
}
CONNECTS = OF_DATABASE + "db = SQLAlchemy(app)\nwith app.app_context():\n    db.session.execute(db.text('select 1'))\n"
CONSTRAINED = (
    "COPY constraints.txt requirements.txt ./\n"
    "RUN pip install --no-cache-dir -c constraints.txt -r requirements.txt\nCOPY . .\nUSER nobody\n"
)
DATABASE = OF_DATABASE + "db = SQLAlchemy(app)\n"


def by_pool(plain: str, hosted: str) -> Row:
    """The same with the options of the engine."""
    option = "SQLALCHEMY_ENGINE_OPTIONS"
    return by_settings(f"{option} = {plain}", f"{option} = {hosted}", more=DATABASE, needs=SQL)


COMMANDS = {
    "factory-not-called": by_command(
        {
            "app.py": "from flask import Flask\ndef create_app():\n    return Flask(__name__)\n",
            "requirements.txt": FLASK,
        },
        "gunicorn --bind 0.0.0.0:$PORT app:create_app",
        "gunicorn --bind 0.0.0.0:$PORT 'app:create_app()'",
    ),
    "wsgi-target-not-found": by_command(
        {"src/shop/__init__.py": "# the shop\n", "src/shop/wsgi.py": APP, "requirements.txt": FLASK},
        "gunicorn --bind 0.0.0.0:$PORT shop.wsgi:app",
        "gunicorn --bind 0.0.0.0:$PORT --chdir src shop.wsgi:app",
    ),
    "config-file-not-loaded": by_command(
        {**PLAIN, "gunicorn_config.py": 'bind = "0.0.0.0:8000"\nworkers = 3\n'},
        ON_PORT,
        with_options("-c gunicorn_config.py"),
    ),
    "server-setting-unknown": by_command(
        {**PLAIN, "gunicorn.conf.py": "worker = 3\n", "deploy/gunicorn.conf.py": "workers = 3\n"},
        ON_PORT,
        with_options("-c deploy/gunicorn.conf.py"),
    ),
    "server-setting-ineffective": by_command(
        {**PLAIN, "gunicorn.conf.py": "keepalive = 30\n"}, ON_PORT, with_options("--threads 4")
    ),
    "max-requests-without-jitter": by_command(
        {**PLAIN, "gunicorn.conf.py": "max_requests = 1000\n"},
        with_options("--workers 3"),
        with_options("--workers 1"),
    ),
    "state-per-worker": by_command(
        {
            "app.py": APP + "seen = {}\n@app.get('/<name>')\ndef see(name):\n    seen[name] = 1\n    return ''\n",
            "requirements.txt": FLASK,
        },
        with_options("--workers 3"),
        with_options("--workers 1 --threads 4"),
    ),
    "pool-under-threads": by_command(
        {**WITH_DATABASE, "gunicorn.conf.py": "workers = 2\n"},
        with_options("--threads 20"),
        with_options("--threads 8"),
    ),
    "gevent-blocked-by-driver": by_command(
        {**WITH_DATABASE, "requirements.txt": SQL + "gevent==24.11.1\n"},
        with_options("-k gevent"),
        with_options("-k gthread --threads 4"),
    ),
    "pool-shared-across-fork": Row(
        {"app.py": APP + CONNECTS, "requirements.txt": SQL},
        {
            "render": render(),
            "heroku": procfile(with_options("--preload")),
            "fly": {**fly(), **image(ON_8000.replace(" app", " --preload app"))},
        },
        {"heroku: no preload": procfile(), "fly: no preload": {**fly(), **image()}},
    ),
    "autogenerate-in-production": Row(
        {
            **WITH_DATABASE,
            "requirements.txt": SQL + "flask-migrate==4.0.7\n",
            **image(),
        },
        {"docker-compose": compose(f'    command: sh -c "flask db migrate && {ON_8000}"', env=URL)},
        {
            "docker-compose: only in development": {
                **compose(env=URL),
                **compose(f'    command: sh -c "flask db migrate && {ON_8000}"', env=URL, name=IN_DEVELOPMENT),
            }
        },
    ),
    "engine-per-request": by_command(
        {
            "app.py": APP + "from sqlalchemy import create_engine\n@app.get('/')\ndef index():\n"
            "    create_engine(os.environ['DATABASE_URL']).connect()\n    return ''\n",
            "status.py": APP,
            "requirements.txt": SQL,
        },
        ON_PORT,
        ON_PORT.replace("app:app", "status:app"),
    ),
    "migration-heads": Row(
        {
            "app.py": APP + DATABASE + "from flask_migrate import Migrate\nMigrate(app, db)\n",
            "status.py": "from flask import Flask\napp = Flask(__name__)\n",
            "requirements.txt": SQL + "flask-migrate==4.0.7\n",
            **MIGRATIONS,
        },
        {"heroku": procfile(), "render": render()},
        {"heroku: another app without a database": procfile("gunicorn --bind 0.0.0.0:$PORT status:app")},
    ),
    "workers-from-host-cpus": Row(
        {
            **PLAIN,
            "gunicorn.conf.py": "import multiprocessing\nworkers = multiprocessing.cpu_count() * 2 + 1\n",
        },
        {"heroku": procfile(), "render": render(), "fly": {**fly(), **image()}},
        {"systemd: the whole machine is its own": systemd()},
    ),
    "dependencies-unpinned": Row(
        {"app.py": APP, "requirements.txt": "flask\ngunicorn\n", "constraints.txt": FLASK},
        {"heroku": procfile(), "render": render(), "fly": {**fly(), **image()}},
        {
            "fly: the image has the constraints": {
                **fly(),
                **image(steps=CONSTRAINED),
            }
        },
    ),
    "reload-on": Row(
        {**PLAIN, **image()},
        {"docker-compose": compose(f"    command: {ON_8000} --reload")},
        {
            "docker-compose: only in development": {
                **compose(),
                **compose(f"    command: {ON_8000} --reload", name=IN_DEVELOPMENT),
            }
        },
    ),
    "flask-env-ignored": Row(
        {**PLAIN, **image()},
        {"docker-compose": compose(env={"FLASK_ENV": "development"}), "fly": fly(env={"FLASK_ENV": "development"})},
        {
            "docker-compose: says what is so anyway": compose(env={"FLASK_ENV": "production"}),
            "docker-compose: only in development": {
                **compose(),
                **compose(env={"FLASK_ENV": "development"}, name=IN_DEVELOPMENT),
            },
        },
    ),
}

VARIABLES = {
    "log-level-debug": by_server_variable("LEVEL", 'loglevel = os.environ.get("LEVEL", "debug")', "info"),
    "timeout-disabled": by_server_variable("PATIENCE", 'timeout = int(os.environ.get("PATIENCE", "0"))', "30"),
    "access-log-off": by_server_variable("LOG", 'accesslog = os.environ.get("LOG")', "-"),
    "worker-heartbeat-on-disk": by_server_variable("FOLDER", 'worker_tmp_dir = os.environ.get("FOLDER")', "/dev/shm"),
    "app-run-on-import": by_switch("app.run()"),
    "migrate-on-import": by_switch("with app.app_context():\n    db.create_all()", needs=SQL, before=DATABASE),
    "debug-on": by_settings("DEBUG = True", "DEBUG = False"),
    "testing-on": by_settings("TESTING = True", "TESTING = False"),
    "debug-toolbar-on": by_settings(
        "DEBUG_TB_ENABLED = True",
        "DEBUG_TB_ENABLED = False",
        more="from flask_debugtoolbar import DebugToolbarExtension\nDebugToolbarExtension(app)\n",
        needs=FLASK + "flask-debugtoolbar==0.16.0\n",
    ),
    "secret-key-hardcoded": by_settings('SECRET_KEY = "kept in the code"', 'SECRET_KEY = os.environ["KEY"]'),
    "secret-key-random": by_settings("SECRET_KEY = os.urandom(32)", 'SECRET_KEY = os.environ["KEY"]'),
    "credential-hardcoded": by_settings('MAIL_PASSWORD = "tiger9x-stripes"', 'MAIL_PASSWORD = os.environ["KEY"]'),
    "database-url-hardcoded": by_settings(
        'SQLALCHEMY_DATABASE_URI = "postgresql://shop:tiger9x@db.internal/shop"',
        'SQLALCHEMY_DATABASE_URI = os.environ["DATABASE_URL"]',
        more="from flask_sqlalchemy import SQLAlchemy\ndb = SQLAlchemy(app)\n",
        needs=SQL,
    ),
    "pool-options-invalid": by_pool('{"pool_sise": 3}', '{"pool_size": 3}'),
    "pool-pre-ping-off": by_pool("{}", '{"pool_pre_ping": True}'),
    "pool-unbounded": by_pool('{"max_overflow": -1}', '{"max_overflow": 2}'),
    "secret-key-fallback": Row(
        {
            "app.py": APP + 'app.secret_key = os.environ.get("SECRET_KEY", "dev")\n',
            "requirements.txt": FLASK,
            **image(),
        },
        {"docker-compose": compose(), "kubernetes": kubernetes(), "heroku": procfile()},
        {
            "docker-compose: sets it": compose(env={"SECRET_KEY": VAULT}),
            "kubernetes: sets it": kubernetes(env={"SECRET_KEY": VAULT}),
        },
    ),
    "development-config": Row(
        {
            "app.py": APP + 'app.config.from_object(os.environ.get("SETTINGS", "settings.DevelopmentConfig"))\n',
            "settings.py": "class DevelopmentConfig:\n    DEBUG = True\nclass ProductionConfig:\n    DEBUG = False\n",
            "requirements.txt": FLASK,
            **image(),
        },
        {"docker-compose": compose(), "kubernetes": kubernetes(), "heroku": procfile()},
        {
            "docker-compose: chooses the other settings": compose(env={"SETTINGS": "settings.ProductionConfig"}),
            "kubernetes: chooses the other settings": kubernetes(env={"SETTINGS": "settings.ProductionConfig"}),
        },
    ),
}

SURROUNDED = {**COMMANDS, **VARIABLES}
