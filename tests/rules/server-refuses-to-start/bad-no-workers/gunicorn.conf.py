workers = 0
