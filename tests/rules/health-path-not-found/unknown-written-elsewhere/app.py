from flask import Flask

app = Flask(__name__)
QUIET = ["/healthz"]


@app.get("/items")
def items():
    return []
