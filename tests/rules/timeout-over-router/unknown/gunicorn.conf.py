import os

workers = 3
timeout = int(os.environ.get("TIMEOUT", "120"))
accesslog = "-"
