from flask import Flask, request

app = Flask(__name__)


@app.route("/health", methods=["POST"])
def health():
    return request.get_json()
