"""The database engines that loading the app makes, with the pool and URL each really gets."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from flaskprod_lint.model import Engine, Setting, Unknown
from flaskprod_lint.records import dataclass
from flaskprod_lint.resolve.context import Context
from flaskprod_lint.resolve.database import driver_pools, engine_faults, engine_url
from flaskprod_lint.resolve.database.engine_options import Layer, Making, layer_of, pool_of
from flaskprod_lint.resolve.database.engine_url import Url
from flaskprod_lint.resolve.database.pool_hooks import hook_layer
from flaskprod_lint.resolve.interpreter.values import Event, External, Instance, Object, Value
from flaskprod_lint.resolve.packages.versions import pinned, sqlalchemy_version, version_of
from flaskprod_lint.source import Place

Config = Mapping[str, "Value | Setting"]

_FLASK = {
    "flask_sqlalchemy.SQLAlchemy": "Flask-SQLAlchemy",
    "flask_sqlalchemy.extension.SQLAlchemy": "Flask-SQLAlchemy",
    "flask.ext.sqlalchemy.SQLAlchemy": "Flask-SQLAlchemy",
    "flask_appbuilder.SQLA": "Flask-SQLAlchemy",
    "flask_sqlalchemy_lite.SQLAlchemy": "Flask-SQLAlchemy-Lite",
    "alchemical.flask.Alchemical": "Alchemical",
    "alchemical.aioflask.Alchemical": "Alchemical",
}
_CREATE = {
    "sqlalchemy.create_engine",
    "sqlalchemy.engine.create_engine",
    "sqlalchemy.engine.create.create_engine",
    "sqlmodel.create_engine",
    "sqlalchemy.ext.asyncio.create_async_engine",
    "sqlalchemy.ext.asyncio.engine.create_async_engine",
}
_FROM_CONFIG = {
    "sqlalchemy.engine_from_config",
    "sqlalchemy.engine.engine_from_config",
    "sqlalchemy.ext.asyncio.async_engine_from_config",
}
#: The settings that Flask-SQLAlchemy 2 reads one by one, and 3 no longer.
_SINGLE = {
    "SQLALCHEMY_POOL_SIZE": "pool_size",
    "SQLALCHEMY_MAX_OVERFLOW": "max_overflow",
    "SQLALCHEMY_POOL_RECYCLE": "pool_recycle",
    "SQLALCHEMY_POOL_TIMEOUT": "pool_timeout",
}
#: The settings that decide what the extensions make; where a configuration cannot be read, each may be set.
SETTINGS = (
    "SQLALCHEMY_DATABASE_URI",
    "SQLALCHEMY_ENGINE_OPTIONS",
    "SQLALCHEMY_BINDS",
    "SQLALCHEMY_ENGINES",
    *_SINGLE,
    "ALCHEMICAL_DATABASE_URL",
    "ALCHEMICAL_ENGINE_OPTIONS",
    "ALCHEMICAL_BINDS",
)
#: The drivers of database servers: without any of them, only SQLite is left.
_DRIVERS = tuple(
    "psycopg2 psycopg2-binary psycopg psycopg-binary asyncpg pg8000 psycopg2cffi pymysql mysqlclient aiomysql asyncmy "
    "mysql-connector-python mysql-connector mariadb pyodbc pymssql oracledb cx-oracle sqlalchemy-cockroachdb".split()
)


@dataclass(frozen=True)
class _Recipe:
    """One engine to be made: its layers of options the weakest first, and its URL."""

    bind: str | None
    url: Url
    layers: tuple[Layer, ...]


def of_events(events: Iterable[Event], config: Config, context: Context) -> list[Engine]:
    """The engines that a run of the app makes. `config` is the app's configuration in effect, by name."""
    values = {name: _as_value(each) for name, each in config.items()}
    calls = [event for event in events if event.kind == "call"]
    found = [
        *_of_flask(calls, values, context),
        *_of_sqlalchemy(calls, context),
        *driver_pools.of_events(calls, context),
    ]
    return _once([_without_server(engine, context) for engine in found])


def _as_value(given: Value | Setting) -> Value:
    if isinstance(given, Value):
        return given
    return _wrapped(given.value, given)


