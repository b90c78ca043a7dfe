import logging
import sys

from flask import Flask

stream = logging.StreamHandler(sys.stdout)
stream.setLevel(logging.INFO)
logging.basicConfig(level=logging.DEBUG, handlers=[stream])

app = Flask(__name__)
