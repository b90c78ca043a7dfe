"""A report made by hand, with one of everything that outputs have to show."""

from __future__ import annotations

from flaskprod_lint.finding import (
    ChecklistItem,
    Confidence,
    Crash,
    Edit,
    Finding,
    Fix,
    Report,
    RunningProcess,
    Severity,
    Suppressed,
    UnknownFact,
    Verdict,
)
from flaskprod_lint.source import Place, Problem, Span

FLY, COMPOSE = "fly.toml on Fly.io", "docker-compose.prod.yml"


def at(path: str, line: int, note: str = "") -> Place:
    return Place(Span(path, line), note)


PORT = Finding(
    "Fly.io connects to 8080, Gunicorn listens on 8000",
    Span("gunicorn.conf.py", 2, 8, 2, 22),
    because=(
        at("fly.toml", 12, "internal_port = 8080"),
        at("start.sh", 6, "exec gunicorn -c gunicorn.conf.py shop.wsgi:app"),
        Place(None, "Fly.io sends every request to internal_port"),
    ),
    severity=Severity.ERROR,
    instead="bind = f\"0.0.0.0:{os.environ.get('PORT', '8080')}\"",
    label="every request and health check is refused",
    fix=Fix((Edit(Span("gunicorn.conf.py", 2, 16, 2, 20), "8080"),), safe=False),
    rule="port-mismatch",
    item="binding",
    deployments=(FLY,),
    fingerprint="0f0f0f0f0f0f0f0f",
)
KEY = Finding(
    "Without SECRET_KEY in the environment, sessions are signed with a key that stands in the repository, so anyone "
    "who has seen it can log in as any user",
    Span("shop/config.py", 14, 18, 14, 53),
    because=(at("shop/__init__.py", 9, 'app.config.from_object("shop.config.Production")'),),
    severity=Severity.ERROR,
    instead='SECRET_KEY = os.environ["SECRET_KEY"]',
    label="used whenever SECRET_KEY is unset",
    rule="secret-key-fallback",
    item="secrets",
    deployments=(FLY, COMPOSE),
    fingerprint="1f1f1f1f1f1f1f1f",
)
PIN = Finding(
    "`requests` is not pinned: the next build may install another version",
    Span("requirements.txt", 4, 1, 4, 9),
    confidence=Confidence.MEDIUM,
    severity=Severity.WARNING,
    instead="requests==2.32.3",
    rule="dependencies-unpinned",
    item="image",
    deployments=(FLY, COMPOSE),
    fingerprint="2f2f2f2f2f2f2f2f",
)
LEVEL = Finding(
    "Gunicorn logs at debug level",
    Span("gunicorn.conf.py", 9, 1, 9, 19),
    severity=Severity.NOTE,
    instead='loglevel = "info"',
    rule="log-level-debug",
    item="logs",
    deployments=(FLY, COMPOSE),
    fingerprint="3f3f3f3f3f3f3f3f",
)


def checklist() -> list[ChecklistItem]:
    return [
        ChecklistItem("server", Verdict.PASS, "Gunicorn serves shop.wsgi:app", (at("start.sh", 6, "exec gunicorn"),)),
        ChecklistItem("binding", Verdict.FAIL, PORT.message, (Place(PORT.at, PORT.rule),), "1 error"),
        ChecklistItem("concurrency", Verdict.UNKNOWN, reason="workers come from settings.how_many()"),
        ChecklistItem(
            "logs",
            Verdict.PASS,
            "access and error log to stdout, unbuffered",
            (at("gunicorn.conf.py", 4, 'accesslog = "-"'), at("Dockerfile", 3, "ENV PYTHONUNBUFFERED=1")),
        ),
        ChecklistItem("database", Verdict.PASS, "at most 12 of 50 connections", (at("shop/db.py", 7),)),
        ChecklistItem("migrations", Verdict.NOT_APPLICABLE, reason="the project has no migrations"),
        ChecklistItem("secrets", Verdict.FAIL, KEY.message, (Place(KEY.at, KEY.rule),), "1 error"),
        ChecklistItem("debug", Verdict.PASS, "off", (at("shop/config.py", 22),)),
        ChecklistItem("image", Verdict.FAIL, PIN.message, (Place(PIN.at, PIN.rule),), "1 warning"),
    ]


def sample() -> Report:
    """A project that is deployed in two ways and is not ready."""
    trail = (at("fly.toml", 3), at("Dockerfile", 14), at("start.sh", 6))
    summary = "0.0.0.0:8000 · 3 workers × 2 threads (gthread) · Gunicorn 23.0.0"
    return Report(
        "shop",
        checklist=checklist(),
        findings=[PORT, LEVEL, KEY, PIN],
        suppressed=[Suppressed(LEVEL, "config", "we need it until spring", at("pyproject.toml", 8))],
        unknowns=[UnknownFact("gunicorn workers", "comes from settings.how_many()", at("gunicorn.conf.py", 3))],
        problems=[Problem("not valid Python: invalid syntax", at("shop/broken.py", 1))],
        platform="fly",
        tier="shared-cpu-1x",
        platform_origin=at("fly.toml", 1),
        what_runs=[
            RunningProcess(FLY, "web", "gunicorn -c gunicorn.conf.py shop.wsgi:app", trail, summary),
            RunningProcess(FLY, "release", "flask db upgrade", (at("fly.toml", 9),)),
            RunningProcess(COMPOSE, "web", "gunicorn -b 0.0.0.0:8000 shop.wsgi:app", (at(COMPOSE, 5),), summary),
        ],
        deployments=[FLY, COMPOSE],
        files=84,
        excerpts={
            "gunicorn.conf.py": {1: "import os", 2: 'bind = "0.0.0.0:8000"', 9: 'loglevel = "debug"'},
            "shop/config.py": {
                13: "class Production(Config):",
                14: '    SECRET_KEY = os.environ.get("SECRET_KEY", "***")',
            },
            "requirements.txt": {3: "flask==3.1.0", 4: "requests"},
        },
    )


def ready() -> Report:
    """A project with nothing to find."""
    report = sample()
    report.findings, report.suppressed, report.unknowns, report.problems = [], [], [], []
    report.checklist = [
        ChecklistItem(answer.item, Verdict.PASS, f"{answer.item} is right", (at("Dockerfile", 3, "as written"),))
        for answer in report.checklist
    ]
    return report


def crashed() -> Report:
    """A run in which a rule of ours failed."""
    report = sample()
    report.crashes = [Crash("rule port-mismatch", "KeyError in binding.py:12 (port_mismatch)")]
    return report
