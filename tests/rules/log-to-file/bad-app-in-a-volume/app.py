import logging

from flask import Flask

logging.basicConfig(filename="/data/shop.log", level=logging.INFO)

app = Flask(__name__)
