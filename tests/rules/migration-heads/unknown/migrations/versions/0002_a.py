revision = "0002a"
down_revision = '0001'


def upgrade():
    pass


def downgrade():
    pass
