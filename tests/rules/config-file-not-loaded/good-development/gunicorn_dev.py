workers = 1
reload = True
