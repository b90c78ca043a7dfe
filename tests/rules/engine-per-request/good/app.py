import os

from flask import Flask
from sqlalchemy import create_engine, text

app = Flask(__name__)
engine = create_engine(os.environ["DATABASE_URL"], pool_pre_ping=True)


@app.route("/orders")
def orders():
    with engine.connect() as connection:
        return str(connection.execute(text("select count(*) from orders")).scalar())
