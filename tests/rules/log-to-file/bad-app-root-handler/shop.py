import logging
import os

from flask import Flask

root = logging.getLogger()
root.addHandler(logging.FileHandler(os.path.join("logs", "shop.log")))

app = Flask(__name__)
app.config["SECRET_KEY"] = os.environ["SECRET_KEY"]
app.logger.info("started")
