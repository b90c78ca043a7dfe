from flask import Flask
from sqlalchemy import URL, create_engine

url = URL.create("postgresql+psycopg2", username="shop", password="correct-horse-8", host="db.internal", database="shop")
engine = create_engine(url, pool_pre_ping=True)
app = Flask(__name__)
