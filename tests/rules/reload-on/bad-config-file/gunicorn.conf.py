reload = True
workers = 3
accesslog = "-"
