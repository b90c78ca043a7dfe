import os

from flask import Flask
from flask_sqlalchemy import SQLAlchemy

app = Flask(__name__)
app.config["SQLALCHEMY_DATABASE_URI"] = "sqlite:///shop.db"
app.config["SQLALCHEMY_ENGINE_OPTIONS"] = {"echo": False}
db = SQLAlchemy(app)

with app.app_context():
    db.create_all()
