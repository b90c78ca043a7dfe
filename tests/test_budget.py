"""The arithmetic of the connection budget, against what PostgreSQL counted and what the rules define."""

from __future__ import annotations

from dataclasses import replace

import pytest

from flaskprod_lint.model import (
    App,
    Budget,
    BudgetRow,
    Command,
    Deployment,
    Engine,
    MigrationRun,
    Migrations,
    Platform,
    Process,
    Server,
    Setting,
    Step,
    Unknown,
)
from flaskprod_lint.outputs.budget_text import write_budget
from flaskprod_lint.outputs.page import Page
from flaskprod_lint.outputs.terminal import render
from flaskprod_lint.resolve.database import budget, job_workers
from flaskprod_lint.resolve.options import Options
from flaskprod_lint.source import Place, Span

AT = Place(Span("Procfile", 1))
UNLIMITED = -1
NO_POOL = None


def engine(size: int | Unknown | None = 5, overflow: int | Unknown | None = 10, **more: object) -> Engine:
    made = Engine(Place(Span("db.py", 7)), dialect="postgresql", pool_class=Setting("pool_class", "QueuePool"))
    if size is NO_POOL:
        made.pool_class = Setting("pool_class", "NullPool")
    else:
        made.pool_size, made.max_overflow = Setting("pool_size", size), Setting("max_overflow", overflow)
    for name, value in more.items():
        setattr(made, name, value)
    return made


def step(text: str) -> Step:
    return Step(tuple(text.split()), text, AT)


def web(workers: object, concurrency: object, *engines: Engine, kind: str = "gthread", instances: int = 1) -> Process:
    process = Process("web", "web", Command("gunicorn app", "shell", AT), instances=Setting("instances", instances))
    process.server = Server(
        "gunicorn",
        step("gunicorn app"),
        workers=Setting("workers", workers),
        concurrency=Setting("concurrency", concurrency),
        worker_class=Setting("worker_class", kind),
    )
    process.app = App("app", AT, engines=list(engines))
    return process


def job(text: str, kind: str = "worker", app: App | None = None) -> Process:
    process = Process(kind, kind, Command(text, "shell", AT), steps=(step(text),), main=0)
    process.app = app
    return process


def deployment(*processes: Process, **more: object) -> Deployment:
    return replace(Deployment("Procfile", AT, processes=list(processes)), **more)  # type: ignore[arg-type]


def budget_of(*processes: Process, options: Options | None = None, **more: object) -> Budget:
    found = budget.of_deployment(deployment(*processes, **more), options or Options())
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("workers", "concurrency", "size", "overflow", "engines", "measured"),
    [
        pytest.param(2, 1, 5, 10, 1, 2, id="sync"),
        pytest.param(4, 1, 20, 10, 1, 4, id="sync, large pool"),
        pytest.param(2, 4, 5, 10, 1, 8, id="gthread"),
        pytest.param(2, 8, 2, 1, 1, 6, id="gthread, small pool"),
        pytest.param(2, 20, 5, 10, 1, 30, id="gthread, more threads than pool"),
        pytest.param(1, 20, 2, 0, 1, 2, id="gthread, no overflow"),
        pytest.param(1, 12, 0, UNLIMITED, 1, 12, id="pool_size=0"),
        pytest.param(1, 12, 2, UNLIMITED, 1, 12, id="max_overflow=-1"),
        pytest.param(2, 6, NO_POOL, None, 1, 12, id="NullPool"),
        pytest.param(2, 4, 5, 10, 2, 16, id="two binds"),
        pytest.param(2, 1000, 5, 10, 1, 30, id="gevent"),
        pytest.param(1, 50, NO_POOL, None, 1, 50, id="gevent, NullPool, 50 clients"),
    ],
)
def test_reachable_is_what_postgres_counted(
    workers: int, concurrency: int, size: int | None, overflow: int, engines: int, measured: int
) -> None:
    found = budget_of(web(workers, concurrency, *(engine(size, overflow, bind=str(n)) for n in range(engines))))
    assert found.reachable == measured


def test_three_numbers() -> None:
    found = budget_of(web(3, 2, engine(), instances=2))
    assert (found.reachable, found.configured, found.ceiling) == (12, 30, 90)
    assert [row.text for row in found.rows] == ["2 of 5 + 10"]
    overlapping = budget_of(web(3, 2, engine(), instances=2), platform=Platform("x", "X", overlaps=True))
    assert (overlapping.reachable, overlapping.configured, overlapping.ceiling) == (12, 30, 180)


