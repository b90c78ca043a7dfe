import structlog
from flask import Flask

structlog.configure(logger_factory=structlog.WriteLoggerFactory(file=open("shop.jsonl", "a")))

app = Flask(__name__)
