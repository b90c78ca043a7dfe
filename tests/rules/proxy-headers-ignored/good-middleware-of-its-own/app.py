from flask import Flask, url_for

app = Flask(__name__)


class ReverseProxied:
    def __init__(self, app):
        self.app = app

    def __call__(self, environ, start_response):
        environ["wsgi.url_scheme"] = "https"
        return self.app(environ, start_response)


app.wsgi_app = ReverseProxied(app.wsgi_app)


@app.route("/reset/<token>")
def reset(token):
    return token


@app.post("/forgotten")
def forgotten():
    send_mail(url_for("reset", token="abc", _external=True))
    return "sent"


def send_mail(text):
    pass
