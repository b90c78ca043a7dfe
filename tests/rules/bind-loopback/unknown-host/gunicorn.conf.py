import os

bind = os.environ.get("HOST", "127.0.0.1") + ":8000"
workers = 3
accesslog = "-"
