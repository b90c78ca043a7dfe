from flask import Flask

from shop import pages

app = Flask(__name__)
app.register_blueprint(pages.blueprint)
