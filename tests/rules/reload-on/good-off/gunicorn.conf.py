reload = False
workers = 3
accesslog = "-"
