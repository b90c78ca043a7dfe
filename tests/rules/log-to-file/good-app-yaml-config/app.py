import logging.config

import yaml
from flask import Flask

with open("logging.yaml") as file:
    logging.config.dictConfig(yaml.safe_load(file))

app = Flask(__name__)
