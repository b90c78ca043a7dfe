import click
import requests
from flask import Flask, flash, session as cookies
from flask_sqlalchemy import SQLAlchemy

app = Flask(__name__)
db = SQLAlchemy()


@app.route("/rates")
def rates():
    session = requests.Session()
    session.headers["Accept"] = "application/json"
    db.session.update({})
    return cookies.get("rates") or session.get("https://rates.example.com/").text


def never_called():
    cookies["rates"] = "1"
    flash("never shown")


@app.cli.command("seed")
def seed():
    cookies["seed"] = "no request has this"
    click.echo("done")


if __name__ == "__main__":
    app.secret_key = "only here"
    app.run()
