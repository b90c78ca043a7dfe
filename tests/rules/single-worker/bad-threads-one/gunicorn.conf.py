workers = 1
worker_class = "gthread"
threads = 1
accesslog = "-"
