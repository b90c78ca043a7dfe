from logging.config import dictConfig

from flask import Flask

dictConfig(
    {
        "version": 1,
        "handlers": {"console": {"class": "logging.StreamHandler"}},
        "root": {"level": "DEBUG", "handlers": ["console"]},
    }
)

app = Flask(__name__)
