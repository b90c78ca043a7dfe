class Base:
    SECRET_KEY = "k-9s8d7f6g5h"


class Production(Base):
    DEBUG = False