def _wrapped(data: object, setting: Setting) -> Value:
    """Plain data as a value with the place of the setting that holds it, all the way down."""
    if isinstance(data, Value):
        return data
    if isinstance(data, dict):
        data = {key: _wrapped(item, setting) for key, item in data.items()}
    overrides = setting.overrides if data is setting.value else ()
    return Value(data, setting.span, setting.environment, overrides)


def _once(engines: list[Engine]) -> list[Engine]:
    """Each engine once: a factory that runs twice makes the same one, and the surer reading counts."""
    found: dict[tuple[object, ...], Engine] = {}
    for engine in engines:
        key = (engine.definition.span, engine.bind, engine.url.value if engine.url else None)
        if key not in found or (engine.sure and not found[key].sure):
            found[key] = engine
    return list(found.values())


def _without_server(engine: Engine, context: Context) -> Engine:
    """The engine; on SQLite when that is its fallback and no driver of a database server is installed."""
    unset = all(not read.is_set for read in engine.url_variables)
    text = engine.url.value if engine.url else None
    fallback = next((read.default for read in engine.url_variables if isinstance(read.default, str)), text)
    if engine.url_kind == "fallback" and unset and str(fallback).startswith("sqlite"):
        packages = context.packages
        if packages.complete is True and not any(packages.find(name) for name in _DRIVERS):
            return replace(engine, dialect="sqlite")
    return engine


# Flask-SQLAlchemy


def _of_flask(calls: Sequence[Event], values: Mapping[str, Value], context: Context) -> Iterator[Engine]:
    started: list[object] = []
    for event in calls:
        extension = _extension_started(event)
        if extension is not None and not any(extension.made is other for other in started):
            started.append(extension.made)
            yield from _flask_engines(extension, event.sure, values, context)
    for event in calls:
        extension = _extension_made(event)
        if extension is not None and not any(extension.made is other for other in started):
            started.append(extension.made)
            yield from _flask_engines(extension, False, values, context)


@dataclass(frozen=True)
class _Extension:
    """A `SQLAlchemy()` of one of the Flask extensions: the object, its class's path, and where it was made."""

    made: Instance | Object
    library: str
    place: Place
    options: Value | None


def _extension(value: Value | None, path: str, event: Event) -> _Extension | None:
    library = _FLASK.get(path)
    if library is None or value is None or not isinstance(value.data, (Instance, Object)):
        return None
    made = value.data
    inner = made if isinstance(made, Instance) else made.outer
    at = event.at if made.at is None else made.at
    arguments = inner.kwargs if inner is not None else event.kwargs
    return _Extension(made, library, Place(at), arguments.get("engine_options"))


def _extension_started(event: Event) -> _Extension | None:
    """The extension that this call binds to an app: `db.init_app(app)`, or `SQLAlchemy(app)`."""
    if event.callee.endswith(".init_app"):
        return _extension(event.receiver, event.callee.removesuffix(".init_app"), event)
    extension = _extension_made(event)
    app = event.args[0] if event.args else event.kwargs.get("app")
    return extension if extension and app is not None and app.data is not None else None


def _extension_made(event: Event) -> _Extension | None:
    """The extension that this call makes; of a subclass in the project it is the instance of that."""
    own = event.receiver if event.receiver is not None and isinstance(event.receiver.data, Object) else None
    return _extension(own or event.result, event.callee, event)


def _flask_engines(
    extension: _Extension, sure: bool, values: Mapping[str, Value], context: Context
) -> Iterator[Engine]:
    if extension.library == "Flask-SQLAlchemy-Lite":
        major, name, recipes = 3, "flask-sqlalchemy-lite", _lite_recipes(extension, values, context)
    elif extension.library == "Alchemical":
        major, name, recipes = 0, "alchemical", _alchemical_recipes(extension, values, context)
    else:
        name = "flask-sqlalchemy"
        major = version_of(context, name)[0]
        recipes = _recipes_2(extension, values, context) if major < 3 else _recipes_3(extension, values, context)
    for recipe in recipes:
        making = Making(
            sqlalchemy_version(context), recipe.url.dialect, recipe.url.in_memory, False, major >= 3, min(major, 3)
        )
        engine = _engine(extension.place, recipe, making, sure)
        yield replace(engine, library=extension.library, library_version=pinned(context, name))


