from flask import Flask, url_for

app = Flask(__name__)


@app.route("/reset/<token>")
def reset(token):
    return token


@app.post("/forgotten")
def forgotten():
    send_mail(url_for("reset", token="abc", _external=True))
    return "sent"


def send_mail(text):
    pass
