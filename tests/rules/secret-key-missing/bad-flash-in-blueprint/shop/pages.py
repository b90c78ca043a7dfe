from flask import Blueprint, flash, redirect

blueprint = Blueprint("pages", __name__)


def _say(text):
    flash(text)


@blueprint.post("/order")
def order():
    _say("Thank you")
    return redirect("/")
