import sys

from flask import Flask
from loguru import logger

logger.remove()
logger.add(sys.stdout, serialize=True)

app = Flask(__name__)
