from flask import Flask, redirect, session

app = Flask(__name__)
app.config.from_envvar("SHOP_SETTINGS")


@app.post("/basket/<item>")
def add(item):
    session["basket"] = [*session.get("basket", []), item]
    return redirect("/")
