import os

from flask import Flask, flash, redirect

app = Flask(__name__)
app.secret_key = os.environ["SECRET_KEY"]


@app.post("/order")
def order():
    flash("Thank you")
    return redirect("/")
