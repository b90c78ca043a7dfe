import os

MAIL_PASSWORD = os.environ["MAIL_PASSWORD"]
