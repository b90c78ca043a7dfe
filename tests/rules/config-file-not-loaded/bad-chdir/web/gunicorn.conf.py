workers = 4
accesslog = "-"
timeout = 60
