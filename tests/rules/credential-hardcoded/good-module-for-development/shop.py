import os
import re

from flask import Flask

app = Flask(__name__)
app.secret_key = os.environ["SECRET_KEY"]
if re.match("dev", os.environ["STAGE"]):
    app.config.from_object("settings.development")
else:
    app.config.from_object("settings.production")
