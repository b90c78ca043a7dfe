workers = 4
accesslog = "-"
