import smtplib


def send(text):
    server = smtplib.SMTP("smtp.shop.dev")
    server.login("shop", "not looked at: it has no name")
    server.sendmail("shop@shop.dev", "all@shop.dev", text)
