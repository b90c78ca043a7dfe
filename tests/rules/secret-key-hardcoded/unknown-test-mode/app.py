import vault
from flask import Flask, session

import settings

app = Flask(__name__)
if settings.UNIT_TEST_MODE:
    app.secret_key = "only the tests know this"
else:
    app.secret_key = vault.read("session")


@app.get("/")
def index():
    session["seen"] = True
    return "Hello"
