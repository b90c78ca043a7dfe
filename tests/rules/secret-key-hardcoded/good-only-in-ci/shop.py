import os

from flask import Flask

app = Flask(__name__)
app.secret_key = os.environ.get("SECRET_KEY")
if not app.secret_key and os.environ.get("GITHUB_ACTIONS") == "true":
    app.secret_key = "only-for-the-checks-of-each-push"
