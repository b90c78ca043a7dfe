import logging

import somewhere
import os

from flask import Flask

app = Flask(__name__)
app.config["SECRET_KEY"] = os.environ["SECRET_KEY"]
if somewhere.wants_file():
    logging.getLogger("shop").addHandler(logging.FileHandler("shop.log"))
