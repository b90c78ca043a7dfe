from configparser import ConfigParser
from glob import glob

from flask import Flask

config = ConfigParser()
for path in sorted(glob("config/*.conf")):
    config.read(path)

app = Flask(__name__)
app.config["SECRET_KEY"] = config["flask"]["secret_key"]
