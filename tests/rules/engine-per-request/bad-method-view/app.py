import os

from flask import Flask, current_app
from sqlalchemy import create_engine

app = Flask(__name__)

from flask.views import MethodView


class Orders(MethodView):
    def get(self):
        return str(create_engine(current_app.config["DATABASE_URL"]).connect())


app.add_url_rule("/orders", view_func=Orders.as_view("orders"))
