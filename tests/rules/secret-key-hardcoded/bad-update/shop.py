import os

from flask import Flask

app = Flask(__name__)
app.config.update(
    JWT_SECRET_KEY="change-me",
    SECRET_KEY=os.environ["SECRET_KEY"],
)
