from logging.config import dictConfig
import os

from flask import Flask

app = Flask(__name__)
app.config["SECRET_KEY"] = os.environ["SECRET_KEY"]
dictConfig(
    {
        "version": 1,
        "handlers": {"file": {"class": "logging.FileHandler", "filename": "/var/log/shop.log"}},
        "root": {"level": "INFO", "handlers": ["file"]},
    }
)
