"""The database's side of a generated project: its address and options in Flask's config, and the engines it makes."""

from __future__ import annotations

import random

SERVERS = (
    "postgresql://u:p@h/shop",
    "postgresql+psycopg2://u:p@h/shop",
    "postgresql+psycopg://u:p@h:5432/shop?sslmode=require",
    "mysql+pymysql://u:p@h/shop",
)
FILES = ("sqlite:///shop.db", "sqlite://", "sqlite:////tmp/shop.db")


class Database:
    """Writes one database of an app. `environment` is what its lines need to have been set."""

    imports = ("import sqlalchemy", "from sqlalchemy.pool import NullPool, QueuePool")

    def __init__(self, rng: random.Random) -> None:
        self.rng = rng
        self.environment: dict[str, str] = {}

    def url(self) -> str:
        rng = self.rng
        server = rng.choice(SERVERS)
        if rng.random() < 0.4:
            self.environment["DATABASE_URL"] = rng.choice((server, "postgres://u:p@h/other"))
        forms = (
            repr(server),
            repr(rng.choice(FILES)),
            f"os.environ.get('DATABASE_URL', {server!r}).replace('postgres://', 'postgresql://', 1)",
            f"(os.getenv('DATABASE_URL') or {rng.choice(FILES)!r}).replace('postgres://', 'postgresql+psycopg2://')",
            "f\"postgresql+psycopg2://{os.getenv('DB_USER', 'u')}:{os.getenv('DB_PASS')}@h/{os.getenv('DB', 'd')}\"",
            "'sqlite:///' + os.path.join(os.path.abspath(os.path.dirname(__file__)), 'local.db')",
            "'mysql+pymysql://%s:%s@%s/%s' % ('u', os.getenv('DB_PASS', 'p'), 'h', 'd')",
            "sqlalchemy.engine.URL.create('postgresql+psycopg', 'u', 'p', 'h', database='made')"
            ".render_as_string(hide_password=False)",
        )
        return rng.choice(forms)

    def options(self) -> str:
        rng = self.rng
        found = {}
        if rng.random() < 0.5:
            found["pool_size"] = rng.choice(("0", "3", "int(os.environ.get('POOL_SIZE', 7))", "2 * 2"))
        if rng.random() < 0.4:
            found["max_overflow"] = rng.choice(("0", "-1", "4", "int(os.getenv('MORE') or 2)"))
        if rng.random() < 0.4:
            found["pool_pre_ping"] = rng.choice(("True", "False", "os.getenv('PING', 'true') == 'true'"))
        if rng.random() < 0.3:
            found["pool_recycle"] = rng.choice(("280", "60 * 30"))
        if rng.random() < 0.15:
            found = {"poolclass": rng.choice(("NullPool", "QueuePool", "sqlalchemy.pool.NullPool"))}
        return "{" + ", ".join(f"{key!r}: {text}" for key, text in found.items()) + "}"

    def configured(self) -> list[str]:
        """How the address and the options come into the config."""
        rng = self.rng
        url, options = self.url(), self.options()
        forms = (
            [f"app.config['SQLALCHEMY_DATABASE_URI'] = {url}", f"app.config['SQLALCHEMY_ENGINE_OPTIONS'] = {options}"],
            [f"app.config.update(SQLALCHEMY_DATABASE_URI={url}, SQLALCHEMY_ENGINE_OPTIONS={options})"],
            [
                "class Stored:",
                f"    SQLALCHEMY_DATABASE_URI = {url}",
                f"    SQLALCHEMY_ENGINE_OPTIONS = {options}",
                "class Tuned(Stored):",
                "    SQLALCHEMY_ENGINE_OPTIONS = {**Stored.SQLALCHEMY_ENGINE_OPTIONS, 'pool_recycle': 99}",
                f"app.config.from_object({rng.choice(('Stored', 'Tuned'))})",
            ],
            [
                f"app.config.from_mapping(SQLALCHEMY_DATABASE_URI={url})",
                "if not app.config['SQLALCHEMY_DATABASE_URI'].startswith('sqlite'):",
                f"    app.config['SQLALCHEMY_ENGINE_OPTIONS'] = {options}",
            ],
            [f"app.config['SQLALCHEMY_DATABASE_URI'] = {url}"],
        )
        return list(rng.choice(forms))

    def made(self) -> list[str]:
        """The engines."""
        rng = self.rng
        given = f"engine_options={self.options()}" if rng.random() < 0.25 else ""
        lines = [
            "from flask_sqlalchemy import SQLAlchemy",
            *rng.choice(
                (
                    [f"db = SQLAlchemy({given})", "db.init_app(app)"],
                    [f"db = SQLAlchemy(app{', ' + given if given else ''})"],
                )
            ),
        ]
        if rng.random() < 0.25:
            lines.append(f"engine = sqlalchemy.create_engine({self.url()}, **{self.options()})")
        return lines
