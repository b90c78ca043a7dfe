from flask import Flask
from flask_wtf import FlaskForm
from wtforms import StringField

app = Flask(__name__)
app.config["WTF_CSRF_ENABLED"] = False


class OrderForm(FlaskForm):
    name = StringField("Name")


@app.post("/order")
def order():
    return OrderForm().name.data
