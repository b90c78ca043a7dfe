import os

from flask import Flask, session

app = Flask(__name__)
app.secret_key = os.environ.get("SECRET_KEY") or "you-will-never-guess"


@app.get("/")
def index():
    session["seen"] = True
    return "Hello"
