import os


class Config:
    SECRET_KEY = os.environ["SECRET_KEY"]


class DevelopmentConfig(Config):
    DEBUG = True


class ProductionConfig(Config):
    pass


configs = {"development": DevelopmentConfig, "production": ProductionConfig, "default": DevelopmentConfig}
