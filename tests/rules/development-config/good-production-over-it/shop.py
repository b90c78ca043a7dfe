import os

from flask import Flask

app = Flask(__name__)
app.config["SECRET_KEY"] = os.environ["SECRET_KEY"]
import config

app.config.from_object(config.DevelopmentConfig)
app.config.from_object("config.ProductionConfig")
app.debug = False
