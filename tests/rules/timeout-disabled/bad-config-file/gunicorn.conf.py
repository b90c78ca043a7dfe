timeout = 0
workers = 3
accesslog = "-"
