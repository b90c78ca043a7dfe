"""The routes of an app where more than Flask itself registers them; the URL maps were read from the real libraries."""

from __future__ import annotations

from pathlib import Path

import pytest

from flaskprod_lint.discover import open_project
from flaskprod_lint.model import App, Route, Target
from flaskprod_lint.model.routing import finds, is_plain
from flaskprod_lint.resolve import app as apps
from flaskprod_lint.resolve.context import Context
from flaskprod_lint.resolve.tree import Tree
from flaskprod_lint.source import Place

STATIC = "/static/<path:filename>"


def loaded(folder: Path, text: str) -> App:
    """The app of a module, with the environment known in full."""
    (folder / "wsgi.py").write_text(text, "utf-8")
    project = open_project(folder)
    tree, origin = Tree(project), Place(None, "test")
    tree.mount("/app", "", origin)
    context = Context(project, tree, "/app", {}, False)
    app = apps.of_assumed(Target("wsgi:app", "wsgi", "app", origin, file="wsgi.py"), context)
    assert app is not None
    return app


def rules(app: App) -> set[str]:
    return {f"{route.rule} {' '.join(route.methods)}" for route in app.routes if route.sure and route.rule != STATIC}


HEALTHZ = "from flask_healthz import Healthz, healthz\n"
ADMIN = "from flask_admin import Admin\n"
BEFORE = "@app.before_request\ndef first():\n"
RESOURCES = """
class Item(Resource):
    def get(self, **given):
        return {}
    def put(self, **given):
        return {}
"""


def test_flask_restful(tmp_path: Path) -> None:
    app = loaded(
        tmp_path,
        f"""
from flask import Blueprint, Flask
from flask_restful import Api, Resource
{RESOURCES}
app = Flask(__name__)
api = Api(app, prefix="/v1")
api.add_resource(Item, "/items", "/items/<int:number>")
bp = Blueprint("bp", __name__, url_prefix="/bp")
inner = Api(bp, "/inner")
inner.add_resource(Item, "/x", methods=["GET"])
@inner.resource("/y")
class Other(Resource):
    def post(self):
        return {{}}
app.register_blueprint(bp)
late = Api()
late.add_resource(Item, "/late", endpoint="late")
late.init_app(app)
""",
    )
    assert rules(app) == {
        "/v1/items GET PUT",
        "/v1/items/<int:number> GET PUT",
        "/bp/inner/x GET",
        "/bp/inner/y POST",
        "/late GET PUT",
    }
    assert app.routes_unknown is None


def test_flask_restx(tmp_path: Path) -> None:
    app = loaded(
        tmp_path,
        f"""
from flask import Blueprint, Flask
from flask_restx import Api, Namespace, Resource
{RESOURCES}
shop = Namespace("shop", description="The shop")
@shop.route("/items", "/items/<int:number>")
class Items(Item):
    pass
named = Namespace("named", path="/other/")
named.add_resource(Item, "/one")
bp = Blueprint("api", __name__, url_prefix="/api")
api = Api(bp, version="1", doc="/docs")
api.add_namespace(shop)
api.add_namespace(named, path="/moved")
@api.route("/ping")
class Ping(Resource):
    def get(self):
        return "pong"
own = api.namespace("own")
@own.route("/")
class Own(Resource):
    def get(self):
        return "own"
app = Flask(__name__)
app.register_blueprint(bp)
""",
    )
    assert rules(app) == {
        "/api/shop/items GET PUT",
        "/api/shop/items/<int:number> GET PUT",
        "/api/moved/one GET PUT",
        "/api/ping GET",
        "/api/own/ GET",
        "/api/swagger.json GET",
        "/api/docs GET",
        "/swaggerui/<path:filename> GET",
    }
    assert app.routes_unknown is None


def test_flask_smorest(tmp_path: Path) -> None:
    app = loaded(
        tmp_path,
        """
from flask import Flask
from flask.views import MethodView
from flask_smorest import Api, Blueprint
app = Flask(__name__)
app.config.update(API_TITLE="Shop", API_VERSION="1", OPENAPI_VERSION="3.0.2", OPENAPI_URL_PREFIX="/docs")
api = Api(app)
blp = Blueprint("items", __name__, url_prefix="/items")
@blp.route("/<int:number>")
class Item(MethodView):
    def get(self, number):
        return {}
    def delete(self, number):
        return {}
@blp.route("/health")
def health():
    return "ok"
api.register_blueprint(blp)
""",
    )
    assert rules(app) == {"/items/<int:number> DELETE GET", "/items/health GET"}
    assert finds(app, "/docs/openapi.json").kind == "unknown" and finds(app, "/health").kind == "none"


def test_apiflask_and_openapi3(tmp_path: Path) -> None:
    app = loaded(
        tmp_path,
        """
from apiflask import APIBlueprint, APIFlask
from flask.views import MethodView
app = APIFlask(__name__, title="Shop")
bp = APIBlueprint("bp", __name__, url_prefix="/bp")
@bp.route("/items")
class Items(MethodView):
    def get(self):
        return {}
@app.get("/health")
def health():
    return {}
app.register_blueprint(bp)
""",
    )
    assert rules(app) == {"/bp/items GET", "/health GET"}
    assert finds(app, "/docs").kind == "unknown" and finds(app, "/bp/health").kind == "none"
    other = loaded(
        tmp_path / "..",
        """
from flask_openapi3 import APIBlueprint, OpenAPI
app = OpenAPI(__name__)
api = APIBlueprint("shop", __name__, url_prefix="/shop")
@api.get("/items")
def items():
    return {}
app.register_api(api)
""",
    )
    assert rules(other) == {"/shop/items GET"}
    assert finds(other, "/openapi/swagger").kind == "unknown"


