from flask import Flask

from shop.extensions import db


def create_app():
    app = Flask(__name__)
    app.config.from_object("shop.config.Config")
    db.init_app(app)
    return app
