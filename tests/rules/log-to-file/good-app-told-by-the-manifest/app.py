import logging
import os
from logging.handlers import RotatingFileHandler

from flask import Flask

app = Flask(__name__)

if os.environ.get("LOG_TO_STDOUT"):
    logging.getLogger().addHandler(logging.StreamHandler())
else:
    os.makedirs("logs", exist_ok=True)
    logging.getLogger().addHandler(RotatingFileHandler("logs/shop.log", maxBytes=10240))
