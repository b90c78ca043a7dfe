import os

from flask import Flask
from flask_sqlalchemy import SQLAlchemy

from config import by_name

app = Flask(__name__)
app.config.from_object(by_name[os.getenv("FLASK_CONFIG") or "default"])
db = SQLAlchemy(app)
