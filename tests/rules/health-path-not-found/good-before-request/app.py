from flask import Flask, request

app = Flask(__name__)


@app.before_request
def health():
    if request.path == "/health":
        return "ok"
    return None


@app.get("/items")
def items():
    return []
