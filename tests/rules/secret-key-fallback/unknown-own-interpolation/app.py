import configparser
import os

from flask import Flask, session


class FromEnvironment(configparser.BasicInterpolation):
    def before_get(self, parser, section, option, value, defaults):
        return os.environ.get(option) or super().before_get(parser, section, option, value, defaults)


settings = configparser.ConfigParser(interpolation=FromEnvironment())
settings.optionxform = str
settings.read("settings.ini")

app = Flask(__name__)
app.config["SECRET_KEY"] = settings["server"]["SECRET_KEY"] or "dev"
app.config["SESSION_COOKIE_SECURE"] = settings["server"].getboolean("SESSION_COOKIE_SECURE", fallback=True)


@app.get("/")
def index():
    session["seen"] = True
    return "Hello"
