import logging
import os

from flask import Flask

app = Flask(__name__)
app.config["SECRET_KEY"] = os.environ["SECRET_KEY"]
logging.basicConfig(level=logging.INFO)
app.logger.addHandler(logging.FileHandler("/dev/stdout"))