def _recipes_2(extension: _Extension, values: Mapping[str, Value], context: Context) -> Iterator[_Recipe]:
    """Flask-SQLAlchemy 2: all binds share the options, and the constructor's win."""
    single = {option: values[name] for name, option in _SINGLE.items() if name in values}
    single = {option: value for option, value in single.items() if value.data is not None}
    layers = (
        Layer("SQLALCHEMY_POOL_SIZE and its kin", single),
        hook_layer(extension.made),
        layer_of(values.get("SQLALCHEMY_ENGINE_OPTIONS"), "SQLALCHEMY_ENGINE_OPTIONS"),
        layer_of(extension.options, "engine_options"),
    )
    yield _Recipe(None, _uri(values, context), layers)
    for bind, value in _dict(values.get("SQLALCHEMY_BINDS")):
        yield _Recipe(bind, engine_url.of_value(value, "url", context, "SQLALCHEMY_BINDS"), layers)


def _recipes_3(extension: _Extension, values: Mapping[str, Value], context: Context) -> Iterator[_Recipe]:
    """Flask-SQLAlchemy 3: SQLALCHEMY_ENGINE_OPTIONS is for the default engine; a bind has what its own dict says."""
    constructor = layer_of(extension.options, "engine_options")
    options = layer_of(values.get("SQLALCHEMY_ENGINE_OPTIONS"), "SQLALCHEMY_ENGINE_OPTIONS")
    default: tuple[Layer, ...] = (constructor, options)
    for bind, value in _dict(values.get("SQLALCHEMY_BINDS")):
        recipe = _bind(bind, value, constructor, "SQLALCHEMY_BINDS", context)
        if bind is None:
            default = (*recipe.layers, constructor, options)
        else:
            yield recipe
    if _is_set(values.get("SQLALCHEMY_DATABASE_URI")):
        yield _Recipe(None, _uri(values, context), default)
    elif "url" in options.values or "url" in constructor.values:
        url = options.values.get("url") or constructor.values["url"]
        yield _Recipe(None, engine_url.of_value(url, "url", context, "SQLALCHEMY_ENGINE_OPTIONS"), default)
    elif not _dict(values.get("SQLALCHEMY_BINDS")):
        yield _Recipe(None, _uri(values, context), default)


def _lite_recipes(extension: _Extension, values: Mapping[str, Value], context: Context) -> Iterator[_Recipe]:
    constructor = layer_of(extension.options, "engine_options")
    for key in ("SQLALCHEMY_ENGINES", "SQLALCHEMY_ASYNC_ENGINES"):
        for bind, value in _dict(values.get(key)):
            recipe = _bind(bind, value, constructor, key, context)
            yield replace(recipe, bind=None if bind == "default" else bind)


def _alchemical_recipes(extension: _Extension, values: Mapping[str, Value], context: Context) -> Iterator[_Recipe]:
    """Alchemical makes plain engines; all binds share the options."""
    options = layer_of(values.get("ALCHEMICAL_ENGINE_OPTIONS"), "ALCHEMICAL_ENGINE_OPTIONS")
    layers = (layer_of(extension.options, "engine_options"), options)
    url = values.get("ALCHEMICAL_DATABASE_URL")
    if _is_set(url):
        yield _Recipe(None, engine_url.of_value(url, "url", context, "ALCHEMICAL_DATABASE_URL"), layers)
    for bind, value in _dict(values.get("ALCHEMICAL_BINDS")):
        yield _Recipe(bind, engine_url.of_value(value, "url", context, "ALCHEMICAL_BINDS"), layers)


def _bind(bind: str | None, value: Value, constructor: Layer, note: str, context: Context) -> _Recipe:
    """A bind as a URL alone, or as a dict with its URL and options."""
    if not isinstance(value.data, dict):
        return _Recipe(bind, engine_url.of_value(value, "url", context, note), (constructor,))
    layer = layer_of(value, f"{note}[{bind!r}]")
    url = engine_url.of_value(layer.values.get("url"), "url", context, note)
    return _Recipe(bind, url, (constructor, layer))


