import os

bind = "0.0.0.0:" + os.environ.get("APP_PORT", "8000")
workers = 3
accesslog = "-"
