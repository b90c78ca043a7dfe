import os

from flask import Flask

from config import configs


def create_app(name=None):
    app = Flask(__name__)
    app.config.from_object(configs[name or os.environ.get("APP_CONFIG", "default")])
    return app
