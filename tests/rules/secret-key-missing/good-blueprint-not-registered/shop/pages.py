from flask import Blueprint, flash, redirect

blueprint = Blueprint("old", __name__)


def index():
    return "hello"


@blueprint.post("/order")
def order():
    flash("Thank you")
    return redirect("/")
