import os

from flask import Flask, request
from sqlalchemy import create_engine, text

app = Flask(__name__)


@app.post("/try")
def try_connection():
    url = request.form["url"]
    create_engine(url).connect()
    return "ok"
