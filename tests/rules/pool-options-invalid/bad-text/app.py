import os

from flask import Flask
from sqlalchemy import create_engine

app = Flask(__name__)
size = os.environ.get("POOL_SIZE", "5")
engine = create_engine(os.environ["DATABASE_URL"], pool_size=size, pool_pre_ping=True)
