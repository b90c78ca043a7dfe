import os

workers = 3
worker_class = os.environ.get("WORKER_CLASS", "gevent")
threads = 4
