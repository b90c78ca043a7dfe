import redis
from flask import Flask, redirect, session
from flask_session import Session

app = Flask(__name__)
app.config["SESSION_TYPE"] = "redis"
Session(app)


@app.post("/basket/<item>")
def add(item):
    session["basket"] = [*session.get("basket", []), item]
    return redirect("/")
