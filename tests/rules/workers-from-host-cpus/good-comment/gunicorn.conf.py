workers = 3  # multiprocessing.cpu_count() * 2 + 1
accesslog = "-"
