accesslog = None
workers = 3
