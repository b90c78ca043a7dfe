import os


class Config:
    SECRET_KEY = os.environ["SECRET_KEY"]


class ProductionConfig(Config):
    SESSION_COOKIE_HTTPONLY = True
    SESSION_COOKIE_SECURE = True
