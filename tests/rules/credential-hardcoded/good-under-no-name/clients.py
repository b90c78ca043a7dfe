import os
import smtplib

import jwt
import psycopg2
import requests
from itsdangerous import URLSafeTimedSerializer

TOKEN = os.environ["API_TOKEN"]
HEADERS = {"Authorization": f"Bearer {TOKEN}"}
EXAMPLES = [{"Authorization": "Bearer <token>"}, {"Authorization": "Bearer YOUR_ACCESS_TOKEN_1"}]


def user_of(token):
    URLSafeTimedSerializer(os.environ["SECRET_KEY"], salt="reset-password-1").loads(token)
    "reset-password-1".encode("utf-8")
    return jwt.decode(token, os.environ["JWT_KEY"], algorithms=["HS256"])["sub"]


def connect():
    """For example https://api.shop.dev/?api_key=4f8c1e7a2b9d6035f8c1e7a2b9d60354."""
    psycopg2.connect("host=localhost user=postgres password=postgres dbname=shop")
    return psycopg2.connect(f"host=db user=shop password={TOKEN}")


def orders():
    requests.get("https://api.shop.dev/?api_key=YOUR_API_KEY_GOES_HERE_1", headers=HEADERS)
    return requests.get("https://api.shop.dev/orders", auth=("user", "pass")).json()


def send(text):
    server = smtplib.SMTP("smtp.shop.dev")
    server.login("shop@shop.dev", os.environ["MAIL_PASSWORD"])
    server.sendmail("shop@shop.dev", "all@shop.dev", text)
