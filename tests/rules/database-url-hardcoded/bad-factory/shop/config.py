USER = "shop"


class Config:
    SQLALCHEMY_DATABASE_URI = f"postgresql://{USER}@10.0.0.5:5432/shop"
