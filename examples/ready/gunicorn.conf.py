workers = 3
threads = 2
accesslog = "-"
graceful_timeout = 25
worker_tmp_dir = "/dev/shm"
