import os

from flask import Flask

from site_app.logs import set_up_logging

app = Flask(__name__)
app.config["SECRET_KEY"] = os.environ["SECRET_KEY"]
set_up_logging(app)
