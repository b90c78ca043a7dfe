workers = 3
threads = 2
accesslog = "/var/log/shop/access.log"
loglevel = "debug"
worker_tmp_dir = "/dev/shm"
