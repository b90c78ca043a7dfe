from flask import Blueprint, jsonify

from shop.models import Product, db

pages = Blueprint("pages", __name__)


@pages.get("/")
def products():
    return jsonify([product.name for product in db.session.execute(db.select(Product)).scalars()])


@pages.get("/health")
def health():
    return {"status": "ok"}
