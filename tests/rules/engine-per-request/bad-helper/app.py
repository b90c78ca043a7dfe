from flask import Flask, g

from database import connect

app = Flask(__name__)


@app.before_request
def open_connection():
    g.connection = connect()