def _uri(values: Mapping[str, Value], context: Context) -> Url:
    """SQLALCHEMY_DATABASE_URI; what no code sets is unknown, unless the extension has a default."""
    value = values.get("SQLALCHEMY_DATABASE_URI")
    if not _is_set(value):
        return Url(Setting("url", Unknown("SQLALCHEMY_DATABASE_URI is set nowhere that is read")))
    return engine_url.of_value(value, "url", context, "SQLALCHEMY_DATABASE_URI")


def _is_set(value: Value | None) -> bool:
    """Whether something sets the value; a variable that is not set leaves None, and is asked for nevertheless."""
    return value is not None and (value.data is not None or bool(value.environment))


def _dict(value: Value | None) -> list[tuple[str | None, Value]]:
    data = value.data if value is not None else None
    if not isinstance(data, dict):
        return []
    return [(key, item) for key, item in data.items() if key is None or isinstance(key, str)]


# SQLAlchemy itself


def _of_sqlalchemy(calls: Sequence[Event], context: Context) -> Iterator[Engine]:
    gone = [event for event in calls if event.callee.endswith(".dispose")]
    for event in calls:
        if any(_disposes(each, event) for each in gone) or _is_for_migrations(event, context):
            continue
        if event.callee in _CREATE:
            recipe = _created(event, context)
        elif event.callee in _FROM_CONFIG:
            recipe = _configured(event, context)
        else:
            continue
        making = Making(
            sqlalchemy_version(context),
            recipe.url.dialect,
            recipe.url.in_memory,
            "async" in event.callee,
            event.callee in _FROM_CONFIG,
        )
        yield replace(
            _engine(Place(event.at), recipe, making, event.sure), library_version=pinned(context, "sqlalchemy")
        )


def _disposes(event: Event, created: Event) -> bool:
    """Whether this call ends an engine in the function that made it: one that looked and is gone again."""
    if event.receiver is None or created.result is None or not created.trail:
        return False
    return event.receiver.data is created.result.data and event.trail == created.trail


def _is_for_migrations(event: Event, context: Context) -> bool:
    """Whether this is the engine of code that runs Alembic, which takes one connection and no pool, as it advises."""
    given = event.kwargs.get("poolclass")
    without_pool = given is not None and isinstance(given.data, External) and given.data.path.endswith(".NullPool")
    return without_pool and context.project.holds(event.at.path, b"from alembic", b"import alembic")


def _created(event: Event, context: Context) -> _Recipe:
    url = event.args[0] if event.args else event.kwargs.get("url")
    return _Recipe(None, engine_url.of_value(url, "url", context), (_keywords(event, ""),))


def _configured(event: Event, context: Context) -> _Recipe:
    """engine_from_config(configuration, prefix="sqlalchemy.", **options): the options win."""
    configuration = event.args[0] if event.args else event.kwargs.get("configuration")
    given = event.argument(1, "prefix")
    prefix = given.data if given is not None and isinstance(given.data, str) else "sqlalchemy."
    whole = layer_of(configuration, "engine_from_config")
    cut = {key[len(prefix) :]: value for key, value in whole.values.items() if key.startswith(prefix)}
    layer = replace(whole, values=cut)
    return _Recipe(
        None, engine_url.of_value(cut.get("url"), "url", context), (layer, _keywords(event, "engine_from_config"))
    )


def _keywords(event: Event, note: str) -> Layer:
    """The keyword arguments of a call; a `**` that cannot be read may hold any."""
    spread = event.kwargs.get("**")
    values = {name: value for name, value in event.kwargs.items() if name != "**"}
    hole = Unknown("options that cannot be read are passed", event.at) if spread is not None else None
    return Layer(note, values, event.at, hole)


def _engine(definition: Place, recipe: _Recipe, making: Making, sure: bool) -> Engine:
    pool = pool_of(recipe.layers, making)
    url = recipe.url
    return Engine(
        definition,
        bind=recipe.bind,
        url=url.setting,
        url_kind=url.kind,
        url_variables=url.variables,
        dialect=url.dialect,
        driver=url.driver,
        has_password=url.has_password,
        pool_class=pool.pool_class,
        pool_size=pool.size,
        max_overflow=pool.overflow,
        pool_pre_ping=pool.pre_ping,
        pool_recycle=pool.recycle,
        sure=sure,
        faults=engine_faults.of_layers(recipe.layers, making, pool.pool_class),
    )
