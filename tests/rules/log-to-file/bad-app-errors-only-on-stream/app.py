import logging
import sys

from flask import Flask
from flask.logging import default_handler

app = Flask(__name__)
app.logger.removeHandler(default_handler)
stream = logging.StreamHandler(sys.stdout)
stream.setLevel(logging.ERROR)
app.logger.addHandler(stream)
app.logger.addHandler(logging.FileHandler("shop.log"))
