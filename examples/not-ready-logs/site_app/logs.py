import logging
from logging.handlers import RotatingFileHandler


def set_up_logging(app):
    root = logging.getLogger()
    handler = RotatingFileHandler("/var/log/shop/app.log", maxBytes=1_000_000, backupCount=3)
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
    root.addHandler(handler)
    root.setLevel(logging.INFO)
