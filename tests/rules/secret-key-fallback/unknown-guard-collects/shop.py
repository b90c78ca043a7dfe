import os

from flask import Flask


def is_weak(key):
    return len(key) < 32


def check():
    secret_key = os.environ.get("SECRET_KEY", "dev")
    weak = []
    if is_weak(secret_key):
        weak.append("SECRET_KEY")
    if weak and not os.environ.get("LOCAL"):
        raise RuntimeError("weak: " + ", ".join(weak))


def create_app():
    app = Flask(__name__)
    app.config["SECRET_KEY"] = os.environ.get("SECRET_KEY", "dev")
    check()
    return app


app = create_app()
