import os

workers = int(os.environ.get("WEB_CONCURRENCY", "3"))
bind = f"0.0.0.0:{os.environ['PORT']}"
