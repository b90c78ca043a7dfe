workers = 4
threads = 16
accesslog = "-"
graceful_timeout = 25
worker_tmp_dir = "/dev/shm"
