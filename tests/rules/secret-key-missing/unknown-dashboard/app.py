import os

from flask import Flask, redirect
from flask_login import LoginManager, login_user

app = Flask(__name__)
app.config["SECRET_KEY"] = os.environ.get("SECRET_KEY")
login = LoginManager(app)


@app.post("/login")
def log_in():
    login_user(login.user())
    return redirect("/")
