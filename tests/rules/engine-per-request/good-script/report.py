import os

from sqlalchemy import create_engine

from app import app


@app.route("/report")
def report():
    return str(create_engine(os.environ["DATABASE_URL"]))
