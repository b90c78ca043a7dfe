import os


class Config:
    SQLALCHEMY_DATABASE_URI = os.environ.get("SHOP_DB", "").replace("postgres://", "postgresql://") or "sqlite:///shop.db"
    SQLALCHEMY_ENGINE_OPTIONS = {"pool_pre_ping": True}
