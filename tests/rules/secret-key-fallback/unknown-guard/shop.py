import os

from flask import Flask

app = Flask(__name__)
app.config["SECRET_KEY"] = os.environ.get("SECRET_KEY", "dev")

if app.config["SECRET_KEY"] == "dev" and not app.debug:
    raise RuntimeError("set SECRET_KEY")
