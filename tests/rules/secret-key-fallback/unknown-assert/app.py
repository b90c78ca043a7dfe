from flask import Flask, session

app = Flask(__name__)
app.config["SECRET_KEY"] = "dev"
app.config.from_prefixed_env()
assert app.debug or app.config["SECRET_KEY"] != "dev", "set FLASK_SECRET_KEY"


@app.get("/")
def index():
    session["seen"] = True
    return "Hello"
