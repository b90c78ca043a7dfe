from flask import Flask

from shop.cart import views as cart
from shop.user import views as user

app = Flask(__name__)
app.register_blueprint(user.bp)
app.register_blueprint(cart.bp)
app.secret_key = "correct horse battery"
