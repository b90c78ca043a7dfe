from alembic import command
from alembic.config import Config


def main():
    command.upgrade(Config("migrations/alembic.ini"), "head")


if __name__ == "__main__":
    main()
