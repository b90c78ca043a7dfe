from logging.handlers import RotatingFileHandler
import os

from flask import Flask

app = Flask(__name__)
app.config["SECRET_KEY"] = os.environ["SECRET_KEY"]
handler = RotatingFileHandler("logs/shop.log", maxBytes=10240)
app.logger.addHandler(handler)
