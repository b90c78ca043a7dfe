import os

reload = os.environ.get("RELOAD", "true") == "true"
workers = 3
accesslog = "-"
