import os
from flask import Flask
from flask_sqlalchemy import SQLAlchemy


class Config:
    DB_USER = os.environ.get("DB_USER", "postgres")
    DB_PASSWORD = os.environ.get("DB_PASSWORD", "")
    DB_HOST = os.environ.get("DB_HOST", "localhost")
    SQLALCHEMY_DATABASE_URI = (
        f"postgresql://{DB_USER}:{DB_PASSWORD}@"
        f"{DB_HOST}/shop"
    )
    SQLALCHEMY_ENGINE_OPTIONS = {"pool_pre_ping": True}


app = Flask(__name__)
app.config.from_object(Config)
db = SQLAlchemy(app)
