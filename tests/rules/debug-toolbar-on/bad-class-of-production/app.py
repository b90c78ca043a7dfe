from flask import Flask
from flask_debugtoolbar import DebugToolbarExtension

app = Flask(__name__)
app.config.from_object("settings.ProductionConfig")
DebugToolbarExtension(app)
