"""The driver that SQLAlchemy imports for an engine's URL, whether it is installed, and whether it yields to others."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from flaskprod_lint.model import Driver, Engine
from flaskprod_lint.patterns import regex
from flaskprod_lint.resolve.context import Context
from flaskprod_lint.resolve.interpreter.values import Partial
from flaskprod_lint.resolve.packages.versions import LATEST, is_bounded, sqlalchemy_version

#: The libraries that make engines of SQLAlchemy.
ON_SQLALCHEMY = ("SQLAlchemy", "Flask-SQLAlchemy", "Flask-SQLAlchemy-Lite", "Alchemical")
_PSYCOPG2 = ("psycopg2", ("psycopg2-binary", "psycopg2", "aiopg"))
_PSYCOPG = ("psycopg", ("psycopg", "langchain-postgres"))
_MYSQL: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "mysqldb": ("MySQLdb", ("mysqlclient", "mysql-python")),
    "pymysql": ("pymysql", ("pymysql",)),
    "mysqlconnector": (
        "mysql.connector",
        ("mysql-connector-python", "mysql-connector", "mysql-connector-python-rf"),
    ),
    "aiomysql": ("aiomysql", ("aiomysql",)),
    "asyncmy": ("asyncmy", ("asyncmy",)),
    "cymysql": ("cymysql", ("cymysql",)),
    "mariadbconnector": ("mariadb", ("mariadb",)),
    "pyodbc": ("pyodbc", ("pyodbc",)),
}
#: By dialect and driver: the module that is imported, and the distributions that bring it.
_DRIVERS: Mapping[str, Mapping[str, tuple[str, tuple[str, ...]]]] = {
    "postgresql": {
        "psycopg2": _PSYCOPG2,
        "psycopg": _PSYCOPG,
        "psycopg_async": _PSYCOPG,
        "asyncpg": ("asyncpg", ("asyncpg",)),
        "pg8000": ("pg8000", ("pg8000",)),
        "psycopg2cffi": ("psycopg2cffi", ("psycopg2cffi",)),
    },
    "mysql": _MYSQL,
    "mariadb": _MYSQL,
    "mssql": {"pyodbc": ("pyodbc", ("pyodbc",)), "pymssql": ("pymssql", ("pymssql",))},
}
_DEFAULTS = {"mysql": "mysqldb", "mariadb": "mysqldb", "mssql": "pyodbc"}
#: Code that chooses a driver for a URL that comes from elsewhere, or stands in for another driver.
_CHOOSES = regex(r"\b(postgres(ql)?|mysql|mariadb|mssql)\+\w+")
_STANDS_IN = regex(r"install_as_MySQLdb|psycopg2cffi[.\s]+(import\s+)?compat")
_YIELDS = regex(r"\bpsycogreen\b|\bset_wait_callback\b")


def of_engine(engine: Engine, files: Iterable[str], context: Context) -> Driver | None:
    """The driver of an engine; None where neither the URL nor the platform says which kind of database it is."""
    kinds = _DRIVERS.get(engine.dialect or "")
    if kinds is None or engine.library not in ON_SQLALCHEMY:
        return None
    text = _text_of(files, context)
    written = _is_written(engine)
    if not written and _CHOOSES.search(text):
        return None
    version = sqlalchemy_version(context)
    newest = "psycopg" if version >= (2, 1) else "psycopg2"
    name = engine.driver or _DEFAULTS.get(engine.dialect or "", newest)
    if name not in kinds:
        return None
    module, distributions = kinds[name]
    surely = bool(engine.driver) or engine.dialect != "postgresql" or is_bounded(context, "sqlalchemy")
    return Driver(
        module,
        distributions,
        None if _STANDS_IN.search(text) else _is_installed(engine, distributions, context, written=written),
        _reason(engine, version, context),
        surely and engine.url_kind != "fallback" and (written or is_usual(engine, context)),
        module != "psycopg2" or _waits_for_others(text, context),
        not written,
    )


def _is_written(engine: Engine) -> bool:
    """Whether the code or a file of the deployment says the scheme; else it is what the platform usually gives."""
    value = engine.url.value if engine.url else None
    return isinstance(value, str) or (isinstance(value, Partial) and ":" in value.prefix)


def is_usual(engine: Engine, context: Context) -> bool:
    """Whether a driver for this kind of database is installed, so that the platform's database is the one meant."""
    own = {name for _, names in _DRIVERS.get(engine.dialect or "", {}).values() for name in names}
    return any(context.packages.find(name) for name in own)


def is_for_another(context: Context) -> bool:
    """Whether drivers are installed for other servers than PostgreSQL alone: its database is then not the one meant."""
    found = {
        dialect
        for dialect, drivers in _DRIVERS.items()
        for _, names in drivers.values()
        if any(context.packages.find(name) for name in names)
    }
    return bool(found) and "postgresql" not in found


def _reason(engine: Engine, version: tuple[int, int], context: Context) -> str:
    if engine.driver:
        return f"the URL says {engine.dialect}+{engine.driver}"
    if engine.dialect == "postgresql":
        number = f"{version[0]}.{version[1]}"
        if not is_bounded(context, "sqlalchemy") and version == LATEST["sqlalchemy"]:
            return f"the newest SQLAlchemy, {number}, takes it for postgresql://"
        return f"SQLAlchemy {number} takes it for postgresql://"
    return f"SQLAlchemy takes it for {engine.dialect}://"


def _is_installed(engine: Engine, distributions: tuple[str, ...], context: Context, *, written: bool) -> bool | None:
    """Whether one of these is installed; None where that is not known, or another kind of database is meant."""
    packages = context.packages
    if any(packages.find(name) for name in distributions):
        return True
    stands_in = engine.url_kind == "fallback" and not any(read.is_set for read in engine.url_variables)
    if stands_in or packages.complete is not True or _is_brought_along(engine, distributions, context):
        return None
    return False if written or is_usual(engine, context) else None


def _is_brought_along(engine: Engine, distributions: tuple[str, ...], context: Context) -> bool:
    """Whether an extra of a library, or the system's own packages, may bring the driver."""
    extras = {extra for package in context.packages.packages.values() for extra in package.extras}
    if any(extra.startswith((engine.dialect or "-", "postgres", "pg", "mysql", "mssql")) for extra in extras):
        return True
    runs = " ".join(run.text for run in context.image.runs) if context.image is not None else ""
    return any(name.split("-")[0] in runs for name in distributions)


def _waits_for_others(text: str, context: Context) -> bool:
    if context.packages.find("psycogreen") or _YIELDS.search(text):
        return True
    sources = (context.project.read(path) for path in context.project.of_format("python"))
    return any(source is not None and _YIELDS.search(source.text) for source in sources)


def _text_of(files: Iterable[str], context: Context) -> str:
    sources = (context.project.read(path) for path in files)
    return "\n".join(source.text for source in sources if source is not None)


def completed(engine: Engine, files: Iterable[str], context: Context) -> Engine:
    """The engine with its driver."""
    return replace(engine, client=of_engine(engine, files, context))
