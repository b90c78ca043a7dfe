from flask import Flask

from shop import pages

app = Flask(__name__)
app.add_url_rule("/", "index", pages.index)
