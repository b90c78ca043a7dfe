import os


class Development:
    SQLALCHEMY_DATABASE_URI = os.environ.get("DEV_DATABASE_URL") or "sqlite:///dev.db"


class Production:
    SQLALCHEMY_DATABASE_URI = os.environ["DATABASE_URL"]


by_name = {"production": Production, "default": Development}
