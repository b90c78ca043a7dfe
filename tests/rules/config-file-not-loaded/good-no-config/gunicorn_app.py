from gunicorn.app.base import BaseApplication


class Server(BaseApplication):
    pass
