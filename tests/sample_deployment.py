"""A deployment made by hand, with one of everything that `show` has to print."""

from __future__ import annotations

from flaskprod_lint.model import (
    App,
    Budget,
    BudgetRow,
    Command,
    Deployment,
    Engine,
    EnvironmentRead,
    Image,
    Override,
    Platform,
    Process,
    Route,
    Server,
    Setting,
    Step,
    Target,
    Unknown,
)
from flaskprod_lint.source import Place, Span


def at(path: str, line: int, note: str = "") -> Place:
    return Place(Span(path, line), note)


DEFAULT = Place(None, "Gunicorn's default")


def deployment() -> Deployment:
    platform = Platform("fly", "Fly.io", origin=at("fly.toml", 1))
    image = Image("Dockerfile", "runtime", at("Dockerfile", 9), Setting("base", "python:3.13-slim"))
    release = Process(
        "release", "release", Command("flask db upgrade", "shell", at("fly.toml", 9)), trail=(at("fly.toml", 9),)
    )
    return Deployment(
        "fly.toml on Fly.io",
        at("fly.toml", 1),
        why="fly.toml is a production manifest",
        platform=platform,
        tiers=(Setting("tier", "shared-cpu-1x", at("fly.toml", 20, "size: shared-cpu-1x")),),
        image=image,
        processes=[web(), release],
        budget=budget(),
    )


def web() -> Process:
    trail = (at("Dockerfile", 14, 'CMD ["./start.sh"]'), at("start.sh", 6, "exec gunicorn -c conf.py shop.wsgi:app"))
    step = Step(
        ("gunicorn", "-c", "conf.py", "shop.wsgi:app"), "gunicorn -c conf.py shop.wsgi:app", at("start.sh", 6), trail
    )
    command = Command("./start.sh", "exec", at("Dockerfile", 14), ("./start.sh",))
    return Process(
        "web",
        "web",
        command,
        trail=trail[:1],
        instances=Setting("instances", 2, at("fly.toml", 20)),
        cpus=Setting("cpus", 1.0, at("fly.toml", 24, "an instance of size performance-1x has 1 processor")),
        memory=Setting("memory", 2048.0, at("fly.toml", 24, "an instance of size performance-1x has 2048 MiB")),
        grace=Setting("grace", 60.0, at("fly.toml", 3, "kill_timeout: 60")),
        health_path=Setting(
            "health path", Unknown("it is no path as written", Span("fly.toml", 30)), at("fly.toml", 30)
        ),
        steps=(step,),
        main=0,
        server=server(step),
        app=app(),
        unknowns=[Unknown("the file /etc/site.env is not in the project", Span("start.sh", 3))],
    )


def server(step: Step) -> Server:
    port = EnvironmentRead("PORT", "8000", has_default=True, is_set=None)
    beaten = (Override(["0.0.0.0:8080"], at("fly.toml", 5, "PORT")),)
    settings = (
        Setting("bind", ["0.0.0.0:8000"], at("conf.py", 2), beaten, (port,)),
        Setting("workers", 3, at("fly.toml", 6, "GUNICORN_CMD_ARGS"), (Override(5, at("conf.py", 3)),)),
        Setting("threads", Unknown("comes from settings.how_many()", Span("conf.py", 5)), at("conf.py", 5)),
        Setting("timeout", 30, DEFAULT, is_default=True),
        Setting("accesslog", None, DEFAULT, is_default=True),
        Setting("preload_app", True, at("conf.py", 7)),
        Setting("backlog", 2048, DEFAULT, is_default=True),
    )
    target = Target("shop.wsgi:app", "shop.wsgi", "app", at("start.sh", 6), definition=at("shop/wsgi.py", 3))
    return Server("gunicorn", step, "23.0.0", target, {setting.name: setting for setting in settings})


def app() -> App:
    url = Setting("SQLALCHEMY_DATABASE_URI", "postgresql://shop:hunter2@db/shop", at("shop/config.py", 5))
    key = Setting("SECRET_KEY", "hunter2", at("shop/config.py", 4))
    engine = Engine(
        at("shop/db.py", 7),
        library="Flask-SQLAlchemy",
        library_version="3.1.1",
        url=url,
        pool_size=Setting("pool_size", 5, at("shop/config.py", 6)),
        max_overflow=Setting("max_overflow", 10, Place(None, "SQLAlchemy's default"), is_default=True),
        pool_pre_ping=Setting("pool_pre_ping", False, Place(None, "SQLAlchemy's default"), is_default=True),
    )
    config = {setting.name: setting for setting in (url, key, Setting("DEBUG", False, is_default=True))}
    routes = (
        Route("/static/<path:filename>", ("GET",), at("shop/__init__.py", 8), "static"),
        Route("/api/items", ("GET", "POST"), at("shop/items.py", 6), "items.listing"),
    )
    found = App("app", at("shop/__init__.py", 8), factory=True, config=config, engines=[engine], routes=routes)
    found.routes_unknown = None
    return found


def budget() -> Budget:
    factors = {
        name: Setting(name, value) for name, value in (("concurrency", 2), ("pool_size", 5), ("max_overflow", 10))
    }
    row = BudgetRow(
        "web", at("shop/db.py", 7), Setting("instances", 2), Setting("workers", 3), **factors,
        reachable=12, configured=30, ceiling=90, text="2 × 3 × min(2, 5 + 10)",
    )  # fmt: skip
    return Budget((row,), Setting("limit", 50, Place(None, "PandaStack's free plan")), 12, 30, 90)
