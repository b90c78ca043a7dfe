import os

MAIL_PASSWORD = os.environ["MAIL_PASSWORD"]
PAYMENT_API_KEY = os.environ.get("PAYMENT_API_KEY", "")
TOKEN = "token"
ACCESS_TOKEN_HEADER = "X-Access-Token"
PASSWORD_FIELD = "password"
FORM = {"username": "Your name", "password": "Your password"}


class TestingConfig:
    MAIL_PASSWORD = "only-for-tests-4711"


def check(password=None, token="bearer"):
    return password == "" and token


if __name__ == "__main__":
    ADMIN_PASSWORD = "Only4TheScript99"
