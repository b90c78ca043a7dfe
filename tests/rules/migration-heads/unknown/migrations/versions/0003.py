from names import revision, down_revision


def upgrade():
    pass
