import os

from flask import Flask, request

import clients

app = Flask(__name__)
app.secret_key = os.environ["SECRET_KEY"]
app.config.setdefault("MAIL_PASSWORD", "")
app.config["OAUTH_CREDENTIALS"] = {"google": {"id": "shop", "secret": os.environ["GOOGLE_SECRET"]}}
app.config["PASSWORD_RESET_SALT"] = "password-reset-salt-1"
JWT_SECRET = os.environ["JWT_SECRET"]
JWT_SECRET_NAME = "prod/jwt-1"
SESSION_STATE_KEY = "oauth_state"
WRONG_PASSWORD = "wrong-password-1"
ENCRYPTED_PASSWORD = "encrypted:BEXb2m8Tq1Zw7Kx4Vp9Rj3Hn6Lc5Yd0Fg"
WEAK_PASSWORDS = ["123456", "password1", "qwerty123"]
TOKEN_NAMES = {"access": "access_token", "refresh": "refresh_token_v2"}


@app.post("/login")
def login():
    if request.form["password"] == "********":
        return "unchanged"
    if request.form["password"] == request.form["password_again"]:
        return "the same"
    if request.form["grant_type"] == "password" and request.form["username"] == "shop":
        return "no password"
    if app.config["PASSWORD"] == "changeme123":
        raise RuntimeError("choose another password")
    return "welcome"
