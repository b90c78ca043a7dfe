import os

loglevel = os.environ.get("LOG_LEVEL", "debug")
workers = 3
accesslog = "-"
