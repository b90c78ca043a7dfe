import os

ADMIN_TOKEN_NAME = os.environ.get("ADMIN_TOKEN_NAME", "admin")
