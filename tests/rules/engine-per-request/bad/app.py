import os

from flask import Flask
from sqlalchemy import create_engine, text

app = Flask(__name__)


@app.route("/orders")
def orders():
    engine = create_engine(os.environ["DATABASE_URL"])
    with engine.connect() as connection:
        return str(connection.execute(text("select count(*) from orders")).scalar())
