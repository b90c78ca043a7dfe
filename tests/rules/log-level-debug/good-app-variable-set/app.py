import logging
import os

from flask import Flask

logging.basicConfig(level=os.environ.get("LOG_LEVEL", "DEBUG"))

app = Flask(__name__)
