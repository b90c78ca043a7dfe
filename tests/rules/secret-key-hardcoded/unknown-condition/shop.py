import somewhere
import os

from flask import Flask

app = Flask(__name__)
app.config["SECRET_KEY"] = os.environ["SECRET_KEY"]
if somewhere.local():
    app.secret_key = "dev"
