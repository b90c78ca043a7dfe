workers = 3
timeout = 90
accesslog = "-"
