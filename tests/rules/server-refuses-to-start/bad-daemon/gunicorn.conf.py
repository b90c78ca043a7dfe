daemon = True
workers = 3
