import logging.config

from flask import Flask

logging.config.fileConfig("logging.ini", disable_existing_loggers=False)

app = Flask(__name__)
