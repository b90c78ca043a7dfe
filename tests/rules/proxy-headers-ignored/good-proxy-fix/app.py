from flask import Flask, url_for
from werkzeug.middleware.proxy_fix import ProxyFix

app = Flask(__name__)
app.wsgi_app = ProxyFix(app.wsgi_app, x_for=2, x_proto=1)


@app.route("/reset/<token>")
def reset(token):
    return token


@app.post("/forgotten")
def forgotten():
    send_mail(url_for("reset", token="abc", _external=True))
    return "sent"


def send_mail(text):
    pass
