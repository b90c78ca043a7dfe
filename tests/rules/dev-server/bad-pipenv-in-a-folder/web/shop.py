import os

from flask import Flask

app = Flask(__name__)
app.config["SECRET_KEY"] = os.environ["SECRET_KEY"]

if __name__ == "__main__":
    app.run(host="0.0.0.0", port=8000)
