import os


class Base:
    SQLALCHEMY_ENGINE_OPTIONS = {"pool_pre_ping": True}


class Development(Base):
    SQLALCHEMY_DATABASE_URI = "postgresql://shop:correct-horse-8@localhost/shop"


class Production(Base):
    SQLALCHEMY_DATABASE_URI = os.environ["DATABASE_URL"]
