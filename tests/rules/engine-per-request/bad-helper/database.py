import os

import sqlalchemy as sa

URL = os.environ["DATABASE_URL"]


def connect():
    return sa.create_engine(URL).connect()
