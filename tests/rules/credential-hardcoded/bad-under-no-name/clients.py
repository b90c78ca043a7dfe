import smtplib

import jwt
import psycopg2
import requests

HEADERS = {"Authorization": "Bearer v2Rk7Xm9Qp4Tz8Wn3Yb6Hc1Ld"}


def token_of(user):
    return jwt.encode({"sub": user}, "shop-signing-words", algorithm="HS256")


def connect():
    return psycopg2.connect("host=db.shop.dev dbname=shop user=shop password=Hn4Tq9Zw2Kx7")


def orders():
    return requests.get("https://api.shop.dev/orders", headers=HEADERS, auth=("shop", "Pz6Jm1Vt8Rc3")).json()


def send(text):
    server = smtplib.SMTP("smtp.shop.dev")
    server.login("shop@shop.dev", "kfqz wvmt hjrx bnpd")
    server.sendmail("shop@shop.dev", "all@shop.dev", text)
