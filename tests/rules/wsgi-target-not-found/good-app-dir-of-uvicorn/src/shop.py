import os

from a2wsgi import WSGIMiddleware
from flask import Flask

flask_app = Flask(__name__)
flask_app.config["SECRET_KEY"] = os.environ["SECRET_KEY"]
app = WSGIMiddleware(flask_app)
