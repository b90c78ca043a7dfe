workers = 3
accesslog = "-"
graceful_timeout = 30
