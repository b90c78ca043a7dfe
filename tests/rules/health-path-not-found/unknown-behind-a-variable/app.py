import os

from flask import Flask

app = Flask(__name__)

if os.environ.get("WITH_HEALTH"):
    from health import health

    app.register_blueprint(health)


@app.get("/items")
def items():
    return []
