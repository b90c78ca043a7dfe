import logging
import os
import sys

from flask import Flask

app = Flask(__name__)
stream = logging.StreamHandler(sys.stdout)
stream.setLevel(os.environ.get("LOG_LEVEL", "INFO").upper())
app.logger.addHandler(stream)
app.logger.setLevel(logging.DEBUG)
