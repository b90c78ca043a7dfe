import logging

from flask import Flask

logging.basicConfig(level=logging.INFO)

app = Flask(__name__)
