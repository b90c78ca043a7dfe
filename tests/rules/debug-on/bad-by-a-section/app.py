import configparser

from flask import Flask

settings = configparser.ConfigParser()
settings.read("settings.ini")

app = Flask(__name__)
app.debug = settings["server"].getboolean("Debug", fallback=False)
