import os

from flask import Flask
from flask_migrate import Migrate

from shop.config import CONFIGURATIONS
from shop.models import db
from shop.views import pages


def create_app() -> Flask:
    app = Flask(__name__)
    app.config.from_object(CONFIGURATIONS[os.environ.get("APP_CONFIG", "production")])
    db.init_app(app)
    Migrate(app, db)
    app.register_blueprint(pages)
    return app
