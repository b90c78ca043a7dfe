from flask import Flask
from flask_migrate import Migrate
from werkzeug.middleware.proxy_fix import ProxyFix

from shop.models import db
from shop.views import pages


def create_app() -> Flask:
    app = Flask(__name__)
    app.config.from_object("shop.config.Production")
    app.wsgi_app = ProxyFix(app.wsgi_app, x_for=1, x_proto=1, x_host=1)
    db.init_app(app)
    Migrate(app, db)
    app.register_blueprint(pages)
    return app
