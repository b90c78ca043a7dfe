import os

from flask import Flask
from sqlalchemy import create_engine

engine = create_engine(os.environ["DATABASE_URL"], pool_size=5)
app = Flask(__name__)
