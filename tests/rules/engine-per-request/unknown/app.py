import os

from flask import Flask
from sqlalchemy import create_engine, text

app = Flask(__name__)

engines = {}


@app.route("/orders")
def orders():
    if "main" not in engines:
        engines["main"] = create_engine(os.environ["DATABASE_URL"])
    with engines["main"].connect() as connection:
        return str(connection.execute(text("select 1")).scalar())
