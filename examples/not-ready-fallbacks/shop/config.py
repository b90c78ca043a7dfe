import os


class Base:
    SECRET_KEY = os.environ.get("SECRET_KEY", "change-me")
    SQLALCHEMY_DATABASE_URI = os.environ.get("DATABASE_URL", "sqlite:///shop.db").replace("postgres:", "postgresql:")
    SQLALCHEMY_ENGINE_OPTIONS = {"pool_pre_ping": True}


class Development(Base):
    DEBUG = True


class Production(Base):
    SESSION_COOKIE_SECURE = True


CONFIGURATIONS = {"development": Development, "production": Production}
