import logging
from logging.handlers import SMTPHandler, SysLogHandler

from flask import Flask

app = Flask(__name__)
logging.getLogger().addHandler(SysLogHandler(address=("logs.example.com", 514)))
mail = SMTPHandler("mail.example.com", "shop@example.com", ["admin@example.com"], "Shop failed")
mail.setLevel(logging.ERROR)
app.logger.addHandler(mail)
