workers = 3
preload = True
thread = 4
