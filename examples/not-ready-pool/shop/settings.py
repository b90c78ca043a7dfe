import os


class Base:
    OPTIONS = {"pool_size": 20}


class Production(Base):
    SECRET_KEY = os.environ["SECRET_KEY"]
    SESSION_COOKIE_SECURE = True
    SQLALCHEMY_DATABASE_URI = os.environ["DATABASE_URL"].replace("postgres://", "postgresql://", 1)
    SQLALCHEMY_ENGINE_OPTIONS = {**Base.OPTIONS, "max_overflow": 10}
