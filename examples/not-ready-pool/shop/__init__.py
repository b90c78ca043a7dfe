from flask import Flask
from flask_migrate import Migrate

from shop.models import db
from shop.settings import Production
from shop.views import pages


def create_app() -> Flask:
    app = Flask(__name__)
    app.config.from_object(Production)
    db.init_app(app)
    Migrate(app, db)
    app.register_blueprint(pages)
    return app
