from flask import Flask, session

app = Flask(__name__)
app.config.from_prefixed_env()
assert app.config.get("SECRET_KEY"), "set FLASK_SECRET_KEY"


@app.get("/")
def index():
    session["seen"] = True
    return "Hello"
