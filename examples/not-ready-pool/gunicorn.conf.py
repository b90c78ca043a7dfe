workers = 4
threads = 16
accesslog = "-"
graceful_timeout = 25
