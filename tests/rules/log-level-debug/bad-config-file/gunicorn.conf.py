loglevel = "DEBUG"
workers = 3
accesslog = "-"