def test_the_release_step_counts_one() -> None:
    release = job("flask db upgrade", "release")
    runs = (MigrationRun("release", "release", release.steps[0]),)
    found = budget_of(web(2, 1, engine()), release, migrations=Migrations(runs=runs, folder=AT))
    assert (found.reachable, found.configured, [row.process for row in found.rows]) == (3, 11, ["web", "release"])


def test_celery_children_use_the_app_of_the_web_process() -> None:
    found = budget_of(web(2, 1, engine()), job("celery -A app.celery worker -c 4"))
    assert [(row.process, row.reachable) for row in found.rows] == [("web", 2), ("worker", 4)]


def test_a_worker_with_its_own_app() -> None:
    own = App("jobs", AT, engines=[engine(1, 0)])
    assert budget_of(web(2, 1, engine()), job("python jobs.py", app=own)).reachable == 3
    assert budget_of(web(2, 1, engine()), job("python jobs.py")).reachable == 2


def test_an_unknown_factor_makes_the_sum_unknown_and_other_rows_show() -> None:
    jobs = job("rq worker", app=App("j", AT, engines=[engine()]))
    found = budget_of(web(Unknown("host CPUs × 2 + 1"), 1, engine()), jobs)
    assert isinstance(found.reachable, Unknown) and found.reachable.reason == "host CPUs × 2 + 1"
    assert [row.reachable for row in found.rows][1:] == [1]
    unknown_pool = Unknown("POOL is not known here")
    assert budget_of(web(2, 1, engine(unknown_pool, 10))).reachable == 2
    assert isinstance(budget_of(web(2, 4, engine(unknown_pool, 10))).reachable, Unknown)


def test_only_what_shares_the_limit_counts() -> None:
    assert budget_of(web(2, 1, engine(), engine(dialect="mysql"), engine(dialect=None))).reachable == 4
    assert budget.of_deployment(deployment(web(2, 1, engine(dialect="sqlite"))), Options()) is None
    assert budget.of_deployment(deployment(web(2, 1)), Options()) is None


def test_the_limit() -> None:
    panda = Platform("pandastack", "PandaStack", limits={"free": 50, "pro": 300})
    process = web(2, 1, engine())
    assert budget_of(process).limit is None
    limit = budget_of(process, platform=panda, options=Options(tiers=("Pro", "free"))).limit
    assert limit is not None and (limit.value, limit.origin.note) == (50, "PandaStack's free plan")
    limit = budget_of(process, platform=panda, tiers=(Setting("tier", "pandastack:pro", AT),)).limit
    assert limit is not None and (limit.value, limit.span) == (300, AT.span)
    limit = budget_of(process, platform=panda, options=Options(tiers=("free",), db_connections=7)).limit
    assert limit is not None and limit.value == 7
    assert budget_of(process, platform=panda, options=Options(tiers=("starter",))).limit is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("celery -A app worker -c 4", (4, 1)),
        ("celery worker --concurrency=3 -A app", (3, 1)),
        ("celery -A app worker -c8 -P gevent", (1, 8)),
        ("celery -A app worker --pool=solo", (1, 1)),
        ("celery -A app worker --autoscale=10,3", (10, 1)),
        ("celery -A app worker", ("host-cpus", 1)),
        ("celery -A app beat", None),
        ("python -m celery -A app worker -c 2", (2, 1)),
        ("/venv/bin/rq worker high low", (1, 1)),
        ("rq worker-pool -n 3", (3, 1)),
        ("flask rq worker", (1, 1)),
        ("dramatiq jobs -p 2 -t 4", (2, 4)),
        ("huey_consumer.py app.huey -w 4", (1, 4)),
        ("huey_consumer app.huey -w 4 -k process", (4, 1)),
        ("celery -A app worker -c $N", ("", 1)),
        ("gunicorn app:app", None),
        ("python", None),
        ("python -m", None),
    ],
)
def test_job_workers(text: str, expected: tuple[object, object] | None) -> None:
    jobs = job_workers.of_step(step(text))
    numbers = jobs and (jobs.workers.value, jobs.concurrency.value)
    shown = numbers and tuple(each.symbol if isinstance(each, Unknown) else each for each in numbers)
    assert shown == expected


@pytest.mark.parametrize("width", [80, 120])
def test_the_table_fits_the_page(width: int) -> None:
    long = Place(Span("services/backend/application/database/engines.py", 123, 1, 123, 2))
    one = Setting("n", 1)
    row = BudgetRow("web (celery)", long, one, one, one, one, one, 1, 1, 1, "1")
    page = Page(width)
    write_budget(Budget((row,), None, 1, 1, 1), page)
    text = render(page, color=False)
    assert max(map(len, text.splitlines())) <= width and "engines.py:123" in text
