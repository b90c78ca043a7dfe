import os

log_level = os.environ.get("LOG_LEVEL", "info")
loglevel = log_level
host = "0.0.0.0"
port = 8000
bind = f"{host}:{port}"
preload_app = True
users = ["a"]
