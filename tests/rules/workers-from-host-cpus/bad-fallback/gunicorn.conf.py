import os

workers = int(os.environ.get("WORKERS") or os.cpu_count())
accesslog = "-"
