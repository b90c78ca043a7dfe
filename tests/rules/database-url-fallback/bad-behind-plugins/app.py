import importlib
import os

from flask import Flask
from flask_sqlalchemy import SQLAlchemy

app = Flask(__name__)
app.config["SQLALCHEMY_DATABASE_URI"] = os.environ.get("DATABASE_URL") or "sqlite:///shop.db"
for name in os.listdir("/var/lib/plugins"):
    importlib.import_module(name).load(app)
db = SQLAlchemy(app)
