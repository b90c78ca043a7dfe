import os

bind = "0.0.0.0:8000"
workers = 3
graceful_timeout = int(os.environ.get("GRACE", "30"))
accesslog = "-"
