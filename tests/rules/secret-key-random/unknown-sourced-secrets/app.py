import os

from flask import Flask


class Config:
    SECRET_KEY = os.getenv("SECRET_KEY")

    if not SECRET_KEY:
        SECRET_KEY = os.urandom(24)


app = Flask(__name__)
app.config.from_object(Config)
