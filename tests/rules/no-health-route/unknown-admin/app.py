import os

from company_plugins import load_plugins
from flask import Flask
from flask_sqlalchemy import SQLAlchemy

app = Flask(__name__)
app.config["SQLALCHEMY_DATABASE_URI"] = os.environ["DATABASE_URL"]
app.config["SQLALCHEMY_ENGINE_OPTIONS"] = {"pool_pre_ping": True}
db = SQLAlchemy(app)
for blueprint in load_plugins():
    app.register_blueprint(blueprint)


@app.get("/")
def index():
    return "items"


@app.get("/items/<int:number>")
def item(number):
    return str(number)
