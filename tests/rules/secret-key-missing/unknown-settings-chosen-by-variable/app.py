import os

from flask import Flask, redirect, session

app = Flask(__name__)
app.config.from_object(os.environ.get("SHOP_CONFIG", "settings.Config"))


@app.post("/basket/<item>")
def add(item):
    session["basket"] = [*session.get("basket", []), item]
    return redirect("/")
