from company.web import setup_app
from flask import Flask, redirect, session

app = Flask(__name__)
setup_app(app)


@app.post("/basket/<item>")
def add(item):
    session["basket"] = [*session.get("basket", []), item]
    return redirect("/")
