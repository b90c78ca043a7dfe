import json
import os
import tomllib

import yaml
from flask import Flask

app = Flask(__name__)
app.config.from_file("config/mail.json", load=json.load)
app.config.from_file("config/shop.toml", load=tomllib.load, text=False)
with open("config/more.yaml") as file:
    app.config.update(yaml.safe_load(file))
app.secret_key = os.environ["SECRET_KEY"]
