import os

from flask import Flask, redirect, session

app = Flask(__name__)
app.secret_key = os.environ["SECRET_KEY"]


@app.post("/basket/<item>")
def add(item):
    session["basket"] = [*session.get("basket", []), item]
    return redirect("/")
