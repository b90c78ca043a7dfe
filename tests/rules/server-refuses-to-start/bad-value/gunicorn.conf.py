workers = "auto"
preload_app = 1
