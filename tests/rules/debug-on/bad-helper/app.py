import os

from flask import Flask


def flag(name, default=False):
    text = os.getenv(name, default)
    if text in ("False", "0"):
        return False
    return bool(text)


app = Flask(__name__)
app.config["DEBUG"] = flag("DEBUG")
