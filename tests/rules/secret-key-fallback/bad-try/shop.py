import os

from flask import Flask

app = Flask(__name__)
try:
    app.secret_key = os.environ["SECRET_KEY"]
except KeyError:
    app.secret_key = "s3cr3t-9d8f7"
