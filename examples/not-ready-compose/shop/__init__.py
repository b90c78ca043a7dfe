import os

from flask import Flask
from flask_migrate import Migrate

from shop.models import db
from shop.views import pages


def create_app() -> Flask:
    app = Flask(__name__)
    app.config.update(
        SECRET_KEY=os.environ["SECRET_KEY"],
        SQLALCHEMY_DATABASE_URI=os.environ["DATABASE_URL"],
        SQLALCHEMY_ENGINE_OPTIONS={"pool_size": 5, "max_overflow": 0, "pool_pre_ping": True},
    )
    db.init_app(app)
    Migrate(app, db)
    app.register_blueprint(pages)
    return app
