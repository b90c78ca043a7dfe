import os

from flask import Flask

if os.path.isdir("frontend/dist"):
    server = Flask(__name__, static_folder="frontend/dist")
else:
    server = Flask(__name__)

if __name__ == "__main__":
    server.run(host="0.0.0.0", port=8080)
