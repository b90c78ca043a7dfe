import logging
import logging.config

from flask import Flask

logging.basicConfig(filename="early.log")
logging.config.dictConfig(
    {
        "version": 1,
        "handlers": {"console": {"class": "logging.StreamHandler", "stream": "ext://sys.stdout"}},
        "root": {"level": "INFO", "handlers": ["console"]},
    }
)

app = Flask(__name__)
