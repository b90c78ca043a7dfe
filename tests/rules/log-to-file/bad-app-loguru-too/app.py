from flask import Flask
from loguru import logger

logger.add("logs/shop.log", rotation="10 MB")

app = Flask(__name__)
