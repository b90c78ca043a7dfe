import os

workers = 3
max_requests = 500
max_requests_jitter = int(os.environ.get("JITTER", "0"))
