"""Engines out of a trace of events: which options win, what the defaults are, and what a URL tells."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from flaskprod_lint.model import Engine, EnvironmentRead, Package, Packages, Platform, Setting, Unknown
from flaskprod_lint.resolve.context import Context
from flaskprod_lint.resolve.database import engines
from flaskprod_lint.resolve.interpreter.values import Event, External, Instance, Value
from flaskprod_lint.resolve.tree import Tree
from flaskprod_lint.source import Place, Project, Span

DB = Span("db.py", 3)
CONFIG = Span("config.py", 9)
POSTGRES = "postgresql://shop:correct-horse-8@db/shop"


def value(data: object, **more: object) -> Value:
    if isinstance(data, dict):
        data = {key: value(item) for key, item in data.items()}
    return data if isinstance(data, Value) else Value(data, CONFIG, **more)  # type: ignore[arg-type]


def read(name: str, default: object = None, is_set: bool | None = None) -> tuple[EnvironmentRead, ...]:
    return (EnvironmentRead(name, default, default is not None, is_set, CONFIG),)


EITHER = Value(Unknown("not set"), CONFIG, read("D"))
FILE = Value("sqlite://", CONFIG)


def context(tmp_path: Path, platform: Platform | None = None, **versions: str) -> Context:
    project = Project(tmp_path, [path.name for path in tmp_path.iterdir()])
    names = {name.replace("_", "-"): version for name, version in versions.items()}
    packages = {name: Package(name, version, "exact", Place(None)) for name, version in names.items()}
    return Context(project, Tree(project), packages=Packages(packages), platform=platform)


def extension(sure: bool = True, path: str = "flask_sqlalchemy.SQLAlchemy", **options: object) -> list[Event]:
    """The events of `db = SQLAlchemy(…)` and `db.init_app(app)`."""
    kwargs = {name: value(item) for name, item in options.items()}
    db = Value(Instance(path, (), kwargs, DB), DB)
    app = Value(Instance("flask.Flask", at=DB), DB)
    made = Event("call", path, (), kwargs, DB, result=db)
    return [made, Event("call", f"{path}.init_app", (app,), {}, Span("app.py", 5), receiver=db, sure=sure)]


def create(url: object, callee: str = "sqlalchemy.create_engine", **kwargs: Any) -> list[Event]:
    given = {name: value(item) for name, item in kwargs.items()}
    return [Event("call", callee, (value(url),), given, DB)]


def summary(engine: Engine) -> tuple[object, ...]:
    """Pool class, size and overflow; Unknown as "?"."""
    settings = (engine.pool_class, engine.pool_size, engine.max_overflow)
    return tuple("?" if s and isinstance(s.value, Unknown) else s.value if s else None for s in settings)


def only(found: list[Engine]) -> Engine:
    assert len(found) == 1, found
    return found[0]


def test_defaults_of_flask_sqlalchemy(tmp_path: Path) -> None:
    config = {"SQLALCHEMY_DATABASE_URI": value(POSTGRES)}
    engine = only(engines.of_events(extension(), config, context(tmp_path, flask_sqlalchemy="3.1.1")))
    assert summary(engine) == ("QueuePool", 5, 10)
    assert (engine.library, engine.library_version, engine.definition) == ("Flask-SQLAlchemy", "3.1.1", Place(DB))
    assert engine.pool_size is not None and engine.pool_size.is_default
    assert engine.pool_pre_ping is not None and engine.pool_pre_ping.value is False


def test_config_beats_the_constructor_in_3(tmp_path: Path) -> None:
    config = {
        "SQLALCHEMY_DATABASE_URI": value(POSTGRES),
        "SQLALCHEMY_ENGINE_OPTIONS": value({"pool_size": 7, "pool_pre_ping": True}),
    }
    events = extension(engine_options={"pool_size": 2, "max_overflow": 0})
    engine = only(engines.of_events(events, config, context(tmp_path)))
    assert summary(engine) == ("QueuePool", 7, 0)
    assert engine.pool_size is not None and [each.value for each in engine.pool_size.overrides] == [2]
    assert engine.pool_size.origin == Place(CONFIG, "SQLALCHEMY_ENGINE_OPTIONS")


def test_the_constructor_beats_config_in_2(tmp_path: Path) -> None:
    config = {
        "SQLALCHEMY_DATABASE_URI": value(POSTGRES),
        "SQLALCHEMY_POOL_SIZE": value(20),
        "SQLALCHEMY_MAX_OVERFLOW": value(1),
        "SQLALCHEMY_ENGINE_OPTIONS": value({"pool_size": 7}),
        "SQLALCHEMY_BINDS": value({"logs": "mysql://db/logs"}),
    }
    events = extension(engine_options={"pool_size": 2})
    found = engines.of_events(events, config, context(tmp_path, flask_sqlalchemy="2.5.1"))
    assert [(engine.bind, summary(engine)) for engine in found] == [
        (None, ("QueuePool", 2, 1)),
        ("logs", ("QueuePool", 2, 1)),
    ]


def test_single_settings_are_dead_in_3(tmp_path: Path) -> None:
    config = {"SQLALCHEMY_DATABASE_URI": value(POSTGRES), "SQLALCHEMY_POOL_SIZE": value(20)}
    assert summary(only(engines.of_events(extension(), config, context(tmp_path)))) == ("QueuePool", 5, 10)
    old = context(tmp_path, flask_sqlalchemy="2.5.1")
    assert summary(only(engines.of_events(extension(), config, old))) == ("QueuePool", 20, 10)


def test_binds_do_not_inherit_the_options_in_3(tmp_path: Path) -> None:
    config = {
        "SQLALCHEMY_DATABASE_URI": value(POSTGRES),
        "SQLALCHEMY_ENGINE_OPTIONS": value({"pool_size": 1, "max_overflow": 0}),
        "SQLALCHEMY_BINDS": value({"logs": POSTGRES, "stats": {"url": POSTGRES, "pool_size": 3}}),
    }
    found = engines.of_events(extension(), config, context(tmp_path))
    assert {engine.bind: summary(engine) for engine in found} == {
        None: ("QueuePool", 1, 0),
        "logs": ("QueuePool", 5, 10),
        "stats": ("QueuePool", 3, 10),
    }


@pytest.mark.parametrize(
    ("url", "options", "sqlalchemy", "expected"),
    [
        (POSTGRES, {"pool_size": 0}, "2.0.40", ("QueuePool", 0, -1)),
        (POSTGRES, {"pool_size": 0}, "1.4.54", ("QueuePool", 0, 10)),
        (POSTGRES, {"max_overflow": -1}, "2.0.40", ("QueuePool", 5, -1)),
        (POSTGRES, {"poolclass": External("sqlalchemy.pool.NullPool")}, "2.0.40", ("NullPool", None, None)),
        (POSTGRES, {"pool_size": "5"}, "2.0.40", ("QueuePool", "?", 10)),
        (POSTGRES, {"pool_size": Unknown("who knows")}, "2.0.40", ("QueuePool", "?", 10)),
        (POSTGRES, {"**": Unknown("who knows"), "pool_size": 2}, "2.0.40", ("?", 2, "?")),
        ("sqlite:///x.db", {}, "1.4.54", ("NullPool", None, None)),
        ("sqlite:///x.db", {}, "2.0.40", ("QueuePool", 5, 10)),
        ("sqlite://", {}, "2.0.40", ("SingletonThreadPool", None, None)),
    ],
)
def test_create_engine(tmp_path: Path, url: str, options: dict[str, Any], sqlalchemy: str, expected: object) -> None:
    engine = only(engines.of_events(create(url, **options), {}, context(tmp_path, sqlalchemy=sqlalchemy)))
    assert (engine.library, summary(engine)) == ("SQLAlchemy", expected)


def test_engine_from_config_turns_texts_into_numbers(tmp_path: Path) -> None:
    config = {"db.url": POSTGRES, "db.pool_size": "3", "sqlalchemy.pool_size": "9"}
    events = create(config, "sqlalchemy.engine_from_config", prefix="db.", max_overflow=2)
    engine = only(engines.of_events(events, {}, context(tmp_path)))
    assert (summary(engine), engine.dialect) == (("QueuePool", 3, 2), "postgresql")


def test_an_async_engine(tmp_path: Path) -> None:
    events = create("postgresql+asyncpg://db/x", "sqlalchemy.ext.asyncio.create_async_engine")
    engine = only(engines.of_events(events, {}, context(tmp_path)))
    assert (summary(engine), engine.driver) == (("AsyncAdaptedQueuePool", 5, 10), "asyncpg")


def test_an_extension_that_is_never_started_is_unsure(tmp_path: Path) -> None:
    config = {"SQLALCHEMY_DATABASE_URI": value(POSTGRES)}
    assert not only(engines.of_events(extension()[:1], config, context(tmp_path))).sure
    assert not only(engines.of_events(extension(sure=False), config, context(tmp_path))).sure


def test_lite(tmp_path: Path) -> None:
    config = {"SQLALCHEMY_ENGINES": value({"default": POSTGRES, "logs": {"url": "mysql://db/x", "pool_size": 1}})}
    events = extension(path="flask_sqlalchemy_lite.SQLAlchemy", engine_options={"max_overflow": 3})
    found = engines.of_events(events, config, context(tmp_path))
    assert [(engine.bind, summary(engine), engine.pool_recycle.value) for engine in found if engine.pool_recycle] == [
        (None, ("QueuePool", 5, 3), -1),
        ("logs", ("QueuePool", 1, 3), 7200),
    ]


def test_alchemical(tmp_path: Path) -> None:
    config = {
        "ALCHEMICAL_DATABASE_URL": value(POSTGRES),
        "ALCHEMICAL_ENGINE_OPTIONS": value({"pool_size": 2}),
        "ALCHEMICAL_BINDS": value({"logs": "sqlite://"}),
    }
    found = engines.of_events(extension(path="alchemical.flask.Alchemical"), config, context(tmp_path))
    assert [(engine.bind, summary(engine)) for engine in found] == [
        (None, ("QueuePool", 2, 10)),
        ("logs", ("SingletonThreadPool", None, None)),
    ]


def test_a_configuration_that_cannot_be_read(tmp_path: Path) -> None:
    config = {name: value(Unknown("a file of the host")) for name in engines.SETTINGS}
    engine = only(engines.of_events(extension(), config, context(tmp_path)))
    assert (engine.url_kind, summary(engine)) == ("unknown", ("?", "?", "?"))


def test_what_a_platform_sets_does_not_hide_a_fallback(tmp_path: Path) -> None:
    url = value(Unknown("Heroku sets it"), environment=read("DATABASE_URL", "sqlite:///x", True))
    either = value(Unknown("Heroku sets it"), environment=read("D", None, True), alternatives=(EITHER, FILE))
    platform = Platform("heroku", "Heroku", database_variables=("DATABASE_URL",), database_scheme="postgres://")
    by_platform = {"DATABASE_URL": Setting("DATABASE_URL", Unknown("set"), Place(None, "set by Heroku"))}
    found = context(tmp_path, platform, psycopg2="2.9")
    by_file = found.with_variables({"DATABASE_URL": Setting("DATABASE_URL", Unknown("set"), Place(CONFIG))})
    for url_, where, kind in (
        (url, found.with_variables(by_platform), "fallback"),
        (either, found.with_variables({"D": by_platform["DATABASE_URL"]}), "fallback"),
        (url, by_file, "environment"),
    ):
        engine = only(engines.of_events(extension(), {"SQLALCHEMY_DATABASE_URI": url_}, where))
        assert engine.url_kind == kind
        assert engine.dialect in ("postgresql", None)


def test_an_engine_that_only_looks(tmp_path: Path) -> None:
    inside = (Place(DB, "calls look"),)
    engine = Value(Instance("sqlalchemy.create_engine", at=DB), DB)
    made = Event("call", "sqlalchemy.create_engine", (value(POSTGRES),), {}, DB, trail=inside, result=engine)
    gone = Event("call", "sqlalchemy.create_engine.dispose", (), {}, DB, receiver=engine, trail=inside)
    assert engines.of_events([made, gone], {}, context(tmp_path)) == []
    assert len(engines.of_events([made], {}, context(tmp_path))) == 1


def test_settings_serve_as_well_as_values(tmp_path: Path) -> None:
    config = {
        "SQLALCHEMY_DATABASE_URI": Setting("SQLALCHEMY_DATABASE_URI", POSTGRES, Place(CONFIG)),
        "SQLALCHEMY_ENGINE_OPTIONS": Setting("SQLALCHEMY_ENGINE_OPTIONS", {"pool_size": 7}, Place(CONFIG)),
    }
    engine = only(engines.of_events(extension(), config, context(tmp_path)))
    assert summary(engine) == ("QueuePool", 7, 10)
    config["SQLALCHEMY_ENGINE_OPTIONS"] = Setting("SQLALCHEMY_ENGINE_OPTIONS", Unknown("a call"), Place(CONFIG))
    assert summary(only(engines.of_events(extension(), config, context(tmp_path)))) == ("?", "?", "?")


@pytest.mark.parametrize(
    ("url", "kind", "dialect", "shown"),
    [
        (value(POSTGRES), "literal", "postgresql", "postgresql://shop:***@db/shop"),
        (value(POSTGRES, environment=read("DATABASE_URL", POSTGRES)), "fallback", "postgresql", "shop:***@db/shop"),
        (value(POSTGRES, environment=read("DATABASE_URL", None, True)), "environment", "postgresql", "shop:***@"),
        (value("sqlite:///x", environment=read("DATABASE_URL", "sqlite:///x")), "fallback", None, "sqlite:///x"),
        (value("sqlite:///x", environment=read("D", "sqlite:///x", False)), "fallback", "sqlite", "sqlite:///x"),
        (value(Unknown("not set"), environment=read("DATABASE_URL")), "environment", None, None),
        (value(Unknown("either"), environment=read("D"), alternatives=(EITHER, FILE)), "fallback", None, None),
        (value(Unknown("either"), environment=read("TESTING"), alternatives=(EITHER, FILE)), "environment", None, None),
        (value(Unknown("a file")), "unknown", None, None),
        (value(None, environment=read("DATABASE_URL", None, False)), "environment", None, None),
        (value("postgresql://:@:5432/", environment=read("DB_HOST", "")), "environment", "postgresql", None),
        (value("postgresql://None:None@db/x", environment=read("DB_USER")), "environment", "postgresql", None),
        (value("sqlite:///:memory:", environment=read("D", "sqlite:///:memory:", False)), "fallback", "sqlite", None),
        (value("postgres://u@h/d"), "literal", "postgresql", "postgres://u@h/d"),
    ],
)
def test_urls(tmp_path: Path, url: Value, kind: str, dialect: str | None, shown: str | None) -> None:
    found = context(tmp_path, psycopg2="2.9")
    engine = only(engines.of_events(extension(), {"SQLALCHEMY_DATABASE_URI": url}, found))
    assert (engine.url_kind, engine.dialect) == (kind, dialect)
    assert engine.url is not None and (shown is None or shown in str(engine.url.value))
    assert "correct-horse-8" not in repr(engine)


def test_only_sqlite_is_left_without_a_driver(tmp_path: Path) -> None:
    url = value("sqlite:///x", environment=read("DATABASE_URL", "sqlite:///x"))
    engine = only(engines.of_events(extension(), {"SQLALCHEMY_DATABASE_URI": url}, context(tmp_path)))
    assert (engine.url_kind, engine.dialect) == ("fallback", "sqlite")


def test_the_dialect_that_a_platform_injects(tmp_path: Path) -> None:
    platform = Platform("heroku", "Heroku", database_variables=("DATABASE_URL",), database_scheme="postgres://")
    url = value(Unknown("not set"), environment=read("DATABASE_URL"))
    engine = only(engines.of_events(extension(), {"SQLALCHEMY_DATABASE_URI": url}, context(tmp_path, platform)))
    assert engine.dialect == "postgresql"


def test_the_dialect_of_a_text_with_holes(tmp_path: Path) -> None:
    (tmp_path / "config.py").write_text('import os\nURL = f"mysql+pymysql://{os.environ[chr(68)]}@db/x"\n')
    url = Value(Unknown("not set"), Span("config.py", 2, 7), read("D"))
    engine = only(engines.of_events(extension(), {"SQLALCHEMY_DATABASE_URI": url}, context(tmp_path)))
    assert (engine.dialect, engine.driver, engine.url_kind) == ("mysql", "pymysql", "environment")


def test_a_url_of_parts(tmp_path: Path) -> None:
    parts = {"drivername": "postgresql+psycopg", "username": "shop", "password": "correct-horse-8", "host": "db"}
    given = {name: value(item) for name, item in parts.items()}
    url = Value(Instance("sqlalchemy.URL.create", (), given, CONFIG), CONFIG)
    engine = only(engines.of_events(create(url), {}, context(tmp_path)))
    assert (engine.url_kind, engine.dialect, engine.driver) == ("literal", "postgresql", "psycopg")
    assert engine.has_password and engine.url is not None and engine.url.value == "postgresql+psycopg://shop:***@db/"
    assert "correct-horse-8" not in repr(engine)


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("Flask-SQLAlchemy>=2.4,<3", (2, 99)),
        ("flask-sqlalchemy~=2.5", (2, 99)),
        ("flask_sqlalchemy~=2.5.1", (2, 5)),
        ("flask-sqlalchemy>=2.4", (3, 1)),
        ("flask-sqlalchemy<3.1", (3, 0)),
    ],
)
def test_a_bounded_requirement(tmp_path: Path, line: str, expected: tuple[int, int]) -> None:
    from flaskprod_lint.resolve.packages.versions import version_of

    (tmp_path / "requirements.txt").write_text(line + "\n")
    found = context(tmp_path)
    package = Package("flask-sqlalchemy", None, "range", Place(Span("requirements.txt", 1)))
    found.packages.packages["flask-sqlalchemy"] = package
    assert version_of(found, "flask-sqlalchemy") == expected


@pytest.mark.parametrize(
    ("callee", "args", "kwargs", "expected"),
    [
        ("psycopg_pool.ConnectionPool", (POSTGRES,), {}, ("QueuePool", 4, 0)),
        ("psycopg_pool.ConnectionPool", (POSTGRES,), {"min_size": 2, "max_size": 9}, ("QueuePool", 2, 7)),
        ("psycopg2.pool.ThreadedConnectionPool", (1, 20, POSTGRES), {}, ("QueuePool", 1, 19)),
        ("playhouse.pool.PooledPostgresqlDatabase", ("shop",), {"max_connections": 8}, ("QueuePool", 0, 8)),
        ("playhouse.pool.PooledMySQLDatabase", ("shop",), {}, ("QueuePool", 0, 20)),
        ("peewee.PostgresqlDatabase", ("shop",), {"host": "db"}, ("PostgresqlDatabase", None, None)),
    ],
)
def test_pools_of_drivers(
    tmp_path: Path, callee: str, args: tuple[object, ...], kwargs: dict[str, object], expected: object
) -> None:
    given = {name: value(item) for name, item in kwargs.items()}
    event = Event("call", callee, tuple(value(item) for item in args), given, DB)
    engine = only(engines.of_events([event], {}, context(tmp_path)))
    assert summary(engine) == expected and engine.pool_pre_ping is None
    assert "correct-horse-8" not in repr(engine)


@pytest.mark.parametrize(
    "text", ["host=db password=correct-horse-8", "postgresql://db/x?user=a&password=correct-horse-8"]
)
def test_a_password_is_never_kept(tmp_path: Path, text: str) -> None:
    url = value(text, environment=read("DATABASE_URL", text))
    for each in (url, value(text)):
        found = engines.of_events(create(each), {}, context(tmp_path))
        assert "correct-horse-8" not in repr(found)


LEAF = st.sampled_from(
    [
        *(None, True, -3, 0, 7, 2.5, float("nan"), "", "5", "a:b", "://", b"x", [], {}),
        *(POSTGRES, "sqlite://", "mysql://h/d?password=correct-horse-8", Unknown("x")),
        *(External("sqlalchemy.pool.NullPool"), Instance("sqlalchemy.URL.create"), Instance("make", at=DB)),
    ]
).map(Value)
KEY = st.sampled_from([None, "url", "pool_size", "max_overflow", "poolclass", "pool", "**", "pool_recycle"])
ODD = st.one_of(LEAF, st.dictionaries(KEY, st.one_of(LEAF, st.dictionaries(KEY, LEAF).map(Value))).map(Value))


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(
    st.sampled_from(["2.5.1", "3.1.1", "x", ""]),
    st.dictionaries(st.sampled_from([*engines.SETTINGS]), ODD, max_size=6),
    st.lists(ODD, max_size=3),
    st.dictionaries(st.sampled_from(["url", "pool_size", "poolclass", "prefix", "**", "host"]), ODD),
)
def test_odd_values_break_nothing(
    version: str, config: dict[str, Value], args: list[Value], kwargs: dict[str, Value]
) -> None:
    project = Project(Path("/nowhere"), [])
    packages = Packages({"flask-sqlalchemy": Package("flask-sqlalchemy", version, "exact", Place(None))})
    where = Context(project, Tree(project), packages=packages)
    callees = ["sqlalchemy.create_engine", "sqlalchemy.engine_from_config", "psycopg_pool.ConnectionPool"]
    callees += ["playhouse.pool.PooledPostgresqlDatabase", "psycopg2.pool.ThreadedConnectionPool"]
    events = [Event("call", callee, tuple(args), kwargs, DB) for callee in callees]
    found = engines.of_events([*events, *extension(engine_options={})], config, where)
    assert "correct-horse-8" not in repr(found)
