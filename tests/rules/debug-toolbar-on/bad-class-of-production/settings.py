import os


class Config:
    SECRET_KEY = os.environ["SECRET_KEY"]


class ProductionConfig(Config):
    DEBUG_TB_ENABLED = True