@pytest.mark.parametrize(
    ("text", "path", "kind"),
    [
        (f"{HEALTHZ}app.register_blueprint(healthz, url_prefix='/healthz')", "/healthz/live", "unknown"),
        (f"{HEALTHZ}app.register_blueprint(healthz, url_prefix='/healthz')", "/live", "none"),
        (f"{HEALTHZ}Healthz(app)", "/healthz/live", "unknown"),
        ("from healthcheck import HealthCheck\nhealth = HealthCheck()\n"
         "app.add_url_rule('/check', 'check', view_func=lambda: health.run())", "/check", "matched"),
        ("from healthcheck import HealthCheck\nhealth = HealthCheck(app, '/check')", "/check", "matched"),
        (f"{ADMIN}Admin(app, name='Shop')", "/admin/user/", "unknown"),
        (f"{ADMIN}admin = Admin(name='Shop', url='/back')\nadmin.init_app(app)", "/back/x", "unknown"),
        (f"{ADMIN}Admin(app, name='Shop')", "/health", "none"),
        ("from prometheus_flask_exporter import PrometheusMetrics\nPrometheusMetrics(app)", "/metrics", "unknown"),
        ("from flask_swagger_ui import get_swaggerui_blueprint as make\n"
         "app.register_blueprint(make('/docs', '/static/x.json'), url_prefix='/docs')", "/docs/", "unknown"),
        ("from flask_socketio import SocketIO\nSocketIO(app)", "/health", "none"),
        ("from flask_migrate import Migrate\nMigrate(app, object())", "/health", "none"),
        ("from somewhere import Thing\nThing().init_app(app)", "/health", "unknown"),
        ("from somewhere import Thing\nThing(app.config)", "/health", "none"),
        ("from werkzeug.middleware.proxy_fix import ProxyFix\napp.wsgi_app = ProxyFix(app.wsgi_app)",
         "/health", "none"),
        ("class Layer:\n    def __init__(self, inner):\n        self.inner = inner\napp.wsgi_app = Layer(app.wsgi_app)",
         "/health", "unknown"),
        ("import importlib, os\nimportlib.import_module(os.environ['PLUGIN'] + '.views')", "/health", "unknown"),
        ("for one in plugins():\n    app.register_blueprint(one, url_prefix='/plugins')", "/plugins/x", "unknown"),
        ("for number in range(200):\n    app.add_url_rule(f'/{number}', str(number), lambda: 'ok')", "/199", "unknown"),
        (f"{BEFORE}    if request.method == 'OPTIONS':\n        return 'ok'", "/health", "none"),
        (f"{BEFORE}    if not request.args:\n        return '', 401", "/health", "none"),
        (f"{BEFORE}    if not request.args:\n        return redirect('/')", "/health", "unknown"),
        ("@app.errorhandler(404)\ndef missing(error):\n    return 'nothing', 404", "/health", "none"),
        ("@app.errorhandler(404)\ndef missing(error):\n    return 'everything'", "/health", "unknown"),
        ("@app.errorhandler(500)\ndef broken(error):\n    return 'sorry'", "/health", "none"),
        ("class Short(IntegerConverter):\n    pass\napp.url_map.converters['short'] = Short\n"
         "app.add_url_rule('/<short:x>', 'x', lambda x: x)", "/12", "unknown"),
        ("app.add_url_rule('/x', 'x', lambda: '1', subdomain='api')", "/x", "unknown"),
    ],
)  # fmt: skip
def test_what_else_answers(text: str, path: str, kind: str, tmp_path: Path) -> None:
    head = "from flask import Flask, redirect, request\nfrom werkzeug.routing import IntegerConverter\n"
    app = loaded(tmp_path, f"{head}\ndef plugins():\n    yield None\n\napp = Flask(__name__)\n{text}\n")
    assert finds(app, path).kind == kind, (app.routes, app.routes_unknown)


def test_a_blueprint_that_brings_its_class(tmp_path: Path) -> None:
    app = loaded(
        tmp_path,
        """
from flask import Blueprint, Flask
class Pages(Blueprint):
    def __init__(self, name):
        super().__init__(name, __name__, url_prefix="/" + name)
        self.add_url_rule("/about", "about", lambda: "about")
class Shop(Flask):
    def __init__(self):
        super().__init__(__name__, static_folder=None)
        self.add_url_rule("/up", "up", lambda: "ok")
        self.register_blueprint(Pages("pages"))
app = Shop()
""",
    )
    assert rules(app) == {"/pages/about GET", "/up GET"}
    assert app.routes_unknown is None


@pytest.mark.parametrize(
    "rule",
    [
        "/a" * 5_000,
        "/" + "<path:x>/" * 30 + "end",
        "/" + "<x>" * 40,
        "/<",
        "/<int:",
        "/<int(:x>",
        "/a<b>(c[d",
        "/<any(:x>",
    ],
)
def test_a_hostile_rule_costs_no_time(rule: str) -> None:
    routes = (Route(rule, ("GET",), Place(None), sure=is_plain(rule)), Route("/health", ("GET",), Place(None)))
    app = App("app", Place(None), routes=routes, routes_unknown=None)
    assert finds(app, "/health").kind == "matched"
    for path in ("/" + "a/" * 100 + "x", "/" + "a" * 240, "/" + "a/" * 5_000, "//" * 60):
        assert finds(app, path).kind in ("none", "unknown", "redirected")
