"""The same project on several platforms: where each rule holds, and where the same files are right.

The projects of tests/rules show a rule once and in depth. Here CASES asks about one app on five platforms, and ROWS
have the manifests by which the same files of an app are wrong and right. Together they hold every rule there is.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from contracts_elsewhere import CONTRACTS
from flaskprod_lint.catalogue import RULES
from flaskprod_lint.config import Config
from flaskprod_lint.finding import Finding, Report, Severity
from flaskprod_lint.linting import lint
from platform_manifests import Files, Row, merged
from projects import write
from rules_elsewhere import OTHERS
from settings_elsewhere import SURROUNDED

PLATFORMS = ("heroku", "render", "fly", "compose", "kubernetes")
ALL = frozenset(PLATFORMS)
IMAGES = frozenset(("fly", "compose", "kubernetes"))
FLASK = "flask==3.1.3\ngunicorn==23.0.0\n"
SQL = FLASK + "flask-sqlalchemy==3.1.1\nsqlalchemy==2.0.36\npsycopg2-binary==2.9.10\n"
APP = "import os\nfrom flask import Flask\napp = Flask(__name__)\n"
DB = (
    APP + "from flask_sqlalchemy import SQLAlchemy\n"
    'app.config["SQLALCHEMY_DATABASE_URI"] = os.environ["DATABASE_URL"].replace("postgres://", "postgresql://", 1)\n'
)
REVISION = 'revision = "{0}"\ndown_revision = {1}\n\n\ndef upgrade():\n    pass\n'
RUN = "gunicorn --bind 0.0.0.0:8000 app:app"


@dataclass(frozen=True)
class Case:
    """An app and how it is started. `on` are the platforms where the rule finds it; elsewhere it is right."""

    app: str
    on: frozenset[str] = ALL
    run: str = RUN
    needs: str = FLASK
    more: Mapping[str, str] = field(default_factory=dict)
    base: str = "python:3.13-slim"
    steps: str = "COPY requirements.txt .\nRUN pip install --no-cache-dir -r requirements.txt\nCOPY . .\nUSER nobody\n"
    variables: Mapping[str, str] = field(default_factory=dict)
    tiers: tuple[str, ...] = ()


def files_on(platform: str, case: Case) -> dict[str, str]:
    """The project with the manifest of one platform."""
    set_there = (
        {"DATABASE_URL": "postgresql://shop@db/shop", **case.variables} if platform != "heroku" else case.variables
    )
    files = {"app.py": case.app, "requirements.txt": case.needs, **case.more}
    if platform == "heroku":
        return {**files, "Procfile": f"web: {case.run.replace(':8000', ':$PORT')}\n"}
    if platform == "render":
        return {**files, "render.yaml": _render(case)}
    files["Dockerfile"] = f"FROM {case.base}\nWORKDIR /app\n{case.steps}CMD exec {case.run}\n"
    files.setdefault(".dockerignore", ".git\n.env\n")
    if platform == "fly":
        env = "".join(f'{name} = "{value}"\n' for name, value in case.variables.items())
        files["fly.toml"] = f'app = "x"\n[env]\n{env}[http_service]\ninternal_port = 8000\n'
    elif platform == "compose":
        env = "".join(f"      {name}: '{value}'\n" for name, value in set_there.items())
        files["docker-compose.prod.yml"] = (
            f"services:\n  web:\n    build: .\n    restart: always\n    ports: ['80:8000']\n    environment:\n{env}"
        )
    else:
        env = "".join(f"        - {{name: {name}, value: '{value}'}}\n" for name, value in set_there.items())
        files["k8s/web.yaml"] = (
            "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: x}\nspec:\n  template:\n    spec:\n"
            "      containers:\n      - name: web\n        image: registry/x:1\n"
            f"        ports: [{{containerPort: 8000}}]\n        env:\n{env}"
        )
    return files


def _render(case: Case) -> str:
    env = "".join(f"  - {{key: {name}, value: '{value}'}}\n" for name, value in case.variables.items())
    return (
        "services:\n- type: web\n  name: x\n  runtime: python\n  plan: starter\n"
        f"  startCommand: {case.run.replace(':8000', ':$PORT')}\n  envVars:\n"
        f"  - {{key: DATABASE_URL, fromDatabase: {{name: d, property: connectionString}}}}\n{env}"
        "databases:\n- name: d\n  plan: basic-256mb\n"
    )


CASES: dict[str, Case] = {
    "access-log-off": Case(APP, IMAGES),
    "app-run-on-import": Case(APP + "app.run()\n"),
    "autogenerate-in-production": Case(
        DB, run='sh -c "flask db migrate && gunicorn -b 0.0.0.0:8000 app:app"', needs=SQL
    ),
    "base-image-floating": Case(APP, IMAGES, base="python:latest"),
    "base-image-large": Case(APP, IMAGES, base="python:3.13.5"),
    "build-context-unfiltered": Case(APP, IMAGES, more={".dockerignore": "*.md\n"}),
    "config-file-not-loaded": Case(APP, more={"gunicorn_config.py": 'bind = "0.0.0.0:8000"\nworkers = 3\n'}),
    "copied-file-ignored": Case(APP, IMAGES, more={".dockerignore": ".git\n.env\nrequirements.txt\n"}),
    "credential-hardcoded": Case(APP + 'app.config["MAIL_PASSWORD"] = "tiger9x-stripes"\n'),
    "env-file-in-image": Case(
        APP, IMAGES, more={".env": "SECRET_KEY=tiger9x-stripes-and-more\n", ".dockerignore": ".git\n"}
    ),
    "migrations-not-shipped": Case(
        DB + "from flask_migrate import Migrate\ndb = SQLAlchemy(app)\nMigrate(app, db)\n",
        IMAGES,
        run='sh -c "flask db upgrade && exec gunicorn -b 0.0.0.0:8000 app:app"',
        needs=SQL + "flask-migrate==4.0.7\n",
        more={
            ".dockerignore": ".git\n.env\nmigrations\n",
            "migrations/env.py": "from alembic import context\n",
            "migrations/script.py.mako": "",
            "migrations/versions/a.py": REVISION.format("a", None),
        },
    ),
    "proxy-headers-from-anyone": Case(
        APP + "from werkzeug.middleware.proxy_fix import ProxyFix\napp.wsgi_app = ProxyFix(app.wsgi_app, x_for=3)\n"
        "@app.get('/')\ndef index():\n    from flask import request\n    return request.remote_addr\n",
        frozenset(("heroku", "fly", "compose")),
    ),
    "secret-in-image": Case(
        APP,
        IMAGES,
        steps="ENV SECRET_KEY=tiger9x-stripes-and-more\nCOPY . .\nRUN pip install -r requirements.txt\nUSER nobody\n",
    ),
    "database-url-hardcoded": Case(
        APP + "from flask_sqlalchemy import SQLAlchemy\n"
        'app.config["SQLALCHEMY_DATABASE_URI"] = "postgresql://shop:tiger9x@db.internal/shop"\ndb = SQLAlchemy(app)\n',
        needs=SQL,
    ),
    "debug-on": Case(APP + "app.debug = True\n"),
    "debug-toolbar-on": Case(
        APP
        + "from flask_debugtoolbar import DebugToolbarExtension\n"
        + "app.config['DEBUG_TB_ENABLED'] = True\nDebugToolbarExtension(app)\n",
        needs=FLASK + "flask-debugtoolbar==0.16.0\n",
    ),
    "dependencies-unpinned": Case(APP, needs="flask\ngunicorn\n"),
    "development-config": Case(
        APP + "class DevelopmentConfig:\n    DEBUG = True\napp.config.from_object(DevelopmentConfig)\n"
    ),
    "engine-per-request": Case(
        APP + "from sqlalchemy import create_engine\n@app.get('/')\ndef index():\n"
        "    create_engine(os.environ['DATABASE_URL']).connect()\n    return ''\n",
        needs=SQL,
    ),
    "factory-not-called": Case(
        "from flask import Flask\ndef create_app():\n    return Flask(__name__)\n", run=RUN[:-3] + "create_app"
    ),
    "flask-env-ignored": Case(
        APP, frozenset(("render", "fly", "compose", "kubernetes")), variables={"FLASK_ENV": "development"}
    ),
    "gevent-blocked-by-driver": Case(
        DB + "db = SQLAlchemy(app)\n", run=RUN + " -k gevent", needs=SQL + "gevent==24.11.1\n"
    ),
    "install-after-copy": Case(
        APP, IMAGES, steps="COPY . .\nRUN pip install --no-cache-dir -r requirements.txt\nUSER nobody\n"
    ),
    "log-level-debug": Case(APP, run=RUN + " --log-level debug"),
    "max-requests-without-jitter": Case(APP, run=RUN + " --workers 3 --max-requests 1000"),
    "migrate-on-import": Case(DB + "db = SQLAlchemy(app)\nwith app.app_context():\n    db.create_all()\n", needs=SQL),
    "migration-heads": Case(
        DB + "from flask_migrate import Migrate\ndb = SQLAlchemy(app)\nMigrate(app, db)\n",
        run='sh -c "flask db upgrade && exec gunicorn -b 0.0.0.0:8000 app:app"',
        needs=SQL + "flask-migrate==4.0.7\n",
        more={
            "migrations/alembic.ini": "[alembic]\n",
            "migrations/env.py": "from alembic import context\n",
            "migrations/script.py.mako": "",
            "migrations/versions/a.py": REVISION.format("a", None),
            "migrations/versions/b.py": REVISION.format("b", None),
        },
    ),
    "pip-cache-kept": Case(
        APP, IMAGES, steps="COPY requirements.txt .\nRUN pip install -r requirements.txt\nCOPY . .\nUSER nobody\n"
    ),
    "pool-options-invalid": Case(
        DB + 'app.config["SQLALCHEMY_ENGINE_OPTIONS"] = {"pool_sise": 3}\ndb = SQLAlchemy(app)\n', needs=SQL
    ),
    "pool-pre-ping-off": Case(DB + "db = SQLAlchemy(app)\n", needs=SQL),
    "pool-shared-across-fork": Case(
        DB + "db = SQLAlchemy(app)\nwith app.app_context():\n    db.session.execute(db.text('select 1'))\n",
        frozenset(("render",)),
        needs=SQL,
    ),
    "pool-unbounded": Case(
        DB + 'app.config["SQLALCHEMY_ENGINE_OPTIONS"] = {"max_overflow": -1}\ndb = SQLAlchemy(app)\n', needs=SQL
    ),
    "pool-under-threads": Case(DB + "db = SQLAlchemy(app)\n", run=RUN + " --threads 20", needs=SQL),
    "port-privileged": Case(APP, IMAGES | {"heroku"}, run="gunicorn --bind 0.0.0.0:80 app:app"),
    "reload-on": Case(APP, run=RUN + " --reload"),
    "secret-key-fallback": Case(APP + 'app.secret_key = os.environ.get("SECRET_KEY", "dev")\n'),
    "secret-key-hardcoded": Case(APP + 'app.secret_key = "kept in the code"\n'),
    "secret-key-random": Case(APP + "app.secret_key = os.urandom(32)\n", run=RUN + " --workers 3"),
    "server-setting-ineffective": Case(APP, run=RUN + " --keep-alive 30"),
    "server-setting-unknown": Case(APP, more={"gunicorn.conf.py": "worker = 3\n"}),
    "state-per-worker": Case(
        APP + "seen = {}\n@app.get('/<name>')\ndef see(name):\n    seen[name] = 1\n    return ''\n",
        run=RUN + " --workers 3",
    ),
    "testing-on": Case(APP + "app.testing = True\n"),
    "timeout-disabled": Case(APP, run=RUN + " --timeout 0"),
    "worker-heartbeat-on-disk": Case(APP, IMAGES),
    "workers-from-host-cpus": Case(
        APP, more={"gunicorn.conf.py": "import multiprocessing\nworkers = multiprocessing.cpu_count() * 2 + 1\n"}
    ),
    "wsgi-target-not-found": Case(APP, run="gunicorn --bind 0.0.0.0:8000 shop.wsgi:app"),
}


def found_on(rule: str, platform: str, case: Case, folder: Path) -> bool:
    report = lint(write(folder / platform, files_on(platform, case)), Config(tiers=case.tiers))
    assert not report.crashes and not report.problems
    return any(finding.rule == rule for finding in report.findings)


@pytest.mark.parametrize("rule", CASES)
def test_where_it_holds(rule: str, tmp_path: Path) -> None:
    case = CASES[rule]
    assert {platform for platform in PLATFORMS if found_on(rule, platform, case, tmp_path)} == case.on


ROWS: dict[str, Row] = {**CONTRACTS, **OTHERS, **SURROUNDED}
#: Every way to deploy of every row: the rule, the key, and whether the rule holds there.
PLACES = [
    *((rule, key, True) for rule, row in ROWS.items() for key in row.wrong),
    *((rule, key, False) for rule, row in ROWS.items() for key in row.right),
]


def report_of(row: Row, key: str, manifest: Files, folder: Path) -> Report:
    report = lint(write(folder, merged(row.app, manifest)), row.options.get(key, Config()))
    assert not report.crashes
    assert report.deployments, "nothing deploys"
    return report


@pytest.mark.parametrize(("rule", "key", "wrong"), PLACES, ids=[f"{rule}: {key}" for rule, key, _ in PLACES])
def test_the_same_files(rule: str, key: str, wrong: bool, tmp_path: Path) -> None:
    row = ROWS[rule]
    report = report_of(row, key, (row.wrong if wrong else row.right)[key], tmp_path)
    assert (report.platform or "image") == platform_of(key)
    assert any(finding.rule == rule for finding in report.findings) is wrong
    assert bool(report.problems) is (rule == "manifest-unreadable" and wrong)


def platform_of(key: str) -> str:
    """The platform of a way to deploy: "fly" of "fly: told of the port"."""
    return key.partition(":")[0].partition(" ")[0]


@pytest.mark.parametrize("rule", sorted(RULES))
def test_every_rule_holds_on_three_platforms_and_is_right_elsewhere(rule: str) -> None:
    case, row = CASES.get(rule), ROWS.get(rule)
    holds = {*(case.on if case else ()), *(map(platform_of, row.wrong) if row else ())}
    assert len(holds) >= 3 or rule in SAME_EVERYWHERE
    assert (case is not None and case.on < ALL) or (row is not None and row.right)


#: What a broken file of one platform does is said beside another, which can be read.
SAME_EVERYWHERE = {"manifest-unreadable"}


def is_error(finding: Finding) -> bool:
    """Of `pool-over-limit`: more than a deploy that overlaps, which is a note."""
    return finding.level is Severity.ERROR


@pytest.mark.parametrize(
    ("platform", "tier", "workers", "rule"),
    [
        ("heroku", "essential-0", 17, "pool-near-limit"),  # of 20
        ("pandastack", "free", 45, "pool-near-limit"),  # of 50
        ("render", "basic-256mb", 85, "pool-near-limit"),  # of 97 or so
        ("heroku", "essential-0", 25, "pool-over-limit"),
        ("pandastack", "free", 60, "pool-over-limit"),
        ("pandastack", "pro", 45, None),
        ("heroku", "standard-0", 17, None),
    ],
)
def test_the_same_pool_under_the_limits_of_plans(
    platform: str, tier: str, workers: int, rule: str | None, tmp_path: Path
) -> None:
    options = 'app.config["SQLALCHEMY_ENGINE_OPTIONS"] = {"pool_size": 1, "max_overflow": 0}\n'
    case = Case(DB + options + "db = SQLAlchemy(app)\n", run=f"{RUN} --workers {workers}", needs=SQL)
    report = lint(write(tmp_path, files_on("heroku", case)), Config(platform=platform, tiers=(tier,)))
    found = {finding.rule for finding in report.findings if finding.rule == "pool-near-limit"}
    found |= {finding.rule for finding in report.findings if finding.rule == "pool-over-limit" and is_error(finding)}
    assert found == ({rule} if rule else set())
