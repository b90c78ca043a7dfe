bind = "0.0.0.0:8000"
workers = 8
accesslog = "-"
worker_tmp_dir = "/dev/shm"
