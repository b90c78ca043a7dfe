import os

import requests
from flask import Flask, abort, request

import clients

app = Flask(__name__)
app.secret_key = os.environ["SECRET_KEY"]
app.config.setdefault("MAIL_PASSWORD", "Kw7vQ2nTz9Lm4Xp")
app.config["SECURITY_TOTP_SECRETS"] = {"1": "q8Zt4Vn1Hs6Yc3Rm9Bw2"}
app.config["OAUTH_CREDENTIALS"] = {"google": {"id": "shop", "secret": "m3Xk8Pq5Jd2Lw7Tz4Gv9"}}
JWT_SECRET = "our-little-secret"


@app.post("/login")
def login():
    if request.form["username"] == "admin" and request.form["password"] == "admin123":
        return "welcome"
    abort(401)


@app.get("/weather")
def weather():
    return requests.get("https://api.weather.dev/today?appid=4f8c1e7a2b9d6035f8c1e7a2b9d60354&q=Oslo").json()
