import os

from flask import Flask, redirect
from flask_login import LoginManager, login_user

app = Flask(__name__)
app.config.from_object(os.environ.get("SHOP_CONFIG", "settings.Config"))
login = LoginManager(app)


@app.post("/login")
def log_in():
    login_user(login.user())
    return redirect("/")
