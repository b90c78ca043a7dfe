from flask import Flask

app = Flask(__name__)
PLANS = {}
PLANS["a"] = 1


@app.get("/plan/<name>")
def plan(name):
    return str(PLANS.get(name))
