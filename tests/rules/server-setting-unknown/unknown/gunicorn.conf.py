preload = True
workers = 3
