import os

from flask import Flask
from flask_socketio import SocketIO

socketio = SocketIO()


def create_app():
    app = Flask(__name__)
    socketio.init_app(app, message_queue=os.environ["REDIS_URL"])
    return app
