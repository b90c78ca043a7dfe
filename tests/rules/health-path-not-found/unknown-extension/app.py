from company_platform import instrument
from flask import Flask

app = Flask(__name__)
instrument(app)
