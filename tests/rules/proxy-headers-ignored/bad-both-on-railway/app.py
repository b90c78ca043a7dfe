from flask import Flask, abort, request, url_for

app = Flask(__name__)
BLOCKED = {"203.0.113.9"}


@app.route("/reset/<token>")
def reset(token):
    return token


@app.post("/forgotten")
def forgotten():
    if request.remote_addr in BLOCKED:
        abort(403)
    send_mail(url_for("reset", token="abc", _external=True))
    return "sent"


def send_mail(text):
    pass
