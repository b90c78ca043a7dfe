import os

from alembic.runtime.migration import MigrationContext
from flask import Flask
from sqlalchemy import create_engine, pool

app = Flask(__name__)


def revision():
    engine = create_engine(os.environ["DATABASE_URL"], poolclass=pool.NullPool)
    return MigrationContext.configure(engine.connect()).get_current_revision()


app.config["REVISION"] = revision()
