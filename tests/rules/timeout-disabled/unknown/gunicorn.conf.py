import os

timeout = int(os.environ.get("TIMEOUT", 0))
workers = 3
accesslog = "-"
