"""What extensions and middlewares answer: nothing, pages below a prefix, or what cannot be told."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping

from flaskprod_lint.model import Route, Unknown
from flaskprod_lint.resolve.app.routes.arguments import argument, optional_text, thing
from flaskprod_lint.resolve.app.routes.steps import below
from flaskprod_lint.resolve.interpreter.values import Event, Instance, Member, Object, Value
from flaskprod_lint.source import Place

#: Packages whose extensions add no route, or only files below the static folder.
_WITHOUT = frozenset(
    """
    alchemical alembic apig_wsgi apscheduler ariadne authlib aws_wsgi awsgi bjoern bugsnag casbin celery cheroot
    cherrypy click csp_flask dash_bootstrap_components ddtrace dotenv dynaconf elasticapm elasticsearch eventlet
    firebase_functions flask_alembic flask_allows flask_apscheduler flask_argon2 flask_assets flask_authz
    flask_avatars flask_babel flask_babelex flask_babelplus flask_bcrypt flask_bootstrap flask_breadcrumbs flask_cache
    flask_cacheify flask_caching flask_cdn flask_celery flask_celeryext flask_ckeditor flask_cli flask_commonmark
    flask_compress flask_cors flask_couchdb flask_crontab flask_csp flask_debug flask_dotenv flask_dropzone
    flask_elasticsearch flask_env flask_environments flask_executor flask_fontawesome flask_frozen flask_gravatar
    flask_gzip flask_htmlmin flask_htmx flask_httpauth flask_images flask_injector flask_inputs flask_jsonschema
    flask_jsontools flask_jwt_extended flask_jwt_oidc flask_jwt_simple flask_kvsession flask_language
    flask_ldap3_login flask_limiter flask_login flask_mail flask_mailman flask_manage_webpack flask_markdown
    flask_marshmallow flask_menu flask_migrate flask_minify flask_misaka flask_mobility flask_moment flask_mongoengine
    flask_mysql flask_mysqldb flask_nav flask_navigation flask_orjson flask_pagedown flask_paginate
    flask_parameter_validation flask_peewee flask_principal flask_pydantic flask_pymongo flask_qrcode flask_rbac
    flask_recaptcha flask_redis flask_reverse_proxy_fix flask_rq flask_rq2 flask_s3 flask_script flask_seasurf
    flask_seeder flask_session flask_shell_ipython flask_simpleldap flask_simplelogin flask_simplemde flask_sqlalchemy
    flask_sqlalchemy_lite flask_sqlalchemy_session flask_sslify flask_static_digest flask_storage flask_talisman
    flask_themes2 flask_toastr flask_user_agent flask_utils flask_uuid flask_validator flask_vite flask_webpack
    flask_webpackext flask_wtf flask_zodb flaskext functions_framework gevent googlecloudprofiler granian gunicorn
    honeybadger hupper hypercorn influxdb jinja2 joblib ldap3 livereload loguru mangum marshmallow
    marshmallow_sqlalchemy meinheld mongoengine newrelic nplusone opencensus opentelemetry passlib paste peewee pony
    pydantic pymongo pyngrok python_logging_rabbitmq pythonjsonlogger raven redis requests rollbar rq scout_apm secure
    sentry_sdk serverless_wsgi sqlalchemy sqlalchemy_utils statsd structlog talisman tornado turbo_flask uvicorn
    vercel_wsgi waitress watchtower webview whitenoise wtforms wtforms_json zappa
    """.split()
)
#: Where the pages of other extensions are: the argument that says it, its position, and what holds without it.
_BELOW: Mapping[str, tuple[str, int, str]] = {
    "flask_admin": ("url", 2, "/admin"),
    "flask_debugtoolbar": ("", -1, "/_debug_toolbar"),
    "flask_healthz": ("prefix", 1, "/healthz"),
    "flask_jwt": ("", -1, "/auth"),
    "flask_monitoringdashboard": ("", -1, "/dashboard"),
    "flask_profiler": ("", -1, "/flask-profiler"),
    "flask_restless": ("url_prefix", -1, "/api"),
    "flask_sock": ("", -1, ""),
    "flask_uploads": ("", -1, "/_uploads"),
    "flask_socketio": ("path", -1, "/socket.io"),
    "prometheus_flask_exporter": ("path", 1, "/metrics"),
}
#: Middlewares and adapters that pass every path on as it is.
_PASSING = (
    "werkzeug.middleware.proxy_fix.",
    "werkzeug.contrib.fixers.",
    "werkzeug.middleware.profiler.",
    "werkzeug.middleware.lint.",
    "werkzeug.contrib.profiler.",
    "whitenoise.",
    "asgiref.wsgi.",
    "a2wsgi.",
    "uvicorn.middleware.wsgi.",
    "asgi_tools.",
    "flask_reverse_proxy_fix.",
    "opentelemetry.",
    "elasticapm.",
    "newrelic.",
    "sentry_sdk.",
    "prometheus_client.",
)
_DISPATCHERS = (
    "werkzeug.middleware.dispatcher.DispatcherMiddleware",
    "werkzeug.wsgi.DispatcherMiddleware",
    "werkzeug.middleware.shared_data.SharedDataMiddleware",
    "werkzeug.wsgi.SharedDataMiddleware",
)
#: Calls that import or run code by a name, which may then register routes.
_RUNS_CODE = ("exec_module", "load_module", "run_path", "run_module", "import_string", "find_modules")

Added = Iterator[Route | Unknown]


def added(event: Event, app: Instance) -> Added:
    """The routes that a call of an extension adds to an app, or why that cannot be told."""
    package = event.callee.partition(".")[0]
    if event.kind == "set-attribute" and event.callee.endswith(".wsgi_app") and thing(event.receiver) is app:
        yield from around(event.args[0], app)
        return
    if event.kind != "call":
        return
    if event.callee.rpartition(".")[2] in _RUNS_CODE:
        yield Unknown("code that is imported by a name which cannot be read", event.at)
    if package in ("flask", "werkzeug", "builtins") or package in sys.stdlib_module_names or package in _WITHOUT:
        return
    if any(_is_given(value, app) for value in (*event.args, *event.kwargs.values())):
        yield from _of_package(package, event)


def _is_given(value: Value, app: Instance) -> bool:
    """Whether a value is the app as a whole."""
    data = value.data
    if isinstance(data, Object):
        data = data.outer
    if isinstance(data, Member):
        return data.instance is app and data.path == "wsgi_app"
    parts = data if isinstance(data, (list, tuple)) else ()
    return data is app or any(_is_given(one, app) for one in (*value.alternatives, *parts))


def _of_package(package: str, event: Event) -> Added:
    known = _BELOW.get(package)
    maker = thing(event.receiver) if event.callee.endswith(".init_app") else None
    if package == "dash":
        yield from _dash(event)
    elif package == "healthcheck" and isinstance(path_of := optional_text(argument(event, 1, "path")), str):
        yield Route(path_of, ("GET",), Place(event.at, path_of), event.callee, event.sure)
    elif package == "flasgger":
        for prefix in ("/apidocs", "/flasgger_static", "/oauth2-redirect.html"):
            yield from _below(prefix, event)
        yield Route("/apispec_1.json", ("GET",), Place(event.at, package), sure=False)
    elif known is not None:
        name, index, default = known
        given = argument(event if name in event.kwargs or maker is None else maker, index, name)
        path = optional_text(given) if name else None
        custom = package == "flask_admin" and any("index_view" in one.kwargs for one in (event, maker) if one)
        if isinstance(path, Unknown) or path in ("", "/") or custom:
            yield Unknown(f"{package} adds pages of its own", event.at)
        elif path or default:
            yield from _below(path or default, event)
    elif event.callee not in _PASSING and not event.callee.startswith((*_PASSING, *_DISPATCHERS)):
        yield Unknown(f"{event.callee} is given the app and may add routes of its own", event.at)


def _below(prefix: str, event: Event) -> tuple[Route, Route]:
    """The pages of an extension below a prefix, whichever they are."""
    package = event.callee.partition(".")[0]
    return below(f"/{prefix.strip('/')}", Place(event.at, f"the pages of {package}"))


def _dash(event: Event) -> Added:
    """Dash answers every path below its own with its page."""
    for name in ("routes_pathname_prefix", "url_base_pathname"):
        given = event.kwargs.get(name)
        prefix = optional_text(given)
        if isinstance(prefix, Unknown):
            yield Unknown("where the pages of Dash are", event.at)
            return
        if prefix is not None:
            yield from _below(prefix, event) if prefix.strip("/") else (_everything(event),)
            return
    yield _everything(event)


def _everything(event: Event) -> Route:
    return Route("/<path:page>", ("GET",), Place(event.at, "the pages of Dash"), sure=False)


def made_with(event: Event, app: Instance) -> Added:
    """What comes with the class of an app: the pages that document an API, or those of Dash."""
    at, callee = Place(event.at, event.callee), event.callee
    if callee.startswith("apiflask."):
        yield from _documented(event, (("spec_path", "/openapi.json"), ("docs_path", "/docs")))
        yield Route("/docs/oauth2-redirect", ("GET",), at, sure=False)
    elif callee.startswith("flask_openapi3."):
        yield from _documented(event, (("doc_prefix", "/openapi"),))
    elif callee.startswith("dash."):
        yield from _dash(event)
    elif callee not in ("flask.Flask", "flask.app.Flask"):
        yield Unknown(f"{callee} adds routes of its own", event.at)


def _documented(event: Event, arguments: tuple[tuple[str, str], ...]) -> Added:
    for name, default in arguments:
        path = optional_text(event.kwargs.get(name)) if name in event.kwargs else default
        if isinstance(path, Unknown):
            yield Unknown("where the pages of the documentation are", event.at)
        elif path:
            yield from _below(path, event)


def around(value: Value | None, app: Instance) -> Added:
    """What answers before the app does: the middlewares that it is wrapped in, from the outside in."""
    for _ in range(8):
        data = value.data if value is not None else None
        inner = data.outer if isinstance(data, Object) else data
        if inner is app or (isinstance(inner, Member) and inner.instance is app) or value is None:
            return
        if isinstance(data, Object):
            yield Unknown(f"{data.cls.name} answers before the app does", value.at)
            return
        if not isinstance(data, Instance):
            break
        if data.callee in _DISPATCHERS:
            yield from _mounted(data, app)
        elif not data.callee.startswith(_PASSING):
            yield Unknown(f"{data.callee} answers before the app does", value.at)
            return
        value = argument(data, 0, "app")
    at = value.at if value is not None else None
    yield Unknown("what the server loads is not the app itself", at)


def _mounted(made: Instance, app: Instance) -> Added:
    """The prefixes under which a dispatcher has something else."""
    mounts = argument(made, 1, "mounts") or made.kwargs.get("exports")
    entries = mounts.data if mounts is not None else {}
    if not isinstance(entries, dict) or getattr(entries, "hole", None) is not None:
        yield Unknown("what is mounted beside the app cannot be read", made.at)
        return
    for prefix, inner in entries.items():
        if thing(inner) is app or not isinstance(prefix, str):
            yield Unknown("the app is mounted below a prefix", made.at)
        else:
            yield from below(f"/{prefix.strip('/')}", Place(made.at, "mounted beside the app"))
