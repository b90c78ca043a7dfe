from flask import Blueprint

from shop.cart.names import PREFIX

bp = Blueprint("user", __name__, url_prefix=PREFIX)
