from flask import Flask, render_template
from flask_wtf import FlaskForm
from wtforms import StringField

app = Flask(__name__)


class OrderForm(FlaskForm):
    name = StringField("Name")


@app.route("/order", methods=["GET", "POST"])
def order():
    form = OrderForm()
    return render_template("order.html", form=form)
