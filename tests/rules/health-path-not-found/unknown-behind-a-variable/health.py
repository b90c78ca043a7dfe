from flask import Blueprint

health = Blueprint("health", __name__)


@health.get("/status")
def status():
    return "ok"
