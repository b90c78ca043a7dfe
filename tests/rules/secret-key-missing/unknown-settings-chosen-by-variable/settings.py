import os


class Config:
    JSON_SORT_KEYS = False


class ProductionConfig(Config):
    SECRET_KEY = os.environ.get("SECRET_KEY")
