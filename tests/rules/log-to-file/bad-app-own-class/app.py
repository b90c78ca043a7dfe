import logging
from logging.handlers import TimedRotatingFileHandler

from flask import Flask


class DailyFile(TimedRotatingFileHandler):
    def __init__(self, name):
        super().__init__(f"/var/log/shop/{name}.log", when="midnight")


app = Flask(__name__)
logging.getLogger().addHandler(DailyFile("shop"))
